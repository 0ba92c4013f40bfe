#!/usr/bin/python3
"""yaml_trees.py OUTPUT.c LIST FILE...: YAML files as the trees in C that yaml_read would make of
them, without places, in an array LIST of pointers to their roots, in the order of the files."""
import pathlib
import sys

try:
    import yaml
except ImportError:
    sys.exit("yaml_trees.py: the Python module “yaml” is missing (Debian: python3-yaml)")

KINDS = {yaml.ScalarNode: "YAML_SCALAR", yaml.SequenceNode: "YAML_LIST", yaml.MappingNode: "YAML_MAP"}


def quoted(text):
    """A literal; in octal, since a digit behind an escape in hexadecimal would belong to it."""
    plain = (c if 32 <= ord(c) < 127 and c not in '"\\?' else None for c in text)
    return '"' + "".join(c or "".join(f"\\{byte:03o}" for byte in own.encode())
                         for c, own in zip(plain, text)) + '"'


class Tree:
    """The rows of the array `name`, in which nodes point at each other."""

    def __init__(self, name):
        self.name, self.rows = name, []

    def place(self, index):
        return "0" if index is None else f"&{self.name}[{index}]"

    def add(self, node, key=None):
        """Gives the index of node, behind which its members stand."""
        index = len(self.rows)
        row = {"kind": KINDS[type(node)], "key": key, "child": None, "next": None, "text": None,
               "count": 0}
        self.rows.append(row)
        if isinstance(node, yaml.ScalarNode):
            row["text"] = node.value
            return index
        members = node.value if isinstance(node, yaml.MappingNode) else [(None, m) for m in node.value]
        row["count"] = len(members)
        last = None
        for name, member in members:
            name = self.add(name) if name else None
            own = self.add(member, name)
            if last is None:
                row["child"] = own
            else:
                self.rows[last]["next"] = own
            last = own
        return index

    def lines(self):
        yield f"static const struct yaml {self.name}[{len(self.rows)}] = {{"
        for row in self.rows:
            text = "{0, 0}"
            if row["text"] is not None:
                text = f"{{{quoted(row['text'])}, {len(row['text'].encode())}}}"
            links = ", ".join(self.place(row[link]) for link in ("key", "child", "next"))
            yield f"    {{{row['kind']}, {{0, 0, 0}}, {text}, {links}, {row['count']}}},"
        yield "};"


def main():
    output, name, *paths = sys.argv[1:]
    trees = []
    for path in map(pathlib.Path, paths):
        tree = Tree(f"tree_{path.stem}")
        tree.add(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
        trees.append(tree)
    lines = ['#include "compiler/model/shipped.h"']
    for tree in trees:
        lines += ["", *tree.lines()]
    lines += ["", f"const struct yaml *const {name}[] = {{{', '.join(t.name for t in trees)}}};", ""]
    pathlib.Path(output).write_text("\n".join(lines), encoding="ascii")


main()
