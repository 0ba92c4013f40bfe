"""`avow format` as a command: what it writes, where, and what it leaves alone."""
import os
import pty
import random
import re
import subprocess

import pytest

from hostile.limits import NOBODY, run

FRONT = """---
policy: form
title: Form
language: en
effective: 2026-03-01
---
"""
UGLY = FRONT + "person customer “customer”. clause a: narrative.\n> Words.\n"
TIDY = FRONT + 'person   customer "customer".\n\nclause a:\n  narrative.\n  > Words.\n'
WRONG = FRONT + "clause a:\n  we MAY store order in\n"


def facts(path):
    found = os.lstat(path)
    return found.st_ino, found.st_mtime_ns, found.st_mode, found.st_size


def test_a_file_is_replaced_and_keeps_its_rights(avow, policy):
    path = policy(UGLY)
    path.chmod(0o640)
    before = facts(path)
    done = avow("format", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert path.read_text() == TIDY
    assert path.stat().st_mode & 0o7777 == 0o640
    assert facts(path)[0] != before[0]  # another file in its place: nobody ever sees a half one
    assert os.listdir(path.parent) == [path.name]


def test_a_tidy_file_is_not_touched(avow, policy):
    path = policy(TIDY)
    before = facts(path)
    assert avow("format", path).returncode == 0
    assert facts(path) == before


def test_a_link_stays_one(avow, policy, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    path = policy(UGLY)
    link, second = tmp_path / "elsewhere" / "link.policy", tmp_path / "second.policy"
    link.symlink_to("../test.policy")
    second.symlink_to(link)
    assert avow("format", "second.policy", cwd=tmp_path).returncode == 0
    assert link.is_symlink() and second.is_symlink() and not path.is_symlink()
    assert path.read_text() == TIDY
    assert os.listdir(tmp_path / "elsewhere") == ["link.policy"]


def test_several_files_and_the_worst_of_them(avow, policy, tmp_path):
    ugly, tidy, wrong = policy(UGLY, "ugly"), policy(TIDY, "tidy"), policy(WRONG, "wrong")
    before = facts(wrong)
    done = avow("format", wrong, ugly, tidy)
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"{wrong}:" in done.stderr and " error " in done.stderr
    assert done.stderr.endswith(f"avow format: {wrong} is left as it is until this is mended\n")
    assert ugly.read_text() == TIDY
    assert facts(wrong) == before and wrong.read_text() == WRONG
    assert avow("format", tidy, tmp_path / "missing").returncode == 2
    assert avow("format", tmp_path).returncode == 2


def test_only_what_cannot_be_read_is_left_alone(avow, policy):
    """A name that is not declared yet, or an example that does not hold, is no matter of form."""
    path = policy(FRONT + "clause a: we MAY store unknown in nowhere.\n"
                          'example "e": then we NEVER store unknown in nowhere.\n')
    assert avow("check", path).returncode == 1
    done = avow("format", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  we MAY store unknown in nowhere.\n\nexample" in path.read_text()


def test_standard_input_to_standard_output(avow):
    done = avow("format", "-", input=UGLY)
    assert (done.returncode, done.stdout, done.stderr) == (0, TIDY, "")
    done = avow("format", "-", input=TIDY)
    assert (done.returncode, done.stdout, done.stderr) == (0, TIDY, "")
    done = avow("format", "-", input=WRONG)
    assert (done.returncode, done.stdout) == (1, "")
    assert "avow format: standard input is left as it is" in done.stderr


def test_check_names_what_would_change(avow, policy):
    ugly, tidy, other = policy(UGLY, "ugly"), policy(TIDY, "tidy"), policy(UGLY, "other")
    before = [facts(path) for path in (ugly, tidy, other)]
    done = avow("format", "--check", ugly, tidy, other)
    assert (done.returncode, done.stdout, done.stderr) == (1, f"{ugly}\n{other}\n", "")
    assert [facts(path) for path in (ugly, tidy, other)] == before
    done = avow("format", "--check", tidy)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = avow("format", "--check", "-", input=UGLY)
    assert (done.returncode, done.stdout, done.stderr) == (1, "standard input\n", "")
    done = avow("format", "--check", "-", input=TIDY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


DIFF = """--- ugly
+++ ugly
@@ -4,5 +4,8 @@
 language: en
 effective: 2026-03-01
 ---
-person customer “customer”. clause a: narrative.
-> Words.
+person   customer "customer".
+
+clause a:
+  narrative.
+  > Words.
"""


def test_diff_shows_and_changes_nothing(avow, policy):
    ugly, tidy = policy(UGLY, "ugly"), policy(TIDY, "tidy")
    before = facts(ugly)
    done = avow("format", "--diff", "ugly", "tidy", cwd=ugly.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, DIFF, "")
    done = avow("format", "--diff", "--check", "tidy", "ugly", cwd=ugly.parent)
    assert (done.returncode, done.stdout, done.stderr) == (1, DIFF, "")
    assert facts(ugly) == before
    assert avow("format", "--diff", "--check", tidy).returncode == 0
    done = avow("format", "--diff", "-", input=UGLY)
    assert done.stdout == DIFF.replace("ugly", "standard input")


def apply(folder, difference):
    subprocess.run(["git", "apply", "-p0", "--unidiff-zero", "-"], cwd=folder, input=difference,
                   text=True, check=True, capture_output=True)


def test_diffs_can_be_applied(avow, policy, tmp_path):
    """Of files large and small, whatever changed in them."""
    chance = random.Random(5)
    for number in range(20):
        lines = []
        for i in range(chance.choice([0, 1, 3, 30, 300])):
            lines.append(chance.choice([
                f'data     d{i} "label".\n', f'data d{i} "label" of customer.\n', "\n",
                f"clause c{i}:\n  narrative.\n  > Words.\n", "# again\n",
                f"clause c{i}: narrative.\n>Words.\n"]))
        text = FRONT + "".join(lines)
        path = policy(text[:-1] if chance.random() < 0.3 else text, "a.policy")
        done = avow("format", "--diff", "a.policy", cwd=tmp_path)
        assert done.returncode == 0
        if done.stdout:
            apply(tmp_path, done.stdout)
        found = path.read_text()
        assert avow("format", "--check", path).returncode == 0, (number, text)
        assert avow("format", "-", input=text).stdout == found


def test_a_diff_shows_little_where_little_changes(avow, policy):
    text = FRONT + "".join(f"clause c{i}:\n  narrative.\n  > Words.\n\n" for i in range(500))
    path = policy(text.replace("clause c250:", "clause  c250 :").rstrip("\n") + "\n")
    done = avow("format", "--diff", path)
    assert [line for line in done.stdout.splitlines()[2:] if line[0] in "+-"] == \
        ["-clause  c250 :", "+clause c250:"]


def on_terminal(build, *arguments, env=None):
    """What the command writes to a terminal."""
    main, other = pty.openpty()
    process = subprocess.Popen([str(build / "compiler" / "avow"), *map(str, arguments)],
                               stdout=other, stderr=other, stdin=subprocess.DEVNULL,
                               env={**os.environ, "TERM": "xterm", **(env or {})})
    os.close(other)
    said = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(main)
    process.wait()
    return said.decode().replace("\r\n", "\n")


def test_colour_only_on_a_terminal(avow, build, policy):
    path = policy(UGLY)
    assert "\033" not in avow("format", "--diff", path).stdout
    assert "\033" not in avow("format", "--diff", "--color=never", path).stdout
    coloured = avow("format", "--diff", "--color=always", path).stdout
    assert "\033[32m+clause a:\033[0m\n" in coloured
    assert "\033[31m-> Words.\033[0m\n" in coloured
    assert re.sub(r"\033\[\d*m", "", coloured) == avow("format", "--diff", path).stdout
    assert on_terminal(build, "format", "--diff", path) == coloured
    assert "\033" not in on_terminal(build, "format", "--diff", path, env={"NO_COLOR": "1"})


def test_a_terminal_gets_nothing_that_acts_on_it(avow, policy):
    hidden = FRONT + "# \033[2J \u202e x\nclause  a: narrative.\n> \r \u009b a\ttab\n"
    path = policy(hidden)
    coloured = avow("format", "--diff", "--color=always", path).stdout
    assert "# \ufffd[2J \ufffd x" in coloured and "\ufffd \ufffd a\ttab" in coloured
    plain = avow("format", "--diff", path, text=False).stdout.decode()
    assert "# \033[2J \u202e x" in plain  # a patch has to be exact


@pytest.mark.parametrize("before, after", [
    (UGLY.rstrip("\n"), TIDY),
    (UGLY.replace("\n", "\r\n"), TIDY.replace("\n", "\r\n")),
    (UGLY.replace("---\nperson", "---\r\nperson").replace("narrative.\n", "narrative.\r\n"),
     TIDY.replace("---\nperson", "---\r\nperson")),  # the front matter stays, the rest is alike
    ("\ufeff" + UGLY, TIDY),
    ("\ufeff" + TIDY, TIDY),
    (TIDY.replace("\n  >", "\n\t \u00a0>").replace("person", "\tperson\t"), TIDY),
    (TIDY + "\n\n\n", TIDY),
    (TIDY.replace("narrative.", "narrative.   \t"), TIDY),
    (TIDY.replace("Words.", "Words.\r\r"), TIDY.replace("Words.", "Words.\r\r")),
    (TIDY.replace("\nclause", "\n# c \t\r\nclause"), TIDY.replace("\nclause", "\n# c\nclause")),
    (FRONT[:-1], FRONT),
    (FRONT + "# alone", FRONT + "# alone\n"),
    (FRONT + "\n\n \t\n", FRONT),
])
def test_bytes(avow, policy, before, after):
    path = policy("")
    path.write_bytes(before.encode())
    assert avow("format", "--check", path).returncode == (before != after)
    assert avow("format", path).returncode == 0
    assert path.read_bytes() == after.encode()
    assert avow("format", "--check", path).returncode == 0


def test_a_folder_that_cannot_be_written(plain_build, policy):
    path = policy(UGLY)
    path.chmod(0o666)
    path.parent.chmod(0o555)
    done = run(plain_build / "compiler" / "avow", "format", path.name, user=NOBODY,
               cwd=path.parent)
    assert done.code == 2
    assert done.err == "avow: cannot create test.policy: Permission denied\n"
    assert path.read_text() == UGLY
    assert os.listdir(path.parent) == [path.name]
    path.parent.chmod(0o755)


def test_a_full_disk(plain_build, policy):
    path = policy(UGLY + "# more\n" * 1000)
    before = path.read_text()
    done = run(plain_build / "compiler" / "avow", "format", path, file_size=1000)
    assert done.code == 2
    assert "cannot write" in done.err and "File too large" in done.err
    assert path.read_text() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("arguments", [["-"], ["--check", "-"], ["--diff", "-"]])
def test_standard_output_that_is_full(build, arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(build / "compiler" / "avow"), "format", *arguments],
                              input=UGLY, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "avow: cannot write the output: No space left on device\n"


def test_out_of_memory(plain_build, policy):
    """Under any limit: formatted, or a message and the file as it was."""
    text = FRONT + "".join(f"data d{i}  of customer.\n" for i in range(20000))
    codes = set()
    for memory in [8, 12, 16, 20, 30, 50, 80, 1000]:
        path = policy(text)
        done = run(plain_build / "compiler" / "avow", "format", path, memory=memory)
        if done.code == 127 or "error while loading shared libraries" in done.err:
            continue
        codes.add(done.code)
        assert done.code in (0, 2), (memory, done)
        assert "memory" in done.err or done.code == 0, (memory, done)
        assert (path.read_text() == text) == (done.code == 2)
        assert os.listdir(path.parent) == [path.name]
    assert codes == {0, 2}


LARGE = {
    "clauses": ("", "clause c: we MAY only store d in cloud , subject to c. # why\n"
                    "   we never share d, except if stopped\n> Words {d}.\n\n\n"),
    "declarations": ("", 'data order “label” of customer.# c\n'),
    "names": ("clause a: we NEVER use order", ", order"),
    "conditions": ("clause a: we NEVER use order if a", "\n and # c\n not b"),
    "exceptions": ("clause a: we NEVER use order", " except if a"),
    "comments": ("clause a: we NEVER use order", " # c\n"),
    "facts": ("fact f one of a", ', a "b"'),
    "prose": ("clause a:\n", ">\n\n"),
}


@pytest.mark.parametrize("shape", sorted(LARGE))
def test_work_is_linear(plain_build, policy, shape):
    """Eight times the size takes far less than 64 times as long, and 70 bytes of memory a byte."""
    head, unit = LARGE[shape]
    runs = []
    for size in (1 << 17, 1 << 20):
        end = "" if unit.endswith("\n\n\n") or unit[0] in ">d" else "."
        path = policy(FRONT + head + unit.replace("stopped\n", "stopped.\n") * (size // len(unit))
                      + end + "\n")
        done = run(plain_build / "compiler" / "avow", "format", "--check", "--diff", path)
        assert done.code == 1, done.err[-500:]
        runs.append(done)
    small, large = runs
    assert large.seconds < 24 * small.seconds + 0.5, (small.seconds, large.seconds)
    assert large.peak < 70 + 100, large.peak


def test_wrong_use(avow):
    for arguments, words in [([], "no file given"), (["--frob", "x"], "not known here"),
                             (["--color=pink", "x"], "--color is auto, always or never")]:
        done = avow("format", *arguments)
        assert done.returncode == 2 and words in done.stderr and done.stdout == ""
