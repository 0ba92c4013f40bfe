import itertools

import pytest
import yaml

from sql.world import Database
from store_postgres.server import Server


@pytest.fixture(scope="session")
def server():
    made = Server().start("fsync=off", "autovacuum=off")
    yield made
    made.remove()


@pytest.fixture(scope="session")
def names():
    return (f"world{number}" for number in itertools.count())


@pytest.fixture
def database(server, names):
    return Database(server, next(names))


@pytest.fixture
def sql(avow, tmp_path):
    """sql(policy, mapping) gives the script; a mapping that is no file is written to one."""

    def make(policy, mapping, status=0):
        if not hasattr(mapping, "read_text"):
            text = mapping if isinstance(mapping, str) else yaml.safe_dump(mapping, sort_keys=False)
            mapping = tmp_path / "mapping.yaml"
            mapping.write_text(text, encoding="utf-8")
        done = avow("build", policy, "--only=sql", f"--mapping={mapping}", "-o", tmp_path, "-W", "all")
        assert done.returncode == status, done.stderr
        return done.stderr if status else next(tmp_path.glob("*.sql")).read_text(encoding="utf-8")

    return make
