"""The measurement of decisions runs, and what it compares gives equal answers; no times."""
from bench.decision import core_text, measure


def test_contenders_agree(plain_build):
    groups = measure(plain_build, counts=(300,), scale=1000)
    assert groups["equal"][0][1] > 1000
    assert [name for name, _, _ in groups["large"]] == ["23", "324"]
    assert all(time > 0 for group, found in groups.items() if group not in ("equal", "size")
               for _, time, _ in found)


def test_contenders_agree_when_checked(build):
    assert "random" in measure(build, counts=(300,), scale=1000)


def test_size_of_the_core_is_measured():
    code, constants = core_text()
    assert 1024 < code < 65536 and constants > 0
