"""What was generated says what the policy says: names, numbers, labels, hashes, images."""
import hashlib
import os
import re
import subprocess

import pytest

from header.toolchain import link

KINDS = ["data", "purpose", "audience", "person", "place", "system", "request", "event", "state",
         "fact", "contact", "value"]
# (verb, kind of the object, {kind of the target: what stands in the function's name})
ACTS = [
    ("collect", "data", {"person": "_from_person", "place": "_from_place",
                         "audience": "_from_audience"}),
    ("store", "data", {"place": "_in_place", "system": "_in_system"}),
    ("use", "data", {"purpose": ""}),
    ("show", "data", {"audience": "_to_audience", "person": "_to_person"}),
    ("share", "data", {"audience": "_with_audience", "person": "_with_person"}),
    ("email", "person", {"purpose": ""}), ("text", "person", {"purpose": ""}),
    ("call", "person", {"purpose": ""}), ("post", "person", {"purpose": ""}),
]


def vocabulary(avow, made):
    """(number, kind, name) of every leaf, as the compiler says them."""
    dump = avow("check", "--dump=model", made.policy).stdout
    lines = dump.split("\n")
    leaves = []
    for line in lines[1:]:
        match = re.fullmatch(r"(\d+) (\w+) ((?:done:)?[a-z0-9.-]+)", line)
        if not match:
            break
        leaves.append((int(match[1]), match[2], match[3]))
    assert len(leaves) > 3 and [number for number, _, _ in leaves] == list(range(len(leaves)))
    return dump, leaves


def header_text(made):
    return made.header.read_text(encoding="utf-8")


def test_names_are_those_of_the_policy(made, avow):
    _, leaves = vocabulary(avow, made)
    text, capital = header_text(made), made.prefix.upper()
    found = re.findall(rf"^#define {capital}_(\w+) \{{(\d+)u\}} /\* ((?:done:)?[a-z0-9.-]+): .* \*/$", text,
                       re.MULTILINE)
    constants = re.findall(rf"^{capital}_CONSTANT {made.prefix}_(\w+) {made.prefix}_(\w+) = "
                           rf"{capital}_(\w+);$", text, re.MULTILINE)
    wanted, wanted_constants = [], []
    for number, kind, name in leaves:
        if kind == "value":
            continue
        c_name = f"{kind}_{re.sub('[.-]', '_', name)}".replace("event_done:", "done_")
        wanted.append((c_name.upper(), str(number + 1), name))
        wanted_constants.append(("state" if kind == "fact" else kind, c_name, c_name.upper()))
    assert found == wanted
    assert constants == wanted_constants
    values = re.findall(rf"^#define {capital}_VALUE_(\w+) \".*\" /\* ([a-z0-9.-]+): ", text,
                        re.MULTILINE)
    assert [name for _, name in values] == [name for _, kind, name in leaves if kind == "value"]
    assert all(c_name == re.sub("[.-]", "_", name).upper() for c_name, name in values)


def test_acts_are_those_that_have_names(made, avow):
    _, leaves = vocabulary(avow, made)
    kinds = {kind for _, kind, _ in leaves}
    wanted = {f"{made.prefix}_may_{verb}{suffix}" for verb, subject, targets in ACTS
              for target, suffix in targets.items() if {subject, target} <= kinds}
    found = set(re.findall(rf"\b{made.prefix}_may_\w+(?=\()", header_text(made)))
    assert found == wanted
    due = set(re.findall(rf"\b{made.prefix}_due_(\w+)\(", header_text(made)))
    assert due == {word for word, kind in (("request", "request"), ("erase", "data"),
                                              ("tell", "event"))
                   if kind in kinds}


def test_hashes(made, avow):
    dump, _ = vocabulary(avow, made)
    content = re.search(r'_CONTENT_HASH \\\n +"([0-9a-f]{64})"', header_text(made)).group(1)
    assert content == hashlib.sha256(dump.encode()).hexdigest()
    assert content in made.source.read_text(encoding="utf-8")
    names = re.search(r'_VOCABULARY_HASH \\\n +"([0-9a-f]{64})"', header_text(made)).group(1)
    table = re.search(r"vocabulary\[32\] = \{([^}]*)\}", header_text(made)).group(1)
    assert names == "".join(re.findall(r"0x([0-9a-f]{2})\b", table))


def test_two_builds_are_byte_identical(made, avow, tmp_path):
    env = {**os.environ, "TZ": "Pacific/Chatham", "LC_ALL": "C", "HOME": "/nonexistent"}
    done = avow("build", os.path.relpath(made.policy, tmp_path), "--out", "deep/down", cwd=tmp_path,
                env=env)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in made.folder.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "deep/down").iterdir())
    for name in names:
        again = (tmp_path / "deep" / "down" / name).read_bytes()
        assert (made.folder / name).read_bytes() == again, name


PROGRAM = """#include "{id}_policy.h"
#include <stdio.h>

static void
put(avow_text text)
{{
    fwrite(text.data ? text.data : "", 1, text.length, stdout);
    fputc(0, stdout);
}}

static void
put_names(const avow_table *table)
{{
    for (int kind = 0; kind < (int)AVOW_KINDS; kind++)
        for (uint32_t i = 0; i < avow_count(table, (avow_kind)kind); i++) {{
            const avow_id id = avow_first(table, (avow_kind)kind) + i;
            const avow_text name = avow_name(table, id);
            put(name);
            put(avow_label(table, id));
            if (avow_find(table, (avow_kind)kind, name.data, name.length) != id)
                fputs("not found", stdout);
        }}
}}

int
main(int argc, char **argv)
{{
    const avow_table *table = {prefix}_table();
    const uint32_t *words = (const uint32_t *)(const void *)table;
    (void)argv;
    if (argc > 1)
        fwrite(words, 1, words[11], stdout);
    else
        put_names(table);
    return {prefix}_accepts(table) ? 0 : 3;
}}
"""


@pytest.fixture(scope="session")
def program(made, plain_build, tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    source = folder / "program.c"
    source.write_text(PROGRAM.format(id=made.id, prefix=made.prefix))
    objects = []
    for at, path in enumerate((source, made.source)):
        objects.append(folder / f"{at}.o")
        subprocess.run(["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsanitize=alignment",
                        f"-I{made.folder}", f"-I{os.path.dirname(__file__)}/../../runtime", "-c",
                        str(path), "-o", str(objects[-1])], check=True)
    subprocess.run(["gcc", "-fsanitize=alignment", *map(str, objects),
                    str(plain_build / "runtime" / "core" / "libavow.a"), "-o",
                    str(folder / "program")], check=True)
    return folder / "program"


def test_c_table_and_bundle_hold_the_same_image(made, program):
    """On a little-endian machine the words of the one are the bytes of the other."""
    table = subprocess.run([str(program), "image"], capture_output=True, check=True).stdout
    bundle = made.bundle.read_bytes()
    assert len(table) == len(bundle) and len(bundle) % 8 == 0
    assert table == bundle
    assert hashlib.sha256(bundle[40:]).digest() == bundle[8:40]


def labels(avow, made):
    dump, leaves = vocabulary(avow, made)
    found = {}
    for kind, name, label in re.findall(r'^(\w+) ([a-z0-9.:-]+) label "((?:[^"\\]|\\.)*)"', dump,
                                        re.MULTILINE):
        found[kind, name] = re.sub(r"\\(.)", r"\1", label)
    return [(name, found[kind, name]) for _, kind, name in leaves]


def test_table_gives_back_every_name_and_label(made, program, avow):
    said = subprocess.run([str(program)], capture_output=True, check=True).stdout
    parts = said.decode("utf-8").split("\0")
    assert parts.pop() == ""
    assert list(zip(parts[::2], parts[1::2])) == labels(avow, made)


def test_source_is_plain_ascii_with_short_literals(made):
    text = made.source.read_bytes()
    text.decode("ascii")
    assert b"??" not in text
    assert b"__DATE__" not in text and b"__TIME__" not in text
    for line in text.decode("ascii").splitlines():
        assert len(line) < 16384


LONG = """---
policy: long
title: Long
language: en
effective: 2026-03-01
---
person reader "reader".
purpose reading "reading".

clause long:
  we MAY email reader about reading.
{lines}
"""


@pytest.mark.parametrize("length", [3900, 3990, 3999, 4000, 4001, 4095, 4096, 20000])
def test_long_texts(avow, policy, plain_build, tmp_path, length):
    """Published words longer than a literal may be come out as they went in, in C and C++."""
    words = ("Ünï \\ ‹quote› ’s " * (length // 8))[:length].strip()
    lines = "\n".join(f"  > {words[at:at + 70].strip()}" for at in range(0, len(words), 70))
    out = tmp_path / "out"
    done = avow("build", policy(LONG.format(lines=lines)), "--out", out)
    assert done.returncode == 0, done.stderr
    source = tmp_path / "main.c"
    source.write_text('#include "long_policy.h"\n#include <stdio.h>\nint main(void)\n{\n'
                      "    const avow_clause clause = avow_clause_at(long_table(), 0);\n"
                      "    return fwrite(clause.words.data, 1, clause.words.length + 1, stdout) "
                      "== clause.words.length + 1 ? 0 : 1;\n}\n")
    said = []
    for at, (compiler, standard) in enumerate((("gcc", "c11"), ("clang++", "c++17"))):
        made = link(compiler, standard, [source, out / "long_policy.c"], tmp_path / f"p{at}",
                    plain_build, out)
        said.append(subprocess.run([str(made)], capture_output=True, check=True).stdout)
    assert said[0] == said[1] and said[0].endswith(b"\0")
    plain = said[0][:-1].decode("utf-8")
    wanted = re.sub(r"\\(?=\W)", "", " ".join(line.strip()[2:] for line in lines.split("\n")))
    assert " ".join(plain.split()).count("quote") == wanted.count("quote") > 100
