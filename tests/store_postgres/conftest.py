import itertools
import subprocess

import pytest

from store_postgres.server import Server


@pytest.fixture(scope="session")
def server():
    made = Server().start()
    made.sql("CREATE ROLE service LOGIN; CREATE ROLE avow_runtime NOLOGIN;"
             "GRANT avow_runtime TO service; CREATE ROLE stranger LOGIN")
    yield made
    made.remove()


@pytest.fixture(scope="session")
def program(build):
    """program(name, *arguments) runs one of tests/engine and gives (exit status, output)."""

    def run(name, *arguments, timeout=120):
        done = subprocess.run([str(build / "tests" / "engine" / f"engine-{name}"),
                               *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)
        return done.returncode, (done.stdout + done.stderr).strip()

    return run


@pytest.fixture(scope="session")
def names():
    return (f"store{number}" for number in itertools.count())


@pytest.fixture
def database(server, names):
    """The name of an empty database."""
    name = next(names)
    server.sql(f"CREATE DATABASE {name}")
    return name


@pytest.fixture
def store(server, database, program):
    """The name of a database with a store in it."""
    assert program("probe", server.url(database, "owner"), "create") == (0, "made")
    return database
