"""Each rule of the form: rules/NAME.policy and what becomes of it.

After a change of the form: AVOW_UPDATE=1 pytest-3 tests/format, and read the difference."""
import importlib.util
import os
import pathlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RULES = sorted(path.stem for path in (HERE / "rules").glob("*.policy"))
FRONT = """---
policy: form
title:   "Any way you   like"   # even so
language: en
effective: 2026-03-01
---
"""

spec = importlib.util.spec_from_file_location("reference", HERE.parent / "reference/reference.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


@pytest.fixture(scope="module")
def formatted(avow, tmp_path_factory):
    """What became of each rule's file: all of them in one run."""
    folder = tmp_path_factory.mktemp("rules")
    for name in RULES:
        text = FRONT + (HERE / "rules" / f"{name}.policy").read_text(encoding="utf-8")
        (folder / f"{name}.policy").write_text(text, encoding="utf-8")
    paths = [folder / f"{name}.policy" for name in RULES]
    done = avow("format", *paths)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return {path.stem: path for path in paths}


@pytest.mark.parametrize("name", RULES)
def test_rule(formatted, name):
    found = formatted[name].read_text(encoding="utf-8")
    assert found.startswith(FRONT)
    wanted = HERE / "rules" / f"{name}.formatted"
    if os.environ.get("AVOW_UPDATE"):
        wanted.write_text(found.removeprefix(FRONT), encoding="utf-8")
    assert found.removeprefix(FRONT) == wanted.read_text(encoding="utf-8")
    assert found.removeprefix(FRONT) != \
        (HERE / "rules" / f"{name}.policy").read_text(encoding="utf-8")


def test_what_is_formatted_stays(avow, formatted):
    done = avow("format", "--check", *formatted.values())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def models_of(avow, paths):
    """What the models of those are that have one, in one text."""
    return avow("check", "--dump=model", *paths).stdout


def test_examples_of_the_reference_mean_the_same(avow, tmp_path):
    calendars = tmp_path / "calendars"
    calendars.mkdir()
    (calendars / "office.yaml").write_bytes(
        (ROOT / "policies/calendars/office.yaml").read_bytes())
    document = (ROOT / "grammar/LANGUAGE.md").read_text(encoding="utf-8")
    blocks = [block for block in reference.blocks_of(document) if block.kind == "policy"]
    paths = [tmp_path / f"{number}.policy" for number in range(len(blocks))]
    for path, block in zip(paths, blocks):
        path.write_text(reference.complete(block.text, blocks[0].text), encoding="utf-8")
    before = models_of(avow, paths)
    assert before.count("avow vocabulary") > 15
    for path in paths:
        path.write_text(path.read_text(encoding="utf-8").replace(" MAY ", "  may\n# c\n\t"),
                        encoding="utf-8")
    assert avow("format", *paths).returncode == 1  # some are examples of mistakes
    assert models_of(avow, paths) == before


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "policies").glob("*.policy")))
def test_policies_of_the_tree_mean_the_same(avow, tmp_path, name):
    for folder in ("calendars", "locales"):
        (tmp_path / folder).symlink_to(ROOT / "policies" / folder)
    path = tmp_path / name
    original = (ROOT / "policies" / name).read_text(encoding="utf-8")
    path.write_text(original, encoding="utf-8")
    before = models_of(avow, [path])
    assert before
    ugly = original.replace(" NEVER ", "\tnever # why\n").replace("\n  we ", "  we\n")
    path.write_text(ugly, encoding="utf-8")
    assert avow("format", path).returncode == 0
    assert models_of(avow, [path]) == before


def test_policies_of_the_tree_are_in_the_form(avow):
    done = avow("format", "--check", "--diff", *sorted((ROOT / "policies").glob("*.policy")))
    assert done.returncode == 0, done.stdout + done.stderr + "Run: avow format policies/*.policy"
