"""The chapter on mail in runtime/DOORS.md is true."""
import re
import subprocess

import pytest


@pytest.fixture(scope="module")
def chapter(root):
    return (root / "runtime/DOORS.md").read_text(encoding="utf-8").split(
        "## Mail through Postfix", 1)[1].split("\n## ", 1)[0]


def test_the_configuration_of_the_chapter(program, made_store, chapter, tmp_path):
    subprocess.run(["cp", "-a", *made_store.iterdir(), tmp_path], check=True)
    block = re.search(r"```yaml\n(.*?)```", chapter, re.S).group(1)
    (tmp_path / "avowd.yaml").write_text(
        "store: sqlite:c.db\npolicy: mail.avow\nunsigned: accept\nuser: root\n" + block)
    for arguments in (["serve", "--config=avowd.yaml", "--check"],
                      ["postfix-config", "--config=avowd.yaml", "--release=3.7"]):
        done = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_the_table_lists_every_key(chapter, root):
    source = (root / "runtime/agent/mail/mail_settings.c").read_text()
    keys = set(re.findall(r'\.key = "([\w-]+)"', source)) - {"classes", "exempt"}
    rows = " ".join(re.findall(r"^\| (`[^|]*) \|", chapter, re.M))
    assert keys == {key for key in re.findall(r"`([a-z]+)(?:: yes)?`", rows)}


def test_its_commands_have_these_options(program, chapter):
    for name, option in re.findall(r"avowd ([\w-]+) .*?--(\w+)", chapter):
        done = subprocess.run([program, name, "--help"], capture_output=True, text=True)
        assert f"--{option}=" in done.stdout, (name, option)
