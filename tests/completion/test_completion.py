"""What bash, zsh and fish offer, asked of the shells themselves; and that nothing which the commands
take is left out."""
import importlib.util
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOM = HERE.parent.parent / "compiler" / "completion"
spec = importlib.util.spec_from_file_location("make_completion", ROOM / "make.py")
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)
COMMANDS = {command.name: command
            for command in make.commands_of((ROOM / "commands.txt").read_text(encoding="utf-8"))}
CODES = make.codes_of((HERE.parent.parent / "compiler/diag/codes.def").read_text(encoding="utf-8"))
NUMBERS = {number for number, _ in CODES}
FILLERS = {"is", "a", "list", "of", "and", "or", "not", "neither", "nor", "nonsense"}
WARNINGS = {number for number in NUMBERS if number[0] == "W"} | {"all"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with something to complete."""
    path = tmp_path_factory.mktemp("completion")
    (path / "inner").mkdir()
    for name in ("acme.policy", "notes.txt", "cases.yaml", "cases.csv"):
        (path / name).touch()
    return path


def with_bash(build, folder, lines):
    done = subprocess.run(["bash", HERE / "complete.bash", build / "compiler/completion/avow"],
                          input="".join(f"{line}\n" for line in lines), cwd=folder, text=True,
                          capture_output=True, check=True)
    assert done.stderr == ""
    return [set(offered.split()) for offered in done.stdout.split("===\n")[:-1]]


def with_fish(build, folder, lines):
    script = f"source {build}/compiler/completion/avow.fish\n"
    script += "".join(f"complete -C '{line}'; echo ===\n" for line in lines)
    home = folder.parent / "fish-home"
    done = subprocess.run(["fish", "--no-config", "-c", script], cwd=folder, text=True, check=True,
                          capture_output=True, env={**os.environ, "HOME": str(home),
                                                    "XDG_CONFIG_HOME": str(home)})
    assert done.stderr == ""
    offers = []
    for line, offered in zip(lines, done.stdout.split("===\n")):
        words = {word.split("\t")[0] for word in offered.splitlines()}
        # fish repeats what stands before "=" and the last comma
        joined = re.match(r"(--[\w-]+=)", line.split(" ")[-1])
        offers.append({word.removeprefix(joined.group(1)) if joined else word for word in words})
    return offers


class Zsh:
    """An interactive zsh in a terminal of its own."""

    def __init__(self, build, folder):
        self.capture = folder.parent / "zsh-capture"
        self.capture.touch()
        self.master, slave = pty.openpty()
        functions = build / "compiler" / "completion"
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8",
                       "CAPTURE": str(self.capture), "HOME": str(folder.parent)}
        self.process = subprocess.Popen(["zsh", "-f", "-i"], cwd=folder, stdin=slave, stdout=slave,
                                        stderr=slave, env=environment, start_new_session=True)
        os.close(slave)
        self.type(f"fpath=({functions} $fpath); source {HERE / 'capture.zsh'}\n")
        self.wait_for(lambda: "ready> " in self.seen.split("capture.zsh")[-1])

    seen = ""

    def type(self, text):
        os.write(self.master, text.encode())

    def wait_for(self, condition):
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, self.seen
            if select.select([self.master], [], [], 0.01)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="replace")

    def offers(self, line):
        self.capture.write_text("")
        self.type(f"{line}\t\x18")
        self.wait_for(lambda: "=== " in self.capture.read_text())
        return set(self.capture.read_text().split("=== ")[0].split())

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def with_zsh(build, folder, lines):
    shell = Zsh(build, folder)
    try:
        return [shell.offers(line) for line in lines]
    finally:
        shell.end()


SHELLS = {"bash": with_bash, "zsh": with_zsh, "fish": with_fish}


@pytest.fixture(params=SHELLS)
def offers(request, build, folder):
    """offers(lines): for each, the words offered, without "=" and "/" at their ends."""
    if not shutil.which(request.param):
        pytest.fail(f"{request.param} is missing: tests/install")

    def run(lines):
        found = SHELLS[request.param](build, folder, lines)
        assert len(found) == len(lines)
        return [{word.rstrip("=/") for word in words} for words in found]

    run.shell = request.param
    return run


def shown_commands(avow):
    return set(re.findall(r"^  (\w+) +\S", avow("--help").stdout.split("\n\n")[1], re.M))


def shown_options(avow, command):
    """name -> whether it takes a value, as --help tells."""
    found = {}
    for line in avow(command, "--help").stdout.splitlines():
        match = re.match(r"  ((?:-\w, )?--?[\w-]+)([= ][A-Z]+)?(?:  |$)", line)
        if match:
            for name in match.group(1).split(", "):
                found[name] = bool(match.group(2))
    return found


def test_the_list_is_that_of_the_help(avow):
    assert set(COMMANDS) == shown_commands(avow)
    for name, command in COMMANDS.items():
        shown = shown_options(avow, name)
        assert len(shown) >= 2, name
        listed = {n: option.takes_value for option in command.options for n in option.names}
        assert listed == shown, name


def test_every_value_is_taken_and_none_left_out(avow):
    """What a command says of a value that it does not take names all that it takes."""
    seen = 0
    for name, command in COMMANDS.items():
        for option in command.options:
            if option.words:
                long = option.names[-1]
                done = avow(name, f"{long}=nonsense", "x")
                assert done.returncode == 2
                said = done.stderr.splitlines()[0].removeprefix(f"avow {name}: {long}")
                assert set(re.findall(r"\b[a-z]+\b", said)) - FILLERS == set(option.words), said
                seen += 1
    assert seen > 10


def test_every_command_and_option_is_completed(avow, offers):
    names = sorted(COMMANDS)
    first, top, *rest = offers(["avow ", "avow --", *[f"avow {name} --" for name in names]])
    assert first - {"--help", "--version"} == set(COMMANDS)
    assert {"--help", "--version"} <= top
    for name, found in zip(names, rest):
        wanted = {option for option in shown_options(avow, name) if option.startswith("--")}
        assert {word for word in found if word.startswith("--")} == wanted, name


def test_values_are_completed(offers):
    options = [(name, option) for name, command in COMMANDS.items() for option in command.options
               if option.words]
    found = offers([f"avow {name} {option.names[-1]}=" for name, option in options])
    for (name, option), words in zip(options, found):
        assert words == set(option.words), (name, option.names)


def test_codes_are_completed(offers):
    every, some, warnings, errors = offers(["avow explain ", "avow explain E50", "avow check -W ",
                                            "avow build -E "])
    assert every == NUMBERS
    assert some == {number for number in NUMBERS if number.startswith("E50")}
    assert warnings == errors == WARNINGS


def test_lists_parted_by_commas(offers):
    formats, codes = offers(["avow build --only=md,h", "avow check -W W01,W0"])
    last = lambda words: {word.rsplit(",", 1)[-1] for word in words}
    assert last(formats) == {"h", "html"}
    assert {word for word in NUMBERS if word.startswith("W0")} - {"W01"} <= last(codes) <= WARNINGS


def test_files(offers):
    policies, second, cases, folders, nothing, matrix = offers([
        "avow check ", "avow check acme.policy ", "avow test acme.policy ", "avow build -o ",
        "avow ask acme.policy ", "avow matrix --expand "])
    assert policies == second == {"acme.policy", "inner"}
    assert cases == {"cases.yaml", "cases.csv", "inner"}
    assert folders == {"inner"}
    assert {word for word in nothing if word[0] != "-"} == set()  # zsh then offers options
    assert matrix == {"acme.policy", "inner"}


def test_the_tab_key_in_bash(build, folder):
    """Once as people do it, as bash then parts the words itself."""
    master, slave = pty.openpty()
    process = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], cwd=folder, stdin=slave,
                               stdout=slave, stderr=slave, start_new_session=True,
                               env={"PATH": os.environ["PATH"], "TERM": "dumb", "PS1": "ready> ",
                                    "HOME": str(folder), "INPUTRC": "/dev/null"})
    os.close(slave)
    script = build / "compiler/completion/avow"
    os.write(master, f"source {script}; avow() {{ echo \"<$*>\"; }}\n"
                     "avow che\t--form\tjs\tac\t\n".encode())
    seen, end = "", time.monotonic() + 60
    try:
        while "<check" not in seen:
            assert time.monotonic() < end, seen
            if select.select([master], [], [], 0.1)[0]:
                seen += os.read(master, 65536).decode()
        assert "<check --format=json acme.policy>" in seen
    finally:
        process.kill()
        process.wait()
        os.close(master)
