"""Random sequences of everything that can be done to a store, on PostgreSQL, against the oracle of
tests/store."""
import random
import sys

import pytest

sys.path.insert(0, __file__.replace("store_postgres/test_model.py", "store"))
from model import Bench, draw  # noqa: E402

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="module")
def bench(build, server, names, program, tmp_path_factory):
    template = next(names)
    server.sql(f"CREATE DATABASE {template}")
    assert program("probe", server.url(template, "owner"), "create") == (0, "made")

    def url(_folder):
        name = next(names)
        server.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return server.url(name, "owner")

    made = Bench(build, tmp_path_factory.mktemp("model"), url)
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_sequence(bench, seed):
    name = ["shop", "jibrok"][seed % 2]
    assert bench.run(name, draw(random.Random(seed), name, 40)) is None
