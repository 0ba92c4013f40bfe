"""Input that is no policy: a clear error with its code, never a crash or a truncation."""
import os
import random

import pytest

from hostile.limits import HEAD, NOBODY, run


@pytest.fixture
def check(build, tmp_path):
    """check(bytes or text) -> (exit status, everything that was said) of the sanitized build."""

    def go(data, command="check", name="test.policy", *arguments):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        done = run(build / "compiler" / "avow", command, path, *arguments)
        assert done.code in (0, 1, 2), done.err[-3000:]
        return done.code, done.out + done.err

    return go


@pytest.mark.parametrize("data", [
    b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80",
    b"\xf8\x88\x80\x80\x80", b"abc\xe2\x28\xa1",
])
@pytest.mark.parametrize("where", ["alone", "front matter", "prose", "end"])
def test_not_utf8(check, data, where):
    head = HEAD.encode()
    text = {
        "alone": data,
        "front matter": head.replace(b"Privacy", b"Priv" + data + b"acy"),
        "prose": head.replace(b"when you", data),
        "end": head + data,
    }[where]
    code, said = check(text)
    assert code == 1 and said.count("E102") == 1 and "error" in said.lower()


@pytest.mark.parametrize("at", [0, 5, 120, -1])
def test_nul(check, at):
    data = bytearray(HEAD.encode())
    data[at] = 0
    code, said = check(bytes(data))
    assert code == 1 and said.count("E102") == 1


def test_nul_behind_the_end(check):
    """Nothing is cut off at a NUL: what stands behind it would be lost without a word."""
    code, said = check(HEAD.encode() + b"\0\nclause hidden:\n  we NEVER post anyone.\n  > No.\n")
    assert code == 1 and "E102" in said


@pytest.mark.parametrize("text", [
    "\ufeff" + HEAD, HEAD.replace("\n", "\r\n"), HEAD.rstrip("\n"), HEAD.replace("  ", "\t"),
    HEAD.replace('"', "“", 1).replace('"', "”", 1),
])
def test_harmless_forms(check, text):
    code, said = check(text)
    assert code == 0, said


@pytest.mark.parametrize("text", ["", "\n", "---\n", "---\n---\n", "---", "---\n...\n", " ", "#",
                                  "clause", "clause a", "clause a:", '"', "“", ">", "{", "}", ".",
                                  "we", "we MAY", "we MAY.", "---\npolicy: a\n---\n", "\u2028",
                                  "\ufeff", "\ufeff---", "\r", "\x0b", "\x7f", "\u202e"])
def test_little(check, text):
    code, said = check(text)
    assert code == 1 and "error" in said.lower()


def test_cut_anywhere(check):
    """A file that ends too early ends in messages, wherever it was cut."""
    data = HEAD.encode()
    for end in range(0, len(data) - 1, 7):
        code, said = check(data[:end])
        assert code in (0, 1) and (code == 0 or "error" in said.lower()), said


def test_garbled_anywhere(check):
    """One wrong byte anywhere: an answer, not a crash."""
    chance = random.Random(3)
    for _ in range(150):
        data = bytearray(HEAD.encode())
        for _ in range(chance.choice([1, 1, 2, 5])):
            data[chance.randrange(len(data))] = chance.choice(b'{}[]"*>.:,#-\n \0\xffaM')
        code, said = check(bytes(data))
        assert code in (0, 1)


@pytest.mark.parametrize("name", ["a" * 65, "a" * 10000, ".".join(["a"] * 33),
                                  "a." * 40 + "a", "a" + "-a" * 40])
def test_long_names(check, name):
    code, said = check(HEAD + f"\nclause more:\n  we NEVER use {name}.\n  > No.\n")
    assert code == 1 and ("E110" in said or "E201" in said)
    assert ("E110" in said) == (len(name) > 64), said
    assert len(said) < 5000


def test_name_of_64_bytes(check):
    code, said = check(HEAD + f'\npurpose {"a" * 64} "x".\n')
    assert "E110" not in said


def test_endless_names(check):
    many = "".join(f"data d{i} of customer.\n" for i in range(20000))
    code, said = check(HEAD + many)
    assert code == 0, said[-2000:]


@pytest.mark.parametrize("text", ["[" * 100000, "{a: " * 100000, "- " * 50000,
                                  "\n".join(" " * i + "a:" for i in range(1500))],
                         ids=["flow", "map", "list", "blocks"])
def test_deep_yaml(check, text):
    code, said = check(HEAD.replace("effective:", f"deep: {text}\neffective:"))
    assert code in (0, 1) and (code == 0 or "E104" in said or "E112" in said), said[-2000:]


def bomb(width=9, depth=9):
    lines = ["a0: &a0 [" + ", ".join(["lol"] * width) + "]"]
    lines += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * width) + "]" for i in range(1, depth)]
    return "\n".join(lines)


def test_yaml_bomb(plain_build, tmp_path):
    path = tmp_path / "bomb.policy"
    path.write_text(HEAD.replace("effective:", bomb() + "\neffective:"))
    done = run(plain_build / "compiler" / "avow", "check", path, memory=512)
    assert done.code in (0, 1) and done.peak < 100


@pytest.mark.parametrize("wanted", ["zone: &z UTC\nworking-days: *z\n", "[" * 9999, "", "a: [b",
                                    "zone: Not/AZone\n", "zone: ../../../../etc/passwd\n", "\0",
                                    "zone: UTC\nholidays: [2026-13-45]\n", "- a\n- b\n"])
def test_bad_calendar(check, tmp_path, wanted):
    (tmp_path / "calendar.yaml").write_text(wanted)
    text = HEAD.replace("---\nperson", "calendar: calendar.yaml\n---\nperson")
    code, said = check(text)
    assert code == 1 and "error" in said.lower(), said


def test_calendar_bomb(check, tmp_path):
    (tmp_path / "calendar.yaml").write_text("zone: UTC\n" + bomb())
    code, said = check(HEAD.replace("---\nperson", "calendar: calendar.yaml\n---\nperson"))
    assert code in (0, 1)


@pytest.mark.parametrize("path", [".", "/", "/dev/zero", "/dev/full", "/proc/self/mem",
                                  "calendar-that-is-not-there.yaml", "fifo", "loop"])
def test_calendar_that_is_no_file(check, tmp_path, path):
    os.mkfifo(tmp_path / "fifo")
    os.symlink("loop", tmp_path / "loop")
    code, said = check(HEAD.replace("---\nperson", f"calendar: {path}\n---\nperson"))
    assert code == 1 and ("E101" in said or "E113" in said), said


@pytest.mark.parametrize("kind", ["folder", "missing", "fifo", "loop", "device", "name"])
@pytest.mark.parametrize("command", ["check", "build", "ask"])
def test_not_a_file(build, tmp_path, kind, command):
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        os.symlink(path.name, path)
    elif kind == "device":
        path = "/dev/zero"
    elif kind == "name":
        path = tmp_path / ("x" * 300)
    more = {"build": ["--out", tmp_path / "out"], "ask": ["may we email a about b?"], "check": []}
    done = run(build / "compiler" / "avow", command, path, *more[command])
    assert done.code in (1, 2) and "error" in (done.out + done.err).lower()
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def reachable(path):
    """Lets everybody through the folders to a path (pytest makes its own private)."""
    for folder in [path, *path.parents]:
        if folder.owner() != "root" or folder.stat().st_mode & 0o001:
            continue
        try:
            folder.chmod(folder.stat().st_mode | 0o011)
        except OSError:
            pass


def test_unreadable(plain_build, tmp_path):
    path = tmp_path / "secret.policy"
    path.write_text(HEAD)
    path.chmod(0)
    avow = tmp_path / "avow"
    avow.write_bytes((plain_build / "compiler" / "avow").read_bytes())
    avow.chmod(0o755)
    reachable(tmp_path)
    done = run(avow, "check", path, user=NOBODY)
    assert done.code == 2 and "E101" in done.out + done.err
    assert "ermission" in done.out + done.err


@pytest.mark.parametrize("text", [
    "> " * 5000, "* " * 5000, "[" * 5000, "![" * 5000, "*" * 20000, "_" * 20000, "`" * 9999,
    "{" * 5000, "}" * 5000, "{{" * 5000, "<" * 5000, "&" * 5000, "(" * 5000, "[a](" * 5000,
    "*a _b " * 3000, "{order " * 3000, "{deadline of " * 2000, "\\" * 9999, "<!--" * 3000,
    "{order \"" * 3000, "1. " * 3000, "# " * 3000, "- " * 5000 + "a", "> * 1. " * 2000,
], ids=range(24))
def test_deep_prose(check, text):
    code, said = check(HEAD + f"\nclause deep:\n  we NEVER post anyone.\n  > {text}\n  >\n  > a\n")
    assert code in (0, 1), said[-2000:]
    assert len(said) < 1 << 20


@pytest.mark.parametrize("text", ["\ufdd0", "\ufdd1\ufde1", "\ufde0", "\uffff", "\u202e", "\u0007",
                                  "\x1b[31m", "\ufffd"])
def test_noncharacters(check, text):
    """Noncharacters, with which holes are marked inside, cannot forge one; control sequences in a
    message cannot steer the terminal."""
    code, said = check(HEAD + f"\nclause odd:\n  we NEVER post anyone.\n  > We never do {text}.\n")
    assert code in (0, 1)
    assert "\x1b[31m" not in said and "\x07" not in said


@pytest.mark.parametrize("question", [
    "", "?", "may", "may we", "may we email", "we " * 40000, "\xff", "may we email customer",
    "may we email customer about", "may we email customer about news if", '"', "{", "a" * 100000,
    "may we email nobody about news?", "may we fly customer about news?",
    "may we email customer about news if stopped and not stopped?",
    "may anyone email customer about news?", "may we email customer about news. And then?",
], ids=range(18))
def test_odd_questions(build, tmp_path, question):
    path = tmp_path / "test.policy"
    path.write_text(HEAD)
    done = run(build / "compiler" / "avow", "ask", path, question)
    assert done.code in (0, 1, 2), done.err[-2000:]
    assert ("E317" in done.err or "E102" in done.err) == (done.code == 2)
    assert "Yes" not in done.out


@pytest.mark.parametrize("arguments", [
    [], ["nothing"], ["check"], ["build"], ["ask"], ["check", "--no-such"], ["build", "x", "--out"],
    ["ask", "x"], ["check", ""], ["--nothing"], ["build", "x", "--only=exe", "--out", "y"],
    ["check", "-W"], ["check", "--dump=nothing", "x"],
])
def test_wrong_use(build, arguments):
    done = run(build / "compiler" / "avow", *arguments)
    assert done.code in (1, 2) and done.err, done
    assert done.code == 2 or "error" in done.err.lower()


@pytest.mark.parametrize("lines", [
    "", "\n", "us", "us email", "us email customer news", "us email customer news nothing",
    "us email customer news ?", "us email customer news stopped,", "us email customer news ,",
    "us email customer news stopped,?stopped", "x " * 40, "us email customer news -extra",
    "\t\t\t\t", "us fly customer news -", "customer email us news -", "\xff\xfe", "a" * 8191,
    "a" * 8192, "a" * 8193, "a" * 100000, "us email customer news -\0", "\0us email customer news -",
    "us email customer news \0-", "us email customer news -" + " " * 9000 + "?stopped",
])
def test_odd_batches(build, tmp_path, lines):
    """A line that is not understood is never answered with yes, and the other lines still are."""
    path = tmp_path / "test.policy"
    path.write_text(HEAD.replace("we NEVER email anyone if stopped.",
                                 "we NEVER email anyone if stopped.\n"
                                 "  we MAY email customer about news, subject to stopping."))
    (tmp_path / "batch").write_bytes(lines.encode("latin-1", "replace") +
                                     b"\nus email customer news -\n")
    with open(tmp_path / "batch", "rb") as batch:
        done = run(build / "compiler" / "avow", "ask", path, "--batch", stdin=batch)
    assert done.code in (0, 1, 2), done.err[-2000:]
    answers = done.out.splitlines()
    assert answers and answers[-1].startswith("allowed\tstopping"), (answers, done.err)
    assert sum(line.startswith("allowed") for line in answers) == 1
