"""The figures of style: short files, short functions, one layout, no writable state."""
import re
import statistics
import subprocess

import pytest

from structure.tree import ROOT, files, functions, sources

FILE_LINES = 700
FUNCTION_LINES = 80
LONG_LINES = 45
MEDIAN_LINES = 16
CODE = ("compiler", "runtime", "grammar")


def is_flat_switch(text):
    """A function that is little more than one switch, whose cases do not nest another."""
    lines = text.splitlines()
    inside = sum(line.startswith(" " * 4) and re.match(r"\s+(case |default:)", line) is not None
                 or re.match(r"\s{8}(return|break)\b", line) is not None for line in lines)
    return text.count("switch (") == 1 and inside * 2 >= len(lines) - 10


def test_files_are_short():
    long = []
    for path in sources(".c", ".h", ".l", ".y", ".py"):
        count = (ROOT / path).read_text(encoding="utf-8").count("\n")
        if count >= FILE_LINES:
            long.append(f"{path}: {count} lines")
    assert not long, "\n".join(long)


def test_functions_are_short():
    long = [f"{path}:{line}: {name} has {count} lines"
            for path in sources(".c", ".h") for name, line, count, text in functions(path)
            if count > FUNCTION_LINES and not is_flat_switch(text)]
    assert not long, "\n".join(long)


def test_most_functions_are_much_shorter():
    found = [(count, f"{path}:{line}: {name} {count}")
             for path in sources(".c", ".h", under=CODE)
             for name, line, count, _ in functions(path)]
    over = sorted((item for item in found if item[0] > LONG_LINES), reverse=True)
    assert statistics.median(count for count, _ in found) <= MEDIAN_LINES
    assert len(over) * 20 <= len(found), "\n".join(name for _, name in over)


def test_the_function_finder_finds(tmp_path):
    path = tmp_path / "sample.c"
    path.write_text("static int\nadd(int a,\n    int b)\n{\n    return a + b;\n}\n")
    assert [(name, count) for name, _, count, _ in functions(path)] == [("add", 3)]


def test_layout():
    paths = [str(ROOT / path) for path in sources(".c", ".h")]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *paths], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def writable_sections(archive):
    done = subprocess.run(["objdump", "-h", str(archive)], capture_output=True, text=True,
                          check=True)
    found, member = [], "?"
    for line in done.stdout.splitlines():
        if "file format" in line:
            member = line.split(":")[0]
        parts = line.split()
        if len(parts) > 2 and parts[0].isdigit():
            name, size = parts[1], int(parts[2], 16)
            writable = re.match(r"\.(data|bss|tdata|tbss)\b", name)
            if writable and not name.startswith(".data.rel.ro") and size:
                found.append(f"{member}: {name} {size}")
    return found


@pytest.mark.parametrize("archive", ["runtime/core/libavow.a", "compiler/libavow-compiler.a",
                                     "runtime/store/libavow-store-internal.a"])
def test_no_writable_globals(plain_build, archive, tmp_path):
    """Nothing static that can be written: the compiler can run twice in one process."""
    # A thin archive only names its members; objdump follows it from where it is.
    assert not writable_sections(plain_build / archive)


def test_a_writable_global_is_found(tmp_path):
    source = tmp_path / "bad.c"
    source.write_text("static int count; int next(void); int next(void) { return ++count; }\n")
    subprocess.run(["gcc", "-c", str(source), "-o", str(tmp_path / "bad.o")], check=True)
    assert writable_sections(tmp_path / "bad.o")


def test_grammar_has_no_conflicts(tmp_path):
    text = (ROOT / "grammar" / "policy.y").read_text(encoding="utf-8")
    assert re.search(r"^%expect 0$", text, re.MULTILINE)
    assert re.search(r"^%define api\.pure", text, re.MULTILINE)
    assert re.search(r"^%define api\.prefix|^%define api\.symbol\.prefix", text, re.MULTILINE)
    done = subprocess.run(["bison", "-Wall", "-Werror", "-o", str(tmp_path / "policy.c"),
                           str(ROOT / "grammar" / "policy.y")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_generated_parsers_are_not_kept():
    assert not [path for path in files() if re.search(r"\.tab\.[ch]$|lex\.yy\.c$", path.name)]


def test_public_functions_are_described():
    """Each function of the public header has a comment, or stands under one that has."""
    lines = (ROOT / "runtime" / "avow.h").read_text(encoding="utf-8").splitlines()
    bare = []
    for at, line in enumerate(lines):
        if not line.startswith("AVOW_API"):
            continue
        above = at - 1
        while lines[above] and not lines[above].endswith("*/"):
            above -= 1
        if not lines[above].endswith("*/"):
            bare.append(line)
    assert not bare, "\n".join(bare)


def test_shell_scripts_are_sound():
    """Every script parses, and shellcheck has nothing to say."""
    scripts = [path for path in files() if (ROOT / path).read_bytes().startswith(b"#!/bin/sh")]
    assert scripts
    for path in scripts:
        subprocess.run(["sh", "-n", str(ROOT / path)], check=True)
        done = subprocess.run(["shellcheck", str(ROOT / path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_nothing_names_a_machine():
    """No folder of somebody's machine and no registry's host stands in the tree."""
    patterns = ["/wo" "rk/", "/ro" "ot/", "/ho" "me/", ".pye" "nv", "registry.np" "mjs",
                "deb.deb" "ian.org", "security.deb" "ian.org", "nodeso" "urce", "pythonhos" "ted",
                "proxy.gol" "ang", "pkg.d" "ev/"]
    wrong = []
    for path in files():
        data = (ROOT / path).read_bytes()
        for pattern in patterns:
            if pattern.encode() in data:
                wrong.append(f"{path}: {pattern}")
    assert not wrong, "\n".join(wrong)
