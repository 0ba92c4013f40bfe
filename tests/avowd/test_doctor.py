"""avowd doctor: each of its lines, made true."""
import datetime
import os
import re
import shutil
import subprocess
import time

import pytest

from avowd.test_commands import receipt_of

HERE = os.path.dirname(os.path.abspath(__file__))
DAY = 86400
TIME = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"
CALENDAR = """zone: Europe/Berlin
working-days: [monday, tuesday, wednesday, thursday, friday]
holidays: []
valid-until: {}
"""


@pytest.fixture
def doctor(store, tmp_path, bundle):
    """doctor(policy, store=...) gives its exit status and its lines; the policy is a copy."""
    shutil.copy(bundle, tmp_path / "own.avow")

    def run(policy="own.avow", run=store, **options):
        place = [f"--policy={policy}"] if policy else []
        done = run("--store=sqlite:c.db", *place, "doctor", bare=True, **options)
        assert done.stderr == ""
        lines = done.stdout.splitlines()
        assert all(re.match(r"(ok|warn|bad) +[A-Za-z/].*\S$", line) for line in lines), lines
        assert (done.returncode == 1) == any(line.startswith("bad") for line in lines)
        return done.returncode, lines

    return run


def only(lines, pattern):
    """The one line with this; it matches whole."""
    found = [line for line in lines if re.fullmatch(pattern, line)]
    assert len(found) == 1, "\n".join([pattern, *lines])
    return found[0]


def test_all_is_well(doctor, store, tmp_path):
    (tmp_path / "ledger").write_text(store("ledger", "export").stdout)
    code, lines = doctor()
    assert code == 0
    assert [line[:4] for line in lines] == ["ok  "] * len(lines), lines
    only(lines, r"ok    avowd \d\S+, SQLite 3\.\S+, libpq \d\S+; schema 1 of stores, version 1 of "
                r"compiled policies\.")
    only(lines, rf"ok    Only its owner can change {re.escape(str(tmp_path))}/own\.avow\.")
    only(lines, rf"ok    Only its owner can change {re.escape(str(tmp_path))}\.")
    only(lines, "ok    The policy is 'shop'; zones are not needed.")
    only(lines, r"ok    The clock shows a time after the policy's day\.")
    only(lines, rf"ok    The clock is not behind the last entry of the ledger, of {TIME}\.")
    only(lines, r"ok    The keys in c\.db\.keys are whole, and nobody else can read them\.")
    only(lines, r"ok    The anchor has come as far as the ledger: 1 entry\.")
    only(lines, rf"ok    The ledger was written out at {TIME}, and nothing was added since\.")
    only(lines, r"ok    integrity of the file: ok")


def test_who_can_change_the_policy(doctor, tmp_path):
    file, path = tmp_path / "own.avow", re.escape(str(tmp_path))
    file.chmod(0o666)
    only(doctor()[1], rf"bad   Anybody on this machine can change {path}/own\.avow, and so what is "
                      rf"permitted\. Mend it with: chmod go-w {path}/own\.avow")
    file.chmod(0o664)
    only(doctor()[1], rf"warn  A whole group \(number \d+\) can change {path}/own\.avow, and so what "
                      rf"is permitted\. If that is not meant: chmod g-w {path}/own\.avow")
    file.chmod(0o644)
    tmp_path.chmod(0o777)
    only(doctor()[1], rf"bad   Anybody on this machine can change {path}, and so .*chmod go-w {path}")
    tmp_path.chmod(0o1777)
    only(doctor()[1], rf"ok    Only its owner can change {path}\.")
    tmp_path.chmod(0o700)
    # a link is followed
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o777)
    file.rename(tmp_path / "there/real.avow")
    file.symlink_to("there/real.avow")
    only(doctor()[1], rf"bad   Anybody on this machine can change {path}/there, .*")


def test_a_policy_that_cannot_be_used(doctor, tmp_path):
    data = bytearray((tmp_path / "own.avow").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "own.avow").write_bytes(data)
    code, lines = doctor()
    only(lines, r"bad   The policy own\.avow cannot be used: .*")
    only(lines, r"ok    integrity of the file: ok")
    assert code == 1
    only(doctor("none.avow")[1], r"bad   The policy none\.avow cannot be read: .*")
    code, lines = doctor(None)
    only(lines, r"warn  No policy was given: give it with --policy, to have it looked at\.")
    assert code == 0


def test_the_calendar_grows_old(avow, doctor, bundle, tmp_path):
    today = datetime.datetime.now(datetime.timezone.utc).date()
    day = lambda days: str(today + datetime.timedelta(days))
    text = (bundle.parent / "shop.policy").read_text()
    text = text.replace("2026-03-01", day(-200)).replace("---\nperson", "calendar: c.yaml\n---\nperson")
    (tmp_path / "shop.policy").write_text(text)
    for days, pattern in (
            (-1, f"bad   Holidays and zone of the policy were known until {day(-1)}: it is not "
                 "certain when a request is due. Bring its calendar up to date and build the "
                 "policy again."),
            (0, f"warn  Holidays and zone of the policy are known until {day(0)}, 0 days from now. "
                "Bring its calendar up to date and build the policy again."),
            (89, f"warn  Holidays and zone of the policy are known until {day(89)}, 89 days .*"),
            (90, f"ok    Holidays and zone of the policy are known until {day(90)}.")):
        (tmp_path / "c.yaml").write_text(CALENDAR.format(day(days)))
        assert avow("build", "shop.policy", "--only=avow", cwd=tmp_path).returncode == 0
        lines = doctor("shop.avow")[1]
        only(lines, pattern)
        only(lines, r"ok    The policy is 'shop'; zones are those of tzdata \d{4}[a-z]+\.")


@pytest.fixture(scope="session")
def later(plain_build, bundle, tmp_path_factory):
    """later(folder, seconds) gives a run of avowd, of the plain build, whose clock is later."""
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, f"{HERE}/clock.c"], check=True)
    program = plain_build / "runtime" / "agent" / "avowd"

    def at(folder, seconds):
        environment = {**os.environ, "LD_PRELOAD": str(library), "AVOW_CLOCK": str(int(seconds))}

        def run(*arguments, bare=False):
            place = [] if bare else ["--store=sqlite:c.db", f"--policy={bundle}"]
            return subprocess.run([program, *place, *arguments], cwd=folder, env=environment,
                                  capture_output=True, text=True, timeout=60)
        return run

    return at


def test_a_clock_that_was_never_set(doctor, later, tmp_path):
    code, lines = doctor(run=later(tmp_path, 12345 - time.time()))
    only(lines, r"bad   The clock is years behind\. Set it: ntpd, chronyd or systemd-timesyncd\.")
    only(lines, r"bad   The policy own\.avow is not in force before 2026-03-01\. .*")
    only(lines, r"bad   The last entry of the ledger was recorded at 20.*, and the clock shows "
                r"1970-01-01T.*")
    assert code == 1


def test_a_clock_that_went_back(doctor, later, tmp_path):
    receipt_of(later(tmp_path, 2 * DAY)("record", "stop-mail", "joe@shop.example"))
    only(doctor()[1],
         rf"bad   The last entry of the ledger was recorded at {TIME}, and the clock shows {TIME}: "
         r"it is behind, and deadlines are counted by it\. Set it: ntpd, chronyd or "
         r"systemd-timesyncd\.")
    for name in ("c.db", "c.db.keys/anchor"):
        lines = doctor()[1]
        assert not [line for line in lines if "was written at" in line]
        os.utime(tmp_path / name, (time.time() + DAY,) * 2)
        only(doctor()[1], rf"bad   {re.escape(name)} was written at {TIME}, and the clock shows "
                          rf"{TIME}: one of them is wrong\. Set the clock: .*")
        os.utime(tmp_path / name)


def test_the_anchor(doctor, store, tmp_path):
    anchor, db = tmp_path / "c.db.keys/anchor", tmp_path / "c.db"
    early_anchor, early_db = anchor.read_bytes(), db.read_bytes()
    receipt_of(store("record", "stop-mail", "joe@shop.example"))
    late_anchor = anchor.read_bytes()
    anchor.write_bytes(early_anchor)
    code, lines = doctor()
    only(lines, r"warn  The anchor is 1 entry behind the ledger, as after a crash: their loss "
                r"would not be seen\. The next records bring it up to them; if it stays so, look "
                r"whether c\.db\.keys/anchor can be written\.")
    assert code == 0
    anchor.write_bytes(late_anchor)
    db.write_bytes(early_db)
    lines = doctor()[1]
    only(lines, r"bad   The anchor knows of 1 entry that the store lacks\.")
    only(lines, r"bad   The store is older than its anchor: .*")
    anchor.write_bytes(bytes(len(late_anchor)))
    assert doctor()[0] == 1
    anchor.unlink()
    assert [line for line in doctor()[1] if line.startswith("bad   There is no anchor in c.db.keys")]


def test_what_was_never_written_out(doctor, store, tmp_path):
    never = (r"warn  The ledger was never written out: with this database all refusals would be "
             r"lost\. Keep it on another machine, too: 'avowd ledger export > FILE', and that often\.")
    only(doctor()[1], never)
    with open("/dev/null", "w") as null:
        assert store("ledger", "export", stdout=null, capture_output=False).returncode == 0
    only(doctor()[1], never)  # nobody keeps that
    with open("/dev/full", "w") as full:
        assert store("ledger", "export", stdout=full, capture_output=False,
                     stderr=subprocess.DEVNULL).returncode == 2
    only(doctor()[1], never)
    with (tmp_path / "ledger").open("w") as out:
        assert store("ledger", "export", stdout=out, capture_output=False).returncode == 0
    only(doctor()[1], rf"ok    The ledger was written out at {TIME}, and nothing was added since\.")
    receipt_of(store("record", "stop-mail", "joe@shop.example"))
    only(doctor()[1], rf"ok    The ledger was last written out at {TIME}, and 1 entry was added since\.")
    shipped = tmp_path / "c.db.keys/shipped"
    before = shipped.read_text()
    shipped.write_text(re.sub(r"1 \d+\n", f"1 {int(time.time()) - DAY - 5}\n", before, count=1))
    only(doctor()[1], rf"warn  The ledger was last written out at {TIME}, and 1 entry was added "
                      r"since: lost if this database is\. Write it out: 'avowd ledger export > FILE'\.")
    shipped.write_text("avowd shipped 2\n")
    only(doctor()[1], r"warn  c\.db\.keys/shipped does not say how far the ledger was written out\. "
                      r"The next 'avowd ledger export' writes it anew\.")
    assert store("ledger", "export").returncode == 0
    only(doctor()[1], rf"ok    The ledger was written out at {TIME}, and nothing was added since\.")


def test_a_store_that_is_damaged_or_not_there(doctor, store, tmp_path):
    db = tmp_path / "c.db"
    data = bytearray(db.read_bytes())
    end = 4096 * int.from_bytes(data[28:32], "big")  # of the pages; the file is longer
    data[end - 4096:end] = b"\xa5" * 4096
    db.write_bytes(data)
    code, lines = doctor()
    assert code == 1 and [line for line in lines if line.startswith("bad")], lines
    db.chmod(0o644)
    only(doctor()[1], r"bad   Others may read or write the store's file \(mode 0644\)\. Mend it with: "
                      r"chmod 600 c\.db")
    db.unlink()
    only(doctor()[1], r"bad   There is no store at c\.db\. `avowd init` makes one\.")


def test_the_past_is_not_settled(avowd, doctor, tmp_path):
    for path in (tmp_path / "c.db", *(tmp_path / "c.db.keys").iterdir()):
        path.unlink()
    (tmp_path / "c.db.keys").rmdir()
    assert avowd("init").returncode == 0
    only(doctor()[1], r"warn  It was never said whether refusals of the past are imported: .*")
