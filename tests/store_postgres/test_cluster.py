"""Parts on several real servers, by the recipe of runtime/store/POSTGRES.md: four on the
coordinator, four on each of three others."""
import re
import subprocess

import pytest

from store_postgres.server import Server

pytestmark = pytest.mark.xdist_group("postgres")
SHARDS = {"shard1": (4, 7), "shard2": (8, 11), "shard3": (12, 15)}


@pytest.fixture(scope="module")
def cluster(root, program):
    recipe = re.search(r"^```sql shard\n(.*?)^```", (root / "runtime/store/POSTGRES.md").read_text(),
                       re.MULTILINE | re.DOTALL).group(1)
    first = Server()
    servers = {"coordinator": first, **{name: Server(like=first) for name in SHARDS}}
    try:
        for server in servers.values():
            server.start()
            server.sql("CREATE ROLE avow_runtime NOLOGIN; CREATE ROLE shop LOGIN IN ROLE"
                       " avow_runtime")
            server.sql("CREATE DATABASE avow")
            assert program("probe", server.url("avow", "owner"), "create") == (0, "made")
        for name, (low, high) in SHARDS.items():
            first.sql(recipe.replace("shard1.example", str(servers[name].folder))
                      .replace("shard1", name).replace("4..7", f"{low}..{high}"), "avow")
        assert program("probe", first.url("avow", "owner"), "create") == (0, "made")
        yield servers
    finally:
        for server in servers.values():
            server.remove()


def part_of(line):
    return int(line.split()[0])


def test_it_does_what_the_model_does(cluster, program):
    status, text = program("conformance", cluster["coordinator"].url("avow", "shop"), 5, 60)
    assert (status, text.startswith("agreed: 60 transactions")) == (0, True), text
    for name, (low, high) in SHARDS.items():
        found = cluster[name].sql("SELECT DISTINCT part FROM avow.ledger ORDER BY 1", "avow")
        assert set(map(int, found.split())) <= set(range(low, high + 1)) and found, name


def test_one_server_stops_and_the_others_go_on(cluster, program):
    coordinator = cluster["coordinator"]
    url = coordinator.url("avow", "shop")
    before = int(coordinator.sql("SELECT count(*) FROM avow.ledger", "avow"))
    lines = program("probe", url, "record", 32)[1].splitlines()
    assert len(lines) == 32 and all(line.endswith(" ok") for line in lines)
    cluster["shard2"].stop("immediate")
    after = program("probe", url, "record", 32)[1].splitlines()
    assert [part_of(line) for line in after if line.endswith(" ok")] == 2 * [
        part for part in range(16) if not 8 <= part <= 11]
    assert {re.sub(r"^\d+ ", "", line) for line in after if not line.endswith(" ok")} == {
        '6: The database could not do it (08001: could not connect to server "shard2").'}
    cluster["shard2"].start()
    assert int(coordinator.sql("SELECT count(*) FROM avow.ledger", "avow")) == before + 32 + 24
    assert program("probe", url, "record", 16)[1].count(" ok") == 16


@pytest.fixture(scope="module")
def batch(build, avow, root, cluster, tmp_path_factory):
    """batch(what, first, count): p<first> and so on, all at once; {number: (code, text)}."""
    folder = tmp_path_factory.mktemp("batch")
    assert avow("build", root / "policies" / "shop.policy", "--out", folder).returncode == 0

    def run(what, first=1, count=0, user="shop"):
        done = subprocess.run([str(build / "tests" / "store_postgres" / "store-batch"),
                               str(folder / "shop.avow"), cluster["coordinator"].url("avow", user),
                               str(folder / "keys"), what, str(first), str(count)],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        return {int(number): (code, text) for number, code, text in lines}

    run("create", user="owner")
    return run


def largest_transaction(server):
    """Entries of the coordinator's own parts that one transaction wrote, at most."""
    return int(server.sql("SELECT max(n) FROM (SELECT count(*) AS n FROM (SELECT xmin FROM"
                          " avow.ledger_0 UNION ALL SELECT xmin FROM avow.ledger_1 UNION ALL SELECT"
                          " xmin FROM avow.ledger_2 UNION ALL SELECT xmin FROM avow.ledger_3) l"
                          " GROUP BY xmin::text) x", "avow"))


def test_records_of_several_servers_in_one_batch(cluster, batch):
    """Those of a server that stopped fail; the others of their batch are acknowledged."""
    coordinator, shard = cluster["coordinator"], cluster["shard2"]
    joined = {**batch("address-confirmed", 1, 24), **batch("address-confirmed", 25, 24)}
    assert [told for told in joined.values() if told[0] != "ok"] == []
    # Where each of them lies: the part is in the name of the receipt.
    part = {who: int(re.match(r"r(\d+)-", text).group(1)) for who, (_, text) in joined.items()}
    there = {who for who in part if 8 <= part[who] <= 11}
    assert there
    assert {code for code, _ in batch("unsubscribe", 1, 24).values()} == {"ok"}
    assert largest_transaction(coordinator) > 1
    shard.stop("immediate")
    try:
        told = batch("unsubscribe", 25, 24)
        asked = batch("ask", 25, 24)
    finally:
        shard.start()
    assert {who for who, (code, _) in told.items() if code == "ok"} == set(told) - there
    assert all('could not connect to server "shard2"' in text for code, text in told.values()
               if code != "ok")
    assert "allowed" not in {text for _, text in asked.values()}
    after = {who: text for who, (_, text) in batch("ask", 1, 48).items()}
    lost = {who for who, (code, _) in told.items() if code != "ok"}
    assert {who for who, text in after.items() if text == "allowed"} <= lost
    assert {who for who, text in after.items() if text == "forbidden"} >= set(part) - lost
    again = batch("unsubscribe", 25, 24)
    assert {code for code, _ in again.values()} == {"ok"}
    assert {text for _, text in batch("ask", 1, 48).values()} == {"forbidden"}


def test_the_plan_goes_to_one_server(cluster):
    plan = cluster["coordinator"].sql(
        "EXPLAIN (VERBOSE, COSTS OFF) SELECT value FROM avow.state_9 WHERE part = 9 AND key = '\\x09'",
        "avow")
    assert "Remote SQL: SELECT value FROM avow.state_9 WHERE ((part = 9)) AND" in plan


def test_a_shard_that_does_not_write_through_is_refused(cluster, program):
    url = cluster["coordinator"].url("avow", "shop")
    shard = cluster["shard3"]
    shard.stop()
    shard.start("fsync=off")
    assert program("probe", url, "open") == (
        1, "6: On the server shard3: The database has fsync = off, so what it confirms may be lost. "
        "Set fsync = on in postgresql.conf and restart the server.")
    shard.stop()
    shard.start()
    assert program("probe", url, "open") == (0, "open")


@pytest.mark.parametrize("change, back, text", [
    ("ALTER SERVER shard1 OPTIONS (DROP options)",
     "ALTER SERVER shard1 OPTIONS (ADD options '-c synchronous_commit=on')",
     "6: Commits on the server shard1 may not wait for its disk. Run: ALTER SERVER shard1 OPTIONS "
     "(ADD options '-c synchronous_commit=on')"),
    ("ALTER TABLE avow.settings_shard1 RENAME TO elsewhere",
     "ALTER TABLE avow.elsewhere RENAME TO settings_shard1",
     "6: Parts of the store lie on the server shard1, whose settings cannot be seen. Make the "
     "foreign table avow.settings_shard1 over its pg_catalog.pg_settings."),
    ("ALTER USER MAPPING FOR PUBLIC SERVER shard1 OPTIONS (SET password_required 'true')",
     "ALTER USER MAPPING FOR PUBLIC SERVER shard1 OPTIONS (SET password_required 'false')",
     "6: On the server shard1: The database could not do it (2F003: password is required)."),
])
def test_a_shard_of_which_too_little_is_known_is_refused(cluster, program, change, back, text):
    coordinator = cluster["coordinator"]
    coordinator.sql(change, "avow")
    assert program("probe", coordinator.url("avow", "shop"), "open") == (1, text)
    coordinator.sql(back, "avow")
    assert program("probe", coordinator.url("avow", "shop"), "open") == (0, "open")


def test_the_doctor_counts_the_parts(cluster, program):
    status, text = program("probe", cluster["coordinator"].url("avow", "shop"), "examine")
    assert status == 0
    assert "good\tThe table avow.state has 16 of 16 parts, 12 on other servers." in text
    assert "bad" not in text
