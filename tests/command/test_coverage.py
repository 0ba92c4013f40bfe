"""`avow coverage`: what stands behind each clause."""
import json
import re

import pytest

POLICY = """---
policy: a
title: A
language: en
effective: 2026-03-01
---
person customer "customer". data order "order" of customer. purpose repair "the repair".
purpose news "news". request copy "get a copy". contact desk "the desk" at "https://a.example/".
event done "end" of order.
clause first:
  we MAY use order for repair.
  > We use your {order} for {repair}.

section more "More"

clause second:
  we MUST erase order within 30 days after done.
  > It is gone within {deadline of order} of the {done}.

clause third:
  promise by "head".
  > We lock the door.

clause fourth:
  narrative.
  > Write to {link of desk}.
"""


@pytest.fixture
def path(policy):
    return policy(POLICY.replace('request copy "get a copy". ', "").replace('purpose news "news". ', ""))


def test_text(avow, path):
    done = avow("coverage", path)
    assert done.returncode == 0
    assert done.stdout == """\
  first   enforced

1. More
  second  duty
  third   promise
  fourth  narrative

4 clauses: 1 enforced, 1 duty, 1 promise, 1 narrative.
Rules stand behind 50 % of them (enforced or duty).
"""


def test_json(avow, path):
    found = json.loads(avow("coverage", "--format=json", path).stdout)
    assert [clause["class"] for clause in found["clauses"]] == [
        "enforced", "duty", "promise", "narrative"]
    assert found["percent"] == 50 and found["enforced"] == 1


def test_html_is_the_page_with_shades(avow, path, tmp_path):
    shaded = avow("coverage", "--format=html", path).stdout
    assert avow("build", path, "--only=html", "--out", tmp_path).returncode == 0
    plain = (tmp_path / "a.html").read_text(encoding="utf-8")
    for anchor, kind in (("first", "enforced"), ("second", "duty"), ("third", "promise"),
                         ("fourth", "narrative")):
        assert f'<span class="clause {kind}" id="{anchor}">' in shaded
        assert f'<span class="clause" id="{anchor}">' in plain
    # But for the shades, the legend and their style it is the published page, byte for byte.
    bare = re.sub(r'(class="clause) \w+"', r'\1"', re.sub(r'<ul class="legend">.*?</ul>\n', "", shaded, flags=re.S))
    bare = re.sub(r"<style>\.legend.*?</style>\n", "", bare, flags=re.S)
    bare = re.sub(r" 'sha256-[^']*'(?=; base-uri)", "", bare)
    assert bare == plain


@pytest.mark.parametrize("least, status", [("50", 0), ("51", 1), ("0", 0), ("100%", 1)])
def test_fail_under(avow, path, least, status):
    done = avow("coverage", f"--fail-under={least}", path)
    assert done.returncode == status
    assert ("rules stand behind 50 % of the clauses" in done.stderr) == (status == 1)


def test_wrong_use(avow, path):
    assert "--fail-under is a number" in avow("coverage", "--fail-under=many", path).stderr
    assert "--format is text" in avow("coverage", "--format=pdf", path).stderr
    assert avow("coverage").returncode == 2
