"""avow new: whatever it is told, what it writes compiles without a word, is in canonical form and
holds its examples; and it never overwrites anything."""
import datetime
import itertools
import os
import pty
import re
import select
import subprocess

import pytest

PARTS = ["accounts", "support", "newsletter", "cookies", "calendar"]
DAY = {**os.environ, "SOURCE_DATE_EPOCH": "1772366400"}  # 1 March 2026


@pytest.fixture
def new(avow, tmp_path):
    def run(*arguments, **options):
        return avow("new", *arguments, cwd=tmp_path, stdin=subprocess.DEVNULL, env=DAY, **options)
    return run


@pytest.fixture(scope="module")
def every(avow, tmp_path_factory):
    """Every combination of flags in both languages: (language, parts) -> its policy."""
    folder = tmp_path_factory.mktemp("every")
    policies = {}
    for language in ("en", "de"):
        for chosen in itertools.product([False, True], repeat=len(PARTS)):
            parts = [part for part, wanted in zip(PARTS, chosen) if wanted]
            name = "-".join([language, *parts])
            done = avow("new", folder / name, f"--language={language}",
                        *[f"--{part}" for part in parts], stdin=subprocess.DEVNULL, env=DAY)
            assert (done.returncode, done.stderr) == (0, ""), done.stderr
            policies[language, tuple(parts)] = folder / f"{name}.policy"
    assert len(policies) == 64
    return policies


def test_every_combination_compiles_without_a_word(avow, every):
    done = avow("check", *every.values())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_combination_holds_its_examples(avow, every):
    for policy in every.values():
        done = avow("test", policy)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_combination_is_in_canonical_form(avow, every):
    done = avow("format", "--check", *every.values())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_lines_fit_and_nothing_of_the_template_is_left(every):
    for policy in every.values():
        text = policy.read_text(encoding="utf-8")
        assert max(map(len, text.splitlines())) <= 108
        assert "@{" not in text and "@if" not in text and "@end" not in text
        assert "\n\n\n" not in text and text.endswith(".\n")


def test_each_part_brings_its_rules_and_only_its_own(avow, every):
    marks = {"accounts": "MAY use account for membership",
             "support": "help-desk MAY collect ticket from user",
             "newsletter": "NEVER email user about news if not subscribed",
             "cookies": "us MAY store cookie.visits in browser if accepted",
             "calendar": "MUST do copy within 10 business days"}
    for parts in [(), *[(part,) for part in PARTS], tuple(PARTS)]:
        rules = avow("check", "--dump=rules", every["en", parts]).stdout
        for part, mark in marks.items():
            assert (mark in rules) == (part in parts), (parts, part, rules)


def test_both_languages_have_the_same_rules(avow, every):
    for parts in itertools.islice(itertools.product([False, True], repeat=5), 0, 32, 5):
        key = tuple(part for part, wanted in zip(PARTS, parts) if wanted)
        dumps = [avow("check", "--dump=rules", every[language, key]).stdout
                 for language in ("en", "de")]
        assert dumps[0] == dumps[1] != ""


def test_the_page_says_what_was_answered(avow, new, tmp_path):
    title = 'Café "Zur: Eiche" \\ # 1 – Müller & Söhne'
    done = new("eiche.policy", "--title", title, "--contact=hallo@eiche.example", "--language=de")
    assert (done.returncode, done.stderr) == (0, "")
    assert avow("build", "--only=txt", "--out", tmp_path, tmp_path / "eiche.policy").returncode == 0
    page = (tmp_path / "eiche.txt").read_text(encoding="utf-8")
    assert page.splitlines()[0] == title
    assert "In Kraft ab 1. März 2026" in page
    assert "Schreiben Sie an\nhallo@eiche.example." in page


@pytest.mark.parametrize("title", ["- a", "yes", "{a}", "*b", "'", '"', "\\", "a: b", "# c", "%d", "@{id}",
                                   "&amp;", "名前", "---", "2026"])
def test_titles_that_mean_something_elsewhere(avow, new, tmp_path, title):
    assert new("t", "--title", title).returncode == 0
    done = avow("build", "--only=txt", "-o", tmp_path, tmp_path / "t.policy")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "t.txt").read_text(encoding="utf-8").splitlines()[0] == title


@pytest.mark.parametrize("arguments, message", [
    (["a", "--title", "two\nlines"],
     "avow new: the title is one line, and this has a line end in it\n"),
    (["a", "--title", "a\tb"], "avow new: the title has a character in it that cannot be seen, "
                               "such as a tab; leave it out\n"),
    (["a", "--title", b"a\xff"], "avow new: the title has a byte that is not UTF-8; type it anew\n"),
    (["a", "--title", "  "], "avow new: the title cannot be empty\n"),
    (["a", "--contact", "nobody"], "avow new: --contact: 'nobody' is not an e-mail address, such as "
                                   "privacy@example.org\n"),
    (["a", "--contact", "a@"], "avow new: --contact: 'a@' is not an e-mail address, such as "
                               "privacy@example.org\n"),
    (["a", "--contact", 'a"@b.example'],
     "avow new: --contact: 'a\"@b.example' has a character in it that an e-mail address here does "
     "not take: letters from a to z, digits and . - _ + are fine\n"),
    (["a", "--contact", "a" * 250 + "@b.example"],
     f"avow new: --contact: '{'a' * 250}@b.example' is longer than an e-mail address can be\n"),
    (["a", "--language", "fr"],
     "avow new: --language: 'fr' is neither en (English) nor de (German)\n"),
    ([], "avow new: give the file a name, such as acme.policy\n"),
    (["a", "b"], "avow new: one file at a time\n"),
    (["here/"], "avow new: 'here/' is no name for a file\n"),
    ([""], "avow new: '' is no name for a file\n"),
])
def test_what_cannot_be_is_refused_and_nothing_written(build, tmp_path, arguments, message):
    done = subprocess.run([build / "compiler" / "avow", "new", *arguments], cwd=tmp_path,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == message + "Try 'avow new --help'.\n"
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(new, tmp_path):
    (tmp_path / "a.policy").write_text("mine")
    done = new("a", "--calendar")
    assert done.returncode == 2
    assert done.stderr == ("avow: a.policy is there already, and is not overwritten; choose another "
                           "name\n")
    assert (tmp_path / "a.policy").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["a.policy"]


def test_a_calendar_is_not_overwritten_either(new, tmp_path):
    (tmp_path / "a-calendar.yaml").write_text("mine")
    done = new("a", "--calendar")
    assert done.returncode == 2
    assert done.stderr == ("avow: a-calendar.yaml is there already, and is not overwritten; choose "
                           "another name\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a-calendar.yaml"]


def test_a_link_to_nowhere_is_not_followed(new, tmp_path):
    (tmp_path / "a.policy").symlink_to(tmp_path / "elsewhere")
    assert new("a", "--calendar").returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.policy"]


def test_a_folder_that_is_not_there(new, tmp_path):
    done = new("nowhere/a")
    assert (done.returncode, done.stderr) == (
        2, "avow: cannot create nowhere/a.policy: No such file or directory\n")


@pytest.mark.parametrize("name, identity", [
    ("acme", "acme"), ("Acme GmbH.policy", "acme-gmbh"), ("Bücherei.policy", "buecherei"),
    ("2026.policy", "policy-2026"), ("名前", "policy"), ("-- x --", "x"), ("a" * 90, "a" * 64),
    ("it's", "it-s")])
def test_the_short_name_follows_from_the_file(avow, new, tmp_path, name, identity):
    done = new("--", f"./{name}") if name.startswith("-") else new(name)
    assert done.returncode == 0, done.stderr
    path = tmp_path / (name if name.endswith(".policy") else f"{name}.policy")
    found = re.search(r"^policy: (.*)$", path.read_text(encoding="utf-8"), re.M).group(1)
    assert found == identity
    assert avow("check", path).returncode == 0


def test_what_is_next_can_be_pasted(build, new, tmp_path):
    done = new("it's ours.policy", "--calendar")
    assert done.stdout == (
        "Written: it's ours.policy, and its calendar, it-s-ours-calendar.yaml. Add your holidays to "
        "the calendar.\n"
        "The address in it is privacy@example.org: put yours in its place.\n"
        "\n"
        "Open it in a text editor, and make it true of you. Then\n"
        "\n"
        "  avow check 'it'\\''s ours.policy'              says whether everything fits\n"
        "  avow build 'it'\\''s ours.policy' --out out    makes the page, out/it-s-ours.html\n")
    env = {"PATH": f"{build / 'compiler'}:/usr/bin:/bin"}
    for line in done.stdout.splitlines():
        if line.startswith("  avow"):
            subprocess.run(["sh", "-c", re.split(r" {4,}", line.strip())[0]], cwd=tmp_path, env=env,
                           check=True)
    assert (tmp_path / "out" / "it-s-ours.html").exists()


def test_the_day_is_today_and_the_calendar_reaches_to_the_end_of_next_year(avow, tmp_path):
    before = datetime.date.today()
    environment = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
    done = avow("new", tmp_path / "a", "--calendar", stdin=subprocess.DEVNULL, env=environment)
    assert done.returncode == 0
    text = (tmp_path / "a.policy").read_text()
    day = datetime.date.fromisoformat(re.search(r"^effective: (\S+)$", text, re.M).group(1))
    assert before <= day <= datetime.date.today()
    calendar = (tmp_path / "a-calendar.yaml").read_text()
    assert f"valid-until: {day.year + 1}-12-31\n" in calendar
    asked = avow("ask", tmp_path / "a.policy", f"when is copy due if received {day.year}-12-23 10:00?")
    assert asked.returncode == 0, asked.stderr


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, command, cwd):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(command, cwd=cwd, stdin=slave, stdout=slave, stderr=slave,
                                        env=DAY, close_fds=True)
        os.close(slave)
        self.seen, self.past = "", 0

    def until(self, words):
        while words not in self.seen[self.past:]:
            ready, _, _ = select.select([self.master], [], [], 30)
            assert ready, self.seen
            try:
                data = os.read(self.master, 4096)
            except OSError:
                data = b""
            assert data, self.seen
            self.seen += data.decode()
        self.past = self.seen.index(words, self.past) + len(words)

    def answer(self, words, line):
        self.until(words)
        os.write(self.master, line.encode())

    def end(self):
        try:
            while data := os.read(self.master, 4096):
                self.seen += data.decode()
        except OSError:
            pass
        os.close(self.master)
        return self.process.wait(timeout=30)


@pytest.fixture
def terminal(build, tmp_path):
    return lambda *arguments: Terminal([build / "compiler" / "avow", "new", *arguments], tmp_path)


def test_in_a_terminal_it_asks(avow, terminal, tmp_path):
    asked = terminal("oak.policy")
    asked.answer("Language of the page, en or de [en]: ", "klingon\n")
    asked.answer("That is neither en (English) nor de (German).", "")
    asked.answer("[en]: ", "\n")
    asked.answer("Title of the page [Privacy policy]: ", 'The "Oak"\n')
    asked.answer("[privacy@example.org]: ", "oak\n")
    asked.answer("is not an e-mail address", "")
    asked.answer("[privacy@example.org]: ", "hello@oak.example\n")
    asked.answer("account with you? [no]: ", "\n")
    asked.answer("support requests for you? [no]: ", "n\n")
    asked.answer("newsletter? [no]: ", "Yes\n")
    asked.answer("cookies? [no]: ", "perhaps\n")
    asked.answer("That is neither yes nor no.", "")
    asked.answer("cookies? [no]: ", "no\n")
    asked.answer("rather than in months? [no]: ", "y\n")
    assert asked.end() == 0, asked.seen
    policy = tmp_path / "oak.policy"
    text = policy.read_text()
    assert 'title: "The \\"Oak\\""\n' in text and '"hello@oak.example"' in text
    assert "clause newsletter:" in text and "clause cookies:" not in text
    assert "calendar: oak-calendar.yaml\n" in text
    assert avow("check", policy).returncode == 0


def test_questions_that_are_broken_off_write_nothing(terminal, tmp_path):
    asked = terminal("oak.policy")
    asked.answer("[en]: ", "\n")
    asked.answer("[Privacy policy]: ", "\x04")
    assert asked.end() == 2
    assert "the questions were not all answered, so nothing is written" in asked.seen
    assert list(tmp_path.iterdir()) == []


def test_with_an_option_or_a_name_that_is_taken_it_does_not_ask(terminal, tmp_path):
    asked = terminal("oak.policy", "--newsletter")
    assert asked.end() == 0
    assert "[" not in asked.seen
    asked = terminal("oak.policy")
    assert asked.end() == 2
    assert "is there already" in asked.seen and "[" not in asked.seen
