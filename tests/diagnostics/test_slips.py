"""Slips of newcomers. slips/NAME.policy has one, slips/NAME.txt is all that `avow check` says of it,
and slips/NAME.mended is the same policy after its advice was followed. Those without a .mended are
no slips: they look odd and must work.

After a change of wording: AVOW_UPDATE=1 pytest-3 tests/diagnostics, and read the difference."""
import difflib
import os
import pathlib
import re
import subprocess

import pytest

SLIPS = pathlib.Path(__file__).resolve().parent / "slips"
NAMES = sorted(path.stem for path in SLIPS.glob("*.policy"))
MENDED = sorted(path.stem for path in SLIPS.glob("*.mended"))
NO_LAWYERS_WORDS = re.compile(
    r"\b(token|expected|unexpected|syntax|pars(e|er|ing)|identifier|keyword|literal|invalid)\b")


def check(build, *paths):
    """What avow says of each of them, in one run."""
    done = subprocess.run([str(build / "compiler" / "avow"), "check", *paths], cwd=SLIPS,
                          capture_output=True, timeout=60)
    assert done.stdout == b""
    said = dict.fromkeys(paths, "")
    for piece in re.split(r"(?<=warnings\.\n)", done.stderr.decode()):
        if piece:
            said[re.match(r"(\S+?):\d+:\d+: ", piece).group(1)] = piece
    return said


@pytest.fixture(scope="module")
def said(build):
    return check(build, *(f"{name}.policy" for name in NAMES))


def test_there_are_enough():
    assert len(MENDED) >= 140 and len(NAMES) >= len(MENDED) + 10
    assert set(MENDED) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_said(said, name):
    wanted, found = SLIPS / f"{name}.txt", said[f"{name}.policy"]
    if os.environ.get("AVOW_UPDATE"):
        wanted.write_text(found, encoding="utf-8")
    assert found == wanted.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MENDED)
def test_one_message_with_one_mend(said, name):
    """One slip, one message; it says how to mend it, in words of everyday."""
    text = said[f"{name}.policy"]
    assert text.endswith("\n1 error, 0 warnings.\n")
    assert text.count("        Mend: ") == 1
    assert not NO_LAWYERS_WORDS.search(text)


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(MENDED)))
def test_what_looks_odd_and_is_none(said, name):
    assert said[f"{name}.policy"] == ""


def test_the_mended_are_clean(build):
    found = check(build, *(f"{name}.mended" for name in MENDED))
    assert not {name: text for name, text in found.items() if text}


def changed_lines(old, new):
    """Lines of the old text, from 1, that differ or stand beside something new."""
    lines = set()
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    for tag, begin, end, _, _ in matcher.get_opcodes():
        if tag != "equal":
            lines.update(range(begin + 1, end + 1) if end > begin else (begin, begin + 1))
    return lines


# The mend is made elsewhere, as the advice says: a declaration, a setting.
ELSEWHERE = {"name-not-declared", "working-days-without-calendar"}


@pytest.mark.parametrize("name", sorted(set(MENDED) - ELSEWHERE))
def test_the_place_is_where_the_mend_is(said, name):
    place = int(re.match(r"\S+?:(\d+):", said[f"{name}.policy"]).group(1))
    old, new = ((SLIPS / f"{name}{end}").read_bytes().decode() for end in (".policy", ".mended"))
    assert place in changed_lines(old, new)
