"""The service of the demo: it sends what the table allows, and says in the policy's own words why it
does not send the rest."""
import email
import email.policy
import subprocess

import pytest


@pytest.fixture(scope="module")
def notify(root, avow, plain_build, tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    done = avow("build", root / "policies" / "jibrok.policy", "--out", folder)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
         f"-I{root / 'runtime'}", f"-I{folder}", str(root / "tests" / "service" / "notify.c"),
         str(folder / "jibrok_policy.c"), str(plain_build / "runtime" / "core" / "libavow.a"),
         "-o", str(folder / "notify")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def said(notify):
    done = subprocess.run([str(notify / "notify"), str(notify / "mail")], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def part(said, address):
    found = [block for block in said.split("\n\n") if block.startswith(address)]
    assert len(found) == 1
    return " ".join(found[0].split())


def published(avow, root, question):
    """The words of the clause that avow itself cites."""
    return " ".join(avow("ask", root / "policies" / "jibrok.policy", question).stdout.split())


def test_who_said_nothing_gets_the_notice(notify, said):
    words = part(said, "ada@one.example")
    assert "ada@one.example: sent, " in words and 'clause "notices" of "Atlassian' in words
    sent = sorted((notify / "mail").iterdir())
    assert [path.name for path in sent] == ["Ada.eml"]
    data = sent[0].read_bytes()
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    message = email.message_from_bytes(data, policy=email.policy.strict)
    assert message["to"] == "Ada <ada@one.example>"
    assert message["from"] == "support@jibrok.com"
    assert message["date"].datetime is not None
    assert "security issue" in message["subject"] and "Hello Ada," in message.get_content()


def test_who_opted_out_gets_nothing(said, avow, root):
    words = part(said, "bob@two.example")
    assert words.startswith('bob@two.example: not sent clause "opt-out" of "Atlassian Marketplace":')
    clause = words.split('Marketplace": ')[1]
    assert len(clause) > 60
    assert clause in published(avow, root,
                               "may we email licensee about notify.security if opted-out?")


def test_who_is_not_known_gets_nothing(said):
    words = part(said, "cem@three.example")
    assert words.startswith("cem@three.example: not sent because it is not known whether")
    assert 'clause "opt-out"' in words


def test_a_folder_that_cannot_be_written(notify, tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run([str(notify / "notify"), str(tmp_path / "file")], capture_output=True,
                          text=True)
    assert done.returncode == 2 and "file" in done.stderr
