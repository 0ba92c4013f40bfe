"""How a comparison is shown: for a terminal, a review, a browser and programs."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import jsonschema
import pytest

from page.conftest import modules  # noqa: F401 (a fixture)

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

HEAD = """---
policy: a
title: A & <b>B</b>
language: en
effective: 2026-03-01
---
person customer "customer <b>bold</b> *star* `tick`".
data order "order details" of customer. purpose news "news". purpose parcel "the parcel".
"""
OLD = HEAD + """clause one:
  we MAY use order for parcel.
  we NEVER use order for news.
  > For {parcel} we use your {order}, and never for {news}.
"""
NEW = OLD.replace("MAY use order for parcel", "MAY use order for parcel or news").replace(
    "  we NEVER use order for news.\n", "").replace(", and never for {news}", " and for {news}").replace(
        "2026-03-01", "2026-09-01")


@pytest.fixture
def pair(policy):
    return policy(OLD, "old.policy"), policy(NEW, "new.policy")


def width(columns):
    return {**os.environ, "COLUMNS": str(columns)}


def test_text(avow, pair):
    done = avow("compare", "old.policy", "new.policy", env=width(80), cwd=pair[0].parent)
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout == (HERE / "text.txt").read_text(encoding="utf-8")


def test_markdown(avow, pair):
    done = avow("compare", "--format=markdown", "old.policy", "new.policy", cwd=pair[0].parent)
    assert done.returncode == 1
    assert done.stdout == (HERE / "review.md").read_text(encoding="utf-8")


def test_html_is_as_it_was(avow, pair):
    done = avow("compare", "--format=html", "old.policy", "new.policy", cwd=pair[0].parent)
    page = re.sub(r"<style>.*?</style>", "<style></style>", done.stdout, flags=re.S)
    page = re.sub(r"sha256-[^']*", "sha256-", page)
    assert page == (HERE / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_it_fits_the_window(avow, pair, columns):
    done = avow("compare", *pair, env=width(columns), cwd=pair[0].parent)
    lines = [l for l in done.stdout.splitlines()[:-1] if not l.startswith("      ")
             and "Clause" not in l and "True" not in l]
    assert max(map(len, lines)) <= columns
    assert "\033" not in done.stdout
    coloured = avow("compare", "--color=always", *pair, env=width(columns)).stdout
    assert "\033[1;31mMATERIAL" in coloured and "\033[31;9m" in coloured
    assert re.sub(r"\033\[[0-9;]*m", "", coloured) == done.stdout


def test_json_is_by_its_schema(avow, pair, tmp_path):
    schema = json.loads((ROOT / "grammar" / "comparison.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    for old, new in (pair, pair[::-1], (pair[0], pair[0])):
        done = avow("compare", "--format=json", old, new)
        found = json.loads(done.stdout)
        jsonschema.Draft7Validator(schema).validate(found)
        assert found["later"] == (old == pair[0] and new == pair[1])
        assert sum(found["counts"].values()) == len(found["changes"])
    assert found["changes"] == [] and done.returncode == 0


def test_the_hash_is_of_the_meaning(avow, policy):
    """Other words and another layout for the same change: the same hash."""
    old = policy(OLD, "old.policy")
    hashes = set()
    for number, text in enumerate((NEW, NEW.replace("> For", "> For your").replace(
            "for parcel or news.", "for news,\n     parcel."))):
        done = avow("compare", "--format=json", old, policy(text, f"new{number}.policy"))
        hashes.add(tuple(c["hash"] for c in json.loads(done.stdout)["changes"]))
    assert len(hashes) == 1
    other = avow("compare", "--format=json", old, policy(OLD.replace(
        "MAY use order for parcel", "MAY use order for news").replace(
            "  we NEVER use order for news.\n", ""), "other.policy"))
    assert tuple(c["hash"] for c in json.loads(other.stdout)["changes"]) not in hashes


def test_what_is_of_the_whole_is_told_one_by_one(avow, policy):
    """A title's change is not part of what a calendar's is approved for."""
    old = policy(OLD, "old.policy")
    text = OLD.replace("title: A & <b>B</b>", "title: B").replace("clause one", 'purpose more "more".\nclause one')
    done = avow("compare", "--format=json", old, policy(text, "new.policy"))
    assert [[f["sentence"] for f in change["findings"]] for change in json.loads(done.stdout)["changes"]] == [
        ["New word of the policy: “more”."], ["The title is now “B”, no longer “A & <b>B</b>”."]]


def test_the_page_in_a_browser(avow, modules, tmp_path):  # noqa: F811
    text = (ROOT / "policies" / "shop.policy").read_text(encoding="utf-8")
    for before, after in json.loads((HERE / "edits.json").read_text(encoding="utf-8"))["new-clause"]["edits"]:
        text = text.replace(before, after)
    text = text.replace("within 24 months", "within 36 months").replace("twice a year", "now and then")
    text = text.replace('"our tax adviser"', '"our <b>tax</b> adviser"')
    text = text.replace("correct-data within 5 business days", "correct-data within 3 business days")
    shutil.copytree(ROOT / "policies" / "calendars", tmp_path / "calendars")
    (tmp_path / "new.policy").write_text(text, encoding="utf-8")
    page = tmp_path / "page.html"
    done = avow("compare", "--format=html", ROOT / "policies" / "shop.policy", tmp_path / "new.policy")
    page.write_text(done.stdout, encoding="utf-8")
    shown = subprocess.run(["node", HERE / "compare.js", modules, "/usr/bin/chromium", page],
                           capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert found["violations"] == [] and found["complaints"] == []
    assert found["requests"] == [] and found["overflow"] == []
    assert found["background"] == "4px" and found["bold"] == 0
    assert found["headings"] == ["Material", "To review", "Favourable"]
    assert "The promise of clause “care” has other words: it may promise less." in found["sentences"]
    assert any("24" in text and "deleted:" in text for text in found["deleted"])


def test_wrong_use(avow, policy):
    path = policy(OLD)
    broken = policy(OLD.replace("full", "").replace("MAY", "may not"), "broken.policy")
    for arguments, words in (([path], "two policies are needed, the old one first"),
                             ([path, path, path], "two policies are needed"),
                             (["--format=pdf", path, path], "--format is text, markdown, html or json"),
                             (["--colour=blue", path, path], "--color is auto, always or never"),
                             ([path, "none.policy"], "there is no such file"),
                             ([path, broken], "E311"), ([broken, path], "E311")):
        done = avow("compare", *arguments)
        assert done.returncode == 2 and done.stdout == ""
        assert words in done.stderr, done.stderr


def test_hostile_vocabulary(avow, policy):
    """A long chain of conditions, and a policy against one that has nothing in common with it."""
    states = "".join(f'event ask{i} "ask {i}" of customer.\nstate s{i} "state {i}" of customer after ask{i}.\n'
                     for i in range(40))
    rule = "clause two:\n" + "".join(
        f"  we NEVER use order for parcel if {' and '.join(f's{k}' for k in range(i, i + 3))}.\n"
        for i in range(0, 37)) + "  > Never.\n"
    old = policy(OLD + states + "clause two:\n  we NEVER use order for news if s0.\n  > Never.\n", "o.policy")
    new = policy(OLD + states + rule, "n.policy")
    done = avow("compare", old, new)
    assert done.returncode in (0, 1)
    assert "There are too many conditions to compare when we may use “order details” for “the parcel”" in (
        " ".join(done.stdout.split()))
