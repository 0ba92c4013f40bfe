"""Editors colour what the compiler reads: both grammars against its own tokens, on every policy.

Vim is asked itself; for TextMate, the engine of VS Code."""
import json
import os
import pathlib
import re
import subprocess

import pytest

import npm

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EDITORS = ROOT / "grammar" / "editors"
GRAMMAR = EDITORS / "vscode" / "syntaxes" / "policy.tmLanguage.json"
POLICIES = sorted((ROOT / "policies").glob("*.policy"))
pytestmark = pytest.mark.xdist_group("editors")  # each editor runs once
PLACES = HERE / "policies" / "places.policy"


@pytest.fixture(scope="session")
def modules():
    """The folder of the npm packages, installed once for each lock file."""
    return npm.modules(HERE)


class Colours:
    """Of one file: what colours the character at a line and column, both from 1."""

    def __init__(self, lines):
        self.lines = lines  # of each line: [(begin, end, what)], in characters

    def at(self, line, column):
        for begin, end, what in self.lines[line - 1]:
            if begin < column <= end:
                return what
        return ""


@pytest.fixture(scope="session")
def textmate(modules):
    files = [*POLICIES, PLACES]
    done = subprocess.run(["node", str(HERE / "scopes.js"), str(modules), str(GRAMMAR),
                           *map(str, files)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {file: Colours([[(begin, end, scopes[-1]) for begin, end, scopes in line]
                           for line in lines])
            for file, lines in zip(files, json.loads(done.stdout))}


def runs_of(groups, text):
    """[(begin, end, group)] in characters, from vim's "column:group" in bytes."""
    data, parts = text.encode(), [part.split(":") for part in groups.split()]
    begins = [len(data[:int(column) - 1].decode(errors="ignore")) for column, _ in parts]
    return [(begin, end, group)
            for begin, end, (_, group) in zip(begins, [*begins[1:], len(text)], parts)]


@pytest.fixture(scope="session")
def vim(tmp_path_factory):
    files = [*POLICIES, PLACES]
    folder = tmp_path_factory.mktemp("vim")
    outputs = [folder / f"{number}" for number in range(len(files))]
    environment = {**os.environ, "GROUPS_IN": ",".join(map(str, files)), "TERM": "dumb",
                   "GROUPS_OUT": ",".join(map(str, outputs)), "HOME": str(folder)}
    done = subprocess.run(["vim", "-u", "NONE", "-i", "NONE", "-n", "-N", "-es", "--not-a-term",
                           "--cmd", f"set runtimepath^={EDITORS / 'vim'}",
                           "-S", str(HERE / "groups.vim")], env=environment, timeout=300,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for file, output in zip(files, outputs):
        filetype, *lines = output.read_text().split("\n")
        assert filetype == "filetype avow"
        texts = file.read_text(encoding="utf-8").split("\n")
        found[file] = Colours([runs_of(line, text) for line, text in zip(lines, texts)])
    return found


# What the compiler calls a token, and what an editor may make of it.
TEXTMATE = {
    "keyword": r"keyword\.|storage\.type\.kind|support\.function\.act",
    "name": r"variable\.other|entity\.name|support\.function\.act|constant\.language|"
            r"keyword\.other\.unit|constant\.other\.code",
    "words": r"string\.quoted\.double",
    "prose": r"markup\.|meta\.hole|punctuation\.section\.hole|constant\.character\.escape|"
             r"punctuation\.definition\.link|string\.other\.link",
    "number": r"constant\.numeric", "date": r"constant\.numeric", "time": r"constant\.numeric",
    "mark": r"punctuation\.",
}
VIM = {
    "keyword": "avowKeyword|avowKind|avowModal|avowAct", "words": "avowString",
    "name": "avowName|avowHeading|avowAct|avowConstant|avowUnit",
    "prose": "avowProse|avowHole|avowEscape|avowStrong|avowEmphasis",
    "number": "avowNumber", "date": "avowNumber", "time": "avowNumber", "mark": "",
}


def tokens(avow, path):
    """(line, column, kind, text) of each, from the compiler."""
    found = []
    for line in avow("check", "--dump=tokens", path).stdout.splitlines():
        match = re.match(r"(\d+):(\d+) (\w+) (.*)", line)
        if match:
            found.append((int(match[1]), int(match[2]), match[3], match[4]))
    return found


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("editor", ["textmate", "vim"])
def test_every_token(avow, request, editor, path):
    colours = request.getfixturevalue(editor)[path]
    wanted = TEXTMATE if editor == "textmate" else VIM
    wrong, seen = [], 0
    for line, column, kind, text in tokens(avow, path):
        if kind not in wanted:
            continue
        seen += 1
        for place in {column, column + len(text) - 1}:
            found = colours.at(line, place)
            if not re.match(wanted[kind], found):
                wrong.append(f"{line}:{place} {kind} {text[:40]}: {found}")
    assert seen > 500
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_comments_and_front_matter(textmate, vim, path):
    front = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        front += line == "---"
        if line.startswith("#") and front == 2:
            assert re.match(r"comment|punctuation\.definition\.comment",
                            textmate[path].at(number, 1)), number
            assert vim[path].at(number, len(line)) == "avowComment", number
        key = re.match(r"([\w-]+):", line)
        if key and front == 1:
            assert textmate[path].at(number, 1) == "entity.name.tag.avow"
            assert vim[path].at(number, 1) == "avowFrontKey"
    assert front == 2


# A place of places.policy (the first of that text on the line), and its colour in each.
CHOSEN = [
    (3, "# a comment", "punctuation.definition.comment", "avowFrontComment"),
    (6, "No words", "comment.line", "avowComment"),
    (7, "Person", "storage.type.kind", "avowKind"),
    (7, "customer", "entity.name.type.word", "avowName"),
    (7, "behind", "comment.line", "avowComment"),
    (8, "order.email-address", "entity.name.type", "avowName"),
    (8, "“e-mail", "string.quoted", "avowString"),
    (8, "allow", "variable.other", "avowName"),
    (9, "allow", "keyword.other", "avowKeyword"),
    (9, "W02", "constant.other.code", "avowName"),
    (10, "opt-in", "entity.name.type", "avowName"),
    (10, "about-us", "variable.other", "avowName"),
    (10, "last", "variable.other", "avowName"),
    (10, "kept", "keyword.other", "avowKeyword"),
    (10, "by-mail", "variable.other", "avowName"),
    (11, "one of", "keyword.other", "avowKeyword"),
    (11, "in-us", "variable.other", "avowName"),
    (12, "basis", "keyword.other", "avowKeyword"),
    (13, "16", "constant.numeric", "avowNumber"),
    (14, "basis", "entity.name.type", "avowName"),
    (16, "about", "entity.name.section", "avowHeading"),
    (18, "not-this", "entity.name.function", "avowHeading"),
    (19, "MAY", "keyword.control.modal", "avowModal"),
    (19, "share", "support.function.act", "avowAct"),
    (19, "order-email", "variable.other", "avowName"),
    (19, "only", "keyword.control.only", "avowModal"),
    (19, "with", "keyword.other", "avowKeyword"),
    (19, "the-couriers", "variable.other", "avowName"),
    (19, "subject to", "keyword.other", "avowKeyword"),
    (19, "is-it", "variable.other", "avowName"),
    (20, "may", "keyword.control.modal", "avowModal"),
    (20, "Request", "support.function.act", "avowAct"),
    (21, "us", "constant.language", "avowConstant"),
    (21, "anything", "constant.language", "avowConstant"),
    (21, "order.to", "variable.other", "avowName"),
    (22, "30", "constant.numeric", "avowNumber"),
    (22, "business days", "keyword.other.unit", "avowUnit"),
    (22, "last", "keyword.other", "avowKeyword"),
    (22, "basis", "variable.other", "avowName"),
    (23, "at once", "keyword.other", "avowKeyword"),
    (24, "may not", "invalid.illegal.modal", "avowError"),
    (25, "narrative", "keyword.other", "avowKeyword"),
    (26, ">", "punctuation.definition.quote", "avowMark"),
    (26, "Words", "markup.quote", "avowProse"),
    (26, "{order", "punctuation.section.hole", "avowHole"),
    (26, "own", "string.quoted", "avowHoleString"),
    (26, "deadline of", "support.function.hole", "avowHoleWord"),
    (26, "{{", "constant.character.escape", "avowEscape"),
    (26, "if # none", "markup.quote", "avowProse"),
    (28, "no", "markup.quote", "avowProse"),
    (28, "quotes", "markup.quote", "avowProse"),
    (30, "# no comment", "string.quoted", "avowString"),
    (31, "received", "keyword.other", "avowKeyword"),
    (31, "2026-03-07", "constant.numeric.date", "avowNumber"),
    (31, "9:30", "constant.numeric.time", "avowNumber"),
    (32, "received", "variable.other", "avowName"),
    (32, "not", "keyword.other", "avowKeyword"),
    (33, "because", "keyword.other", "avowKeyword"),
    (35, "choose", "support.function.act", "avowAct"),
    (36, "repeats", "keyword.other", "avowKeyword"),
    (36, "not-this", "variable.other", "avowName"),
    (37, "open", "invalid.illegal", "avowError"),
]


@pytest.mark.parametrize("line, text, scope, group", CHOSEN)
def test_chosen_places(textmate, vim, line, text, scope, group):
    written = PLACES.read_text(encoding="utf-8").splitlines()[line - 1]
    place = written.index(text) + 1
    assert textmate[PLACES].at(line, place).startswith(scope)
    assert vim[PLACES].at(line, place) == group


def test_reserved_words_have_their_colour():
    """A new word of the language gets its colour in both editors."""
    words = re.search(r"reserved_words\[\]\s*=\s*\{(.*?)\}",
                      (ROOT / "compiler/syntax/words.c").read_text(), re.S)[1]
    scanned = re.findall(r"^([a-z|]+) +TOKEN\(TOKEN_(?!WRONG)", (ROOT / "grammar/policy.l")
                         .read_text(), re.M)
    wanted = {*re.findall(r'"([^"]+)"', words), *"|".join(scanned).split("|")}
    for path in (GRAMMAR, EDITORS / "vim/syntax/avow.vim"):
        text = path.read_text(encoding="utf-8")
        missing = {word for word in wanted if not re.search(rf"(?<![a-z-]){word}(?![a-z-])", text)}
        assert not missing, (path, missing)


def test_the_extension_is_whole():
    package = json.loads((EDITORS / "vscode/package.json").read_text())
    contributes = package["contributes"]
    for entry in [*contributes["grammars"], *contributes["languages"]]:
        for key in ("path", "configuration"):
            if key in entry:
                json.loads((EDITORS / "vscode" / entry[key]).read_text(encoding="utf-8"))
    assert contributes["grammars"][0]["scopeName"] == json.loads(GRAMMAR.read_text())["scopeName"]
    assert contributes["languages"][0]["extensions"] == [".policy"]


def test_messages_become_problems(avow, policy):
    """What VS Code and Vim read of a message is what the compiler said."""
    path = policy("---\npolicy: a\ntitle: A\nlanguage: en\neffective: 2026-03-01\n---\n"
                  "clause c:\n  narrative\n  > Words.\n")
    said = avow("check", path).stderr
    pattern = json.loads((EDITORS / "vscode/package.json").read_text())["contributes"][
        "problemMatchers"][0]["pattern"]
    found = [match for match in map(re.compile(pattern["regexp"]).match, said.splitlines())
             if match]
    assert [match.groups() for match in found] == [
        (str(path), "8", "12", "error", "E107",
         "the full stop at the end of this sentence is missing.")]


QUICKFIX = """
filetype plugin on
edit a.policy
silent make!
call writefile(map(getqflist(), {_, e -> join([bufname(e.bufnr), e.lnum, e.col, e.type, e.text], '|')}), 'found')
quitall!
"""


def test_make_in_vim(avow, build, policy, tmp_path):
    policy("---\npolicy: a\ntitle: A\nlanguage: en\neffective: 2026-03-01\n---\n"
           "clause c:\n  narrative\n  > Words.\n\nclause d:\n  we MAY store x in y.\n", "a.policy")
    (tmp_path / "script.vim").write_text(QUICKFIX)
    done = subprocess.run(["vim", "-u", "NONE", "-i", "NONE", "-n", "-N", "-es", "--not-a-term",
                           "--cmd", f"set runtimepath^={EDITORS / 'vim'}", "-S", "script.vim"],
                          cwd=tmp_path, timeout=60, stdin=subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, "HOME": str(tmp_path), "TERM": "dumb",
                               "PATH": f"{build / 'compiler'}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stdout + done.stderr
    found = [line.split("|") for line in (tmp_path / "found").read_text().splitlines()]
    assert [line[:4] for line in found] == [["a.policy", "8", "12", "e"],
                                            ["a.policy", "12", "16", "e"],
                                            ["a.policy", "12", "21", "e"]]
    assert found[0][4].endswith("E107: the full stop at the end of this sentence is missing.")
