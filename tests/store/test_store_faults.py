"""Programs that kill a service, make its calls fail, cut its power, or run it in a crowd: a slice of
each. `tests/store/campaign` runs them long."""
import os
import pathlib
import subprocess

import pytest


def run(build, program, *arguments):
    done = subprocess.run([str(pathlib.Path(build) / "tests" / "store" / program),
                           *map(str, arguments)], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ))
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout
    assert done.stderr == ""
    return done.stdout


def number(text, before):
    """The number before a word."""
    words = text.replace(",", "").split()
    return int(words[words.index(before) - 1])


def may_trace():
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip()


@pytest.mark.parametrize("first", [1, 2])
def test_killed_at_system_calls(plain_build, tables, memory_folder, first):
    may, why = may_trace()
    if not may:
        pytest.skip(f"no process may be traced here: {why}")
    said = run(plain_build, "store-faults", "kill", tables["shop-0"], memory_folder / "f",
               first + 10 * (first - 1), 90)
    assert number(said, "kills") > 15


@pytest.mark.parametrize("error, lasting, where, step", [
    ("EIO", "once", "commit", 53), ("EIO", "always", "commit", 180), ("EIO", "once", "open", 17),
    ("EIO", "always", "open", 7), ("ENOSPC", "once", "commit", 7),
    ("ENOSPC", "always", "commit", 50), ("ENOSPC", "always", "open", 3),
    ("EMFILE", "once", "commit", 3), ("EMFILE", "always", "commit", 15),
    ("EMFILE", "always", "open", 1), ("EINTR", "once", "commit", 37), ("EINTR", "once", "open", 3),
    ("memory", "once", "commit", 83), ("memory", "always", "commit", 131),
    ("memory", "once", "open", 29), ("memory", "always", "open", 37)])
def test_a_call_that_fails(plain_build, tables, memory_folder, error, lasting, where, step):
    said = run(plain_build, "store-faults", error, lasting, where, tables["shop-0"],
               memory_folder / "f", 1, step)
    assert number(said, "failures") > 5


@pytest.mark.parametrize("error, lasting, where, step", [
    ("EIO", "once", "commit", 97), ("ENOSPC", "once", "commit", 61), ("EIO", "once", "open", 41),
    ("memory", "once", "commit", 1), ("memory", "always", "open", 1)])
def test_a_call_that_fails_leaks_nothing(build, tables, memory_folder, error, lasting, where, step):
    said = run(build, "store-faults", error, lasting, where, tables["shop-0"], memory_folder / "f",
               1, step)
    assert number(said, "failures") > 0


def test_a_power_cut(plain_build, tables, memory_folder):
    said = run(plain_build, "store-powercut", tables["shop-0"], memory_folder / "f", 250)
    assert number(said, "acknowledged") > 500


def test_a_crowd(plain_build, tables, tmp_path):
    said = run(plain_build, "store-crowd", tables["shop-0"], tmp_path / "f", 8, 8, 20)
    assert number(said, "refusals") > 100


def test_threads_share_nothing_unlocked(plain_build, tables, tmp_path):
    if not (plain_build / "tests" / "store" / "store-crowd-threads").exists():
        pytest.skip("the plain build has a sanitizer that does not go with that of threads")
    run(plain_build, "store-crowd-threads", tables["shop-0"], tmp_path / "f", 1, 16, 60)


def test_a_refusal_in_the_moment_of_being_forgotten(plain_build, tables, memory_folder):
    assert run(plain_build, "store-race", tables["jibrok-0"], memory_folder / "f", 400) == \
        "400 rounds\n"
