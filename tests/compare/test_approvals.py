"""Approvals: signed, of one change each, by keys that are trusted; without them a material change, or
one without a later day, does not pass."""
import json
import re

import pytest

from compare.test_forms import NEW, OLD


@pytest.fixture
def desk(avow, tmp_path):
    """desk(words) runs avow in a folder with two versions, and keys counsel and stranger."""
    (tmp_path / "old.policy").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.policy").write_text(NEW, encoding="utf-8")

    def run(words, status=0):
        done = avow(*words.split(), cwd=tmp_path)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    for name in ("counsel", "stranger"):
        run(f"sign --new-key={name}")
    run.folder = tmp_path
    return run


REQUIRE = "compare --require-approval --trust=counsel.pub old.policy new.policy"


def test_the_way_of_a_change(desk):
    listed = desk("approve old.policy new.policy", 1).stdout
    hashes = re.findall(r"^([0-9a-f]{16})  ", listed, re.M)
    assert len(hashes) == 2 and "We may now use “order details” for “news”." in listed
    refused = desk(REQUIRE, 1)
    assert refused.stdout.count("Not approved.") == 2
    assert refused.stderr == "avow compare: 2 material changes are not approved; 'avow approve' does it\n"
    made = desk(f"approve --key=counsel --by=Jane old.policy new.policy {hashes[0]}").stdout
    assert re.fullmatch(rf"approvals/{hashes[0]}-[0-9a-f]{{8}}\.approval\n", made)
    text = (desk.folder / made.strip()).read_text(encoding="utf-8")
    assert re.fullmatch(r"avow-approval 1\npolicy a\nchange [0-9a-f]{64}\nby Jane\non \d{4}-\d\d-\d\d\n"
                        r"says [^\n]+\nkey \S{44}\nsignature \S{88}\n", text)
    half = desk(REQUIRE, 1)
    assert half.stdout.count("Not approved.") == 1 and half.stdout.count(" Approved.") == 1
    assert "1 material change is not approved" in half.stderr
    desk(f"approve --key=counsel --by=Jane old.policy new.policy {hashes[1]}")
    done = desk(REQUIRE)
    assert done.stderr == "" and done.stdout.count(" Approved.") == 2
    found = json.loads(desk(REQUIRE + " --format=json").stdout)
    assert [change["approved"] for change in found["changes"]] == [True, True]
    assert "Approved</p>" in desk(REQUIRE + " --format=html").stdout
    again = desk("approve --key=counsel --by=Jane --all old.policy new.policy", 2)
    assert "is there already, and is not written over" in again.stderr


def test_a_later_day_is_needed(desk):
    (desk.folder / "new.policy").write_text(NEW.replace("2026-09-01", "2026-03-01"), encoding="utf-8")
    desk("approve --all --key=counsel --by=Jane old.policy new.policy")
    done = desk(REQUIRE, 1)
    assert "“effective” of the new version has to be a later day" in done.stderr
    assert "not approved" not in done.stderr


def test_another_wording_stays_approved_and_another_change_does_not(desk):
    desk("approve --all --key=counsel --by=Jane old.policy new.policy")
    (desk.folder / "new.policy").write_text(
        NEW.replace("for parcel or news.", "for news,\n    parcel. # both").replace("> For", "> And for"),
        encoding="utf-8")
    desk(REQUIRE)
    (desk.folder / "new.policy").write_text(
        NEW.replace("MAY use", "MAY use").replace("clause one:", "clause one:\n  us MAY show order to us."),
        encoding="utf-8")
    assert "1 material change is not approved" in desk(REQUIRE, 1).stderr


def test_who_is_not_trusted_approves_nothing(desk):
    desk("approve --all --key=stranger --by=Mallory old.policy new.policy")
    done = desk(REQUIRE, 1)
    assert done.stderr.count("does not count: its key is not trusted.") == 2
    assert "2 material changes are not approved" in done.stderr


@pytest.mark.parametrize("before, after", [
    ("by Jane", "by Joan"), ("policy a", "policy b"), ("on 2", "on 3"), ("avow-approval 1", "avow-approval 2"),
    ("\nkey ", "\nkey  "), ("signature ", "signature x"), ("says ", "says\n")])
def test_what_was_changed_counts_no_more(desk, before, after):
    desk("approve --all --key=counsel --by=Jane old.policy new.policy")
    for path in (desk.folder / "approvals").iterdir():
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    done = desk(REQUIRE, 1)
    assert done.stderr.count("does not count") == 2
    assert "2 material changes are not approved" in done.stderr


def test_an_approval_is_of_one_policy(desk):
    desk("approve --all --key=counsel --by=Jane old.policy new.policy")
    for name, text in (("old", OLD), ("new", NEW)):
        (desk.folder / f"{name}.policy").write_text(text.replace("policy: a", "policy: b"), encoding="utf-8")
    desk(REQUIRE, 1)


def test_wrong_use(desk):
    for words, why in (
            ("compare --require-approval old.policy new.policy", "whose approval counts?"),
            ("compare --trust=counsel.pub old.policy new.policy", "--trust belongs to --require-approval"),
            ("compare --require-approval=none --trust=counsel.pub old.policy new.policy", "none cannot be read"),
            ("compare --require-approval=. --trust=none old.policy new.policy", "none"),
            ("approve old.policy", "two policies are needed"),
            ("approve --all old.policy new.policy", "who approves, and with which key?"),
            ("approve --by=J --key=counsel old.policy new.policy 12345678", "does not begin the hash"),
            ("approve --by=J --key=counsel old.policy new.policy 1", "does not begin the hash"),
            ("approve --all --by=J --key=counsel.pub old.policy new.policy", "is a public key"),
            ("approve --all --by=J --key=counsel old.policy none.policy", "there is no such file")):
        assert why in desk(words, 2).stderr, words
    assert desk("approve old.policy old.policy").stdout == ""


def test_build_demands_them(desk):
    build = "build --out=out --only=txt --approved=approvals --since=old.policy --trust=counsel.pub new.policy"
    (desk.folder / "approvals").mkdir()
    done = desk(build, 1)
    assert done.stderr.endswith("avow build: 2 material changes are not approved; 'avow approve' does it\n")
    assert not (desk.folder / "out").exists()
    desk("approve --all --key=counsel --by=Jane old.policy new.policy")
    desk(build)
    assert (desk.folder / "out" / "a.txt").exists()
    for words in ("--approved=approvals", "--since=old.policy", "--trust=counsel.pub"):
        assert "go together" in desk(f"build --out=out {words} new.policy", 2).stderr
