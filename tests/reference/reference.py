#!/usr/bin/python3
"""The fenced blocks of a document, and what they are worth.

A ```policy block is a policy. One that does not begin with its own front matter is a short example:
it gets the front matter of the document's first block, and of that block's vocabulary the words that
it uses. Where such a word is a request that the example does not act on, a duty is added, since a
request that nobody acts on is an error of its own.

In a document that says so (GROWS) such a block is added to the policy that stands there so far, in
place of the clause or example of the same name.

A ```yaml block whose first line is a comment with the name of a file is written to it.

A ```console block is a list of commands, `$ avow ...`, with what they print. They run in a folder
that holds the policy block before them. A short example is a piece of a policy, so what it leaves out
(PARTIAL) is not warned about.

`reference.py --update` writes into the documents what the commands print now, and grammar/MESSAGES.md
anew; read the difference before you believe it."""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KINDS = "system|person|data|purpose|place|audience|request|event|state|fact|contact|value"
NAME = r"[a-z0-9]+(?:[.-][a-z0-9]+)*"
DECLARATION = re.compile(rf"^(?:{KINDS})\s+({NAME})\b.*\.\s*$", re.M)
PARTIAL = ["W05", "W10", "W11", "W12", "W13", "W14", "W17", "W19"]
NAMED = re.compile(r"# (\S+\.yaml)$", re.M)
FENCE = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.M | re.S)


class Block:
    def __init__(self, match, document):
        self.kind, self.text = match.group(1), match.group(2)
        self.begin, self.end = match.start(2), match.end(2)
        self.line = document.count("\n", 0, match.start()) + 2


def blocks_of(document):
    return [Block(match, document) for match in FENCE.finditer(document)]


def split(policy):
    """The front matter and the rest of a policy that has one."""
    front, rest = policy[4:].split("---\n", 1)
    return f"---\n{front}---\n", rest


def words_of(text):
    """Names used in a text, with the groups they stand under."""
    bare = re.sub(r'"[^"\n]*"', "", text)
    found = set()
    for name in re.findall(NAME, bare):
        parts = name.split(".")
        found.update(".".join(parts[:i + 1]) for i in range(len(parts)))
    return found


def vocabulary(policy):
    """name -> declaration, of those that stand in one line."""
    return {match.group(1): match.group(0).strip() for match in DECLARATION.finditer(policy)}


def complete(short, first):
    """A short example as a policy that stands alone."""
    if short.startswith("---\n"):
        return short
    front, rest = split(first)
    own, offered = vocabulary(short), vocabulary(rest)
    taken, used = [], words_of(short)
    while True:
        members = {n for n in offered if n.rpartition(".")[0] in used} - own.keys()
        more = [n for n in offered if n in used | members and n not in own and n not in taken]
        if not more:
            break
        taken += more
        for name in more:
            used |= words_of(offered[name]) | {name}
    text = front + short
    for name in offered:  # in the order of the first block
        if name in taken:
            text += offered[name] + "\n"
    done = set().union(*[words_of(found) for found in re.findall(r"MUST do ([^.]*)", short)], set())
    for chosen in re.findall(r"MAY choose ([^.]*)", short):
        for state in words_of(chosen):
            done |= words_of(offered.get(state, own.get(state, "")))
    for name in taken:
        if offered[name].startswith("request") and name not in done:
            text += f"clause carry-out-{name}:\n  we MUST do {name} at once.\n"
    return text


def partially(command, but=None):
    """The command for a policy of which only a piece is there; `but` is what it shall warn about."""
    codes = ",".join(code for code in PARTIAL if code != but)
    return re.sub(r"^avow (check|build)\b", rf"avow \1 -W {codes}", command)


BARE = "---\npolicy: bare\ntitle: Bare\nlanguage: en\neffective: 2026-03-01\n---\n"


def tidy(blocks, build):
    """(block, its canonical form) of the policies that are not in it and can be."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for block, after in zip(blocks, [*blocks[1:], None]):
            shown = after and after.kind == "console" and "avow format" in after.text
            if block.kind == "policy" and not shown:
                paths[block] = pathlib.Path(folder) / f"{block.line}.policy"
                front = "" if block.text.startswith("---\n") else BARE
                paths[block].write_text(front + block.text, encoding="utf-8")
        subprocess.run([str(pathlib.Path(build) / "compiler" / "avow"), "format",
                        *map(str, paths.values())], capture_output=True, timeout=60)
        for block, path in paths.items():
            text = path.read_text(encoding="utf-8")
            text = text if block.text.startswith("---\n") else text.removeprefix(BARE)
            if text != block.text:
                found.append((block, text))
    return found


def extend(policy, block):
    """A policy with a block at its end, in place of what has the same clause, example or settings."""
    if block.startswith("---\n"):
        return block
    paragraphs = policy.rstrip("\n").split("\n\n")
    for head in re.findall(r"^(?:clause|example) [^\n]*:$", block, re.M):
        paragraphs = [text for text in paragraphs if not text.startswith(f"{head}\n")]
    return "\n\n".join([*paragraphs, block])


def policy_name(text):
    return re.search(r"^policy: *(\S+)", text, re.M).group(1) + ".policy"


def commands_of(console):
    return [line[2:] for line in console.splitlines() if line.startswith("$ ")]


class Runner:
    """Runs the blocks of one document in a folder, one after the other."""

    def __init__(self, document, folder, build):
        self.blocks = blocks_of(document)
        self.folder, self.build = pathlib.Path(folder), pathlib.Path(build)
        first = [block.text for block in self.blocks if block.kind == "policy"]
        self.first = first[0] if first else ""
        calendars = self.folder / "calendars"
        calendars.mkdir(exist_ok=True)
        office = (ROOT / "policies" / "calendars" / "office.yaml").read_text(encoding="utf-8")
        (calendars / "office.yaml").write_text(office, encoding="utf-8")
        self.file, self.partial = None, False
        self.grows, self.policy = GROWS in document, ""

    def shell(self, command):
        command = partially(command) if self.partial else command
        path = f"{self.build / 'compiler'}:/usr/bin:/bin"
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=self.folder, timeout=60, text=True,
            env={"PATH": path, "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout

    def write(self, block):
        if self.grows:
            text = self.policy = extend(self.policy, block.text)
        else:
            text = complete(block.text, self.first)
            self.partial = text != block.text
        self.file = policy_name(text)
        (self.folder / self.file).write_text(text, encoding="utf-8")

    def output(self, console):
        return "".join(f"$ {command}\n{self.shell(command)}" for command in commands_of(console))

    def results(self):
        """(block, what it should be, what it is) of every policy and console block."""
        for i, block in enumerate(self.blocks):
            if block.kind == "policy":
                self.write(block)
                after = self.blocks[i + 1] if i + 1 < len(self.blocks) else None
                checked = (after and after.kind == "console"
                           and any(c.startswith("avow check") for c in commands_of(after.text)))
                if not checked:
                    yield block, "", self.shell(f"avow check {self.file}")
            elif block.kind == "console":
                yield block, block.text, self.output(block.text)
            elif block.kind == "yaml" and NAMED.match(block.text):
                (self.folder / NAMED.match(block.text).group(1)).write_text(block.text, encoding="utf-8")
            elif block.kind == "reserved":
                yield block, block.text, reserved_block()
            elif block.kind == "codes":
                yield block, block.text, codes_block()


def reserved_words():
    for path in sorted((ROOT / "compiler" / "syntax").glob("*.c")):
        found = re.search(r"reserved_words\[\]\s*=\s*\{(.*?)\}", path.read_text(), re.S)
        if found:
            return re.findall(r'"([^"]+)"', found.group(1))
    raise AssertionError("no list of reserved words in compiler/syntax")


def reserved_block():
    lines, line = [], ""
    for word in reserved_words():
        if len(line) + len(word) + 1 > 90:
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    return "\n".join([*lines, line]) + "\n"


def codes():
    text = (ROOT / "compiler" / "diag" / "codes.def").read_text(encoding="utf-8")
    return re.findall(r'^CODE\(\w+,\s*\w+,\s*"(\w+)",\s*"([^"]*)"\)', text, re.M)


def codes_block():
    return "".join(f"{number}  {title}\n" for number, title in codes())


def rewrite(document, changes):
    for block, text in reversed(changes):
        document = document[:block.begin] + text + document[block.end:]
    return document


def update(path, build, folder):
    document = path.read_text(encoding="utf-8")
    document = rewrite(document, tidy(blocks_of(document), build))
    runner = Runner(document, folder, build)
    changes = []
    for block, expected, found in runner.results():
        if block.kind == "policy" and found:
            print(f"{path.name}:{block.line}: this example does not compile:\n{found}")
        elif expected != found:
            changes.append((block, found))
    path.write_text(rewrite(document, changes), encoding="utf-8")
    print(f"{path.name}: {len(changes)} blocks rewritten")


def main():
    import os
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: reference.py --update")
    build = pathlib.Path(os.environ.get("AVOW_BUILD", ROOT / "build")).resolve()
    for name in DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            update(ROOT / name, build, folder)
    pages = subprocess.run([build / "compiler" / "avow", "explain", "--format=markdown"],
                           check=True, stdout=subprocess.PIPE).stdout
    MESSAGES.write_bytes(pages)


DOCUMENTS = ["grammar/LANGUAGE.md", "grammar/TUTORIAL.md", "grammar/SQL.md", "README.md"]
GROWS = "<!-- Every policy block goes on with the one before. -->"
MESSAGES = ROOT / "grammar" / "MESSAGES.md"  # the pages of all codes

if __name__ == "__main__":
    main()
