"""The compiler is as quick as promised, and linear."""
import pytest

from bench.compile_time import seed_against_cmark, sizes

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def avow_path(plain_build):
    return plain_build / "compiler" / "avow"


def test_seed_against_cmark(avow_path, tmp_path):
    mine, other = seed_against_cmark(avow_path, tmp_path)
    assert mine <= 3 * other, f"{mine * 1e3:.2f} ms against {other * 1e3:.2f} ms"


@pytest.fixture(scope="module")
def found(avow_path, tmp_path_factory):
    return sizes(avow_path, tmp_path_factory.mktemp("large"), counts=(10000, 100000))


def test_ten_thousand_clauses(found):
    assert found[10000][0] < 1.0, found


def test_a_hundred_thousand_clauses(found):
    assert found[100000][0] <= 12 * found[10000][0], found


def test_memory_is_linear(found):
    assert found[100000][1] <= 12 * found[10000][1], found
