"""Folders of versions, two folders, and revisions of git."""
import os
import shutil
import subprocess

import pytest

from compare.test_forms import NEW, OLD

CALENDAR = "zone: Europe/Berlin\nworking-days: [monday, tuesday, wednesday, thursday, friday]\nvalid-until: 2040-12-31\nholidays: []\n"
DUTY = """request ask "ask us". contact help "help" at "mailto:help@a.example".
clause two:
  customer MAY request ask via help.
  we MUST do ask within 3 business days.
  > You can {ask}, at {link of help}, and hear of us in {deadline of ask}.
"""


def git(folder, *words):
    env = {**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@a.example", "GIT_COMMITTER_NAME": "a",
           "GIT_COMMITTER_EMAIL": "a@a.example", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """Two revisions: the calendar lost a working day, and the policy changed."""
    top = tmp_path / "tree"
    (top / "legal" / "calendars").mkdir(parents=True)
    policy, calendar = top / "legal" / "a.policy", top / "legal" / "calendars" / "c.yaml"
    text = OLD.replace("effective: 2026-03-01\n", "effective: 2026-03-01\ncalendar: calendars/c.yaml\n") + DUTY
    policy.write_text(text, encoding="utf-8")
    calendar.write_text(CALENDAR, encoding="utf-8")
    git(top, "init", "-q", ".")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "one")
    policy.write_text(text.replace("MAY use order for parcel", "MAY use order for parcel or news").replace(
        "  we NEVER use order for news.\n", ""), encoding="utf-8")
    calendar.write_text(CALENDAR.replace(", friday", ""), encoding="utf-8")
    git(top, "commit", "-q", "-a", "-m", "two")
    return top


def test_history(avow, tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    for name, text in (("2026-03-01", OLD), ("2026-09-01", NEW), ("2027-01-01", OLD)):
        (folder / f"{name}.policy").write_text(text, encoding="utf-8")
    done = avow("compare", folder)
    assert done.returncode == 1
    ends = [line for line in done.stdout.splitlines() if " against " in line]
    assert ends == [f"{folder}/2026-03-01.policy against {folder}/2026-09-01.policy: 2 material changes.",
                    f"{folder}/2026-09-01.policy against {folder}/2027-01-01.policy: 2 favourable."]
    last = avow("compare", folder, folder / "2027-01-01.policy")
    assert last.returncode == 0 and last.stdout.endswith("2027-01-01.policy: 2 favourable.\n")
    first = avow("compare", folder, folder / "2026-03-01.policy")
    assert first.returncode == 2 and "there is no version before" in first.stderr
    assert "a page is of one pair of versions; here are 2" in avow("compare", "--format=html", folder).stderr


def test_two_folders(avow, tmp_path):
    for side, files in (("old", {"a": OLD, "b": OLD, "gone": OLD}), ("new", {"a": OLD, "b": NEW, "more": OLD})):
        (tmp_path / side).mkdir()
        for name, text in files.items():
            (tmp_path / side / f"{name}.policy").write_text(text, encoding="utf-8")
        (tmp_path / side / "notes.txt").write_text("no policy")
    done = avow("compare", "old", "new", cwd=tmp_path)
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if " against " in line] == [
        "old/a.policy against new/a.policy: no difference.",
        "old/b.policy against new/b.policy: 2 material changes."]
    assert done.stderr == (
        "avow compare: old/gone.policy is gone, and with it all that it promises\n"
        "avow compare: new/more.policy is new: there is nothing to compare it with\n")
    (tmp_path / "new" / "b.policy").write_text(OLD)
    (tmp_path / "old" / "gone.policy").unlink()
    assert avow("compare", "old", "new", cwd=tmp_path).returncode == 0
    (tmp_path / "empty").mkdir()
    assert "there is no policy in empty" in avow("compare", "old", "empty", cwd=tmp_path).stderr


def test_revisions(avow, repository, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "COLUMNS": "100"}
    for words, folder in ((["HEAD~1:legal/a.policy", "HEAD:legal/a.policy"], repository),
                          (["HEAD~1:./a.policy", "HEAD:./a.policy"], repository / "legal"),
                          (["--git", "HEAD~1", "HEAD", "--", "a.policy"], repository / "legal"),
                          (["HEAD~1:legal/a.policy", "legal/a.policy"], repository)):
        done = avow("compare", *words, cwd=folder, env=env)
        assert done.returncode == 1 and done.stderr == "", done.stderr
        assert "  We may now use “order details” for “news”.\n" in done.stdout, done.stdout
        # The calendar of each revision, and not that of the working folder.
        assert "By the new calendar, 3 business days can end up to 4 days later." in done.stdout
        assert list(temporary.iterdir()) == []


def test_errors_name_the_revision(avow, repository):
    path = repository / "legal" / "a.policy"
    path.write_text(path.read_text().replace("we MAY use", "we may not use"))
    git(repository, "commit", "-q", "-a", "-m", "three")
    done = avow("compare", "HEAD~1:legal/a.policy", "HEAD:legal/a.policy", cwd=repository)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("HEAD:legal/a.policy:11:6: error E311"), done.stderr


@pytest.mark.parametrize("word, why", [
    ("HEAD:none.policy", "does not exist in"), ("nobody:legal/a.policy", "nobody"),
    ("--output=x:legal/a.policy", "that option is not known here"),
    ("HEAD:../x.policy", "does not name a file of a revision"), (":legal/a.policy", "does not name a file"),
    ("HEAD:/etc/passwd", "does not name a file of a revision"), ("HEAD:legal", "")])
def test_wrong_revisions(avow, repository, word, why):
    done = avow("compare", word, "legal/a.policy", cwd=repository)
    assert done.returncode == 2 and done.stdout == ""
    assert why in done.stderr and done.stderr, done.stderr


def test_a_revision_is_no_option(avow, repository):
    done = avow("compare", "--git", "--", "--batch", "HEAD", "legal/a.policy", cwd=repository)
    assert done.returncode == 2 and "does not name a file of a revision" in done.stderr


def test_without_git(avow, repository):
    env = {**os.environ, "PATH": "/nonexistent"}
    done = avow("compare", "HEAD:legal/a.policy", "legal/a.policy", cwd=repository, env=env)
    assert done.returncode == 2 and "git cannot be run" in done.stderr


def test_outside_of_a_repository(avow, tmp_path):
    shutil.rmtree(tmp_path / ".git", ignore_errors=True)
    (tmp_path / "a.policy").write_text(OLD)
    done = avow("compare", "HEAD:a.policy", "a.policy", cwd=tmp_path,
                env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert done.returncode == 2 and "not a git repository" in done.stderr
