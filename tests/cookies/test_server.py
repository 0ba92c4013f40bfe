"""The helpers of servers: headers that mean harm, what they set and remove, and every compiler."""
import random
import subprocess

import pytest

from cookies.conftest import HERE, ROOT


@pytest.fixture(scope="module")
def decide(compiled):
    def run(name, lines):
        done = subprocess.run([compiled(name, HERE / "decide.c")], input="".join(lines).encode("latin-1"),
                              capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("latin-1").splitlines()

    return run


@pytest.mark.parametrize("header, may", [
    ("", "0"), ("larch_choice=cookies-accepted:1", "1"), ("a=b;larch_choice=cookies-accepted:1", "1"),
    (" \t larch_choice=cookies-accepted:1 \t ;x", "1"), (";;=;larch_choice=cookies-accepted:1;", "1"),
    ("larch_choice=cookies-accepted:1; larch_choice=cookies-accepted:1", "1"),
    ("larch_choice=cookies-accepted:1; larch_choice=cookies-accepted:0", "0"),
    ("larch_choice=cookies-accepted:0; larch_choice=cookies-accepted:1", "0"),
    ("larch_choice=cookies-accepted:1; larch_choice=x", "0"),
    ("larch_choice=cookies-accepted:1!", "0"), ("larch_choice=!cookies-accepted:1", "0"),
    ("larch_choice=cookies-accepted:11", "0"), ("larch_choice=cookies-accepted:", "0"),
    ("larch_choice=:1", "0"), ("larch_choice=cookies-acceptedx:1", "0"),
    ("Larch_choice=cookies-accepted:1", "0"), ("xlarch_choice=cookies-accepted:1", "0"),
    ("larch_choice =cookies-accepted:1", "0"), ('larch_choice="cookies-accepted:1"', "0"),
    ("larch_choice=cookies-accepted:1!later-state:0", "1"),
])
def test_headers_as_browsers_and_others_send_them(decide, header, may):
    line, = decide("shop", [f"{header}\x1e-\x1ecookie.statistics\n"])
    assert line.split("\t")[0] == may


def test_the_signal_is_exactly_1(decide):
    header = "choice=stats-allowed:1!ads-refused:0"
    lines = decide("signal", [f"{header}\x1e{gpc}\x1e{data}\n" for gpc in ("-", "1", "0", "", "11", "1 ", "true")
                              for data in ("cookie.stats", "cookie.ads")])
    assert [line[0] for line in lines] == ["1", "1", "0", "0"] + ["1"] * 10


def test_what_is_removed(decide):
    line, = decide("shop", ["larch_basket=1; _visits=2; _visits_x=3; _campaign=4; other=5; _visits_\x7f=6\x1e-\x1e"
                            "cookie.basket\n"])
    assert line.split("\t") == [
        "1", "_visits=; Path=/; SameSite=Lax; Max-Age=0; Secure",
        "_visits_x=; Path=/; SameSite=Lax; Max-Age=0; Secure",
        "_campaign=; Path=/; SameSite=Lax; Max-Age=0; Secure",
        "_campaign=; Path=/; Domain=larch-and-loom.example; SameSite=Lax; Max-Age=0; Secure"]
    line, = decide("shop", ["_visits_" + "x" * 300 + "=1; _campaign=1; larch_choice=cookies-accepted:1\x1e-\x1e"
                            "cookie.campaign\n"])
    assert line == "1"


def test_headers_that_mean_harm(decide):
    """Random pieces of headers: whatever is said, what is written back is one sound header each."""
    chance = random.Random(5)
    pieces = ["; larch_choice=cookies-accepted:1; ", "larch_choice=", "cookies-accepted:", "1", "0", "?", "!", ";", "; ", "=", " ", "_visits", "_visits_",
              "_campaign", "\x01", "\xff", "\"", ",", "\r", "x" * 200, "larch_basket=1"]
    lines = []
    for _ in range(4000):
        header = "".join(chance.choice(pieces) for _ in range(chance.randrange(14)))
        lines.append(f"{header}\x1e{chance.choice('-10')}\x1ecookie.statistics\n")
    found = decide("shop", lines)
    assert len(found) == len(lines)
    assert {line[0] for line in found} == {"0", "1"}
    for line in found:
        for header in line.split("\t")[1:]:
            name, rest = header.split("=", 1)
            assert name.startswith(("_visits", "_campaign")) and name.isprintable() and " " not in name
            assert rest in ("; Path=/; SameSite=Lax; Max-Age=0; Secure",
                            "; Path=/; Domain=larch-and-loom.example; SameSite=Lax; Max-Age=0; Secure")


@pytest.mark.parametrize("name", ["shop", "jibrok", "signal"])
def test_every_compiler_takes_it(made, name, tmp_path):
    source = tmp_path / "use.c"
    source.write_text(f'#include "{name}_cookies.h"\nint main(void) {{ return 0; }}\n')
    for command in (["gcc", "-std=c11", "-Wextra", "-Wconversion"], ["clang", "-std=c11", "-Wextra",
                    "-Wconversion"],
                    ["g++", "-x", "c++", "-std=c++17", "-Wextra"]):
        done = subprocess.run([*command, "-Wall", "-Wpedantic", "-Werror", f"-I{ROOT / 'runtime'}",
                               f"-I{made[name].folder}", "-fsyntax-only", str(source)], capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
