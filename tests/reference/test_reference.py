"""Every example of the reference and the README, compiled and run, against what they say."""
import difflib
import importlib.util
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("reference", HERE / "reference.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


def difference(expected, found):
    return "".join(difflib.unified_diff(expected.splitlines(True), found.splitlines(True),
                                        "the document", "the truth"))


@pytest.mark.parametrize("name", reference.DOCUMENTS)
def test_every_example_is_true(name, build, tmp_path):
    document = (reference.ROOT / name).read_text(encoding="utf-8")
    runner = reference.Runner(document, tmp_path, build)
    wrong, seen = [], 0
    for block, expected, found in runner.results():
        seen += 1
        if expected != found:
            wrong.append(f"{name}:{block.line} ({block.kind})\n{difference(expected, found)}")
    assert seen > 0
    assert not wrong, "\n".join([*wrong, "If the truth is right: reference.py --update"])


@pytest.mark.parametrize("name", reference.DOCUMENTS)
def test_examples_are_in_their_form(name, build):
    document = (reference.ROOT / name).read_text(encoding="utf-8")
    found = [f"{name}:{block.line}\n{difference(block.text, form)}"
             for block, form in reference.tidy(reference.blocks_of(document), build)]
    assert not found, "\n".join([*found, "reference.py --update puts them into it"])


def test_reserved_words_are_reserved(avow, policy):
    front = "---\npolicy: words\ntitle: Words\nlanguage: en\neffective: 2026-03-01\n---\n"
    for word in reference.reserved_words():
        done = avow("check", policy(f'{front}purpose {word} "a label".\n'))
        assert done.returncode == 1 and "E204" in done.stderr, (word, done.stderr)


def test_words_of_acts_and_units_are_free(avow, policy):
    """What is not in the list may be a name."""
    front = "---\npolicy: words\ntitle: Words\nlanguage: en\neffective: 2026-03-01\n---\n"
    reserved = set(reference.reserved_words())
    words = ["collect", "store", "use", "show", "share", "email", "text", "call", "post", "erase",
             "tell", "hours", "days", "months", "consent", "contract", "law", "public", "list",
             "deadline", "link", "private", "change", "list", "order", "owner"]
    for word in words:
        assert word not in reserved, word
        done = avow("check", policy(f'{front}purpose {word} "a label".\n'))
        assert "E204" not in done.stderr, (word, done.stderr)


def test_the_tutorial_reaches_nine_clauses(avow, build, tmp_path):
    document = (reference.ROOT / "grammar" / "TUTORIAL.md").read_text(encoding="utf-8")
    runner = reference.Runner(document, tmp_path, build)
    assert [*runner.results()] and runner.grows
    assert len(re.findall(r"^clause ", runner.policy, re.M)) == 9
    path = tmp_path / "willow.policy"
    assert path.read_text(encoding="utf-8") == runner.policy
    done = avow("check", "-E", "all", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert avow("format", "--check", path).returncode == 0


def test_a_block_takes_the_place_of_the_clause_of_its_name():
    policy = "---\na\n---\n\nclause one:\n  a.\n\nclause one-more:\n  b.\n"
    assert reference.extend(policy, "clause one:\n  c.\n") == (
        "---\na\n---\n\nclause one-more:\n  b.\n\nclause one:\n  c.\n")


SERVICE = """
#include "bakery_policy.h"

{function}
int
main(void)
{{
    bakery_states nothing = {{0}};
    if (avow_allowed(bakery_may_email(bakery_system_us, bakery_person_customer,
                                      bakery_purpose_news, nothing)))
        return 3;
    return may_send_news(1) ? 1 : !may_send_news(0) ? 2 : 0;
}}
"""


def readme_blocks(kind):
    document = (reference.ROOT / "README.md").read_text(encoding="utf-8")
    return [block.text for block in reference.blocks_of(document) if block.kind == kind]


def test_the_call_of_the_readme_compiles_and_obeys(build, avow, tmp_path):
    policy = tmp_path / "bakery.policy"
    policy.write_text(readme_blocks("policy")[0], encoding="utf-8")
    built = avow("build", policy, "--out", tmp_path)
    assert built.returncode == 0, built.stderr
    source = tmp_path / "service.c"
    source.write_text(SERVICE.format(function=readme_blocks("c")[0]), encoding="utf-8")
    compiler = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
                f"-I{reference.ROOT / 'runtime'}", f"-I{tmp_path}"]
    core = sorted(map(str, (reference.ROOT / "runtime" / "core").glob("*.c")))
    subprocess.run([*compiler, "-c", str(source), "-o", str(tmp_path / "service.o")], check=True)
    subprocess.run(["gcc", "-std=c11", f"-I{reference.ROOT}", f"-I{reference.ROOT / 'runtime'}",
                    str(tmp_path / "service.o"), str(tmp_path / "bakery_policy.c"), *core,
                    "-o", str(tmp_path / "service")], check=True)
    assert subprocess.run([str(tmp_path / "service")]).returncode == 0


def test_the_readme_has_room_for_one_screen_of_why():
    """What and why, and the two commands, before anything else and at a glance."""
    document = (reference.ROOT / "README.md").read_text(encoding="utf-8")
    opening = document.split("\n## ", 1)[0]
    assert len(opening.splitlines()) <= 30
    for command in ("./demo", "./check"):
        assert command in opening
        assert os.access(reference.ROOT / command, os.X_OK)


def test_the_map_is_true():
    """What the maps of README and CONTRIBUTING name is there, and no folder is left out."""
    readme = (reference.ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.split("## Where things are", 1)[1]
    linked = re.findall(r"\]\(([^)]+)\)", tree)
    for path in linked:
        assert (reference.ROOT / path).exists(), path
    folders = {path.split("/")[0] for path in linked if "/" in path} | set(linked)
    for folder in ("compiler", "grammar", "policies", "runtime", "tests"):
        assert folder in folders
    rooms = re.search(r"`avow`: `([a-z ]+)`", tree).group(1).split()
    found = {path.name for path in (reference.ROOT / "compiler").iterdir() if path.is_dir()}
    assert found == {*rooms, "man", "completion"}
    contributing = (reference.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = contributing.split("## Tests", 1)[1]
    for folder in (reference.ROOT / "tests").iterdir():
        if folder.is_dir() and any(folder.glob("*.*")) and folder.name[0] not in "._":
            assert f"`{folder.name}`" in table, folder.name
    for path in re.findall(r"`((?:compiler|runtime|grammar|policies|tests)(?:/[\w.]+)*)`",
                           readme + contributing):
        assert (reference.ROOT / path).exists(), path
