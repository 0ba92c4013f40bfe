"""A database as a mapping describes it, with a row for every case there is, and what each reader
should see of it, by the answers of `avow ask --batch`."""
import itertools
import re
import subprocess

from store_postgres.server import BIN

TRUTHS = {"true": "", "false": None, "NULL": "?"}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def string(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def dotted(entry):
    return f'{quoted(entry.get("schema", "public"))}.{quoted(entry["table"])}'


def as_list(value):
    return value if isinstance(value, list) else [value]


class Database:
    """One database of a server; scripts run as one user in one session."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        server.sql(f"CREATE DATABASE {name}")

    def run(self, script, user="owner", check=True):
        """What a script prints; with check=False, what it says in the end."""
        done = subprocess.run(
            [str(BIN / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.server.folder),
             "-U", user, "-d", self.name, "-f", "-"],
            input=script, capture_output=True, text=True, timeout=60, cwd="/")
        if check:
            assert done.returncode == 0, done.stderr
        return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()


class State:
    """Where a state stands, and the values that its column takes."""

    def __init__(self, name, entry):
        entry = {"column": entry} if isinstance(entry, str) else entry
        self.name, self.entry, self.column = name, entry, entry["column"]
        self.yes, self.no = (as_list(entry.get(side, [])) for side in ("is", "is-not"))
        self.type = "text" if self.yes else "boolean"

    def cases(self):
        """(SQL value, how `ask --batch` writes it: "" holds, None does not, "?" unknown)"""
        if not self.yes:
            return list(TRUTHS.items())
        return [*((string(text), "") for text in self.yes), *((string(text), None) for text in self.no),
                ("NULL", "?"), (string("something else"), "?")]


class World:
    def __init__(self, mapping, vocabulary):
        self.mapping, self.vocabulary = mapping, vocabulary
        self.elsewhere = [State(*item) for item in mapping.get("states", {}).items()]

    def link(self, table, name):
        entry = table.get("owners", {}).get(name)
        return {"column": entry, "type": "text"} if isinstance(entry, str) else entry

    def states(self, table):
        """The states that rows of a table have, its own and those of its owners."""
        own = [State(*item) for item in table.get("states", {}).items()]
        return own, [state for state in self.elsewhere
                     if self.link(table, self.vocabulary.owner[state.name])]

    def columns(self, table):
        """name -> type of all columns of a table."""
        found = {}
        if "key" in table:
            found[table["key"]] = "text"
        for name in table.get("owners", {}):
            link = self.link(table, name)
            found[link["column"]] = link.get("type", "text")
        for state in self.states(table)[0]:
            found[state.column] = state.type
            if "since" in state.entry:
                found[state.entry["since"]] = "timestamptz"
        for column in [*table.get("moments", {}).values(), *as_list(table.get("collected", []))]:
            found[column] = "timestamptz"
        for column in [*table["data"], *as_list(table.get("plain", [])),
                       *as_list(table.get("hidden", []))]:
            found.setdefault(column, "text")
        return found

    def schema(self):
        """CREATE TABLE, owned by a role of its own."""
        out = ["DO $$BEGIN CREATE ROLE holder NOLOGIN; EXCEPTION WHEN duplicate_object THEN END$$;"]
        for table in self.mapping["tables"]:
            columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in self.columns(table).items())
            out.append(f'CREATE SCHEMA IF NOT EXISTS {quoted(table.get("schema", "public"))};'
                       f"CREATE TABLE {dotted(table)} ({columns});"
                       f"ALTER TABLE {dotted(table)} OWNER TO holder;")
        by_table = {}
        for state in self.elsewhere:
            by_table.setdefault(dotted(state.entry), []).append(state)
        for name, states in by_table.items():
            columns = [f'{quoted(state.column)} {state.type}' for state in states]
            columns += [f'{quoted(state.entry["since"])} timestamptz' for state in states
                        if "since" in state.entry]
            out.append(f'CREATE TABLE {name} ({quoted(states[0].entry["key"])} {self.key_type(states[0])}'
                       f' PRIMARY KEY, {", ".join(columns)});')
        return "\n".join(out)

    def key_type(self, state):
        links = [self.link(table, self.vocabulary.owner[state.name]) for table in self.mapping["tables"]]
        return next(link.get("type", "text") for link in links if link)

    def person(self, number, kind):
        return f"00000000-0000-0000-0000-{number:012}" if kind == "uuid" else str(number)

    def fill(self):
        """(INSERT statements, rows): a row for every case of states, of a person of its own and of nobody."""
        out, rows, persons = [], [], {}
        for table in self.mapping["tables"]:
            own, others = self.states(table)
            for case in itertools.product(*(state.cases() for state in [*own, *others])):
                for owned in (True, False):
                    number = len(rows) + 1
                    mine = dict(zip((state.name for state in [*own, *others]), case))
                    marks = {name: mark for name, (_, mark) in mine.items()}
                    if not owned:  # whose states they are, nobody knows
                        marks.update({state.name: "?" for state in others})
                    row = {"table": table, "number": number, "owned": owned, "states": marks}
                    rows.append(row)
                    out.append(self.insert(table, row, own, mine))
                    if others:
                        persons[number] = {state: mine[state.name][0] for state in others}
        return "\n".join(out + self.insert_persons(persons)), rows

    def owner_number(self, row):
        """Whose states are looked up needs a person of her own; the session can be each of them."""
        return row["number"] if row["owned"] else None

    def insert(self, table, row, own, mine):
        values = {}
        for column, kind in self.columns(table).items():
            values[column] = "now()" if kind == "timestamptz" else \
                string(f'{column} of {row["number"]}')
        for name in table.get("owners", {}):
            link, number = self.link(table, name), self.owner_number(row)
            values[link["column"]] = "NULL" if number is None else \
                string(self.person(number, link.get("type", "text")))
        for state in own:
            values[state.column] = mine[state.name][0]
        row["values"] = values
        names = ", ".join(map(quoted, values))
        return f'INSERT INTO {dotted(table)} ({names}) VALUES ({", ".join(values.values())});'

    def insert_persons(self, persons):
        out, by_table = [], {}
        for state in self.elsewhere:
            by_table.setdefault(dotted(state.entry), []).append(state)
        for name, states in by_table.items():
            kind, key = self.key_type(states[0]), states[0].entry["key"]
            for number, values in persons.items():
                if not any(state in values for state in states):
                    continue
                columns = ", ".join([quoted(key), *(quoted(state.column) for state in states)])
                said = [string(self.person(number, kind)),
                        *(values.get(state, "NULL") for state in states)]
                out.append(f'INSERT INTO {name} ({columns}) VALUES ({", ".join(said)});')
        return out

    def sessions(self):
        """(settings, {fact: mark}) for every case of what a session says."""
        facts = self.mapping.get("facts", {})
        cases = []
        for name, setting in facts.items():
            members = self.vocabulary.members(name)
            if members:
                cases.append([(setting, member, {one: "" if one == member else None
                                                 for one in members}) for member in members]
                             + [(setting, "nonsense", {one: "?" for one in members})])
            else:
                cases.append([(setting, "yes", {name: ""}), (setting, "no", {name: None}),
                              (setting, "", {name: "?"})])
        for case in itertools.product(*cases):
            yield ([(setting, value) for setting, value, _ in case],
                   {name: mark for _, _, marks in case for name, mark in marks.items()})


    def view(self, table, target):
        word = target.replace("-", "_").replace(".", "_")
        return f'{quoted(self.mapping["schema"])}.{quoted(table.get("as", table["table"]) + "__" + word)}'

    def query(self, table, target, kind, numbers):
        """Prints one line of JSON: the rows of a view, by their numbers. Where there is no view,
        nothing is shown. A person asks as the owner of each row in turn."""
        view, link = self.view(table, target), self.link(table, target)
        source = f"(SELECT row_to_json(one) FROM {view} AS one)"
        if kind == "person" and link:
            uuid = "true" if link.get("type") == "uuid" else "false"
            source = f"(SELECT asked_by_each({string(view)}, {min(numbers)}, {max(numbers)}, {uuid}))"
        number = "(regexp_match(v.j::text, ' of ([0-9]+)'))[1]"
        return (f"SELECT to_regclass({string(view)}) IS NULL AS missing \\gset\n"
                "\\if :missing\nSELECT '{}';\n\\else\n"
                f"SELECT replace(coalesce(json_object_agg({number}, v.j), '{{}}')::text, E'\\n', '')"
                f" FROM {source} AS v(j);\n\\endif")


# What a person sees, for each person; a row that is not her own is an error.
ASKED_BY_EACH = """
CREATE FUNCTION asked_by_each(view text, first integer, last integer, is_uuid boolean) RETURNS SETOF json
LANGUAGE plpgsql AS $$
DECLARE
  number integer;
  found json;
BEGIN
  FOR number IN first..last LOOP
    PERFORM set_config('avow.person', CASE WHEN is_uuid
      THEN '00000000-0000-0000-0000-' || lpad(number::text, 12, '0') ELSE number::text END, false);
    FOR found IN EXECUTE 'SELECT row_to_json(one) FROM ' || view || ' AS one' LOOP
      IF (regexp_match(found::text, ' of ([0-9]+)'))[1]::integer <> number THEN
        RAISE EXCEPTION '% sees %', number, found;
      END IF;
      RETURN NEXT found;
    END LOOP;
  END LOOP;
  PERFORM set_config('avow.person', '', false);
  FOR found IN EXECUTE 'SELECT row_to_json(one) FROM ' || view || ' AS one' LOOP
    RAISE EXCEPTION 'nobody sees %', found;
  END LOOP;
END
$$;
"""


class Vocabulary:
    """What a policy declares, read from `avow check --dump=model`'s text."""

    def __init__(self, policy_text):
        self.owner, self.facts, self.kinds = {}, {}, {}
        for kind, name, rest in re.findall(
                r"^(person|data|audience|purpose|state|fact)\s+([a-z0-9.-]+)(.*?)\.$", policy_text,
                re.M | re.S):
            self.kinds[name] = kind
            owner = re.search(r"\bof ([a-z0-9.-]+)", re.sub(r'"[^"]*"', "", rest))
            self.owner[name] = owner.group(1) if owner else None
            if kind == "fact":
                found = re.search(r"one of (.*)", rest, re.S)
                self.facts[name] = [f"{name}.{one}" for one in re.findall(
                    r"([a-z0-9-]+)\s+\"", found.group(1))] if found else []

    def members(self, fact):
        return self.facts[fact]

    def leaves(self, name):
        found = [one for one in self.kinds if self.kinds[one] == "data" and
                 (one == name or one.startswith(name + "."))
                 and not any(other.startswith(one + ".") for other in self.kinds)]
        assert found, name
        return found

    def is_of(self, data, person):
        """Whether data is about a person, through all owners."""
        at = data
        while at:
            owner = self.owner.get(at)
            while owner is None and "." in at:
                at = at.rpartition(".")[0]
                owner = self.owner.get(at)
            if owner is None or owner == person:
                return owner == person
            at = owner
        return False

    def all_states(self):
        return [name for name, kind in self.kinds.items() if kind == "state"] + \
            [one for name, members in self.facts.items() for one in (members or [name])]


def batch_states(vocabulary, marks):
    """States as `ask --batch` reads them: what nothing is known of is unknown."""
    said = []
    for name in vocabulary.all_states():
        mark = marks.get(name, "?")
        if mark is not None:
            said.append(mark + name)
    return ",".join(said) or "-"


def reader_parts(mapping, vocabulary, target):
    entry = mapping["readers"][target]
    entry = {"role": entry} if isinstance(entry, str) else entry
    kind = "audience" if target == "us" else vocabulary.kinds[target]
    verb = "use" if kind == "purpose" else entry.get("act", "show")
    return entry["role"], verb, entry.get("actor", mapping.get("actor", "us")), kind
