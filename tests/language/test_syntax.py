"""What the tokens and the tree of a file are: NAME.policy, NAME.tokens and NAME.syntax.

After a change: AVOW_UPDATE=1 pytest-3 tests/language, and read the difference."""
import os
import pathlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent
CASES = sorted(path.name for path in HERE.glob("*.policy"))


@pytest.mark.parametrize("stage", ["tokens", "syntax"])
@pytest.mark.parametrize("case", CASES)
def test_dump(avow, case, stage):
    done = avow("check", f"--dump={stage}", case, cwd=HERE)
    wanted = (HERE / case).with_suffix("." + stage)
    if os.environ.get("AVOW_UPDATE"):
        wanted.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == wanted.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_change_nothing(avow, tmp_path, ending, mark):
    """Windows line ends and a byte order mark: the same tree in the same places."""
    text = (HERE / "words.policy").read_text(encoding="utf-8")
    path = tmp_path / "words.policy"
    path.write_bytes((mark + text.replace("\n", ending)).encode())
    done = avow("check", "--dump=syntax", path)
    wanted = (HERE / "words.syntax").read_text(encoding="utf-8")
    assert done.stdout.replace("\r\n", "\n") == wanted


def test_tabs_and_blanks_change_no_tokens(avow, tmp_path):
    text = (HERE / "acme.policy").read_text(encoding="utf-8")
    path = tmp_path / "acme.policy"
    head, body = text.split("\n---\n", 1)
    path.write_text(head + "\n---\n" + body.replace("   ", "\t\u00a0 "), encoding="utf-8")
    wanted = [line.split(" ", 1)[1] for line in
              (HERE / "acme.tokens").read_text(encoding="utf-8").splitlines()]
    done = avow("check", "--dump=tokens", path)
    assert [line.split(" ", 1)[1] for line in done.stdout.splitlines()] == wanted


def test_broken_file_keeps_what_can_be_read(avow):
    """Every declaration, clause and example of a broken file is in its tree."""
    done = avow("check", "--dump=syntax", "broken.policy", cwd=HERE)
    kept = [line.split(" ")[0] for line in done.stdout.splitlines() if not line.startswith(" ")]
    for word, count in {"system": 1, "person": 1, "data": 1, "section": 1, "clause": 3,
                        "example": 1}.items():
        assert kept.count(word) == count, word
