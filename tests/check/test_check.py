"""Dead permissions and examples on random small policies, against every case tried one by one.

The semantics is written down here once more, over sets of Python; nothing of avow is used."""
import itertools
import random
import re

import pytest

HEAD = """---
policy: test
title: Test
language: en
effective: 2026-03-01
---
system   shop    "shop".
person   member  "member".
data     d.a     "a" of member.
data     d.b     "b" of member.
data     d.c     "c" of member.
purpose  u.x     "x".
purpose  u.y     "y".
request  stop    "stop".
request  join    "join".
state    stopped "stopped" of member after stop.
state    joined  "joined"  of member after join.
fact     plan    "plan".
fact     region  one of north "north", south "south", west "west".
contact  help    "help" at "mailto:help@example.org".
clause requests:
  member MAY request stop or join via help.
  we MUST do stop or join at once.
"""
DATA, PURPOSES = ("d.a", "d.b", "d.c"), ("u.x", "u.y")
LITERALS = ["stopped", "joined", "plan", "region.north", "region.south", "region.west"]
CASES = [frozenset(itertools.compress(("stopped", "joined", "plan"), bits)) | {region}
         for bits in itertools.product((0, 1), repeat=3)
         for region in ("region.north", "region.south", "region.west")]


def leaves(names, all_):
    return {leaf for leaf in all_ for name in names if leaf == name or leaf.startswith(name + ".")}


def holds(condition, case):
    return all((word in case) == wanted for word, wanted in condition)


def words_of(condition):
    return " and ".join(word if wanted else "not " + word for word, wanted in condition)


class Rule:
    def __init__(self, mode, actors, objects, targets, condition, exceptions, clause, line):
        self.mode, self.clause, self.line = mode, clause, line
        self.actors, self.objects, self.targets = actors, objects, targets
        self.condition, self.exceptions = condition, exceptions

    def hits(self, actor, thing, purpose, case):
        return (actor in self.actors and thing in self.objects and purpose in self.targets
                and holds(self.condition, case)
                and not any(holds(condition, case) for condition in self.exceptions))


def random_condition(chance):
    count = chance.choice([0, 0, 1, 1, 2])
    words = chance.sample(LITERALS, count)
    if sum(word.startswith("region") for word in words) > 1:
        words = words[:1]
    return [(word, chance.random() < 0.6) for word in words]


class Policy:
    def __init__(self, chance):
        self.chance = chance
        self.lines = HEAD.splitlines()
        self.rules, self.sentences, self.examples = [], [], []
        for name in ("one", "two", "three"):
            self.add(f"clause {name}:")
            for _ in range(chance.choice([1, 2, 2, 3])):
                self.sentence(name)
            self.add("  > Words.")
        for number in range(4):
            self.example(number)

    def add(self, line):
        self.lines.append(line)
        return len(self.lines)

    def part(self, names, group):
        return [group] if self.chance.random() < 0.3 else self.chance.sample(names, self.chance.choice([1, 1, 2]))

    def sentence(self, clause):
        chance = self.chance
        subject = chance.choice(["we", "we", "us", "shop"])
        mode = chance.choice(["MAY", "MAY", "NEVER", "NEVER", "MAY only"])
        objects, targets = self.part(DATA, "d"), self.part(PURPOSES, "u")
        act = f"use {' or '.join(objects)} for {' or '.join(targets)}"
        condition, exceptions = [], []
        tail = ""
        if mode != "MAY only":
            condition = random_condition(chance)
            tail += f" if {words_of(condition)}" if condition else ""
            if chance.random() < 0.25:
                free = [word for word in LITERALS[:3] if word not in dict(condition)]
                exceptions = [[(chance.choice(free), chance.random() < 0.6)]] if free else []
                tail += "".join(f" except if {words_of(e)}" for e in exceptions)
        rest = mode == "NEVER" and chance.random() < 0.4
        tail += ", except as stated" if rest else ""
        line = self.add(f"  {subject} {mode} {act}{tail}.")
        things, purposes = leaves(objects, DATA), leaves(targets, PURPOSES)
        mine = {"we": {"us"}, "us": {"us"}, "shop": {"shop"}}[subject]
        all_ = {"us", "shop"} if subject == "we" else mine
        if mode != "NEVER":
            rule = Rule("MAY", mine, things, purposes, condition, exceptions, clause, line)
            self.rules.append(rule)
            self.sentences.append(rule)
        if mode == "NEVER":
            self.rules.append(Rule("REST" if rest else "NEVER", all_, things, purposes, condition,
                                   exceptions, clause, line))
        if mode == "MAY only" and set(PURPOSES) - purposes:
            self.rules.append(Rule("NEVER", all_, things, set(PURPOSES) - purposes, [], [], clause, line))

    def example(self, number):
        chance = self.chance
        self.add(f'example "{number}":')
        given = random_condition(chance)
        for word, wanted in given:
            of = "member is " if word in ("stopped", "joined") else ""
            self.add(f"  given {of}{'' if wanted else 'not '}{word}.")
        subject = chance.choice(["we", "us", "shop"])
        mode = chance.choice(["MAY", "NEVER"])
        objects, targets = self.part(DATA, "d"), self.part(PURPOSES, "u")
        because = chance.sample(["one", "two", "three"], chance.choice([0, 0, 1, 2]))
        why = f" because {', '.join(because)}" if because else ""
        line = self.add(f"  then {subject} {mode} use {' or '.join(objects)} for {' or '.join(targets)}{why}.")
        actors = {"us", "shop"} if subject == "we" and mode == "NEVER" else (
            {"us"} if subject != "shop" else {"shop"})
        self.examples.append((line, given, mode, actors, leaves(objects, DATA),
                              leaves(targets, PURPOSES), set(because)))

    def verdict(self, actor, thing, purpose, case):
        hit = [rule for rule in self.rules if rule.hits(actor, thing, purpose, case)]
        allows = {rule.clause for rule in hit if rule.mode == "MAY"}
        forbids = {rule.clause for rule in hit
                   if rule.mode == "NEVER" or (rule.mode == "REST" and not allows)}
        if forbids:
            return "forbidden", forbids
        return ("allowed", allows) if allows else ("unstated", set())

    def is_dead(self, rule):
        return not any(
            rule.hits(actor, thing, purpose, case)
            and self.verdict(actor, thing, purpose, case)[0] == "allowed"
            for actor in rule.actors for thing in rule.objects for purpose in rule.targets
            for case in CASES)

    def is_true(self, example):
        _, given, mode, actors, things, purposes, because = example
        for case in CASES:
            if not holds(given, case):
                continue
            for actor, thing, purpose in itertools.product(actors, things, purposes):
                verdict, cited = self.verdict(actor, thing, purpose, case)
                if (verdict == "allowed") != (mode == "MAY") or not because <= cited:
                    return False
        return True

    def wrong_lines(self):
        return (sorted(rule.line for rule in self.sentences if self.is_dead(rule)),
                sorted(example[0] for example in self.examples if not self.is_true(example)))


def reported(stderr, code):
    return sorted(int(line) for line in
                  re.findall(rf"^[^ ]*test\.policy:(\d+):\d+: error {code}:", stderr, re.MULTILINE))


@pytest.mark.parametrize("seed", range(6))
def test_random_policies(avow, policy, seed):
    chance = random.Random(seed)
    tried = dead = false = true = 0
    while tried < 25:
        made = Policy(chance)
        done = avow("check", policy("\n".join(made.lines) + "\n"))
        others = set(re.findall(r" error (E\d+):", done.stderr)) - {"E501", "E502"}
        if others:
            assert others <= {"E318", "E307"}, done.stderr  # nothing left of a rule
            continue
        tried += 1
        wanted = made.wrong_lines()
        assert (reported(done.stderr, "E501"), reported(done.stderr, "E502")) == wanted, "\n".join(
            f"{n + 1:3} {line}" for n, line in enumerate(made.lines) if n > 17) + done.stderr
        dead += len(wanted[0])
        false += len(wanted[1])
        true += len(made.examples) - len(wanted[1])
        examples = re.findall(r"^ {10}example .*\n(?: {12}.*\n)+", done.stderr, re.MULTILINE)
        assert len(examples) == len(wanted[1])
        if examples:
            assert_true_examples(avow, policy, made, examples)
    assert dead > 5 and false > 20 and true > 10


def assert_true_examples(avow, policy, made, examples):
    """Counterexamples, pasted, are examples that hold."""
    text = "\n".join(made.lines) + "\n" + "".join(examples)
    done = avow("check", policy(text, name="pasted.policy"))
    lines = [int(line) for line in
             re.findall(r"^[^ ]*pasted\.policy:(\d+):\d+: error", done.stderr, re.MULTILINE)]
    assert max([0, *lines]) <= len(made.lines), done.stderr
