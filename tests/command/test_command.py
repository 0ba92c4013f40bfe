"""The command line: options, exit statuses, and what lands where."""
import os
import subprocess

import pytest

POLICY = """---
policy: bakery
title: Bakery
language: en
effective: 2026-03-01
---
person   customer "customer".
data     order    "kinds of bread sold".
purpose  news     "news from our oven".
purpose  delivery "delivery".
request  stop     "stop all e-mail".
state    stopped  "asked us to stop" of customer after stop.
fact     region one of eu "the EU", elsewhere "elsewhere".
contact  counter  "the counter" at "https://bakery.example/counter".

clause mail:
  we MAY email customer about news if region.eu, subject to stops.
  we MAY use order for delivery.
  customer MAY request stop via counter.
  > We may e-mail you {news}; tell {link of counter} to end it. Your {order} is for {delivery}.

clause stops:
  we MUST do stop at once.
  we NEVER email anyone if stopped.
  > Then we never e-mail you again.
"""

PRODUCTS = {"bakery.md", "bakery.html", "bakery.txt", "bakery_policy.c", "bakery_policy.h",
            "bakery.avow"}


@pytest.fixture
def bakery(policy):
    return policy(POLICY, "bakery.policy")


def test_help_of_everything(avow):
    for arguments in (["--help"], ["check", "--help"], ["build", "--help"], ["ask", "--help"],
                      ["format", "--help"]):
        done = avow(*arguments)
        assert done.returncode == 0
        assert done.stdout.startswith("Usage: avow")
        assert done.stderr == ""
        assert all(len(line) <= 96 for line in done.stdout.splitlines())


@pytest.mark.parametrize("arguments, words", [
    ([], "no command given"),
    (["chekc"], "did you mean 'check'?"),
    (["nonsense"], "try 'avow --help'"),
    (["check"], "no file given"),
    (["check", "--dump=nothing", "x"], "--dump is tokens, syntax, model or rules"),
    (["check", "--frobnicate", "x"], "Try 'avow check --help'"),
    (["build", "a", "b"], "one file at a time"),
    (["build", "--only=pdf", "a"], "--only is a list of"),
    (["ask", "a"], "a file and a question in quotation marks"),
    (["ask", "--batch", "a", "b"], "--batch takes one file"),
    (["check", "--color=pink", "x"], "--color is auto, always or never"),
])
def test_wrong_use_is_2_and_says_how(avow, arguments, words):
    done = avow(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""


def test_check_is_silent_about_a_good_policy(avow, bakery):
    done = avow("check", bakery)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_reads_standard_input(avow):
    assert avow("check", "-", input=POLICY).returncode == 0
    done = avow("check", "-", input=POLICY.replace("about news if", "about mews if"))
    assert done.returncode == 1
    assert "standard input:17:" in done.stderr and "mews" in done.stderr


def test_check_of_several_files_gives_the_worst(avow, bakery, tmp_path):
    assert avow("check", bakery, tmp_path / "missing.policy").returncode == 2
    wrong = tmp_path / "wrong.policy"
    wrong.write_text(POLICY.replace("if stopped", "if stoped"))
    assert avow("check", wrong, bakery).returncode == 1


def test_build_makes_everything_or_what_is_asked(avow, bakery, tmp_path):
    out = tmp_path / "some" / "where"
    assert avow("build", bakery, "--out", out).returncode == 0
    assert {path.name for path in out.iterdir()} == PRODUCTS
    only = tmp_path / "only"
    assert avow("build", bakery, "--out", only, "--only=md,h").returncode == 0
    assert {path.name for path in only.iterdir()} == {"bakery.md", "bakery_policy.h"}


def test_two_builds_are_equal_bytes(avow, bakery, tmp_path):
    for name in ("a", "b"):
        assert avow("build", bakery, "--out", tmp_path / name).returncode == 0
    for name in PRODUCTS:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_faulty_policy_changes_no_file(avow, bakery, tmp_path):
    out = tmp_path / "out"
    assert avow("build", bakery, "--out", out).returncode == 0
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}
    bakery.write_text(POLICY.replace("{news}", "{mews}"))
    assert avow("build", bakery, "--out", out).returncode == 1
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}
    assert before == after


def test_files_have_the_rights_of_the_umask(avow, bakery, tmp_path):
    out = tmp_path / "out"
    done = avow("build", bakery, "--out", out, preexec_fn=lambda: os.umask(0o027))
    assert done.returncode == 0
    assert {oct(path.stat().st_mode & 0o777) for path in out.iterdir()} == {"0o640"}


def test_out_is_a_file(avow, bakery, tmp_path):
    (tmp_path / "out").write_text("mine")
    done = avow("build", bakery, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "Not a directory" in done.stderr
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_where_a_file_shall_be_leaves_all_places_alone(avow, bakery, tmp_path):
    out = tmp_path / "out"
    (out / "bakery.txt").mkdir(parents=True)
    done = avow("build", bakery, "--out", out)
    assert done.returncode == 2
    assert "bakery.txt" in done.stderr
    assert [path.name for path in out.iterdir()] == ["bakery.txt"]


def test_depfile_of_standard_input_names_no_file(avow, tmp_path):
    done = avow("build", "-", "--out", tmp_path, "--only=h", "--depfile", tmp_path / "d",
                input=POLICY)
    assert done.returncode == 0
    assert (tmp_path / "d").read_text() == f"{tmp_path}/bakery_policy.h:\n"


def test_depfile_names_policy_and_calendar(avow, tmp_path):
    folder = tmp_path / "with space $x#y"
    folder.mkdir()
    (folder / "office.yaml").write_text(
        "zone: Europe/Berlin\nworking-days: [monday, friday]\nvalid-until: 2030-12-31\n")
    path = folder / "bakery.policy"
    path.write_text(POLICY.replace("effective: 2026-03-01",
                                   "effective: 2026-03-01\ncalendar: office.yaml"))
    done = avow("build", path, "--out", tmp_path / "out", "--depfile", tmp_path / "d")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "d").read_text()
    assert text.startswith(str(tmp_path / "out" / "bakery.md"))
    escaped = str(folder).replace(" ", "\\ ").replace("$", "$$").replace("#", "\\#")
    assert escaped + "/bakery.policy" in text
    assert escaped + "/office.yaml" in text
    (tmp_path / "makefile").write_text(f"{tmp_path}/out/bakery.md:\n\t@echo made\ninclude d\n")
    made = subprocess.run(["make", "-C", str(tmp_path), f"{tmp_path}/out/bakery.md"],
                          capture_output=True, text=True)
    assert "up to date" in made.stdout, made
    os.utime(path)
    made = subprocess.run(["make", "-C", str(tmp_path), f"{tmp_path}/out/bakery.md"],
                          capture_output=True, text=True)
    assert "made" in made.stdout, made


def test_batch(avow, bakery):
    lines = ["us email customer news region.eu", "us email customer news region.eu,stopped",
             "us email customer news -", "us email customer news region.eu,?stopped",
             "us use order news -", "", "us use order delivery region.elsewhere"]
    done = avow("ask", "--batch", bakery, input="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "allowed\tmail", "forbidden\tstops", "unstated\t-", "forbidden\tstops", "unstated\t-",
        "allowed\tmail"]


def test_batch_refuses_what_it_cannot_understand_in_its_place(avow, bakery):
    lines = ["us email customer news", "us email nobody news -", "us use order delivery -",
             "us use order delivery region.eu,region.elsewhere", "us use order delivery region",
             "us use order delivery - more"]
    done = avow("ask", "--batch", bakery, input="\n".join(lines))
    assert done.returncode == 2
    assert done.stdout.splitlines() == ["refused\t-", "refused\t-", "allowed\tmail", "refused\t-",
                                        "refused\t-", "refused\t-"]
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [
        " line 1", " line 2", " line 4", " line 5", " line 6"]


def test_batch_reads_on_behind_endless_lines_and_nul(avow, bakery):
    lines = ["x" * 1000000, "us use order delivery -", "us use order delivery -\0", "us use order"]
    done = avow("ask", "--batch", bakery, input="\n".join(lines))
    assert done.returncode == 2
    assert done.stdout.splitlines() == ["refused\t-", "allowed\tmail", "refused\t-", "refused\t-"]
    assert len(done.stderr) < 2000


def test_ask_refuses_a_policy_with_errors(avow, policy):
    path = policy(POLICY.replace("if stopped", "if stoped"))
    done = avow("ask", path, "may we use order for delivery?")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "stoped" in done.stderr


def test_colour_only_when_asked_or_on_a_terminal(avow, bakery):
    question = "may we use order for delivery?"
    assert "\033" not in avow("ask", bakery, question).stdout
    assert "\033[1;32mYes" in avow("ask", "--color=always", bakery, question).stdout


@pytest.mark.parametrize("arguments", [
    ["--help"], ["check", "--help"], ["check", "--dump=rules"], ["ask"], ["ask", "--batch"]])
def test_an_output_that_takes_nothing_is_said(build, bakery, arguments):
    command = [str(build / "compiler" / "avow"), *arguments]
    if "--help" not in arguments:
        command.append(str(bakery))
    if arguments == ["ask"]:
        command.append("may we use order for delivery?")
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True,
                              input="us use order delivery -\n")
    assert done.returncode == 2
    assert done.stderr.count("cannot write the output") == 1


def test_dumps_are_stable_and_the_model_hashes_to_the_fingerprint(avow, bakery, tmp_path):
    import hashlib
    dump = avow("check", "--dump=model", bakery).stdout
    assert dump == avow("check", "--dump=model", bakery).stdout
    digest = hashlib.sha256(dump.encode()).hexdigest()
    assert avow("build", bakery, "--out", tmp_path).returncode == 0
    for name in ("bakery.md", "bakery.html", "bakery.txt"):
        flat = (tmp_path / name).read_text().replace(" ", "").replace("\n", "")
        assert digest in flat, name


ALLOWS = POLICY.replace("  we MUST do stop at once.", '  allow W01 "none".\n  we MUST do stop at once.')


@pytest.mark.parametrize("arguments, status, word", [
    ([], 0, " warning W02: "),
    (["-W", "W02"], 0, None),
    (["-Ww02"], 0, None),
    (["-W", "W01, W02"], 0, None),
    (["-W", "all"], 0, None),
    (["-W", "W01"], 0, " warning W02: "),
    (["-E", "W02"], 1, " error W02: "),
    (["-E", "all"], 1, " error W02: "),
    (["-E", "W01"], 0, " warning W02: "),
    (["-E", "all", "-W", "W02"], 0, None),
    (["-W", "all", "-E", "w02"], 1, " error W02: "),
])
def test_warnings_are_left_out_or_taken_for_errors(avow, policy, tmp_path, arguments, status, word):
    file = policy(ALLOWS, "allows.policy")
    check = avow("check", *arguments, file)
    build = avow("build", *arguments, "-o", tmp_path / "out", file)
    for done in (check, build):
        assert done.returncode == status
        assert (word in done.stderr) if word else done.stderr == ""
    assert (tmp_path / "out").exists() == (status == 0)


@pytest.mark.parametrize("option, words", [
    ("-WE402", "E402 is an error already; -W is for warnings"),
    ("-EW02,", "-E takes codes of warnings, such as W01, or 'all', not ''"),
    ("-Eno-W02", "not 'no-W02'"),
])
def test_only_warnings_are_controlled(avow, bakery, option, words):
    done = avow("check", option, bakery)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_question_is_answered_without_warnings(avow, policy):
    done = avow("ask", policy(ALLOWS, "allows.policy"), "may we use order for delivery?")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_allowed_changes_neither_page_nor_table(avow, bakery, policy, tmp_path):
    allows = policy(ALLOWS, "allows.policy")
    avow("build", "-o", tmp_path / "one", bakery)
    avow("build", "-o", tmp_path / "two", allows)
    for name in PRODUCTS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
