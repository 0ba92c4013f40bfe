"""How many connections a store has, and what becomes of them when the server is restarted."""
import subprocess
import sys
import time

import pytest

from store_postgres.server import Server

sys.path.insert(0, __file__.replace("store_postgres/test_connections.py", "store"))
from service import Failed, Service  # noqa: E402

pytestmark = pytest.mark.xdist_group("postgres")
EMAIL = 1 << 1
MOST = 16


@pytest.fixture(scope="module")
def shop(build, root, tmp_path_factory):
    """The bundle, a server of its own, and the folder of the keys."""
    folder = tmp_path_factory.mktemp("connections")
    subprocess.run([build / "compiler" / "avow", "build", root / "policies" / "shop.policy", "-o",
                    folder], check=True, capture_output=True)
    server = Server().start("max_connections=40")
    server.sql("CREATE ROLE avow_runtime NOLOGIN; CREATE ROLE service LOGIN IN ROLE avow_runtime")
    server.sql("CREATE DATABASE store")
    owner = Service(build, {"shop": folder / "shop.avow"})
    owner.make("shop", server.url("store", "owner"), folder / "keys", EMAIL)
    owner.close()
    yield folder / "shop.avow", server, folder / "keys"
    server.remove()


def many(build, shop, threads, asks):
    bundle, server, keys = shop
    return subprocess.Popen([build / "tests/store/store-many", bundle, server.url("store"), keys,
                             str(threads), str(asks)], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def test_no_more_connections_than_it_says(build, shop):
    process = many(build, shop, 100, 100)
    counts = []
    while process.poll() is None:
        counts.append(int(shop[1].sql("SELECT count(*) FROM pg_stat_activity WHERE"
                                      " application_name = 'avow'")))
        time.sleep(0.02)
    assert process.communicate()[0] == "known 10000, busy 0, failed 0\n"
    assert 1 < max(counts) <= MOST, counts


def test_a_server_with_fewer_connections_is_busy(build, shop):
    """Three are for superusers. Who is let in goes on; the others are told what to do."""
    server = shop[1]
    server.stop()
    server.start("max_connections=7")
    try:
        done = many(build, shop, 60, 40).communicate(timeout=100)[0]
    finally:
        server.stop()
        server.start("max_connections=40")
    numbers, said = done.split(": ", 1)
    known, busy, failed = (int(word.split()[1]) for word in numbers.split(", "))
    assert known > 0 and busy > 0 and failed == 0 and known + busy == 2400, done
    assert said == ("The database has too many connections. Try again; or let it have more "
                    f"(max_connections), {MOST} for each process that opens the store.\n")


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_was_restarted_is_asked_anew(build, shop, how):
    bundle, server, keys = shop
    service = Service(build, {"shop": bundle})
    service("open", "shop", server.url("store"), keys)
    receipt = service.record("unsubscribe", "email:joe@x.example", done=True)
    looks = [("look", "duties"), ("look", "expired"), ("look", "verify"), ("look", receipt),
             ("states", "email:joe@x.example", "-"), ("trust",), ("done", receipt)]
    said = {}
    for words in looks:
        for again in looks[:-1]:  # none may be the one that finds it out for the others
            service(*again)
        server.stop(how)
        server.start("max_connections=40")
        try:
            service(*words)
        except Failed as failed:
            said[words] = str(failed)
    service.close()
    assert said == {}


def test_a_server_that_is_down_is_told_of(build, shop):
    bundle, server, keys = shop
    service = Service(build, {"shop": bundle})
    service("open", "shop", server.url("store"), keys)
    server.stop("immediate")
    with pytest.raises(Failed, match="io: The database cannot be reached"):
        service("look", "duties")
    server.start("max_connections=40")
    service("look", "duties")
    service.close()
