"""An #include may only point up the stream: a stage knows only what stands before it."""
import re

import pytest

from structure.tree import ROOT, sources

# Where a room stands in the way of the data. Rooms of one number do not know each other.
RANK = {
    "base": 0, "diag": 1, "syntax": 2, "grammar": 2, "model": 3, "check": 4,
    "compile": 5, "page": 5, "table": 5, "question": 5, "compare": 5, "cookies": 6, "sql": 6, "command": 7, "main": 8,
}
# Rooms that are one stage in two folders.
TOGETHER = {("syntax", "grammar"), ("grammar", "syntax")}
# All that the compiler shares with the runtime.
SHARED = {"runtime/avow.h", "runtime/core/table.h", "runtime/core/sha256.h"}
# Libraries, and the rooms that may use them.
LIBRARIES = {"yaml.h": {"syntax", "model"}, "cmark.h": {"model"}}
FREESTANDING = {"stdbool.h", "stddef.h", "stdint.h", "limits.h", "stdalign.h", "stdnoreturn.h"}
HOSTED = FREESTANDING | {
    "assert.h", "ctype.h", "errno.h", "fcntl.h", "getopt.h", "inttypes.h", "setjmp.h", "signal.h", "stdarg.h",
    "stdio.h", "stdlib.h", "string.h", "sys/mman.h", "sys/resource.h", "sys/stat.h", "sys/types.h", "time.h",
    "unistd.h", "locale.h", "sys/ioctl.h", "libgen.h", "dirent.h", "strings.h",
    "spawn.h", "sys/wait.h",
}


def room_of(path):
    parts = path.split("/")
    if parts[0] == "grammar":
        return "grammar"
    if parts[0] == "compiler":
        return parts[1].split(".")[0] if len(parts) == 2 else parts[1]
    return None


def includes(text):
    return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', text, re.MULTILINE)


def wrong_include(path, mark, name):
    """Why a file of the compiler may not include something, or None."""
    here = room_of(path)
    if mark == "<":
        if name in LIBRARIES:
            return None if here in LIBRARIES[name] else "a library of another room"
        return None if name in HOSTED else "no header that the compiler uses"
    if name.startswith("runtime/"):
        return None if name in SHARED else "the compiler shares only " + ", ".join(sorted(SHARED))
    there = room_of(name) if "/" in name else None
    if there is None:
        # Generated beside the grammar.
        if here in ("grammar", "syntax") and re.fullmatch(r"(policy|lexer|parser)[\w.]*\.h", name):
            return None
        return "includes are written from the project's root"
    if there not in RANK:
        return "an unknown room"
    if here == there or (here, there) in TOGETHER or RANK[there] < RANK[here]:
        return None
    return f"{here} stands before {there}, or beside it"


def test_compiler_includes_point_up_the_stream():
    wrong = []
    for path in sources(".c", ".h", ".l", ".y", under=("compiler", "grammar")):
        for mark, name in includes((ROOT / path).read_text(encoding="utf-8")):
            why = wrong_include(str(path), mark, name)
            if why:
                wrong.append(f"{path}: {name}: {why}")
    assert not wrong, "\n".join(wrong)


def test_core_is_freestanding():
    wrong = []
    paths = [path for path in sources(".c", ".h", under=("runtime",))
             if path.parts[1] in ("core", "avow.h")]
    assert paths
    for path in paths:
        for mark, name in includes((ROOT / path).read_text(encoding="utf-8")):
            if mark == "<" and name not in FREESTANDING:
                wrong.append(f"{path}: <{name}>")
            if mark == '"' and not (name == "runtime/avow.h" or name.startswith("runtime/core/")):
                wrong.append(f"{path}: {name}")
    assert not wrong, "\n".join(wrong)


def wrong_store_include(name):
    """Why a file of the store may not include a file of the project, or None."""
    known = name in ("runtime/avow.h", "runtime/avow_store.h", "runtime/core/table.h")
    return None if known or name.startswith("runtime/store/") else "only the core's interface"


def test_store_knows_only_the_core():
    wrong = [f"{path}: {name}" for path in sources(".c", ".h", under=("runtime",))
             if path.parts[1] == "store"
             for mark, name in includes((ROOT / path).read_text(encoding="utf-8"))
             if mark == '"' and wrong_store_include(name)]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_include_of_the_store_is_found():
    assert wrong_store_include("compiler/base/utf8.h")
    assert wrong_store_include("runtime/core/read.h")
    assert wrong_store_include("fault.h")
    assert wrong_store_include("runtime/avow.h") is None


@pytest.mark.parametrize("path, mark, name", [
    ("compiler/base/arena.c", '"', "compiler/diag/diag.h"),
    ("compiler/model/model.c", '"', "compiler/page/page.h"),
    ("compiler/page/html.c", '"', "compiler/table/table.h"),
    ("compiler/check/check.c", '"', "compiler/compile.h"),
    ("compiler/page/html.c", "<", "cmark.h"),
    ("compiler/table/image.c", '"', "runtime/core/ask.h"),
    ("compiler/model/model.c", '"', "model.h"),
    ("compiler/base/arena.c", "<", "openssl/sha.h"),
])
def test_a_wrong_include_is_found(path, mark, name):
    assert wrong_include(path, mark, name)


@pytest.mark.parametrize("path, mark, name", [
    ("compiler/command/build.c", '"', "compiler/table/table.h"),
    ("compiler/model/prose.c", "<", "cmark.h"),
    ("compiler/syntax/tree.c", '"', "compiler/diag/diag.h"),
    ("compiler/table/image.c", '"', "runtime/core/table.h"),
])
def test_a_right_include_passes(path, mark, name):
    assert wrong_include(path, mark, name) is None
