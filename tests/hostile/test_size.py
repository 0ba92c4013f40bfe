"""64 MiB of anything ends in a clean message, in linear time and bounded memory."""
import pytest

from hostile.limits import HEAD, run

MIB = 1 << 20
FULL = 64 * MIB
CLAUSE = HEAD + "\nclause long:\n  we NEVER post anyone.\n"

# What stands before, and what is repeated until the file is full.
SHAPES = {
    "letters": ("", "a"),
    "words": ("", "a "),
    "lines": ("", "\n"),
    "dots": ("", "."),
    "stops": ("", ". "),
    "commas": ("", ", "),
    "quotes": ("", '"'),
    "strings": ("", '"a" '),
    "braces": ("", "{"),
    "brackets": ("", "["),
    "stars": ("", "*"),
    "comments": ("", "# a\n"),
    "one-comment": ("", "#"),
    "dashes": ("", "---\n"),
    "front-matter": ("---\npolicy: a\n", "a: b\n"),
    "front-matter-flow": ("---\npolicy: ", "["),
    "front-matter-anchors": ("---\na: &a x\nb: [", "*a,"),
    "clause-heads": ("", "clause a:\n"),
    "section-heads": ("", 'section a "b"\n'),
    "examples": ("", 'example "a":\n given a is b.\n then we MAY a b.\n'),
    "declarations": (HEAD, 'data order "again" of customer.\n'),
    "sentences": (CLAUSE, "  we NEVER email anyone if stopped.\n"),
    "wrong-sentences": (CLAUSE, "  we may not email anyone.\n"),
    "no-stops": (CLAUSE, "  we NEVER email anyone\n"),
    "name-lists": (CLAUSE + "  we NEVER use order", ", order"),
    "conditions": (CLAUSE + "  we NEVER email anyone if stopped", " and stopped"),
    "exceptions": (CLAUSE + "  we NEVER email anyone", " except if stopped"),
    "prose": (CLAUSE, "  > We say it again.\n"),
    "prose-empty": (CLAUSE, ">\n"),
    "prose-one-line": (CLAUSE + "  > ", "word "),
    "prose-holes": (CLAUSE, "  > {order} {news}\n"),
    "prose-bad-holes": (CLAUSE, "  > {nobody\n"),
    "prose-braces": (CLAUSE + "  > ", "{"),
    "prose-brackets": (CLAUSE + "  > ", "["),
    "prose-images": (CLAUSE + "  > ", "!["),
    "prose-links": (CLAUSE + "  > ", "[a](b) "),
    "prose-stars": (CLAUSE + "  > ", "*a "),
    "prose-strong": (CLAUSE + "  > ", "**a _b_ "),
    "prose-ticks": (CLAUSE + "  > ", "`"),
    "prose-quotes": (CLAUSE + "  > ", "> "),
    "prose-lists": (CLAUSE + "  > ", "* "),
    "prose-list-lines": (CLAUSE, "  > * a\n"),
    "prose-html": (CLAUSE + "  > ", "<b>"),
    "prose-entities": (CLAUSE + "  > ", "&amp;"),
    "prose-digits": (CLAUSE + "  > ", "12 days "),
    "prose-mail": (CLAUSE + "  > ", "a@b.example "),
    "umlauts": ("", "ä"),
    "emoji": (CLAUSE + "  > ", "🙂"),
    "bad-bytes": ("", b"\xff"),
    "nul": ("", b"\0"),
    "windows": ("", "a.\r\n"),
}


def write(path, shape, size):
    head, unit = SHAPES[shape]
    head = head.encode()
    unit = unit if isinstance(unit, bytes) else unit.encode()
    with path.open("wb") as out:
        out.write(head)
        block = unit * (MIB // len(unit))
        left = size - len(head)
        while left >= len(block):
            out.write(block)
            left -= len(block)
        out.write(unit * (left // len(unit)))


@pytest.mark.parametrize("shape", [
    pytest.param(shape, marks=pytest.mark.xdist_group(f"large-{i % 2}"))  # not too many at once
    for i, shape in enumerate(sorted(SHAPES))])
def test_full_size(plain_build, tmp_path, shape):
    """Eight times the size takes far less than 64 times as long, as it would if the work were
    quadratic; and 36 bytes of memory a byte."""
    avow = plain_build / "compiler" / "avow"
    write(tmp_path / "small.policy", shape, FULL // 8)
    write(tmp_path / "full.policy", shape, FULL)
    small = run(avow, "check", tmp_path / "small.policy")
    full = run(avow, "check", tmp_path / "full.policy")
    (tmp_path / "full.policy").unlink()
    assert small.code == full.code == 1 or shape in MAY_PASS and full.code in (0, 1), full.err[-2000:]
    if full.code:
        assert "policy" in full.err or "policy" in full.out
    assert len(full.out) + len(full.err) < 4 * MIB
    assert full.seconds < 24 * small.seconds + 2, f"{small.seconds:.2f} then {full.seconds:.2f} s"
    assert full.peak < 36 * FULL / MIB + 64, f"{full.peak:.0f} MiB"


# Long, but nothing is wrong with them.
MAY_PASS = {"sentences", "prose", "prose-empty", "prose-one-line", "prose-holes", "name-lists",
            "conditions", "exceptions", "prose-links", "prose-stars", "prose-strong",
            "prose-list-lines", "prose-entities", "emoji", "prose-ticks", "prose-brackets",
            "prose-quotes", "prose-lists"}


def test_past_the_limit(plain_build, tmp_path):
    path = tmp_path / "huge.policy"
    write(path, "prose", FULL + MIB)
    done = run(plain_build / "compiler" / "avow", "check", path)
    assert done.code == 1 and "E103" in done.out + done.err
    assert done.peak < 200


def test_past_the_limit_without_an_end(plain_build):
    """Standard input that never ends is not read past the limit."""
    with open("/dev/zero", "rb") as zeros:
        done = run(plain_build / "compiler" / "avow", "check", "-", stdin=zeros)
    assert done.code == 1 and ("E103" in done.out + done.err or "E102" in done.out + done.err)
    assert done.peak < 400
