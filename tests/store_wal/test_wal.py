"""The store on an SQLite whose write-ahead log is sound, newer than Debian's: built from the source
that the npm package better-sqlite3 carries."""
import os
import pathlib
import subprocess

import pytest

import npm

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
    """A folder with libsqlite3.so.0."""
    folder = tmp_path_factory.mktemp("sqlite")
    source = npm.modules(HERE) / "better-sqlite3" / "deps" / "sqlite3" / "sqlite3.c"
    subprocess.run(["gcc", "-O0", "-w", "-fPIC", "-shared", "-DSQLITE_THREADSAFE=1",
                    "-DSQLITE_ENABLE_COLUMN_METADATA", "-Wl,-soname,libsqlite3.so.0", str(source),
                    "-o", str(folder / "libsqlite3.so.0"), "-lm", "-lpthread"],
                   check=True, timeout=300)
    return folder


@pytest.fixture
def env(newer):
    return {**os.environ, "LD_LIBRARY_PATH": str(newer)}


def test_the_store_is_the_same(env, plain_build):
    done = subprocess.run([str(plain_build / "tests" / "unit-store")], env=env,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_it_uses_the_log(env, plain_build, root, tmp_path):
    avow = plain_build / "compiler" / "avow"
    subprocess.run([str(avow), "build", str(root / "policies" / "jibrok.policy"), "--out",
                    str(tmp_path)], check=True, capture_output=True)
    place = ["--store", f"sqlite:{tmp_path}/s.db", "--policy", str(tmp_path / "jibrok.avow")]

    def avowd(*words, env=env):
        done = subprocess.run([str(plain_build / "runtime" / "agent" / "avowd"), *place, *words],
                              env=env, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    avowd("init", "--no-history")
    assert avowd("record", "opt-out", "joe@x.example").startswith("recorded ")
    assert "journal mode wal" in avowd("doctor")
    assert avowd("ask", "email", "licensee", "notify.expiry", "joe@x.example").startswith("forbidden")
    # Debian's own goes back to a rollback journal, and finds everything.
    plain = {key: value for key, value in env.items() if key != "LD_LIBRARY_PATH"}
    assert "journal mode persist" in avowd("doctor", env=plain)
    said = avowd("ask", "email", "licensee", "notify.expiry", "joe@x.example", env=plain)
    assert said.startswith("forbidden")
