"""Typical edits of a real policy, one at a time: each is one change (or none, where it changes
nothing), of the right class and in these words; and its example holds in one version only."""
import json
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHOP = (ROOT / "policies" / "shop.policy").read_text(encoding="utf-8")
EDITS = json.loads((HERE / "edits.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    shutil.copytree(ROOT / "policies" / "calendars", folder / "calendars")
    (folder / "old.policy").write_text(SHOP, encoding="utf-8")
    return folder


def edited(edit):
    text = SHOP
    for before, after in edit["edits"]:
        assert before in text, before
        text = text.replace(before, after)
    return text


def told(comparison):
    return [{"class": change["class"], **({"note": change["note"]} if "note" in change else {}),
             "findings": [[f["kind"], f["sentence"]] for f in change["findings"]]}
            for change in comparison["changes"]]


@pytest.mark.parametrize("name", EDITS)
def test_edit(avow, plain_build, shop, name):
    new = shop / f"{name}.policy"
    new.write_text(edited(EDITS[name]), encoding="utf-8")
    done = avow("compare", "--format=json", shop / "old.policy", new)
    assert done.returncode in (0, 1), done.stderr
    comparison = json.loads(done.stdout)
    assert told(comparison) == EDITS[name]["told"]
    material = sum(change["class"] == "material" for change in comparison["changes"])
    assert done.returncode == (1 if material else 0) and comparison["counts"]["material"] == material
    for change in comparison["changes"]:
        for finding in change["findings"]:
            if "example" in finding:
                proved(plain_build, shop, new, finding)


def proved(build, shop, new, finding):
    """It holds in one version, and is an error in the other."""
    for side, path in (("old", shop / "old.policy"), ("new", new)):
        text = path.read_text(encoding="utf-8")
        text = text[:text.index('example "No newsletter')]
        pasted = shop / "pasted.policy"
        pasted.write_text(text + finding["example"], encoding="utf-8")
        done = subprocess.run([build / "compiler" / "avow", "check", pasted], capture_output=True,
                              text=True)
        line = text.count("\n")
        wrong = [l for l in done.stderr.splitlines() if "pasted.policy:" in l and ": error " in l
                 and int(l.split(":")[1]) > line]
        assert bool(wrong) == (side != finding["holds"]), (side, finding["example"], done.stderr)


def test_every_kind_of_edit_is_here():
    """At least forty, and most kinds of finding among them."""
    kinds = {kind for edit in EDITS.values() for change in edit["told"]
             for kind, _ in change["findings"]}
    assert len(EDITS) >= 40
    assert len(kinds) >= 24, sorted(kinds)
