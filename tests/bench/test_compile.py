"""The compiler is linear. How quick it is, tests/bench/compile_time.py measures: a clock is no test."""
import pytest

from bench.compile_time import sizes


@pytest.fixture(scope="module")
def found(plain_build, tmp_path_factory):
    return sizes(plain_build / "compiler" / "avow", tmp_path_factory.mktemp("large"),
                 counts=(2000, 40000), rounds=2)


def test_time_is_linear(found):
    """Twenty times the clauses; were it quadratic, it would be four hundred times the time."""
    assert found[40000][0] <= 60 * found[2000][0], found


def test_memory_is_linear(found):
    assert found[40000][1] <= 24 * found[2000][1], found
