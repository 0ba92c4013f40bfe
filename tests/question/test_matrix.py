"""`avow matrix`: every row is what the rules say, every point is in a row or permitted by nothing, and
it can be read."""
import csv
import io
import itertools
import json
import os
import pathlib
import re
import subprocess

import pytest

from page.conftest import modules  # noqa: F401 (a fixture)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
POLICIES = sorted((ROOT / "policies").glob("*.policy"))
HERE = pathlib.Path(__file__).resolve().parent


def rows_of(avow, path, *options):
    done = avow("matrix", "--format=json", *options, path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["rows"]


def points_of(rows):
    found = {}
    for row in rows:
        for actor, thing, target in itertools.product(row["actors"], row["objects"], row["targets"]):
            point = (actor, row["verb"], thing, target)
            assert point not in found, point
            found[point] = row
    return found


def verdict(row, states):
    """What a row says where these states hold and no others."""
    def holds(rule):
        return all(s in states for s in rule["holds"]) and not any(s in states for s in rule["holds_not"])
    if any(rule["mode"] == "never" and holds(rule) for rule in row["rules"]):
        return "forbidden"
    if any(rule["mode"] == "may" and holds(rule) for rule in row["rules"]):
        return "allowed"
    return "forbidden" if any(holds(rule) for rule in row["rules"]) else "no"


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_rows_say_what_answers_say(avow, path):
    points = points_of(rows_of(avow, path))
    lines, wanted = [], []
    for point, row in points.items():
        names = sorted({s for rule in row["rules"] for s in rule["holds"] + rule["holds_not"]})
        # Of facts of one group exactly one holds.
        groups = {n.split(".")[0] for n in names if "." in n}
        for size in range(min(len(names), 3) + 1):
            for states in itertools.combinations(names, size):
                if any(sum(s.startswith(g + ".") for s in states) != 1 for g in groups):
                    continue
                lines.append(" ".join(point) + " " + (",".join(states) or "-"))
                found = verdict(row, states)
                assert row["allowed"] == "depends" or found == {"allowed": "allowed"}.get(
                    row["allowed"], found) or found in ("no", "forbidden")
                wanted.append(found)
    done = avow("ask", "--batch", path, input="\n".join(lines) + "\n")
    got = [line.split("\t")[0].replace("unstated", "no") for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    bad = [(l, w, g) for l, w, g in zip(lines, wanted, got) if w != g]
    assert not bad, bad[:5]
    assert len(lines) > 100 and len(got) == len(lines)


def test_what_has_no_row_is_permitted_by_nothing(avow):
    path = ROOT / "policies" / "shop.policy"
    rows = rows_of(avow, path)
    points = points_of(rows)
    verbs = {row["verb"] for row in rows}
    parts = {v: [sorted({n for r in rows if r["verb"] == v for n in r[p]})
                 for p in ("actors", "objects", "targets")] for v in verbs}
    missing = [(a, v, o, t) for v in verbs for a, o, t in itertools.product(*parts[v])
               if (a, v, o, t) not in points]
    done = avow("ask", "--batch", path, input="".join(" ".join(m) + " -\n" for m in missing))
    assert len(missing) > 50
    assert set(done.stdout.splitlines()) == {"unstated\t-"}


def test_rows_are_few_and_expand(avow):
    path = ROOT / "policies" / "cloud.policy"
    few, all_ = rows_of(avow, path), rows_of(avow, path, "--expand")
    assert len(few) < 100 < len(all_)
    assert points_of(few).keys() == points_of(all_).keys()
    assert all(len(r["actors"]) == len(r["objects"]) == len(r["targets"]) == 1 for r in all_)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_it_fits_the_window(avow, width):
    for path in POLICIES:
        done = avow("matrix", path, env={**os.environ, "COLUMNS": str(width)})
        assert done.returncode == 0
        assert max(map(len, done.stdout.splitlines())) <= max(width, 48), path.stem
        assert "\033" not in done.stdout
        assert done.stdout.endswith("Nothing permits what is not listed.\n")


def test_colour_only_on_a_terminal(avow):
    path = ROOT / "policies" / "shop.policy"
    assert "\033[32m" in avow("matrix", "--color=always", path).stdout


def test_text(avow, policy):
    path = policy("""---
policy: a
title: A
language: en
effective: 2026-03-01
---
person customer "customer". data order "order" of customer. purpose news "news".
request join "join". request leave "leave". contact desk "the desk" at "https://a.example/".
state subscribed "subscribed" of customer after join until leave.
clause one:
  we MAY email customer about news if subscribed.
  we NEVER use order for news.
  customer MAY request join or leave via desk. we MUST do join or leave at once.
  > We never use your {order} for {news}; you get it if {subscribed}, by {link of desk}.
""")
    assert avow("matrix", "-W", path).returncode == 2
    assert avow("matrix", path, env={**os.environ, "COLUMNS": "80"}).stdout == """\
use
who       what      for       allowed   clauses
we        order     news      no        one

email
who       whom      about     allowed                    clauses
we        customer  news      if customer is subscribed  one

Nothing permits what is not listed.
"""


def test_csv(avow):
    done = avow("matrix", "--format=csv", ROOT / "policies" / "jibrok.policy", text=False)
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    assert b"\r\n" in done.stdout
    assert {"who": "app", "act": "use", "what": "user-key", "target": "operation",
            "allowed": "allowed", "when": "yes", "clauses": "operation-only"} in rows
    assert {row["allowed"] for row in rows} == {"allowed", "depends", "forbidden"}


def test_the_page_in_a_browser(avow, modules, tmp_path):  # noqa: F811
    page = tmp_path / "matrix.html"
    done = avow("matrix", "--format=html", ROOT / "policies" / "jibrok.policy")
    page.write_text(done.stdout, encoding="utf-8")
    assert not re.search(r"(src|href)=", done.stdout), "nothing from outside"
    shown = subprocess.run(["node", HERE / "matrix.js", modules, "/usr/bin/chromium", page],
                           capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert found["violations"] == [] and found["complaints"] == [] and found["requests"] == []
    assert found["all"] > 20
    assert 0 < found["issue.name"] < found["all"]
    assert found["both"] < found["issue.name"]
    assert found["words"] == found["with opt-out"] > 0
    assert found["printed form"] == "none"
    assert found["without script"] == found["all"]


def test_wrong_use(avow):
    assert "--format is text, html, csv or json" in avow("matrix", "--format=pdf", "x").stderr
    assert avow("matrix").returncode == 2
    assert avow("matrix", "none.policy").returncode == 2
