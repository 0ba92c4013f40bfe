"""avowd receipt: documents that a person keeps, and that anybody checks."""
import json
import re

import pytest

from avowd.test_commands import STOPS, receipt_of

DIGITS = r"[0-9a-f]{64}"


@pytest.fixture
def issued(store, tmp_path):
    """The name and the text of a receipt, which is in receipt.json, too."""
    name = receipt_of(store("record", "stop-mail", "joe@shop.example",
                            "--at=2026-03-07T11:00:00+01:00", "--evidence=letter\x1b[2J of joe"))
    done = store("receipt", name)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "receipt.json").write_text(done.stdout)
    return name, done.stdout


def public_key(tmp_path):
    return (tmp_path / "c.db.keys/signing.pub").read_text().splitlines()[-1]


def test_a_receipt_is_a_document(issued, tmp_path):
    name, text = issued
    shown = json.loads(text)
    assert shown["schema_version"] == "avow-receipt-1; ISO/IEC TS 27560:2023"
    assert shown["record_id"] == name
    assert shown["pii_controllers"] == [{"party_id": public_key(tmp_path)}]
    assert shown["privacy_notice"]["statement"] == STOPS
    assert shown["privacy_notice"]["language"] == "en"
    assert shown["event"]["event_type"] == "stop-mail"
    assert shown["event"]["event_time"] == "2026-03-07T10:00:00.000000Z"
    assert shown["event"]["event_state"] == "requested"
    assert "joe@" not in text.lower()


def test_anybody_can_verify_it(avowd, issued, tmp_path):
    name, text = issued
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "r.json").write_text(text)
    key = public_key(tmp_path)
    (place / "signing.pub").write_text((tmp_path / "c.db.keys/signing.pub").read_text())
    for given in ("signing.pub", key, key.upper()):
        done = avowd("receipt", "verify", "r.json", f"--key={given}", bare=True, cwd=place)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(
            rf"genuine: {name}\n"
            "  event      stop-mail\n"
            "  state      requested\n"
            "  received   2026-03-07T10:00:00.000000Z\n"
            "  from       person\n"
            r"  evidence   letter \[2J of joe" "\n"
            r"  about      email:[0-9a-f]{32}" "\n"
            "  policy     shop\n"
            rf"  its hash   {DIGITS}" "\n"
            "  clause     stops\n"
            rf"  sentence   {re.escape(STOPS)}" "\n"
            "  language   en\n"
            rf"  key        {key}" "\n"
            "Name, event, sentence and place in the ledger belong together, and are signed by the "
            "key that\nwas given.\n", done.stdout), done.stdout
    done = avowd("receipt", "verify", "-", bare=True, cwd=place, input=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"whole: {name}\n")
    assert done.stdout.endswith(
        "the document itself names. So nothing in it was changed; who issued it is not shown, for\n"
        "anybody can make a key. Give that of the issuer with --key.\n")
    assert sorted(path.name for path in place.iterdir()) == ["r.json", "signing.pub"]


def test_what_was_changed_is_found(avowd, issued, tmp_path):
    _, text = issued
    key = f"--key={public_key(tmp_path)}"
    for before, after, words in (
            (STOPS, STOPS.replace("never", "always"),
             "The sentence is not the one that was shown: its hash is another."),
            ('"event_type":"stop-mail"', '"event_type":"join"',
             "The receipt was changed, or is not genuine: event is not what follows from"),
            ("T10:00:00.000000Z", "T10:00:01.000000Z",
             "The receipt was changed, or is not genuine: event is not what follows from"),
            ('{"event":', '{ "event":', "it is not written as it was issued"),
            ('"record_id":"r', '"record_id":"r1', "record_id is not what follows from"),
            ('"salt":"', '"salt":"' + "0" * 32 + '","x":"', "do not give its commitment")):
        assert before in text
        done = avowd("receipt", "verify", "-", key, bare=True, input=text.replace(before, after, 1))
        assert (done.returncode, done.stdout) == (1, ""), before
        assert words in done.stderr, done.stderr
    done = avowd("receipt", "verify", "receipt.json", f"--key={'ab' * 32}", bare=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "it was not signed with the key that was given" in done.stderr


@pytest.mark.parametrize("arguments, status, words", [
    (["verify", "shop.txt"], 2, "This is no receipt, or not a whole one."),
    (["verify", "missing.json"], 2, "missing.json cannot be read: No such file or directory."),
    (["verify", "."], 2, ". cannot be read: Is a directory."),
    (["verify", "receipt.json", "--key=shop.txt"], 2, "shop.txt is no public key."),
    (["verify", "receipt.json", "--key=c.db.keys/signing.key"], 2, "is no public key."),
    (["verify", "receipt.json", "--key=missing.pub"], 2, "missing.pub cannot be read"),
    (["verify", "receipt.json", "--key=/dev/zero"], 2, "/dev/zero is larger than what it should be"),
    (["verify"], 2, "which document? Give its file"),
    (["r1-1-0000000000000000", "x"], 2, "'RECEIPT' or 'verify FILE' is needed"),
    (["r1-1-0000000000000000", "--key=x"], 2, "--key is about 'verify FILE'"),
    (["r1-1-0000000000000000"], 1, "The store has no such receipt."),
    (["r01-1-0000000000000000"], 2, "This is no name of a receipt."),
])
def test_what_is_no_receipt(store, issued, tmp_path, arguments, status, words):
    (tmp_path / "shop.txt").write_text("{}\n")
    done = store("receipt", *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert words in done.stderr


def test_what_was_erased_has_no_receipt(store, issued):
    name, _ = issued
    assert store("done", name).returncode == 0
    assert store("forget", "joe@shop.example").returncode == 0
    done = store("receipt", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "erased" in done.stderr
