"""Every message, word for word and in its place: ROOM/CASE.policy and what `avow check` says of it.

A case named for an error is checked without warnings, one named for a warning without the others, so
that each stays as short as what it is about.

After a change of wording: AVOW_UPDATE=1 pytest-3 tests/diagnostics, and read the difference."""
import os
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
CASES = sorted(path.relative_to(HERE) for path in HERE.glob("*/*.policy")
               if path.parent.name != "slips")


def warnings():
    codes = (HERE.parent.parent / "compiler" / "diag" / "codes.def").read_text(encoding="utf-8")
    return re.findall(r'WARNING, "(W\d+)"', codes)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_message(avow, case):
    code = case.stem.partition("-")[0].upper()
    others = ",".join(other for other in warnings() if other != code)
    done = avow("check", "-W", others, case, cwd=HERE)
    wanted = (HERE / case).with_suffix(".txt")
    if os.environ.get("AVOW_UPDATE"):
        wanted.write_text(done.stderr, encoding="utf-8")
    assert done.stdout == ""
    assert done.stderr == wanted.read_text(encoding="utf-8")
    assert done.returncode == (1 if " error " in done.stderr else 0)


def test_every_case_is_about_its_name():
    """A case is named for a code, and that is what it shows."""
    wrong = []
    for case in CASES:
        text = (HERE / case).with_suffix(".txt").read_text(encoding="utf-8")
        code = re.match(r"([ew]\d+)", case.stem)
        if not code or not re.search(rf"\b{code.group(1).upper()}:", text):
            wrong.append(str(case))
    assert not wrong
