"""What avowd prints and how it exits."""
import json
import os
import re
import shutil
import stat
import subprocess

import pytest

RECEIPT = r"r\d+-\d+-[0-9a-f]{16}"
STOPS = "Once you have asked us to stop, we never e-mail you again."


def receipt_of(done):
    match = re.fullmatch(rf"recorded ({RECEIPT})\n", done.stdout)
    assert match and done.returncode == 0, done.stdout + done.stderr
    return match.group(1)


def ask(run, address, *more, purpose="receipts"):
    done = run("ask", "email", "customer", purpose, address, *more)
    return done.returncode, done.stdout


def commands(run):
    text = run("--help").stdout
    return re.findall(r"^  ([a-z-]+) +\S", text[:text.index("PLACE is")], re.M)


def test_help_of_everything(avowd):
    names = commands(avowd)
    assert len(names) >= 18 and len(set(names)) == len(names)
    for arguments in (["--help"], *[[name, "--help"] for name in names]):
        done = avowd(*arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        assert done.stdout.startswith("Usage: avowd")
        assert "Exit status: 0" in done.stdout
        long = [line for line in done.stdout.splitlines() if len(line) > 96]
        assert not long, long


def test_the_manual_has_every_command_and_option(avowd, root):
    manual = (root / "runtime/agent/man/avowd.8").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^\.Ss ([\w-]+)\n(.*?)(?=^\.S[sh] )", manual, re.M | re.S))
    assert list(sections) == commands(avowd)
    for name, text in sections.items():
        shown = re.findall(r"^  --([\w-]+)", avowd(name, "--help").stdout, re.M)
        assert re.findall(r"^\.It Fl -([\w-]+)", text, re.M) + ["help"] == shown, name


@pytest.mark.parametrize("arguments, words", [
    ([], "avowd: no command given; try 'avowd --help'"),
    (["recrod"], "there is no command 'recrod'; did you mean 'record'?"),
    (["status", "joe@shop.example", "--nonsense"], "'--nonsense' is no option here"),
    (["record", "stop-mail", "joe@shop.example", "--at"], "--at needs a value"),
    (["ask", "email"], "an act, its object, its target and an address are needed"),
    (["ask", "emial", "customer", "news", "joe@shop.example"], "Did you mean 'email'?"),
    (["ask", "email", "custmer", "news", "joe@shop.example"],
     "The policy has no person 'custmer'; did you mean 'customer'?"),
    (["ask", "email", "customer", "newz", "joe@shop.example"],
     "The policy has no purpose 'newz'; did you mean 'news'?"),
    (["ask", "email", "customer", "news", "nobody"], "This names nobody."),
    (["ask", "email", "customer", "news", "joe@shop.example", "--given=region.ue"],
     "The policy has no state or fact 'region.ue'; did you mean 'region.eu'?"),
    (["record", "stop-mail", "joe@shop.example", "--at=2026-03-07 10:00"],
     "'2026-03-07 10:00' is no time that is certain."),
    (["record", "stop-mail", "joe@shop.example", "--at=2026-02-30T10:00:00Z"],
     "is no time that is certain"),
    (["record", "stop-mail", "joe@shop.example", "--by=me"],
     "--by is person, staff or import, not 'me'."),
    (["init", "--no-history", "--history-imported"], "either there is no history"),
    (["init", "--no-history", "--kinds=email,fax"], "--kinds is a list of"),
    (["filter", "email", "customer", "news"], "--out and --refused are needed"),
    (["import", "x.csv"], "--as is needed"),
    (["key", "burn"], "'rotate', 'backup FILE' or 'restore FILE' is needed"),
])
def test_wrong_use_is_2_and_says_how(store, arguments, words):
    done = store(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.parametrize("place, words", [
    ([], "which store? Give it with --store"),
    (["--store=sqlite:c.db"], "which policy is in force? Give it with --policy"),
    (["--store=mysql:x"], "neither sqlite:FILE nor postgresql://HOST/DATABASE"),
    (["--store=sqlite:"], "neither sqlite:FILE nor postgresql://HOST/DATABASE"),
    (["--store=postgresql://joe:secret@host/db"], "There is a password in the store's URL"),
    (["--store=postgres://host/db?password=secret"], "There is a password in the store's URL"),
    (["--store=postgresql://host/db?passw%6frd=secret"], "There is a password in the store's URL"),
    (["--store=postgresql://host:x:y/%zz"], "The URL of the store cannot be understood."),
])
def test_places_that_are_none(avowd, place, words):
    done = avowd(*place, "status", "joe@shop.example", bare=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and "secret" not in done.stderr


def damaged(bundle, tmp_path):
    """Files that are no policy in force, and what is said of them."""
    data = bytearray(bundle.read_bytes())
    cases = {"short.avow": (bytes(data[:-9]), "cannot be used"),
             "empty.avow": (b"", "cannot be used"),
             "text.avow": (b"---\npolicy: shop\n---\n" * 20, "avow build --only=avow FILE.policy")}
    data[len(data) // 2] ^= 1
    cases["flipped.avow"] = (bytes(data), "cannot be used")
    for name, (contents, words) in cases.items():
        (tmp_path / name).write_bytes(contents)
        yield name, words
    os.mkfifo(tmp_path / "fifo.avow")
    yield "fifo.avow", "is no file"
    yield "missing.avow", "cannot be read: No such file or directory"
    yield ".", "is no file"


def test_a_policy_is_a_hostile_file(avowd, bundle, tmp_path):
    for name, words in damaged(bundle, tmp_path):
        done = avowd("--store=sqlite:c.db", f"--policy={name}", "init", "--no-history", bare=True)
        assert (done.returncode, done.stdout) == (2, ""), name
        assert words in done.stderr, done.stderr
    assert not (tmp_path / "c.db").exists()


def test_a_policy_that_is_not_yet_in_force(avow, avowd, bundle, tmp_path):
    text = (bundle.parent / "shop.policy").read_text()
    (tmp_path / "later.policy").write_text(text.replace("2026-03-01", "2999-12-31"))
    assert avow("build", "later.policy", "--only=avow", cwd=tmp_path).returncode == 0
    done = avowd("--store=sqlite:c.db", "--policy=shop.avow", "init", "--no-history", bare=True)
    assert done.returncode == 2
    assert "is not in force before 2999-12-31." in done.stderr


def test_init_says_what_it_made_and_twice_is_once(avowd, tmp_path):
    done = avowd("init")
    assert done.stdout == (
        "made sqlite:c.db\nits keys are in c.db.keys\n"
        "Back them up now, apart from the database: 'avowd key backup FILE'. Without them\n"
        "nobody in the store can be found, and everything is refused.\n"
        "Until it is said what was refused before (--no-history, or an import and then\n"
        "--history-imported), everything about everybody is refused.\n")
    assert stat.S_IMODE((tmp_path / "c.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "c.db.keys").stat().st_mode) == 0o700
    assert ask(avowd, "joe@shop.example") == (1, "forbidden\tstops\n")
    keys = {path.name: path.read_bytes() for path in (tmp_path / "c.db.keys").glob("*.key")}
    done = avowd("init", "--no-history", "--kinds=email,phone")
    assert done.stdout == (
        "there already: sqlite:c.db\nits keys are in c.db.keys\n"
        "settled: whoever is not in the store has refused and agreed to nothing (by email, phone)\n")
    assert keys == {path.name: path.read_bytes() for path in (tmp_path / "c.db.keys").glob("*.key")}
    assert ask(avowd, "joe@shop.example") == (0, "allowed\tnews-mail\n")


def test_a_request_is_followed_at_once(store):
    receipt = receipt_of(store("record", "stop-mail", "Joe@Shop.Example"))
    assert ask(store, "joe@shop.example") == (1, "forbidden\tstops\n")
    done = store("ask", "email", "customer", "receipts", "joe@shop.example", "--why")
    assert done.stdout == (
        f"forbidden\tstops\n{STOPS}\nIt depends on states that are not known.\n"
        "Not known: stopped.\n"
        "A request waits to be done, and until then nothing is certain.\n")
    assert receipt in store("duties").stdout
    assert store("done", receipt).returncode == 0
    assert store("duties").stdout == ""
    assert ask(store, "joe@shop.example", "--why") == (1, f"forbidden\tstops\n{STOPS}\n")
    assert store("done", receipt).returncode == 0  # twice is once


def test_record_done_and_consent(store):
    refused = store("record", "join", "bob@shop.example", "--done")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Give the evidence" in refused.stderr
    receipt_of(store("record", "join", "bob@shop.example", "--done", "--evidence=form 7"))
    assert ask(store, "bob@shop.example", purpose="news") == (1, "unstated\t-\n")
    assert ask(store, "bob@shop.example", "--given=region.eu,no:region.elsewhere",
               purpose="news") == (0, "allowed\tnews-mail\n")
    # consent needs its own spelling
    assert ask(store, "Bob@shop.example", "--given=region.eu,no:region.elsewhere",
               purpose="news")[0] == 1
    receipt_of(store("record", "leave", "bob@shop.example", "--done"))
    kept = store("record", "join", "bob@shop.example", "--done", "--by=staff", "--evidence=call")
    assert (kept.returncode, kept.stdout) == (1, "")
    assert "not recorded: an earlier word of this person stands" in kept.stderr


def test_status(store):
    receipt = receipt_of(store("record", "stop-mail", "joe@shop.example",
                               "--at=2026-03-07T11:00:00+01:00"))
    states = ("stopped                  unknown since 2026-03-07T10:00:00Z  A request waits to be done, "
              "and until then nothing is certain.\n"
              "subscribed               no      Nothing is recorded.\n"
              "waiting: stop-mail, received 2026-03-07T10:00:00Z, due 2026-03-07T10:00:00Z, "
              f"{receipt}\n")
    assert store("status", "joe@shop.example", "--no-receipts").stdout == states
    done = store("status", "joe@shop.example")
    assert re.fullmatch(
        re.escape(states) + r"receipts: 1, among \d+ entr(y|ies) of the ledger\n"
        rf"2026-03-07T10:00:00Z  stop-mail, receipt {receipt}, by person\n"
        rf"                      stops: {re.escape(STOPS)}\n", done.stdout), done.stdout
    shown = json.loads(store("status", "joe@shop.example", "--format=json").stdout)
    recorded = shown["receipts"][0].pop("recorded")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", recorded)
    assert shown == {
        "states": [{"state": "stopped", "value": "unknown", "since": "2026-03-07T10:00:00Z",
                    "reason": "pending"}, {"state": "subscribed", "value": "no"}],
        "waiting": [{"request": "stop-mail", "receipt": receipt,
                     "received": "2026-03-07T10:00:00Z", "due": "2026-03-07T10:00:00Z"}],
        "receipts": [{"receipt": receipt, "kind": "event", "what": "stop-mail",
                      "received": "2026-03-07T10:00:00Z", "source": "person", "clause": "stops",
                      "language": "en", "statement": STOPS}]}
    only = json.loads(store("status", "joe@shop.example", "--format=json", "--no-receipts").stdout)
    assert sorted(only) == ["states", "waiting"]
    duties = store("duties")
    assert (duties.returncode, duties.stdout) == (
        1, f"overdue\t2026-03-07T10:00:00Z\tstop-mail\t{receipt}\t2026-03-07T10:00:00Z\t\n")
    assert store("duties", "--before=2026-03-07T09:59:59Z").stdout == ""


def test_status_tells_all_that_was_said(store):
    """In order of time, by every address that is linked; of nobody else; and not what was erased."""
    first = receipt_of(store("record", "join", "joe@shop.example", "--done",
                             "--evidence=form\x1b[1m 7", "--reference=T-1"))
    assert store("link", "id:4711", "Joe@shop.example").returncode == 0
    receipt_of(store("record", "stop-mail", "ann@shop.example", "--done"))
    second = receipt_of(store("record", "stop-mail", "id:4711"))
    assert store("done", second).returncode == 0
    shown = json.loads(store("status", "joe@shop.example", "--format=json").stdout)["receipts"]
    assert [(one["kind"], one.get("what")) for one in shown] == [
        ("event", "join"), ("link", None), ("link", None), ("event", "stop-mail"),
        ("done", "stop-mail")]
    assert shown[0]["evidence"] == "form\x1b[1m 7" and shown[0]["receipt"] == first
    assert shown[4]["of"] == second
    same = json.loads(store("status", "id:4711", "--format=json").stdout)["receipts"]
    assert same == shown
    text = store("status", "joe@shop.example").stdout
    assert f"  join, receipt {first}, by person, evidence: form [1m 7, reference: T-1\n" in text
    assert f"  done stop-mail, receipt {shown[4]['receipt']}, of {second}\n" in text
    assert "receipts: 0, among" in store("status", "+49 30 1234567").stdout
    assert store("forget", "joe@shop.example").returncode == 0
    left = json.loads(store("status", "joe@shop.example", "--format=json").stdout)["receipts"]
    assert "form" not in json.dumps(left) and first not in json.dumps(left)


def test_link_and_forget(store):
    assert store("link", "id:4711", "joe@shop.example").returncode == 0
    receipt_of(store("record", "stop-mail", "id:4711", "--done"))
    assert ask(store, "joe@shop.example") == (1, "forbidden\tstops\n")
    assert store("forget", "joe@shop.example").returncode == 0
    receipt_of(store("record", "join", "eve@shop.example", "--done", "--evidence=form"))
    assert store("forget", "eve@shop.example").returncode == 0
    assert "yes" not in store("status", "eve@shop.example").stdout


def test_keys(store, tmp_path):
    receipt_of(store("record", "stop-mail", "joe@shop.example", "--done"))
    assert store("key", "backup", "keys.backup").returncode == 0
    assert stat.S_IMODE((tmp_path / "keys.backup").stat().st_mode) == 0o600
    again = store("key", "backup", "keys.backup")
    assert again.returncode != 0 and "never written over" in again.stderr
    for path in [*(tmp_path / "c.db.keys").glob("*.key"), tmp_path / "c.db.keys/signing.pub"]:
        path.unlink()
    assert ask(store, "joe@shop.example")[0] in (1, 2)
    assert ask(store, "zoe@shop.example")[0] in (1, 2)
    assert store("key", "restore", "keys.backup").returncode == 0
    assert ask(store, "joe@shop.example") == (1, "forbidden\tstops\n")
    assert store("key", "rotate").returncode == 0
    assert ask(store, "joe@shop.example") == (1, "forbidden\tstops\n")


def test_doctor(store, tmp_path):
    done = store("doctor")
    assert done.returncode == 0, done.stdout
    assert all(re.match(r"(ok|warn) +\S.*\.?$", line) for line in done.stdout.splitlines())
    (tmp_path / "c.db.keys").chmod(0o755)
    done = store("doctor")
    assert done.returncode == 1
    assert re.search(r"^bad   .*c\.db\.keys", done.stdout, re.M)


def test_a_restored_old_database_is_refused_until_the_loss_is_accepted(store, tmp_path):
    shutil.copy(tmp_path / "c.db", tmp_path / "old.db")
    receipt_of(store("record", "stop-mail", "joe@shop.example", "--done"))
    shutil.copy(tmp_path / "old.db", tmp_path / "c.db")
    code, answer = ask(store, "zoe@shop.example")
    assert (code, answer) == (1, "forbidden\tstops\n")
    status = store("ledger", "status")
    assert status.returncode == 1 and "not trusted: " in status.stdout
    done = store("filter", "email", "customer", "receipts", "--out=o", "--refused=r", input="a@b.de\n")
    assert done.returncode == 2 and (tmp_path / "o").read_text() == ""
    assert store("ledger", "accept-loss", "--evidence=disk died").returncode == 0
    assert ask(store, "zoe@shop.example") == (0, "allowed\tnews-mail\n")


def test_the_ledger_goes_out_and_comes_back(store, tmp_path):
    shutil.copy(tmp_path / "c.db", tmp_path / "old.db")
    receipt_of(store("record", "stop-mail", "joe@shop.example", "--done"))
    done = store("ledger", "verify")
    assert (done.returncode, done.stdout) == (0, "2 entries, 0 of them erased: 0 problems\n")
    shipped = store("ledger", "export")
    assert shipped.returncode == 0 and len(shipped.stdout.splitlines()) == 4
    (tmp_path / "shipped").write_text(shipped.stdout)
    shutil.copy(tmp_path / "old.db", tmp_path / "c.db")
    assert store("ledger", "verify").returncode == 1
    (tmp_path / "forged").write_text(shipped.stdout.replace('"sequence":1', '"sequence":2'))
    assert store("ledger", "replay", "forged").returncode == 2
    back = store("ledger", "replay", "shipped")
    assert (back.returncode, back.stdout) == (0, "1 entries put back, 1 were there\n"), back.stderr
    assert ask(store, "joe@shop.example") == (1, "forbidden\tstops\n")
    assert ask(store, "zoe@shop.example") == (0, "allowed\tnews-mail\n")


def test_nothing_is_said_to_a_closed_pipe(program, bundle, store, tmp_path):
    line = (f"{program} --store=sqlite:c.db --policy={bundle} record --done stop-mail "
            f"joe@shop.example >/dev/full")
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "cannot write the output" in done.stderr
