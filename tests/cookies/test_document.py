"""grammar/COOKIES.md is true: its policy compiles, its commands print what it says, its C runs."""
import os
import re
import subprocess

from cookies.conftest import ROOT

MAIN = """
int
main(void)
{
    set_cookies("choice=agreed:1", NULL);
    puts("--");
    set_cookies("basket=1; _visits=1", NULL);
    puts("--");
    set_cookies("choice=agreed:1; _visits=1", "1");
    return 0;
}
"""


def blocks():
    text = (ROOT / "grammar" / "COOKIES.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S))


def test_it_is_true(build, tmp_path):
    found = blocks()
    (tmp_path / "bakery.policy").write_text(found["policy"])
    (tmp_path / "bakery-cookies.yaml").write_text(found["yaml"])
    env = {**os.environ, "PATH": f"{build / 'compiler'}:{os.environ['PATH']}"}
    done = subprocess.run(["avow", "check", "bakery.policy"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    command, *output = found["console"].splitlines()
    done = subprocess.run(command.removeprefix("$ "), shell=True, cwd=tmp_path, env=env, capture_output=True,
                          text=True)
    assert (done.stdout.splitlines(), done.stderr) == (output, "")
    source = tmp_path / "server.c"
    source.write_text(found["c"].replace("void\nset_cookies", "static void\nset_cookies") + MAIN)
    compiled = subprocess.run(["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'runtime'}",
                               f"-I{tmp_path / 'out'}", str(source), str(tmp_path / "out/bakery_policy.c"),
                               *map(str, sorted((ROOT / "runtime/core").glob("*.c"))), f"-I{ROOT}",
                               "-DAVOW_BUILDING", "-o", str(tmp_path / "server")], capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stderr
    assert subprocess.run([tmp_path / "server"], capture_output=True, text=True).stdout == found["output"]


def test_its_settings_are_those_of_the_reader():
    text = (ROOT / "grammar" / "COOKIES.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(\w+)`", re.search(r"\| setting .*?\n\n", text, re.S).group()))
    read = set(re.findall(r'\{"(\w+)", read_', (ROOT / "compiler/cookies/mapping.c").read_text()))
    assert read <= listed, read - listed
