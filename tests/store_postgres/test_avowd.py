"""avowd on a store in PostgreSQL: made by the owner, used by the runtime role."""
import json
import os
import re
import stat
import subprocess

import pytest

from avowd.conftest import POLICY

pytestmark = pytest.mark.xdist_group("postgres")
RECEIPT = r"r\d+-\d+-[0-9a-f]{16}"
STOPS = "Once you have asked us to stop, we never e-mail you again."


@pytest.fixture(scope="session")
def bundle(avow, tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "shop.policy").write_text(POLICY)
    assert avow("build", folder / "shop.policy", "--only=avow", "--out", folder).returncode == 0
    return folder / "shop.avow"


@pytest.fixture
def avowd(build, bundle, server, database, tmp_path):
    """avowd(*arguments, user=, more=) on an empty database; keys lie in the folder of this test."""

    def run(*arguments, user="service", more="", **options):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("AVOW_KEYS", "STATE_DIRECTORY", "PGPASSFILE")}
        environment |= {"XDG_DATA_HOME": str(tmp_path / "data")} | options.pop("env", {})
        return subprocess.run(
            [build / "runtime/agent/avowd", f"--store={server.url(database, user)}{more}",
             f"--policy={bundle}", *map(str, arguments)], env=environment, cwd=tmp_path,
            capture_output=True, text=True, timeout=120, **options)

    return run


@pytest.fixture
def service(avowd):
    done = avowd("init", "--no-history", user="owner")
    assert done.returncode == 0, done.stderr
    return avowd


def good(done, pattern=r"(?s).*"):
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    match = re.fullmatch(pattern, done.stdout)
    assert match, done.stdout
    return match


def ask(run, address):
    done = run("ask", "email", "customer", "receipts", address)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_only_the_owner_makes_it(avowd, tmp_path):
    done = avowd("init")
    assert (done.returncode, done.stdout) == (2, "")
    assert "permission denied" in done.stderr
    done = avowd("ask", "email", "customer", "news", "joe@shop.example")
    assert (done.returncode, done.stdout) == (2, "")
    assert "`avowd init` makes them" in done.stderr
    good(avowd("init", user="owner"), r"made postgresql://owner@/\S+\nits keys are in \S+\n(?s:.*)")
    good(avowd("init", user="owner"), r"there already: postgresql://(?s:.*)")


def test_where_the_keys_are(avowd, tmp_path):
    """The same place for the owner and for the service, unless somebody names another."""
    own = good(avowd("init", "--no-history", user="owner"),
               r"made .*\nits keys are in (.*)\n(?s:.*)").group(1)
    assert re.fullmatch(re.escape(f"{tmp_path}/data/avow/keys-") + "[0-9a-f]{16}", own)
    assert stat.S_IMODE(os.stat(own).st_mode) == 0o700
    assert ask(avowd, "joe@shop.example") == (0, "allowed\tnews-mail\n")
    for env, folder in (({"AVOW_KEYS": f"{tmp_path}/mine"}, f"{tmp_path}/mine"),
                        ({"STATE_DIRECTORY": f"{tmp_path}/state:/x"}, f"{tmp_path}/state/keys"),
                        ({"STATE_DIRECTORY": f"{tmp_path}/state"}, f"{tmp_path}/state/keys"),
                        ({"XDG_DATA_HOME": "", "HOME": str(tmp_path)},
                         f"{tmp_path}/.local/share/avow/{os.path.basename(own)}")):
        done = avowd("doctor", env=env)
        assert f"There is no key folder {folder}." in done.stdout, done.stdout
        assert done.returncode == 1
    done = avowd("doctor", env={"XDG_DATA_HOME": "", "HOME": ""})
    assert done.returncode == 2 and "Where the keys are is not known" in done.stderr


def test_a_day_of_a_service(service, tmp_path):
    waits = good(service("record", "stop-mail", "Joe@Shop.Example", "--at=2026-03-07T10:00:00Z"),
                 rf"recorded ({RECEIPT})\n").group(1)
    good(service("record", "stop-mail", "ann@shop.example", "--done", "--evidence=letter"))
    good(service("record", "join", "bob@shop.example", "--done", "--evidence=form"))
    good(service("link", "id:7", "tom@shop.example"))
    good(service("record", "stop-mail", "id:7", "--done"))
    for name, answer in (("joe", (1, "forbidden\tstops\n")), ("ann", (1, "forbidden\tstops\n")),
                         ("tom", (1, "forbidden\tstops\n")), ("zoe", (0, "allowed\tnews-mail\n"))):
        assert ask(service, f"{name}@shop.example") == answer
    done = service("duties")
    assert (done.returncode, done.stdout) == (
        1, f"overdue\t2026-03-07T10:00:00Z\tstop-mail\t{waits}\t2026-03-07T10:00:00Z\t\n")
    good(service("done", waits), "")
    good(service("duties"), "")
    good(service("status", "joe@shop.example"), r"stopped +yes +since (?s:.*)")
    text = good(service("receipt", waits)).group(0)
    assert json.loads(text)["privacy_notice"]["statement"] == STOPS
    (tmp_path / "r.json").write_text(text)
    key = next((tmp_path / "data/avow").glob("keys-*/signing.pub"))
    good(service("receipt", "verify", "r.json", f"--key={key}"), rf"genuine: {waits}\n(?s:.*)")
    good(service("forget", "joe@shop.example"))
    assert ask(service, "joe@shop.example") == (1, "forbidden\tstops\n")
    good(service("ledger", "verify"), r"\d+ entries, [1-9]\d* of them erased: 0 problems\n")


def test_lists(service, tmp_path):
    good(service("record", "stop-mail", "ann@shop.example", "--done"))
    (tmp_path / "ses.csv").write_text(
        "EmailAddress,Reason,LastUpdateTime\n"
        "kim@shop.example,COMPLAINT,2024-01-05T10:00:00.123000+00:00\n")
    good(service("import", "--as=stop-mail", "ses.csv"), r" +1  refusals recorded\n(?s:.*)")
    good(service("import", "--as=stop-mail", "ses.csv"),
         r" +0  refusals recorded\n +1  refusals known before\n(?s:.*)")
    people = "ann@shop.example\nKim@Shop.Example\nzoe@shop.example\n"
    good(service("filter", "email", "customer", "receipts", "--out=out", "--refused=no",
                 input=people), "3 addresses: 1 allowed, 2 refused\n")
    assert (tmp_path / "out").read_text() == "zoe@shop.example\n"
    assert (tmp_path / "no").read_text() == (f"ann@shop.example\tforbidden\tstops\t{STOPS}\n"
                                             f"Kim@Shop.Example\tforbidden\tstops\t{STOPS}\n")
    good(service("export", "--addresses=-", "email", "customer", "receipts", input=people),
         "ann@shop.example\nKim@Shop.Example\n")


def test_the_ledger_brings_back_what_a_backup_lacks(service, server, database, names, tmp_path):
    backup = next(names)
    server.sql(f"CREATE DATABASE {backup} TEMPLATE {database}")
    good(service("record", "stop-mail", "joe@shop.example", "--done"))
    (tmp_path / "shipped").write_text(good(service("ledger", "export")).group(0))
    server.sql(f"ALTER DATABASE {database} RENAME TO {database}_lost")
    server.sql(f"ALTER DATABASE {backup} RENAME TO {database}")
    done = service("ask", "email", "customer", "receipts", "zoe@shop.example")
    assert (done.returncode, done.stdout) == (1, "forbidden\tstops\n")
    assert "The store is older than its anchor: 1 entry is missing" in done.stderr
    done = service("ledger", "verify")
    assert done.returncode == 1 and "0 problems" not in done.stdout
    good(service("ledger", "replay", "shipped"), r"1 entries put back, \d+ were there\n")
    assert ask(service, "joe@shop.example") == (1, "forbidden\tstops\n")
    assert ask(service, "zoe@shop.example") == (0, "allowed\tnews-mail\n")
    good(service("ledger", "verify"), r"\d+ entries, 0 of them erased: 0 problems\n")


def lines(done, status):
    assert (done.returncode, done.stderr) == (status, ""), done.stdout + done.stderr
    return done.stdout.splitlines()


def test_the_doctor(service, server, database, tmp_path):
    found = lines(service("doctor"), 0)
    for pattern in (r"ok    PostgreSQL 15\S* .*, fsync, full_page_writes and synchronous_commit are on\.",
                    r"ok    The role service does not own the tables\.",
                    r"ok    Entries of the ledger can be added and erased, not changed and not deleted\.",
                    r"ok    The anchor has come as far as the ledger: 1 entry\.",
                    r"ok    The store has all its keys and is not older than its anchor\."):
        assert any(re.fullmatch(pattern, line) for line in found), (pattern, found)
    assert not [line for line in found if "passwords" in line]
    found = lines(service("doctor", user="owner"), 1)
    assert any(line.startswith("bad   The role owner ") for line in found), found
    server.sql("GRANT DELETE ON avow.ledger_5 TO avow_runtime", database)
    found = lines(service("doctor"), 1)
    assert any(line.startswith("bad   The role may change or delete entries of the ledger in 1 ")
               for line in found), found


def test_the_doctor_looks_at_passwords(service, tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_text("*:*:*:*:secret\n")
    named = f"&passfile={passwords}"
    passwords.chmod(0o640)
    bad = (f"bad   Others can read or change the passwords in {passwords} (mode 0640), and so they are "
           f"not used. Mend it with: chmod 600 {passwords}")
    # libpq says the same in words of its own, on its own
    assert bad in service("doctor", more=named).stdout.splitlines()
    assert bad in service("doctor", env={"PGPASSFILE": str(passwords)}).stdout.splitlines()
    passwords.chmod(0o600)
    ok = f"ok    Only its owner can read the passwords in {passwords}."
    assert ok in lines(service("doctor", more=named), 0)
    passwords.rename(tmp_path / ".pgpass")
    assert f"{ok[:-len('passwords.')]}.pgpass." in lines(service("doctor", env={"HOME": str(tmp_path)}), 0)
    done = service("doctor", more=named)
    assert f"bad   The file of passwords {passwords} cannot be read: No such file or directory." in (
        done.stdout.splitlines())
    assert done.returncode == 1
