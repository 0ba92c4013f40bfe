"""Mappings: what is said of mistakes in them, word for word; and the script of the worked example."""
import re

import pytest
import yaml

BASE = {"policy": "tools", "schema": "tools_policy", "place": "box", "readers": {"all": "public_site"},
        "tables": [{"table": "job", "key": "id", "owners": {"user": "who"}, "data": {"name": "name"}}]}
TOOLS = """---
policy: tools
title: Tools
language: en
effective: 2026-01-01
---
person user "user".
audience all "all".
audience friends "friends".
place box "box".
event closing "closing" of user.
data name "name" of user.
data face "face" of user.
state shy "shy" of user after closing.
fact region one of north "north", south "south".
clause a:
  we MAY show name to all.
  we MAY show name to user.
  we MAY store name in box.
  we MAY show face to friends if shy.
  we NEVER store face in box.
  > Words.
"""


def changed(**changes):
    """The mapping with other values; None takes one away."""
    table = {key: value for key, value in {**BASE["tables"][0], **changes.pop("table", {})}.items()
             if value is not None}
    found = {**BASE, "tables": [table], **changes}
    return yaml.safe_dump({key: value for key, value in found.items() if value is not None},
                          sort_keys=False, allow_unicode=True)


@pytest.mark.parametrize("mapping, said", [
    (changed(policy="shop"), """mapping.yaml:1:9: error E141: this mapping is for another policy.
    1 | policy: shop
      |         ^~~~
        Names of two policies may be the same and mean different things.
        Mend: Write “policy: tools”, once it fits.
"""),
    (changed(raeders={}), """mapping.yaml:13:1: error E141: the mapping has no setting “raeders”.
   13 | raeders: {}
      | ^~~~~~~
        Mend: Write “readers”.
"""),
    (changed(schema="public"), """mapping.yaml:2:9: error E141: this schema is not avow's own.
    2 | schema: public
      |         ^~~~~~
        Mend: Name a schema that holds nothing else, such as “schema: privacy”.
"""),
    (changed(readers={"al": "public_site"}), """mapping.yaml:5:3: error E201: “al” is not declared.
    5 |   al: public_site
      |   ^~
        Mend: Write “all”, or declare “al”.
        See test.policy:8:10: “all” is an audience.
    8 | audience all "all".
      |          ^~~
"""),
    (changed(readers={"all": "one", "friends": "one"}),
     """mapping.yaml:6:12: error E141: the role “one” stands here for two.
    6 |   friends: one
      |            ^~~
        It would see what either of them may see.
        Mend: Name a role for each; one login may be a member of both.
"""),
    (changed(table={"plain": ["id", "name"]}),
     """mapping.yaml:15:5: error E141: the column “name” stands in this table twice.
   15 |   - name
      |     ^~~~
        It would be shown by the one and withheld by the other.
        Mend: Leave it in one of data, plain and hidden.
"""),
    (changed(table={"data": {"x" * 64: "name"}}),
     f"""mapping.yaml:12:5: error E141: this name has more than 63 bytes.
   12 |     {"x" * 64}: name
      |     {"^" + "~" * 63}
        PostgreSQL cuts longer names off, and two could then be the same.
        Mend: Write the name as the database has it.
"""),
    (changed(table={"states": {"shy": {"column": "mood", "is": "a", "is-not": ["b", "a"]}}}),
     """mapping.yaml:14:5: error E141: a value of this state means both yes and no.
   14 |     shy:
      |     ^~~
        Mend: Leave it out of one of the two; what is in neither is unknown.
"""),
    (changed(table={"states": {"shy": {"table": "moods", "column": "mood"}}}),
     """mapping.yaml:14:5: error E141: nothing says whose state a row of that table is.
   14 |     shy:
      |     ^~~
        Mend: Add “key:” with the column that names the person or record, unique in it.
"""),
    (changed(facts={"region.north": "avow.north"}),
     """mapping.yaml:14:3: error E141: a setting cannot say this fact alone.
   14 |   region.north: avow.north
      |   ^~~~~~~~~~~~
        Mend: Give the group a setting: it then says which one holds.
"""),
    (changed(facts={"region": "avow.person"}),
     """mapping.yaml:14:11: error E141: this is no name for a setting of the session.
   14 |   region: avow.person
      |           ^~~~~~~~~~~
        Mend: Write two words of small letters and underscores, parted by a dot, such as “avow.legal_order”; avow.person says who somebody is.
"""),
    (changed(writers={"app": "us"}, table={"data": {"picture": "face"}}),
     """mapping.yaml:12:5: error E141: the column “picture” holds face, which us may never store in box.
   12 |     picture: face
      |     ^~~~~~~
        It is forbidden by clause a.
        Mend: Take the column out of the database, name the system that writes it, or change the policy.
"""),
    (changed(place=None, writers={"app": "us"}),
     """mapping.yaml:13:3: error E141: nothing says which place of the policy this database is.
   13 |   app: us
      |   ^~~
        What may be written depends on it.
        Mend: Add a line such as “place: PLACE”.
"""),
    (changed(table={"data": None}), """mapping.yaml:7:3: error E141: a table does not say its “data”.
    7 | - table: job
      |   ^
        Mend: Add a line such as “data: {summary: issue.text}”.
"""),
    ("policy: tools\nschema: [\n", """mapping.yaml:3:1: error E141: this is not YAML from here on.
    3 | 
      | ^
        Mend: Check indentation, colons and quotation marks in this line and the one above.
"""),
])
def test_mistakes(avow, policy, tmp_path, mapping, said):
    path = policy(TOOLS)
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    done = avow("build", path.name, "--only=sql", "--mapping=mapping.yaml", "-W", "all", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, said + "\n1 error, 0 warnings.\n")
    assert not (tmp_path / "tools.sql").exists()


def test_what_is_left_out_is_said(avow, policy, tmp_path):
    path = policy(TOOLS)
    (tmp_path / "mapping.yaml").write_text(changed(
        readers={"friends": "friends_app", "user": "user_app"},
        table={"owners": None, "data": {"name": "name", "picture": "face"}}), encoding="utf-8")
    done = avow("build", path.name, "--only=sql", "--mapping=mapping.yaml", "-W", "W19", cwd=tmp_path)
    assert done.returncode == 0
    told = done.stderr[done.stderr.index("mapping.yaml"):]
    assert told == """mapping.yaml:8:3: warning W21: nothing says of the rows of “job” what holds of: shy.
    8 | - table: job
      |   ^
        What is not known is refused: friends sees less than the policy allows.
        Mend: Add the columns under “states”, or the settings of the session under “facts”.

mapping.yaml:8:3: warning W21: nothing says which rows of “job” are whose, so no user sees any.
    8 | - table: job
      |   ^
        Mend: Add the column that names the person, such as “owners: {user: COLUMN}”.

0 errors, 2 warnings.
"""
    assert "CREATE VIEW" not in (tmp_path / "tools.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("options, said", [
    (["--only=sql"], "sql needs --mapping=FILE, which says what the database holds"),
    (["--only=md", "--mapping=m.yaml"], "say with --only what to make of the mapping: cookies or sql"),
])
def test_options_that_belong_together(avow, policy, options, said):
    done = avow("build", policy(TOOLS), *options)
    assert done.returncode == 2 and done.stderr.startswith(f"avow build: {said}")


def whichever_zones(sql):
    """Without the version of the machine's zone data, which is part of the content."""
    return re.sub(rb"(content is |tzdata )[0-9a-f]+", rb"\1...", sql)


def test_the_worked_example_is_what_it_was(avow, root, tmp_path):
    """Byte by byte, from run to run and in another folder. Build it anew into tests/sql/golden, and
    read the difference as whoever signs it off."""
    for folder in ("one", "two"):
        done = avow("build", root / "policies" / "jibrok.policy", "--only=sql", "-o", tmp_path / folder,
                    f"--mapping={root / 'policies' / 'jibrok.sql.yaml'}")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    one, two = ((tmp_path / folder / "jibrok.sql").read_bytes() for folder in ("one", "two"))
    golden = (root / "tests" / "sql" / "golden" / "jibrok.sql").read_bytes()
    assert one == two and whichever_zones(one) == whichever_zones(golden)
