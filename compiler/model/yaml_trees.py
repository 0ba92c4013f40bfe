#!/usr/bin/python3
"""yaml_trees.py OUTPUT.c LIST FILE...: YAML files as the trees that yaml_read would make of them,
without places, in an array LIST of struct shipped_tree, in the order of the files."""
import pathlib
import sys

try:
    import yaml
except ImportError:
    sys.exit("yaml_trees.py: the Python module “yaml” is missing (Debian: python3-yaml)")

KINDS = {yaml.ScalarNode: "YAML_SCALAR", yaml.SequenceNode: "YAML_LIST", yaml.MappingNode: "YAML_MAP"}
LIMIT = 2**16 - 1


class Tree:
    """The rows of the array `nodes_NAME`, in which numbers stand for rows, and `texts_NAME`."""

    def __init__(self, name):
        self.name, self.rows, self.texts, self.places = name, [], bytearray(), {}

    def place(self, text):
        """(begin, length) of a text, which is kept once, with a NUL behind it."""
        data = text.encode()
        if data not in self.places:
            self.places[data] = len(self.texts)
            self.texts += data + b"\0"
        return self.places[data], len(data)

    def add(self, node, key=0):
        """Gives the index of node, behind which its members stand."""
        index = len(self.rows)
        row = {"kind": KINDS[type(node)], "key": key, "child": 0, "next": 0, "text": (0, 0),
               "count": 0}
        self.rows.append(row)
        if isinstance(node, yaml.ScalarNode):
            row["text"] = self.place(node.value)
            return index
        members = node.value if isinstance(node, yaml.MappingNode) else [(None, m) for m in node.value]
        row["count"] = len(members)
        last = None
        for name, member in members:
            name = self.add(name) if name else 0
            own = self.add(member, name)
            if last is None:
                row["child"] = own
            else:
                self.rows[last]["next"] = own
            last = own
        return index

    def lines(self):
        if len(self.rows) > LIMIT or any(row["text"][1] > LIMIT for row in self.rows):
            sys.exit(f"yaml_trees.py: {self.name} is too large for struct shipped_node")
        yield f"static const unsigned char texts_{self.name}[] = {{"
        for at in range(0, len(self.texts), 20):
            yield "    " + " ".join(f"{byte}," for byte in self.texts[at:at + 20])
        yield "};"
        yield f"static const struct shipped_node nodes_{self.name}[{len(self.rows)}] = {{"
        for row in self.rows:
            begin, length = row["text"]
            yield (f"    {{{begin}, {length}, {row['key']}, {row['child']}, {row['next']}, "
                   f"{row['count']}, {row['kind']}}},")
        yield "};"

    def entry(self):
        return f"    {{nodes_{self.name}, {len(self.rows)}, texts_{self.name}}},"


def main():
    output, name, *paths = sys.argv[1:]
    trees = []
    for path in map(pathlib.Path, paths):
        tree = Tree(path.stem)
        tree.add(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
        trees.append(tree)
    lines = ['#include "compiler/model/shipped.h"']
    for tree in trees:
        lines += ["", *tree.lines()]
    lines += ["", f"const struct shipped_tree {name}[] = {{", *(tree.entry() for tree in trees), "};", ""]
    pathlib.Path(output).write_text("\n".join(lines), encoding="ascii")


main()
