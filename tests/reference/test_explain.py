"""`avow explain`: every code has its page, what the page shows is true, and following it mends."""
import collections
import importlib.util
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("reference", HERE / "reference.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)

ROOT = reference.ROOT
PAGES = ROOT / "compiler" / "diag" / "explain"
CODES = [number for number, _ in reference.codes()]
# What an author cannot reasonably show: a page without blocks in these parts.
WITHOUT = {("E103", "Mend"), ("E412", "Example"), ("E503", "Example"), ("W01", "Example"), ("W01", "Mend")}
# About front matter: what is shown stands as it is.
WHOLE = ("E104", "E105")
FORM = re.compile(r"(?P<what>.+?)\n\n\*\*Why\.\*\* (?P<Why>.+?)\n\n"
                  r"\*\*Example\.\*\*(?P<Example>.+?)\n\n\*\*Mend\.\*\* (?P<Mend>.+)\n", re.S)
PARSER_WORDS = re.compile(r"\b(token|expected|syntax|pars(e|er|ing)|identifier|keyword)\b", re.I)

Part = collections.namedtuple("Part", "code name blocks folder")


def page(code):
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


def test_every_code_has_its_page_and_every_page_its_code():
    found = sorted(path.stem for path in PAGES.iterdir())
    missing = [f"write compiler/diag/explain/{code}.md" for code in CODES if code not in found]
    assert not missing, missing
    assert found == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_form_of_a_page(code):
    text = page(code)
    assert FORM.fullmatch(text), "what, **Why.**, **Example.** and **Mend.**: see CONTRIBUTING.md"
    prose = reference.FENCE.sub("", text)
    bare = re.sub(r"\*\*(Why|Example|Mend)\.\*\*", "", prose)
    assert not re.search(r"[*_`<\[\t]", bare), "words stand between “ and ”, without other marks"
    assert not PARSER_WORDS.search(bare)
    assert max(map(len, text.splitlines())) <= 100


def parts():
    for code in CODES:
        match = FORM.fullmatch(page(code))
        for name in ("Example", "Mend"):
            blocks = reference.blocks_of(match.group(name) + "\n")
            assert bool(blocks) == ((code, name) not in WITHOUT), (code, name)
            yield Part(code, name, blocks, f"{code}-{name}")


def first_policy():
    document = (ROOT / "grammar" / "LANGUAGE.md").read_text(encoding="utf-8")
    return next(block.text for block in reference.blocks_of(document) if block.kind == "policy")


def write(part, folder, first):
    """The files of a part; without a policy of its own it is about the first of the reference."""
    calendars = folder / "calendars"
    calendars.mkdir(parents=True)
    kinds = {block.kind: block.text for block in part.blocks}
    assert kinds.keys() <= {"policy", "yaml", "console"}, part
    office = (ROOT / "policies" / "calendars" / "office.yaml").read_text(encoding="utf-8")
    (calendars / "office.yaml").write_text(kinds.get("yaml", office), encoding="utf-8")
    short = kinds.get("policy", first)
    text = short if part.code in WHOLE else reference.complete(short, first)
    (folder / "spoke.policy").write_text(text, encoding="utf-8")


def codes_of(output):
    return collections.Counter(re.findall(r": (?:error|warning) ([EW]\d+): ", output))


def run(command, folder, build):
    done = subprocess.run(["/bin/sh", "-c", command], cwd=folder, timeout=60, capture_output=True,
                          env={"PATH": f"{build / 'compiler'}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                          stdin=subprocess.DEVNULL)
    return done.stdout.decode() + done.stderr.decode()


@pytest.fixture(scope="module")
def said(build, tmp_path_factory):
    """What avow says of each part: all policies in one run, and the commands that are shown."""
    root = tmp_path_factory.mktemp("explain")
    first = first_policy()
    found, plain = {}, collections.defaultdict(list)
    for part in parts():
        if not part.blocks:
            continue
        folder = root / part.folder
        write(part, folder, first)
        consoles = [block.text for block in part.blocks if block.kind == "console"]
        commands = reference.commands_of(consoles[0]) if consoles else []
        found[part.folder] = "".join(run(reference.partially(command), folder, build)
                                     for command in commands)
        if not commands:
            plain[part.code if part.code in reference.PARTIAL else None].append(part.folder)
    for code, names in plain.items():
        files = " ".join(f"{name}/spoke.policy" for name in names)
        output = run(reference.partially(f"avow check {files}", but=code), root, build)
        for piece in re.split(r"^\d+ errors?, \d+ warnings?\.\n", output, flags=re.M):
            name = re.match(r"\n*([EW]\d+-\w+)/", piece)
            assert bool(name) == bool(piece), piece
            if name:
                found[name.group(1)] = piece
    return found


@pytest.mark.parametrize("code", [code for code in CODES if (code, "Example") not in WITHOUT])
def test_the_example_shows_the_code_and_nothing_else(said, code):
    assert codes_of(said[f"{code}-Example"]) == {code: 1}, said[f"{code}-Example"]


@pytest.mark.parametrize("code", [code for code in CODES if (code, "Mend") not in WITHOUT])
def test_the_mend_mends(said, code):
    assert not codes_of(said[f"{code}-Mend"]), said[f"{code}-Mend"]


def test_the_chapter_is_all_pages(avow):
    """grammar/MESSAGES.md is what the command prints."""
    done = avow("explain", "--format=markdown")
    assert done.returncode == 0 and done.stderr == ""
    chapter = reference.MESSAGES.read_text(encoding="utf-8")
    assert done.stdout == chapter, "run tests/reference/reference.py --update"
    for code in CODES:
        assert page(code) in chapter
    assert "MESSAGES.md" in (ROOT / "grammar" / "LANGUAGE.md").read_text(encoding="utf-8")


def test_a_page_in_the_terminal(avow):
    done = avow("explain", "e107")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == """\
error E107: a sentence without its full stop

A sentence has no full stop, and another one begins.

Why: The full stop says where a rule ends. Without it the next one could be
read as part of it.

Example:

    clause booking:
      we MAY collect booking from customer
      we MAY use booking for repair.
      > For {repair} we need your {booking}.

Mend: Put the full stop where the sentence ends.

    clause booking:
      we MAY collect booking from customer.
      we MAY use booking for repair.
      > For {repair} we need your {booking}.
"""
    assert avow("explain", "--color=never", "E107", "E107").stdout == f"{done.stdout}\n{done.stdout}"
    coloured = avow("explain", "--color=always", "E107").stdout
    assert coloured.startswith("\x1b[1merror E107: a sentence without its full stop\x1b[0m\n")
    assert "\x1b[1mMend:\x1b[0m Put" in coloured
    assert re.sub(r"\x1b\[\d*m", "", coloured) == done.stdout


def test_without_a_code_all_are_listed(avow):
    done = avow("explain")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "".join(f"{n:4}  {title}\n" for n, title in reference.codes())


@pytest.mark.parametrize("word, said", [
    ("E17", "avow explain: there is no code 'E17'; did you mean E107, a sentence without its full "
            "stop?\n"),
    ("107", "avow explain: there is no code '107'; did you mean E107, a sentence without its full "
            "stop?\n"),
    ("nonsense", "avow explain: there is no code 'nonsense'; 'avow explain' lists all\n"),
    ("", "avow explain: there is no code ''; 'avow explain' lists all\n"),
])
def test_an_unknown_code(avow, word, said):
    done = avow("explain", word)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_one_unknown_code_prints_no_other(avow):
    assert avow("explain", "E107", "E9").stdout == ""


def test_wrong_use(avow):
    done = avow("explain", "--format=html")
    assert done.returncode == 2
    assert done.stderr == ("avow explain: --format is text or markdown, not 'html'\n"
                           "Try 'avow explain --help'.\n")
    assert avow("explain", "--help").stdout.startswith("Usage: avow explain ")
