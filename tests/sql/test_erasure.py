"""When data is due, in the database and by the core, for many random rows; and what is erased."""
import ctypes
import datetime
import random
import re

import pytest
import yaml

from sql.world import Vocabulary, World, as_list, dotted, quoted, string

pytestmark = pytest.mark.xdist_group("sql")
NONE, DATA, REQUEST, EVENT, STATE, FACT = 0xFFFFFFFF, 0, 6, 7, 8, 9
AT, AT_ONCE = 1, 2
UTC = datetime.timezone.utc

# Clocks that are set back from midnight, so that the last second of a day is there twice.
CAIRO = """---
policy: nile
title: Nile
language: en
effective: 2026-01-01
calendar: nile-calendar.yaml
---
person guest "guest".
event  left   "leaving" of guest.
event  back   "coming back" of guest.
event  paid   "paying" of guest.
state  quiet  "quiet" of guest after left.
state  loud   "loud" of guest after back.
fact   trial  "a trial".
data a "a" of guest. data b "b" of guest. data c "c" of guest. data d "d" of guest.
data e "e" of guest. data f "f" of guest. data g "g" of guest. data h "h" of guest.
clause days:
  we MUST erase a within 5 days after left or back.
  we MUST erase b within 3 business days after last left or back.
  we MUST erase c within 2 weeks if quiet and loud.
  we MUST erase d within 1 month after left if trial.
  we MUST erase d within 40 days.
  we MUST erase e within 1 year after paid except if quiet, subject to kept.
  we MUST erase f within 36 hours after left.
  we MUST erase g at once after left.
  we MUST erase h within 1 business day, subject to kept.
  > Words.
clause kept:
  we MUST keep e for 2 months after back if loud.
  we MUST keep e for 10 business days after left.
  we MUST keep h for 3 days after paid if not trial.
  > Words.
"""
CALENDAR = """zone: Africa/Cairo
working-days: [sunday, monday, tuesday, wednesday, thursday]
cut-off: "15:30"
holidays: [2026-01-07, 2026-04-13, 2026-05-26 to 2026-05-30, 2026-10-06]
valid-until: 2027-12-31
"""
NILE = {"policy": "nile", "schema": "nile_policy", "eraser": "nile_cleaner", "facts": {"trial": "avow.trial"},
        "tables": [{
            "table": "guest", "key": "id", "owners": {"guest": "who"},
            "data": {name: name for name in "abcdefgh"},
            "states": {"quiet": {"column": "quiet", "since": "quiet_since"},
                       "loud": {"column": "loud", "since": "loud_since"}},
            "collected": "made", "moments": {"left": "left_at", "back": "back_at", "paid": "paid_at"}}]}


class States(ctypes.Structure):
    _fields_ = [("yes", ctypes.c_uint64), ("known", ctypes.c_uint64)]


class Moment(ctypes.Structure):
    _fields_ = [("what", ctypes.c_uint32), ("at", ctypes.c_int64)]


class Question(ctypes.Structure):
    _fields_ = [("what", ctypes.c_uint32), ("moments", ctypes.POINTER(Moment)),
                ("count", ctypes.c_size_t), ("states", States)]


class Due(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint8), ("reason", ctypes.c_uint8), ("zero", ctypes.c_uint16),
                ("clause", ctypes.c_uint32), ("at", ctypes.c_int64), ("missing", ctypes.c_uint64)]


class Core:
    """A bundle, opened by the core."""

    def __init__(self, library, bundle):
        self.core = ctypes.CDLL(str(library))
        self.core.avow_open.restype = ctypes.c_void_p
        self.core.avow_find.restype = ctypes.c_uint32
        self.core.avow_bit.restype = ctypes.c_uint64
        self.core.avow_when_due.restype = Due
        data = bundle.read_bytes()
        self.bytes = (ctypes.c_uint64 * (len(data) // 8 + 1))()
        ctypes.memmove(self.bytes, data, len(data))
        error = ctypes.c_int()
        self.table = ctypes.c_void_p(self.core.avow_open(self.bytes, ctypes.c_size_t(len(data)),
                                                         ctypes.byref(error)))
        assert self.table.value, error.value

    def find(self, kind, name):
        return self.core.avow_find(self.table, kind, name.encode(), ctypes.c_size_t(len(name.encode())))

    def number(self, name):
        return next(n for n in (self.find(kind, name) for kind in
                                (REQUEST, EVENT, STATE, FACT)) if n != NONE)

    def due(self, data, moments, states):
        """The instant in Unix seconds, or None; of states {name: truth}."""
        many = (Moment * max(1, len(moments)))(*[Moment(*one) for one in moments])
        said = States(0, 0)
        for name, truth in states.items():
            bit = self.core.avow_bit(self.table, self.number(name))
            said.known |= bit if truth is not None else 0
            said.yes |= bit if truth else 0
        question = Question(self.find(DATA, data), many, len(moments), said)
        found = self.core.avow_when_due(self.table, ctypes.byref(question))
        return found.at if found.kind in (AT, AT_ONCE) else None


def any_time(chance):
    """Mostly in years for which holidays are known; at odd times, and around changes of clocks."""
    kind = chance.random()
    if kind < 0.08:
        return None
    if kind < 0.14:
        year = chance.choice([2020, 2024, 2025, 2050, 2051, 2052])
        return int(datetime.datetime(year, 1, 1, tzinfo=UTC).timestamp()) + chance.randrange(3 * 31536000)
    day = datetime.datetime(2026, 1, 1, tzinfo=UTC) + datetime.timedelta(
        days=chance.randrange(750), hours=chance.randrange(24), minutes=chance.choice([0, 29, 30, 31, 59]),
        seconds=chance.choice([0, 1, 59]))
    return int(day.timestamp())


def filled(world, table, chance, count):
    """(INSERT statements, rows as {column: value}) of random rows of one table."""
    out, rows = [], []
    states = world.states(table)[0]
    for number in range(count):
        values, row = {}, {}
        for column, kind in world.columns(table).items():
            row[column] = any_time(chance) if kind == "timestamptz" else None
            values[column] = string(world.person(number, kind)) if kind != "timestamptz" else (
                "NULL" if row[column] is None else f"to_timestamp({row[column]}.0) + interval "
                                                   f"'{chance.choice([0, 0.25, 0.999999])} s'")
        for state in states:
            values[state.column], mark = chance.choice(state.cases())
            row[state.name] = {"": True, None: False, "?": None}[mark]
        rows.append(row)
        out.append(f"({', '.join(values.values())})")
    names = ", ".join(map(quoted, values))
    return f"INSERT INTO {dotted(table)} ({names}) VALUES {', '.join(out)};", rows


def parts_of(script, view):
    """[columns] for due_1, due_2 ... of a view."""
    text = script[script.index(f"CREATE VIEW {view}\n"):]
    return [columns.split(", ") for columns in re.findall(
        r'    -- (.*)\n    "\w+"\.due_of', text[:text.index("FROM (")])]


def moments_of(core, table, row):
    found = [(core.number(name) if core_has(core, name) else core.number("done:" + name), row[column])
             for name, column in table.get("moments", {}).items()]
    if "collected" in table:
        found.append((NONE, row[table["collected"]]))
    for name, entry in table.get("states", {}).items():
        if isinstance(entry, dict) and "since" in entry:
            found.append((core.number(name), row[entry["since"]]))
    return [(what, at) for what, at in found if at is not None]


def core_has(core, name):
    return any(core.find(kind, name) != NONE for kind in (REQUEST, EVENT, STATE, FACT))


def compare(core, world, database, script, table, rows, facts):
    """How many instants were compared, and how many there were."""
    schema = world.mapping["schema"]
    view = f'{quoted(schema)}.{quoted(table["table"] + "__due")}'
    parts = parts_of(script, view)
    wanted = ", ".join(f"extract(epoch FROM due_{n + 1})" for n in range(len(parts)))
    settings = "".join(f"SET {world.mapping['facts'][name]} = '{value}';" for name, value, _ in facts)
    printed = database.run(f"{settings} SET TimeZone = 'America/Los_Angeles';"
                           f"SELECT {wanted} FROM {view} ORDER BY key::integer").splitlines()
    assert len(printed) == len(rows)
    seen = {"instants": 0, "none": 0}
    for line, row in zip(printed, rows):
        truths = {name: row[name] for name in table.get("states", {})}
        truths.update({name: truth for name, _, truth in facts})
        for columns, found in zip(parts, line.split("|")):
            name = as_list(table["data"][columns[0]])[0]
            leaf = world.vocabulary.leaves(name)[0]
            expected = core.due(leaf, moments_of(core, table, row), truths)
            assert (float(found) if found else None) == expected, (leaf, row, facts)
            seen["none" if expected is None else "instants"] += 1
    return seen


def compare_all(policy, mapping, vocabulary, database, script, bundle, plain_build):
    core = Core(plain_build / "runtime" / "core" / "libavow.so", bundle)
    world, chance = World(mapping, vocabulary), random.Random(7)
    database.run(world.schema())
    filled_tables = []
    assert all("key" in table for table in mapping["tables"])
    for table in mapping["tables"]:
        insert, rows = filled(world, table, chance, 250)
        database.run(insert)
        filled_tables.append((table, rows))
    database.run(script)
    total = {"instants": 0, "none": 0}
    for table, rows in filled_tables:
        if f'"{table["table"]}__due"' not in script:
            continue
        for value, truth in (("yes", True), ("no", False), ("", None)):
            facts = [(name, value, truth) for name in mapping.get("facts", {})
                     if not vocabulary.members(name)]
            for name, count in compare(core, world, database, script, table, rows, facts).items():
                total[name] += count
            if not facts:
                break
    return total


def test_every_unit_clock_and_condition(avow, sql, policy, database, plain_build, tmp_path):
    path = policy(CAIRO)
    (path.parent / "nile-calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    assert avow("build", path, "--only=avow", "-o", tmp_path, "-W", "all").returncode == 0
    vocabulary = Vocabulary(CAIRO.replace("data a", "\ndata a").replace(". data", ".\ndata"))
    total = compare_all(path, NILE, vocabulary, database, sql(path, NILE), tmp_path / "nile.avow",
                        plain_build)
    assert total["instants"] > 2500 and total["none"] > 500, total


@pytest.mark.parametrize("name", ["shop", "cloud", "full"])
def test_policies_of_the_tree(name, avow, sql, root, database, plain_build, tmp_path):
    path = root / "policies" / f"{name}.policy"
    mapping = yaml.safe_load((root / "tests" / "sql" / f"{name}.yaml").read_text(encoding="utf-8"))
    for key in ("place", "writers", "readers", "states"):
        mapping.pop(key, None)
    assert avow("build", path, "--only=avow", "-o", tmp_path).returncode == 0
    total = compare_all(path, mapping, Vocabulary(path.read_text(encoding="utf-8")), database,
                        sql(path, mapping), tmp_path / f"{name}.avow", plain_build)
    assert total["instants"] > 200 and total["none"] > 20, total


TOOLS = """---
policy: tools
title: Tools
language: en
effective: 2024-01-01
---
person user "user".
event done "done" of user.
event sued "sued" of user.
data name "name" of user.
data phone "phone" of user.
data bill "bill" of user.
place box "box".
place attic "attic".
clause a:
  we MUST erase name within 2 days after done.
  we MUST erase phone from box within 10 hours after done.
  we MUST erase phone from attic within 1 hour after done.
  we MUST erase bill within 1 hour after done, subject to b.
  > Words.
clause b:
  we MUST keep bill for 30 days after sued.
  > Words.
"""
TOOLBOX = {"policy": "tools", "schema": "tools_policy", "place": "box", "eraser": "tools_cleaner",
           "tables": [{"table": "job", "key": "id", "data": {"name": "name", "phone": "phone", "bill": "bill"},
                       "moments": {"done": "done_at", "sued": "sued_at"}}]}


def test_what_is_erased(sql, policy, database):
    """1 fresh, 2 the telephone number is due within the hour, 3 all is due, 4 the bill must be kept."""
    database.run("CREATE TABLE job (id bigint PRIMARY KEY, name text, phone text, bill text,"
                 " done_at timestamptz, sued_at timestamptz); INSERT INTO job SELECT n, 'n', 'p', 'b',"
                 " now() - ago, CASE n WHEN 4 THEN now() - interval '5 days' END FROM (VALUES"
                 " (1, interval '1 minute'), (2, interval '9 hours 30 minutes'), (3, interval '9 days'),"
                 " (4, interval '9 days')) AS t (n, ago)")
    script = sql(policy(TOOLS), TOOLBOX)
    # And once in the function that counts; what is in the attic does not count here.
    assert "1, 'hours'" in script and "10, 'hours'" in script and script.count("'hours'") == 3
    database.run(script)
    run = "SET ROLE tools_cleaner; SELECT * FROM tools_policy.erase_due({}); RESET ROLE;"
    see = "SELECT id, name, phone, bill FROM job ORDER BY 1"
    assert database.run(run.format("'0'")) == \
        "public.job: rows|1\npublic.job: name|1\npublic.job: phone|1\npublic.job: bill|1"
    assert database.run(see) == "1|n|p|b\n2|n|p|\n4|||b"
    assert database.run(run.format("'1 hour'")) == \
        "public.job: rows|0\npublic.job: name|0\npublic.job: phone|1\npublic.job: bill|1"
    assert database.run(see) == "1|n|p|\n2|n||\n4|||b"
    database.run(run.format("'100 days'"))  # ahead of the end of a time to keep nothing goes
    assert database.run(see) == "4|||b"
    for wrong in ("NULL", "'-1 day'"):
        assert "how long is it until this runs again?" in database.run(run.format(wrong), check=False)
