"""The PostgreSQL engine in a real server: tables, rights, plans, and what it does when things
break."""
import re
import subprocess
import time

import pytest

from store_postgres.server import BIN

pytestmark = pytest.mark.xdist_group("postgres")
NO_STORE = ("8: Tables of the store are missing; `avowd init` makes them (the server says: "
            'relation "avow.version" does not exist).')


def test_a_store_is_made_and_made_again(server, database, program):
    owner, service = server.url(database, "owner"), server.url(database)
    assert program("probe", service, "open") == (1, NO_STORE)
    assert program("probe", owner, "create") == (0, "made")
    assert program("probe", service, "record", 2) == (0, "0 ok\n1 ok")
    assert program("probe", owner, "create") == (0, "made")
    assert server.sql("SELECT count(*) FROM avow.ledger", database) == "2"
    assert server.sql("SELECT version FROM avow.version", database) == "1"


def test_a_newer_store_is_refused(server, store, program):
    server.sql("UPDATE avow.version SET version = 2", store)
    text = ("8: The store was made by a newer avow (its schema is 2, this program knows 1). "
            "Use that one.")
    assert program("probe", server.url(store), "open") == (1, text)
    assert program("probe", server.url(store, "owner"), "create") == (1, text)


def test_an_older_store_is_brought_up_to_date(server, database, program):
    """Version 0: the tables' version is there, and none of them."""
    server.sql("CREATE SCHEMA avow; CREATE TABLE avow.version (version int4 NOT NULL, one bool"
               " PRIMARY KEY DEFAULT true CHECK (one)); INSERT INTO avow.version VALUES (0)",
               database)
    owner = server.url(database, "owner")
    assert program("probe", owner, "open") == (
        1, "8: The store was made by an older avow (its schema is 0, this program needs 1). As "
        "the owner run `avowd init`, which brings it up to date.")
    assert program("probe", owner, "create") == (0, "made")
    assert program("probe", owner, "open") == (0, "open")


def test_a_migration_that_fails_changes_nothing(server, database, program):
    server.sql("CREATE SCHEMA avow; CREATE TABLE avow.words (mine int)", database)
    status, text = program("probe", server.url(database, "owner"), "create")
    assert (status, text) == (1, "6: The database could not do it (42P07: relation \"words\" "
                                 "already exists).")
    assert server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'avow'", database) == "1"


def test_a_stranger_is_told_what_to_grant(server, store, program):
    assert program("probe", server.url(store, "stranger"), "open") == (
        1, "6: The role lacks a right; as the owner run: GRANT avow_runtime TO the role (the "
        "server says: permission denied for schema avow).")


@pytest.mark.parametrize("statement, denied", [
    ("UPDATE avow.ledger SET recorded = 0", "table ledger"),
    ("UPDATE avow.ledger_3 SET recorded = 0", "table ledger_3"),
    ("DELETE FROM avow.ledger", "table ledger"),
    ("DELETE FROM avow.ledger_0", "table ledger_0"),
    ("TRUNCATE avow.ledger_0", "table ledger_0"),
    ("UPDATE avow.ledger SET commitment = hash, body = ''", "table ledger"),
    ("UPDATE avow.ledger_9 SET sequence = sequence + 1", "table ledger_9"),
    ("UPDATE avow.ledger_9 SET part = 9, hash = hash", "table ledger_9"),
    ("UPDATE avow.version SET version = 9", "table version"),
    ("UPDATE avow.term SET name = ''", "table term"),
    ("DELETE FROM avow.meta", "table meta"),
])
def test_the_runtime_role_cannot(server, store, statement, denied):
    assert server.sql(statement, store, "service", check=False) == (
        f"ERROR:  permission denied for {denied}")


def test_rights_that_grew_are_found_and_taken_back(server, store, program):
    service, owner = server.url(store), server.url(store, "owner")
    server.sql("GRANT DELETE ON avow.ledger_5 TO avow_runtime;"
               "GRANT UPDATE (hash) ON avow.ledger_6 TO avow_runtime", store)
    assert ("bad\tThe role may change or delete entries of the ledger in 2 tables. Run `avowd "
            "init` as the owner, which revokes it.") in program("probe", service, "examine")[1]
    assert program("probe", owner, "create") == (0, "made")
    status, text = program("probe", service, "examine")
    assert (status, [line for line in text.splitlines() if line.startswith("bad")]) == (0, [])
    assert "good\tEntries of the ledger can be added and erased, not changed and not deleted." in text
    assert "bad\tThe role owner is a superuser" in program("probe", owner, "examine")[1]


@pytest.mark.parametrize("seed", range(1, 4))
def test_it_does_what_the_model_does(server, store, program, seed):
    status, text = program("conformance", server.url(store), seed, 120)
    assert (status, text.startswith("agreed: 120 transactions")) == (0, True), text


def test_tables_that_are_not_split_do_too(server, store, program):
    """Parts whose tables have other names, as in a database that distributes in its own way."""
    server.sql("DO $$ DECLARE r record; BEGIN FOR r IN SELECT c.relname FROM pg_class c WHERE"
               " c.relispartition AND c.relkind = 'r' LOOP EXECUTE format('ALTER TABLE avow.%I"
               " RENAME TO %I', r.relname, 'x' || r.relname); END LOOP; END $$", store)
    status, text = program("conformance", server.url(store), 9, 60)
    assert (status, text.startswith("agreed: 60 transactions")) == (0, True), text


def test_every_plan_names_the_part_and_uses_its_index(server, store, program):
    status, text = program("probe", server.url(store), "plans")
    assert status == 0, text
    seen = 0
    for plan in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, _, steps = plan.partition("\n")
        _, place, sql = head.split(" ", 2)
        assert "Seq Scan" not in steps, plan
        if "part = $1" not in sql and "s.part = $1" not in sql:
            continue
        seen += 1
        if place == "part":
            assert set(re.findall(r"avow\.\w+_(\d+)", steps)) == {"3"}, plan
            for column in ("key", "sequence", "due"):
                if re.search(rf"\b{column} (=|<=|>=) \$2", sql):
                    assert re.search(rf"Index Cond: .*\b{column} (=|<=|>=) ", steps), plan
        else:
            assert re.search(r"Subplans Removed: 1[56]", steps) or "One-Time Filter" in steps, plan
    assert seen > 40


def test_two_writers_and_no_fork(server, store, program, build):
    command = [str(build / "tests" / "engine" / "engine-probe"), server.url(store), "record", "160"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [line for one in both for line in one.communicate(timeout=60)[0].splitlines()]
    told = [line.split(" ", 1)[1] for line in lines]
    assert len(told) == 320
    assert {line for line in told if not re.match(r"ok$|100: Another writer was quicker", line)} \
        == set()
    assert told.count("ok") > 100
    assert server.sql("SELECT count(*), sum(m) FROM (SELECT max(sequence) AS m FROM avow.ledger"
                      " GROUP BY part) AS x", store) == f"16|{told.count('ok')}"
    assert server.sql("SELECT count(*) FROM avow.ledger", store) == str(told.count("ok"))


def test_a_child_cannot_use_its_parents_connection(server, store, program):
    assert program("probe", server.url(store), "fork") == (
        0, "child 1: A store must not be used in a child after fork. Open it there anew.\nparent 0")


def test_no_password_is_told(server, store, program):
    for url in ("postgresql://me:hidden pass@[/x", "postgresql://me:hidden@/x?nonsense=hidden",
                f"postgresql://nobody:hidden@/{store}?host={server.folder}"):
        status, text = program("probe", url, "open")
        assert status == 1 and "hidden" not in text
    assert text == (f"6: The database cannot be reached: connection to server on socket "
                    f'"{server.folder}/.s.PGSQL.5432" failed: FATAL: role "nobody" does not exist.')


def writer(server, store, build, count=100000):
    return subprocess.Popen([str(build / "tests" / "engine" / "engine-probe"), server.url(store),
                             "record", str(count)], stdout=subprocess.PIPE, text=True)


def acknowledged(process, breaks):
    """Lets it write, breaks something, and gives what it was told."""
    lines = [process.stdout.readline().strip() for _ in range(200)]
    breaks()
    for line in process.stdout:
        lines.append(line.strip())
        if " ok" not in line:
            break
    process.kill()
    process.communicate()
    return lines


@pytest.mark.parametrize("how", ["connection", "server"])
def test_what_was_acknowledged_outlives(server, store, build, how):
    def breaks():
        if how == "server":
            server.stop("immediate")
        else:
            server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                       f" WHERE datname = '{store}' AND application_name = 'avow'")

    lines = acknowledged(writer(server, store, build), breaks)
    if how == "server":
        server.start()
    # A server that is killed may confirm and warn that it goes, in one breath.
    assert re.match(r"\d+ 6: The (connection to the database is lost|database committed with a "
                    r"warning).*must be looked up again\.$", lines[-1]), lines[-1]
    kept = int(server.sql("SELECT count(*) FROM avow.ledger", store))
    assert len(lines) - 1 <= kept <= len(lines)


def test_who_holds_a_chain_too_long_is_not_waited_for(server, store, program):
    holder = subprocess.Popen(
        [str(BIN / "psql"), "-XqAt", "-h", str(server.folder), "-U", "owner", "-d", store, "-c",
         "BEGIN; SELECT pg_advisory_xact_lock(1635151735, 0); SELECT pg_sleep(20)"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while server.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 0") == "0":
        time.sleep(0.05)
    try:
        told = program("probe", server.url(store), "record", 2)[1]
    finally:
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ 'pg_sleep'"
                   " AND pid <> pg_backend_pid()")
        holder.wait()
    assert re.fullmatch(r"0 5: (Somebody else holds the database for too long|The database took too"
                        r" long); try again \(the server says: .*\)\.\n1 ok", told), told
