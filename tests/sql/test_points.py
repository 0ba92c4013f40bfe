"""Every point of real policies and random ones: what each reader sees of each row in every case of
states, facts and ownership, against the answers of `avow ask --batch`."""
import json
import random

import pytest
import yaml

from sql.world import (ASKED_BY_EACH, Vocabulary, World, as_list, batch_states, quoted, reader_parts, string)

pytestmark = pytest.mark.xdist_group("sql")


def queries(world, rows):
    """(script, [(reader, facts, person row, table)]): one line of JSON is printed for each."""
    out, asked = [], []
    mapping, vocabulary = world.mapping, world.vocabulary
    for target in mapping["readers"]:
        role, _, _, kind = reader_parts(mapping, vocabulary, target)
        out.append(f"SET ROLE {quoted(role)};")
        for settings, facts in world.sessions():
            out += [f"SET {setting} = {string(value)};" for setting, value in settings]
            for table in mapping["tables"]:
                numbers = [row["number"] for row in rows if row["table"] is table]
                asked.append((target, facts, table))
                out.append(world.query(table, target, kind, numbers))
        out.append("RESET ROLE; RESET ALL;")
    return "\n".join(out), asked


def expected_points(world, rows):
    """The questions of all points, as lines of a batch; each once."""
    lines, mapping, vocabulary = {}, world.mapping, world.vocabulary
    for target in mapping["readers"]:
        _, verb, actor, _ = reader_parts(mapping, vocabulary, target)
        for _, facts in world.sessions():
            for row in rows:
                states = batch_states(vocabulary, {**row["states"], **facts})
                for names in row["table"]["data"].values():
                    for name in as_list(names):
                        for leaf in vocabulary.leaves(name):
                            lines[f"{actor} {verb} {leaf} {target} {states}"] = None
    return list(lines)


def answers(avow, policy, lines):
    done = avow("ask", "--batch", policy, input="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    said = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert len(said) == len(lines) and "refused" not in said
    return dict(zip(lines, said))


def expected_row(world, row, target, facts, verdicts):
    """{column: value} of what may be seen; empty if the row is left out."""
    mapping, vocabulary, table = world.mapping, world.vocabulary, row["table"]
    _, verb, actor, kind = reader_parts(mapping, vocabulary, target)
    states = batch_states(vocabulary, {**row["states"], **facts})
    seen = {}
    for column, names in table["data"].items():
        leaves = [leaf for name in as_list(names) for leaf in vocabulary.leaves(name)]
        if kind == "person" and not (row["owned"] and world.link(table, target) and all(
                vocabulary.is_of(leaf, target) for leaf in leaves)):
            continue
        if all(verdicts[f"{actor} {verb} {leaf} {target} {states}"] == "allowed" for leaf in leaves):
            seen[column] = f'{column} of {row["number"]}'
    return seen


def data_seen(table, found):
    """What a row of a view shows of data, without what is empty."""
    return {column: found[column] for column in table["data"] if found.get(column) is not None}


def check(world, avow, policy, database, script):
    inserts, rows = world.fill()
    database.run(f"{world.schema()}{ASKED_BY_EACH}\nBEGIN;\n{inserts}\nCOMMIT;")
    database.run(script)
    verdicts = answers(avow, policy, expected_points(world, rows))
    text, asked = queries(world, rows)
    printed = database.run(text).splitlines()
    assert len(printed) == len(asked)
    counts = {"shown": 0, "withheld": 0, "rows left out": 0}
    for line, (target, facts, table) in zip(printed, asked):
        found = {int(key): row for key, row in json.loads(line).items()}
        for row in rows:
            if row["table"] is not table:
                continue
            wanted = expected_row(world, row, target, facts, verdicts)
            got = data_seen(table, found.pop(row["number"], {}))
            assert got == wanted, (target, facts, row, verdicts)
            counts["shown"] += len(got)
            counts["withheld"] += len(table["data"]) - len(got)
            counts["rows left out"] += not got
        assert not found
    return counts


@pytest.mark.parametrize("name", ["jibrok", "shop", "cloud", "full"])
def test_policies_of_the_tree(name, root, avow, database, sql):
    policy = root / "policies" / f"{name}.policy"
    own = root / "tests" / "sql" / f"{name}.yaml"
    path = own if own.exists() else root / "policies" / f"{name}.sql.yaml"
    world = World(yaml.safe_load(path.read_text(encoding="utf-8")),
                  Vocabulary(policy.read_text(encoding="utf-8")))
    counts = check(world, avow, policy, database, sql(policy, path))
    assert all(counts.values()), counts


class Random:
    """A small random policy and its mapping: data of two persons, in three tables, with states of
    records and of persons, in the table itself and in one of its own."""

    DATA = ["note.title", "note.body", "mark", "bill"]
    STATES = {"secret": "note", "frozen": "bill", "gone": "alice", "loud": "alice", "known": "bob"}

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.lines = []
        targets = {"show": ["us", "world", "press", "alice", "bob"], "share": ["world", "press"],
                   "use": ["sport", "work"]}
        for number in range(self.chance.randint(3, 8)):
            sentences = [self.sentence(targets) for _ in range(self.chance.randint(1, 3))]
            self.lines.append(f"clause c{number}:\n  us NEVER use totals for sport.\n  "
                              + "\n  ".join(sentences) + "\n  > Words.\n")

    def states_of(self, data):
        """What a condition about data may say."""
        own = {"note": ["secret", "gone", "loud"], "mark": ["gone", "loud"], "bill": ["frozen", "known"]}
        return own[data.split(".")[0]] + ["day", self.chance.choice(["zone.north", "zone.south"])]

    def condition(self, data, most=3):
        words = self.chance.sample(self.states_of(data), self.chance.randint(1, most))
        return " and ".join(self.chance.choice(["", "not "]) + word for word in words)

    def sentence(self, targets):
        mode = self.chance.choice(["MAY", "MAY", "MAY", "NEVER"])
        verb = self.chance.choice(list(targets))
        data = self.chance.choice([*self.DATA, "note"])
        target = self.chance.choice(targets[verb])
        word = {"show": "to", "share": "with", "use": "for"}[verb]
        text = f"we {mode} {verb} {data} {word} {target}"
        if target in ("alice", "bob") and (target == "bob") != (data == "bill"):
            text = f"we {mode} {verb} {data} {word} {'bob' if data == 'bill' else 'alice'}"
        if self.chance.random() < 0.7:
            text += f" if {self.condition(data)}"
        if mode == "NEVER" and self.chance.random() < 0.25:
            text += f" except if {self.condition(data, 2)}"
        return text + "."

    def policy(self):
        head = "---\npolicy: random\ntitle: Random\nlanguage: en\neffective: 2026-01-01\n---\n"
        words = ['person alice "Alice".', 'person bob "Bob".', 'data note "note" of alice.',
                 'data note.title "title" of alice.', 'data note.body "body" of alice.',
                 'data mark "mark" of alice.', 'data totals "totals".', 'data bill "bill" of bob.', 'audience world "world".',
                 'audience press "press".', 'purpose sport "sport".', 'purpose work "work".',
                 'event switch "switch" of alice.', 'fact day "day".',
                 'fact zone one of north "N", south "S", west "W".']
        words += [f'state {name} "{name}" of {owner} after switch.'
                  for name, owner in self.STATES.items()]
        return head + "\n".join(words) + "\n" + "".join(self.lines)

    def mapping(self):
        chance = self.chance
        person = {"gone": "gone", "loud": {"column": "loud", "is": ["very", "'"], "is-not": ["no"]}}
        note = {"table": "note", "key": "id", "owners": {"alice": "author"},
                "data": {"a": "note.title", "b": "note.body", "c": ["note.body", "mark"]},
                "states": {"secret": "secret"}}
        bill = {"table": "bill", "owners": {"bob": {"column": "payer", "type": "bigint"}},
                "data": {"d": "bill"}, "states": {"frozen": "frozen"}}
        top = {}
        for name, entry in person.items():
            if chance.random() < 0.5:
                note["states"][name] = entry
            elif chance.random() < 0.8:
                entry = {"column": entry} if isinstance(entry, str) else entry
                top[name] = {"table": "people", "key": "id", **entry}
        if chance.random() < 0.7:
            top["known"] = {"table": "payers", "key": "id", "column": "known"}
        readers = {name: f"r_{name.replace('.', '_')}" for name in ("us", "world", "alice", "bob", "sport")}
        readers["press"] = {"role": "r_press", "act": "share"}
        facts = {"zone": "avow.zone"}
        if chance.random() < 0.7:
            facts["day"] = "avow.day"
        return {"policy": "random", "schema": "made", "readers": readers, "facts": facts,
                "states": top, "tables": [note, bill]}


def mended(text, avow, policy):
    """The policy without the sentences that are mistakes, such as permissions that never apply."""
    for _ in range(20):
        done = avow("check", policy(text), "-W", "all", "--format=json")
        found = json.loads(done.stdout)["files"][0]["messages"]
        wrong = {one["place"]["begin"]["line"] for one in found}
        if not wrong:
            return text
        text = "\n".join(line for number, line in enumerate(text.split("\n"), 1)
                         if number not in wrong)
    raise AssertionError(text)


@pytest.mark.parametrize("seed", range(6))
def test_random_policies(seed, avow, database, sql, policy):
    made = Random(seed)
    path, mapping = policy(mended(made.policy(), avow, policy)), made.mapping()
    world = World(mapping, Vocabulary(made.policy()))
    counts = check(world, avow, path, database, sql(path, mapping))
    assert counts["withheld"], counts
