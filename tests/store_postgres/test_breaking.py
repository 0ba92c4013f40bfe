"""A slice of breaking.py, which breaks a server and a service at every system call."""
import pytest

from store_postgres.breaking import Bench

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="module")
def bench(build):
    made = Bench(build)
    yield made
    made.remove()


# The steps share no divisor with what a call consists of, so that calls of every kind are hit.
@pytest.mark.parametrize("whom, acts, first, step, least", [
    ("backend", ["leave", "join"], 3, 17, 5), ("service", ["leave", "link"], 2, 13, 6),
    ("server", ["leave"], 7, 13, 2)])
def test_killed_at_a_call(bench, whom, acts, first, step, least):
    assert bench.kill_all(whom, acts, first, step) >= least


def test_the_log_of_the_server_cannot_be_synced(bench):
    assert bench.fail_all([("fdatasync,fsync", "EIO", False)], ["join"]) >= 1
    assert bench.fail_all([("fdatasync,fsync", "EIO", True)], ["leave"]) >= 1


def test_the_log_of_the_server_cannot_be_written(bench):
    assert bench.fail_all([("pwrite64", "ENOSPC", False)], ["leave"]) >= 1
