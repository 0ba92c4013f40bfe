"""What each sentence means: rules/CASE.policy and the rules that it becomes.

After a change: AVOW_UPDATE=1 pytest-3 tests/language, and read the difference."""
import os
import pathlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent
CASES = sorted(path.relative_to(HERE) for path in HERE.glob("rules/*.policy"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_rules(avow, case):
    done = avow("check", "--dump=rules", case, cwd=HERE)
    assert done.stderr == ""
    wanted = (HERE / case).with_suffix(".rules")
    if os.environ.get("AVOW_UPDATE"):
        wanted.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == wanted.read_text(encoding="utf-8")
