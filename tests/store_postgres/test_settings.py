"""A server that would not keep what it confirms is refused, with the setting and the mend."""
import subprocess
import time

import pytest

from store_postgres.server import Server

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="module")
def other(server, program):
    """A server that is started anew by each test, with a store in it."""
    made = Server().start()
    made.sql("CREATE DATABASE s")
    made.sql("CREATE ROLE service LOGIN")
    assert program("probe", made.url("s", "owner"), "create") == (0, "made")
    made.sql("GRANT avow_runtime TO service")
    made.stop()
    yield made
    made.remove()


@pytest.fixture
def started(other):
    def start(*settings):
        return other.start(*settings)

    yield start
    other.stop("immediate")
    (other.data / "standby.signal").unlink(missing_ok=True)


READ_ONLY = ("6: The database takes no writes: it is a standby, or read-only "
             "(default_transaction_read_only). What was refused a moment ago may be missing there, "
             "so nothing is decided on it. Name the primary in the URL.")


@pytest.mark.parametrize("setting, text", [
    ("fsync=off", "6: The database has fsync = off, so what it confirms may be lost. Set fsync = "
     "on in postgresql.conf and restart the server."),
    ("full_page_writes=off", "6: The database has full_page_writes = off, so what it confirms may "
     "be lost. Set full_page_writes = on in postgresql.conf and reload."),
    ("default_transaction_read_only=on", READ_ONLY),
])
def test_settings(started, program, setting, text):
    server = started(setting)
    assert program("probe", server.url("s"), "open") == (1, text)
    assert program("probe", server.url("s", "owner"), "create") == (1, text)


def test_commits_that_do_not_wait_are_made_to(started, program):
    """synchronous_commit is the session's: whatever the server's default."""
    server = started("synchronous_commit=off")
    assert program("probe", server.url("s"), "open") == (0, "open")


def test_a_standby_in_recovery(started, other, program):
    (other.data / "standby.signal").touch()
    server = started("hot_standby=on")
    assert server.sql("SELECT pg_is_in_recovery()") == "t"
    assert program("probe", server.url("s"), "open") == (1, READ_ONLY)


def test_a_standby_that_does_not_confirm(started, program):
    server = started("synchronous_standby_names=nobody")
    assert program("probe", server.url("s"), "open") == (
        1, "6: The database has not answered for 4 s; whether it did what it was told is not "
        "known. If it waits for a standby, that one is down.")


def test_a_wait_for_the_standby_that_was_cancelled(started, program, build):
    """The server then says "committed", with a warning only."""
    server = started("synchronous_standby_names=nobody")
    process = subprocess.Popen([str(build / "tests" / "engine" / "engine-probe"), server.url("s"),
                                "open"], stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 3
    while time.monotonic() < until and server.sql(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "t":
        time.sleep(0.05)
    assert process.communicate(timeout=20)[0].strip() == (
        "6: The database did not confirm a commit without a warning. Look at its log and its "
        "standbys.")


def test_another_encoding(started, program):
    server = started()
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    assert program("probe", server.url("latin", "owner"), "create") == (
        1, "6: The database has server_encoding = LATIN1, so what it confirms may be lost. Make "
        "the database anew with ENCODING 'UTF8'.")
