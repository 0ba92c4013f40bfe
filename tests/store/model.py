#!/usr/bin/python3
"""Random sequences of everything that can be done to a store, against a small oracle.

model.py BUILD FOLDER [--seed N] [--sequences N] [--steps N] [--seconds N] [--url URL]
A sequence that goes wrong is cut down to the steps that it needs, and printed with its seed."""
import argparse
import copy
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from oracle import JIBROK, PEOPLE, RECORDS, SECOND, SHOP, Oracle, renamed  # noqa: E402
from service import Failed, Service  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
START = 1_780_000_000 * SECOND

# The versions of each policy, in order: a state renamed with `formerly`, then one without.
VERSIONS = {
    "shop": [SHOP, renamed(SHOP, "subscribed", "news-member", True)],
    "jibrok": [JIBROK, renamed(JIBROK, "opted-out", "stopped-all", True)],
}
VERSIONS["shop"].append(renamed(VERSIONS["shop"][1], "catalogue-stopped", "no-catalogue", False))
VERSIONS["jibrok"].append(renamed(VERSIONS["jibrok"][1], "private", "hidden-one", False))
RENAMES = {"shop": [("subscribed", "news-member", True), ("catalogue-stopped", "no-catalogue", False)],
           "jibrok": [("opted-out", "stopped-all", True), ("private", "hidden-one", False)]}


def rename_in(text, before, now, formerly):
    word = re.compile(rf'("[^"]*")|(?<![\w.-]){re.escape(before)}(?![\w-])')
    out = []
    for line in text.replace("formerly newsletter-on", "").split("\n"):
        if line.strip().startswith(">"):
            out.append(line.replace("{%s}" % before, "{%s}" % now))
        elif not line.startswith(("#", "clause", "example")):
            out.append(word.sub(lambda found: found[1] or now, line))
        else:
            out.append(line)
    text = "\n".join(out)
    if not formerly:
        return text
    end = re.compile(r"\.$", re.MULTILINE).search(text, text.index(f"state    {now}")).start()
    return text[:end] + f" formerly {before}" + text[end:]


def compile_tables(build, folder):
    """name -> bundle, for every version of every policy."""
    folder = pathlib.Path(folder)
    tables = {}
    for name in VERSIONS:
        text = (ROOT / "policies" / f"{name}.policy").read_text(encoding="utf-8")
        for version in range(3):
            place = folder / f"{name}-{version}"
            shutil.copytree(ROOT / "policies" / "calendars", place / "calendars", dirs_exist_ok=True)
            if version:
                text = rename_in(text, *RENAMES[name][version - 1])
            source = place / f"{name}.policy"
            source.write_text(text, encoding="utf-8")
            done = subprocess.run([str(pathlib.Path(build) / "compiler" / "avow"), "build",
                                   str(source), "-o", str(place)], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
            tables[f"{name}-{version}"] = place / f"{name}.avow"
    return tables


# Steps: plain tuples, drawn from a seed, so that any part of them can be run again.

def draw(numbers, name, count):
    policy = VERSIONS[name][0]
    people, records, whats = list(PEOPLE), list(RECORDS), list(policy.events)
    # A few people, so that they meet.
    people = numbers.sample(people, numbers.randint(2, 6))
    steps = []
    for _ in range(count):
        kind = numbers.choices(
            ["record", "done", "link", "forget", "settle", "clock", "key", "reopen", "version",
             "map", "ask"],
            [40, 12, 5, 3, 2, 14, 1, 3, 1, 1, 18])[0]
        steps.append((kind, numbers.choice(people), numbers.choice(people),
                      numbers.choice(records), numbers.choice(whats), numbers.random(),
                      numbers.random(), numbers.random()))
    return steps


class Wrong(Exception):
    pass


class Run:
    """One sequence, at the store and at the oracle."""

    def __init__(self, service, name, url, keys):
        self.service, self.name, self.url, self.keys = service, name, url, keys
        self.version = 0
        self.oracle = Oracle(VERSIONS[name][0])
        self.receipts = {}  # sequence -> receipt
        self.people, self.linked = set(), set()
        self.blurred = set()  # mailboxes of which the store may keep more noes than the oracle
        self.clock(START)
        service("create", f"{name}-0", url, keys)
        service("open", f"{name}-0", url, keys)

    def close(self):
        self.service("close")
        self.service("clock", 0)

    def clock(self, time):
        self.service("clock", time)
        self.oracle.now = time

    def look(self):
        try:
            self.service("trust")
            if not self.oracle.trusted():
                raise Wrong("the store is trusted although a state is not known")
        except Failed as failed:
            if failed.code != "policy" or self.oracle.trusted():
                raise Wrong(f"not trusted: {failed}") from failed

    def step(self, step):
        kind, one, other, record, what, *chance = step
        self.people |= {one}
        getattr(self, "do_" + kind)(one, other, record, what, *chance)

    def do_record(self, one, _other, record, what, how, when, more):
        if any(self.oracle.policy.states[state] == "record"
               for state, _ in self.oracle.policy.events[what]):
            person, data, who = "-", record, record
        else:
            person, data, who = one, "-", one
        source = 0 if how < 0.7 else 1 if how < 0.85 else 2
        evidence = "-" if more < 0.08 else "a form"
        done = more > 0.45
        # Often at one of few instants, so that they are equal.
        received = 0 if when < 0.6 else self.oracle.now - int((when - 0.6) * 20) * SECOND
        before = copy.deepcopy((self.oracle.rows, self.oracle.waiting))
        expected = self.oracle.record(what, who, received, source, evidence != "-", done)
        try:
            receipt = self.service.record(what, person, data, received, source, evidence, done)
            said = "recorded" if receipt else "skipped"
        except Failed as failed:
            if failed.code != "refused":
                raise
            said = "refused"
        if said == "skipped" and expected == "recorded" and self.is_blurred(who):
            self.oracle.rows, self.oracle.waiting = before
        elif said != expected:
            raise Wrong(f"{what} of {who}: {said}, and not {expected}")
        if said == "recorded":
            self.receipts[self.oracle.sequence] = receipt

    def do_done(self, *step):
        waiting = self.oracle.waiting
        if not waiting:
            return
        request = waiting[int(step[4] * len(waiting))]
        self.service("done", self.receipts[request["sequence"]])
        self.oracle.done(request)

    def do_link(self, one, other, *_):
        # Once for two of them: which spelling of several counts is left open.
        pair = frozenset((self.oracle.who(one)[0], self.oracle.who(other)[0]))
        if pair in self.linked:
            return
        self.linked.add(pair)
        self.service("link", one, other)
        self.oracle.link(one, other)

    def do_forget(self, one, *_):
        if not self.oracle.trusted():
            return
        self.service("forget", one)
        mailbox = self.oracle.who(one)[0]
        if len(self.oracle.known_from) > 1:  # by which key a no is kept is left open
            self.blurred |= set(self.oracle.human(mailbox, 0))
        self.linked = {pair for pair in self.linked if mailbox not in pair}
        self.oracle.forget(one)

    def is_blurred(self, *people):
        return any(who in PEOPLE and self.blurred & set(self.oracle.human(*self.oracle.who(who)))
                   for who in people)

    def do_settle(self, _one, _other, _record, _what, how, *_):
        kinds = {1, 3, 4} if how < 0.5 else {1, 4}
        self.service("settle", sum(1 << kind for kind in kinds))
        self.oracle.settled = kinds

    def do_clock(self, _one, _other, _record, _what, how, much, *_):
        if how < 0.6:
            self.clock(self.oracle.now + int(much * 20) * SECOND)
        elif how < 0.7:
            self.clock(self.oracle.now + 86400 * SECOND)
        else:  # back, as a clock that is set
            self.clock(max(START - 10 ** 12, self.oracle.now - int(much * 30) * SECOND))
        self.look()

    def do_key(self, *_):
        if len(self.oracle.known_from) >= 4 or not self.oracle.trusted():
            return
        self.service("key")
        self.oracle.known_from[len(self.oracle.known_from) + 1] = self.oracle.now

    def reopen(self):
        self.service("close")
        self.service("open", f"{self.name}-{self.version}", self.url, self.keys)
        self.look()

    def do_reopen(self, *_):
        self.reopen()

    def do_version(self, *_):
        if self.version < 2:
            self.version += 1
            self.oracle.policy = VERSIONS[self.name][self.version]
            self.reopen()

    def do_map(self, _one, _other, _record, _what, how, *_):
        if self.version < 2:
            return
        before, now, _ = RENAMES[self.name][1]
        if before not in self.oracle.names:
            return
        now = now if how < 0.8 else None
        self.service("map", before, now or "-")
        self.oracle.maps[before] = now
        self.look()

    def do_ask(self, one, _other, record, *_):
        for point in self.oracle.policy.points:
            expected = self.oracle.allowed(point, one, record)
            answer = self.service.ask(point, one, record)
            if expected and answer[0] != "allowed" and self.is_blurred(one):
                continue
            if (answer[0] == "allowed") != expected:
                raise Wrong(f"{point}, {one}, {record}: {answer[:2]}, and not "
                            f"{'' if expected else 'not '}allowed")
        self.compare(one, record)

    def compare(self, one, record):
        _, found = self.service.states(one, record)
        for state, value in self.oracle.states(one, record).items():
            no = "on" if state in self.oracle.policy.on_only else "off"
            if found[state] in (no, "unknown") and self.is_blurred(one):
                continue
            if found[state] != value:
                raise Wrong(f"{state} of {one}, {record}: {found[state]}, and not {value}")

    def end(self):
        """All that is known of all."""
        for one in sorted(PEOPLE):
            self.compare(one, "record:issue:1")
        self.do_ask(sorted(self.people)[0] if self.people else "id:7", None, "record:issue:2")
        if self.url.startswith("sqlite:"):
            said, *_ = self.service("inspect", self.url[7:])
            if said != "sound":
                raise Wrong(said)


class Bench:
    """Where sequences are run: one service, a fresh store for each."""

    def __init__(self, build, folder, url=None):
        self.folder = pathlib.Path(folder)
        self.build = build
        self.tables = compile_tables(build, self.folder / "tables")
        self.url = url
        self.count = 0
        self.service = None

    def run(self, name, steps):
        """None, or what went wrong at which step."""
        self.count += 1
        place = self.folder / f"s{self.count}"
        place.mkdir()
        url = self.url(place) if self.url else f"sqlite:{place}/store.db"
        if not self.service:
            self.service = Service(self.build, self.tables)
        at = -1
        try:
            run = Run(self.service, name, url, str(place / "keys"))
            for at, step in enumerate(steps):
                run.step(step)
            run.end()
            run.close()
        except (Wrong, Failed, RuntimeError) as wrong:
            self.service.kill()
            self.service = None
            return at, f"{type(wrong).__name__}: {wrong}"
        finally:
            shutil.rmtree(place, ignore_errors=True)
        return None

    def shrink(self, name, steps):
        """The fewest steps found that go wrong: without halves, quarters, ... of them."""
        size = len(steps) // 2
        while size >= 1:
            at = 0
            while at < len(steps):
                fewer = steps[:at] + steps[at + size:]
                wrong = self.run(name, fewer)
                if wrong:
                    steps = fewer[:wrong[0] + 1]
                else:
                    at += size
            size //= 2
        return steps

    def close(self):
        if self.service:
            self.service.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sequences", type=int, default=1 << 40)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=1e9)
    options = parser.parse_args()
    bench = Bench(options.build, options.folder)
    began, done = time.monotonic(), 0
    while done < options.sequences and time.monotonic() - began < options.seconds:
        seed = options.seed + done
        name = ["shop", "jibrok"][seed % 2]
        steps = draw(random.Random(seed), name, options.steps)
        wrong = bench.run(name, steps)
        if wrong:
            steps = bench.shrink(name, steps[:wrong[0] + 1])
            print(f"seed {seed} ({name}): {bench.run(name, steps)[1]}")
            for step in steps:
                print("   ", step)
            bench.close()
            return 1
        done += 1
    bench.close()
    print(f"{done} sequences of {options.steps} steps agree, from seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
