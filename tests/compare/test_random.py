"""Random policies against each other: every point and case that one permits and the other does not,
found by avow in classes, against all of them tried one by one.

The semantics is that of tests/check, written down in Python; nothing of avow is used."""
import itertools
import json
import random
import re

import pytest

from check.test_check import CASES, DATA, PURPOSES, Policy

POINTS = list(itertools.product(("us", "shop"), DATA, PURPOSES))
STATES = ("stopped", "joined", "plan", "region.north", "region.south", "region.west")


def literals(rule):
    return list(rule.condition), [list(e) for e in rule.exceptions]


def possibly(condition, yes, no):
    return not any((word in no) if wanted else (word in yes) for word, wanted in condition)


def certainly(condition, yes, no):
    return all((word in yes) if wanted else (word in no) for word, wanted in condition)


def allowed(policy, point, yes, no):
    """With some states unknown, rule by rule. An exception is one literal: its contrary is needed."""
    actor, thing, purpose = point
    mays = nevers = False
    for rule in policy.rules:
        if not (actor in rule.actors and thing in rule.objects and purpose in rule.targets):
            continue
        condition, exceptions = literals(rule)
        whole = condition + [(word, not wanted) for e in exceptions for word, wanted in e]
        if rule.mode == "MAY":
            mays |= certainly(whole, yes, no)
        elif rule.mode == "NEVER":
            nevers |= possibly(whole, yes, no)
    return mays and not nevers


def known_cases():
    for case in CASES:
        yield frozenset(case), frozenset(STATES) - case


def all_cases():
    """Each of three states, and of the regions one, none, or one that it is not."""
    for values in itertools.product((0, 1, 2), repeat=3):
        yes = {s for s, v in zip(STATES[:3], values) if v == 1}
        no = {s for s, v in zip(STATES[:3], values) if v == 0}
        regions = STATES[3:]
        for known in itertools.product((0, 1, 2), repeat=3):
            ayes = [r for r, v in zip(regions, known) if v == 1]
            noes = [r for r, v in zip(regions, known) if v == 0]
            if len(ayes) > 1 or len(noes) == 3:
                continue
            if ayes:
                noes = [r for r in regions if r not in ayes]
            yield frozenset(yes | set(ayes)), frozenset(no | set(noes))


def differences(old, new, cases):
    gained, lost = set(), set()
    for case in cases:
        for point in POINTS:
            before, after = allowed(old, point, *case), allowed(new, point, *case)
            if before != after:
                (gained if after else lost).add((point, case))
    return gained, lost


def told(changes, kinds):
    """The points and known cases that findings name; and whether one names not all of its cases."""
    found, more = set(), False
    for change in changes:
        for finding in change["findings"]:
            if finding["kind"] not in kinds:
                continue
            words = finding["meaning"].split(" ", 5)
            _, actors, _, things, purposes = words[:5]
            rest = words[5] if len(words) > 5 else ""
            more |= rest.endswith("or more")
            parts = re.findall(r"if (\S+)", rest) or [""]
            for part, point in itertools.product(
                    parts, itertools.product(actors.split(","), things.split(","), purposes.split(","))):
                needs = {w[1:] for w in part.split(",") if w.startswith("+")}
                bars = {w[1:] for w in part.split(",") if w.startswith("-")}
                found |= {(point, case) for case in known_cases()
                          if needs <= case[0] and bars <= case[1]}
    return found, more


@pytest.mark.parametrize("seed", range(4))
def test_random_policies(avow, tmp_path, seed):
    chance = random.Random(seed)
    tried = gained = lost = unknown = 0
    while tried < 25:
        paths, made = [], [Policy(chance), Policy(chance)]
        for name, policy in zip(("old", "new"), made):
            paths.append(tmp_path / f"{name}.policy")
            text = "\n".join(line for line in policy.lines)
            paths[-1].write_text(text[:text.index('example "')], encoding="utf-8")
        done = avow("compare", "--format=json", *paths)
        if done.returncode == 2:
            assert re.search(r"error E3(18|07)", done.stderr), done.stderr
            continue
        tried += 1
        changes = json.loads(done.stdout)["changes"]
        for number, kinds in enumerate((("allowed",), ("refused", "access-lost"))):
            wanted = differences(*made, known_cases())[number]
            got, more = told(changes, kinds)
            assert got <= wanted if more else got == wanted, (kinds, got ^ wanted)
            if more:
                assert {point for point, _ in got} == {point for point, _ in wanted}
        every = differences(*made, all_cases())
        kinds = {f["kind"] for change in changes for f in change["findings"]}
        assert bool(every[0]) == bool(kinds & {"allowed", "allowed-while-unknown"})
        assert bool(every[1]) == bool(kinds & {"refused", "access-lost"})
        assert (done.returncode == 1) or not every[0]
        gained, lost = gained + bool(every[0]), lost + bool(every[1])
        unknown += "allowed-while-unknown" in kinds
    assert gained > 5 and lost > 5
