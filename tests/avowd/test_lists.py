"""filter, import and export: lists of addresses."""
import hashlib
import os
import signal
import sqlite3
import stat
import subprocess
import time

import pytest

from store.service import Service

STOPS = "Once you have asked us to stop, we never e-mail you again."
WAITS = "A request waits to be done, and until then nothing is certain."
FILTER = ("filter", "email", "customer", "receipts", "--out=out", "--refused=refused")


@pytest.fixture
def people(store):
    """joe's request waits; ann is stopped; bob has joined; id 7 is linked to tom and stopped."""
    for arguments in (["record", "stop-mail", "joe@shop.example"],
                      ["record", "stop-mail", "ann@shop.example", "--done"],
                      ["record", "join", "bob@shop.example", "--done", "--evidence=form"],
                      ["link", "id:7", "tom@shop.example"],
                      ["record", "stop-mail", "id:7", "--done"]):
        done = store(*arguments)
        assert done.returncode == 0, done.stderr
    return store


def files(folder, *names):
    return tuple((folder / name).read_bytes().decode() for name in names)


def test_a_plain_list(people, tmp_path):
    done = people(*FILTER, input="bob@shop.example\r\njoe@shop.example\nANN@Shop.Example.\n\n"
                                 "nonsense\ntom@shop.example\n zoe@shop.example")
    assert done.stdout == "6 addresses: 2 allowed, 4 refused\n", done.stderr
    assert files(tmp_path, "out", "refused") == (
        "bob@shop.example\r\n zoe@shop.example",
        f"joe@shop.example\tforbidden\tstops\t{WAITS}\n"
        f"ANN@Shop.Example.\tforbidden\tstops\t{STOPS}\n"
        'nonsense\trefused\t-\tThe address has no "@". Give it whole, as in joe@shop.example.\n'
        f"tom@shop.example\tforbidden\tstops\t{STOPS}\n")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    assert not (tmp_path / "out.progress").exists()


def test_a_table(people, tmp_path):
    (tmp_path / "list.csv").write_bytes(
        b'\xef\xbb\xbfName;E-Mail Address\r\n"Bob; ""Jr""";bob@shop.example\r\n'
        b'"two\nlines";"ann@shop.example"\r\nZoe;zoe@shop.example\r\n;\r\n')
    done = people(*FILTER, "list.csv")
    assert done.returncode == 0, done.stderr
    out, refused = files(tmp_path, "out", "refused")
    assert out == ('Name;E-Mail Address\r\n"Bob; ""Jr""";bob@shop.example\r\n'
                   "Zoe;zoe@shop.example\r\n")
    assert refused.startswith(f"ann@shop.example\tforbidden\tstops\t{STOPS}\n")
    (tmp_path / "other.csv").write_text("who,where\nx,ann@shop.example\ny,zoe@shop.example\n")
    done = people(*FILTER, "other.csv")
    assert done.returncode == 2 and "Name it with --column." in done.stderr
    done = people(*FILTER, "other.csv", "--column=were")
    assert "other.csv has no column 'were'. There are: who, where." in done.stderr
    done = people(*FILTER, "other.csv", "--column=WHERE")
    assert files(tmp_path, "out")[0] == "who,where\ny,zoe@shop.example\n"


def test_answers_are_those_of_ask(people, tmp_path):
    addresses = [f"{name}@shop.example" for name in
                 ("joe", "Joe", "ann", "Ann", "bob", "Bob", "tom", "TOM", "zoe")]
    for purpose in ("news", "receipts"):
        given = "--given=region.eu,no:region.elsewhere"
        done = people("filter", "email", "customer", purpose, given, "--out=out",
                      "--refused=refused", input="\n".join(addresses) + "\n")
        assert done.returncode == 0
        out, refused = files(tmp_path, "out", "refused")
        found = {line: "allowed" for line in out.splitlines()}
        found |= {line.split("\t")[0]: line.split("\t")[1] for line in refused.splitlines()}
        for address in addresses:
            one = people("ask", "email", "customer", purpose, address, given)
            assert one.stdout.split("\t")[0] == found[address], (purpose, address)


def test_after_a_new_key(people, tmp_path):
    assert people("key", "rotate").returncode == 0
    assert people("record", "stop-mail", "kim@shop.example", "--done").returncode == 0
    people(*FILTER, input="ann@shop.example\nkim@shop.example\nzoe@shop.example\n")
    assert files(tmp_path, "out")[0] == "zoe@shop.example\n"


def test_input_that_is_not_understood(people, tmp_path):
    (tmp_path / "wide.csv").write_bytes("email;x\njoe@shop.example;1\n".encode("utf-16"))
    done = people(*FILTER, "wide.csv")
    assert done.returncode == 2 and "is written in UTF-16. Save it as UTF-8" in done.stderr
    done = people(*FILTER, "nothing.csv")
    assert "nothing.csv cannot be read: No such file or directory." in done.stderr
    (tmp_path / "odd.csv").write_bytes(b'email,x\na\0b@c.de,1\nzoe@shop.example,"open\n'
                                       b"ada@shop.example,2\n" + b"x" * 200000 +
                                       b"\neve@shop.example,3\n")
    done = people(*FILTER, "odd.csv")
    assert done.stdout == "5 addresses: 2 allowed, 3 refused\n"
    out, refused = files(tmp_path, "out", "refused")
    assert out == "email,x\nada@shop.example,2\neve@shop.example,3\n"
    assert "Line 2: A byte of zero stands in the line." in refused
    assert refused.count("a quotation mark in it is not closed") == 2


def test_files_are_not_mixed_up(people, tmp_path):
    (tmp_path / "list").write_text("zoe@shop.example\n")
    done = people("filter", "email", "customer", "receipts", "list", "--out=list", "--refused=r")
    assert done.returncode == 2 and "read and written at once" in done.stderr
    assert (tmp_path / "list").read_text() == "zoe@shop.example\n"
    done = people("filter", "email", "customer", "receipts", "list", "--out=x", "--refused=x")
    assert "they must be two" in done.stderr
    done = people(*FILTER, "list", "--resume")
    assert done.returncode == 1 and "There is no run to go on with" in done.stderr


def long_list(path, count):
    with path.open("w") as out:
        for i in range(count):
            name = "ann" if i % 1000 == 7 else f"user{i}"
            out.write(f"{name}@shop.example\n")


def test_a_run_that_was_killed_goes_on(people, program, bundle, tmp_path):
    long_list(tmp_path / "list", 200000)
    whole = people(*FILTER, "list")
    assert whole.returncode == 0
    wanted = files(tmp_path, "out", "refused")
    place = [program, "--store=sqlite:c.db", f"--policy={bundle}"]
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # Half of the list, then nothing more: and it is killed while it waits.
    process = subprocess.Popen([*place, *FILTER, "fifo"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    data = (tmp_path / "list").read_bytes()
    with fifo.open("wb") as pipe:
        pipe.write(data[:len(data) // 2])
        pipe.flush()
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (tmp_path / "out.progress").exists()
    again = people(*FILTER, input="x@y.de\n")
    assert again.returncode == 2 and "Go on with --resume" in again.stderr
    other = people("filter", "email", "customer", "news", "--out=out", "--refused=refused",
                   "--resume", input=data.decode())
    assert other.returncode == 2 and "asked something else" in other.stderr
    on = people(*FILTER, "-", "--resume", input=data.decode())
    assert on.returncode == 0, on.stderr
    assert on.stdout == whole.stdout
    assert files(tmp_path, "out", "refused") == wanted

def test_lists_of_numbers_and_of_ids(store, tmp_path):
    for arguments in (["record", "stop-mail", "+49 30 1234567", "--done"],
                      ["record", "stop-mail", "id:4711", "--done"],
                      ["link", "id:12", "tom@shop.example"],
                      ["record", "stop-mail", "tom@shop.example", "--done"]):
        assert store(*arguments).returncode == 0, arguments
    (tmp_path / "phones.csv").write_text("Name,Phone Number\nJoe,+49 (30) 123-4567\nZoe,+49301234568\n"
                                         "Kim,030 1234567\nAnn,tel:+49-30-1234567\n")
    done = store(*FILTER, "--kind=phone", "phones.csv")
    assert done.returncode == 0, done.stderr
    out, refused = files(tmp_path, "out", "refused")
    assert [line.split("\t")[:3] for line in refused.splitlines()] == [
        ["+49 (30) 123-4567", "forbidden", "stops"], ["+49301234568", "forbidden", "stops"],
        ["030 1234567", "refused", "-"], ["tel:+49-30-1234567", "refused", "-"]]
    assert out == "Name,Phone Number\n"  # no mail goes to a telephone
    # A mail is sent to an address: a number without one that is linked does not do.
    assert store("link", "id:14", "zoe@shop.example").returncode == 0
    done = store(*FILTER, "--kind=id", input="4711\n12\n13\n14\n")
    assert done.returncode == 0, done.stderr
    out, refused = files(tmp_path, "out", "refused")
    lines = refused.splitlines()
    assert [line.split("\t")[:3] for line in lines] == [
        ["4711", "forbidden", "stops"], ["12", "forbidden", "stops"], ["13", "forbidden", "stops"]]
    assert out == "14\n"
    for address, line in (("id:4711", lines[0]), ("id:12", lines[1]), ("id:13", lines[2])):
        one = store("ask", "email", "customer", "receipts", address)
        assert one.stdout.split() == line.split("\t")[1:3]


def test_a_run_over_a_file_that_was_killed_goes_on(people, program, bundle, tmp_path):
    """Wherever it is killed: once it has said how far it came."""
    long_list(tmp_path / "list", 1500000)
    whole = people(*FILTER, "list")
    assert whole.returncode == 0
    wanted = files(tmp_path, "out", "refused")
    place = [program, "--store=sqlite:c.db", f"--policy={bundle}"]
    kills = 0
    for wait in (0.0, 0.15, 0.4):
        for name in ("out", "refused"):
            (tmp_path / name).unlink()
        process = subprocess.Popen([*place, *FILTER, "list"], cwd=tmp_path, stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not (tmp_path / "out.progress").exists() and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.002)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        if not (tmp_path / "out.progress").exists():
            continue
        on = people(*FILTER, "list", "--resume")
        assert on.returncode == 0, on.stderr
        assert on.stdout == whole.stdout
        assert files(tmp_path, "out", "refused") == wanted
        assert not (tmp_path / "out.progress").exists()
    assert kills


def wide_key(keys, address):
    """What the store knows an address by, computed from its description."""
    secret = bytes.fromhex((keys / "identity-0001.key").read_text().split("\n")[1])
    return hashlib.blake2b(b"\x01\x01" + address.encode(), digest_size=16, key=secret).digest()


def test_a_large_store_answers_like_ask(plain_build, bundle, tmp_path):
    """200,000 people in the store; some by several spellings, some linked, some whose request waits.
    Each line of a list of 203,000 gets what ask says of it."""
    shop = lambda *arguments, **more: subprocess.run(
        [plain_build / "runtime/agent/avowd", "--store=sqlite:c.db", f"--policy={bundle}", *arguments],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, **more)
    assert shop("init", "--no-history").returncode == 0
    assert shop("record", "stop-mail", "user0@shop.example", "--done").returncode == 0
    with sqlite3.connect(tmp_path / "c.db") as db:
        key = wide_key(tmp_path / "c.db.keys", "user0@shop.example")
        term, at = db.execute("SELECT term, received FROM state WHERE key = ?", [key]).fetchone()
        rows = ((key[0] % 16, key, bytes(8), term, i % 3 != 0, 0, at) for i in range(1, 200000)
                for key in [wide_key(tmp_path / "c.db.keys", f"user{i}@shop.example")])
        db.executemany("INSERT INTO state (part, key, exact, term, value, pending, received)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    drive = Service(plain_build, {"shop": bundle})
    drive("open", "shop", f"sqlite:{tmp_path}/c.db", "-")
    for i in range(0, 600, 6):
        drive("record", "stop-mail", f"email:USER{i}@shop.example", "-", 0, 0, "-", i % 4 // 2)
        drive("record", "join", f"email:User{i + 1}@Shop.example", "-", 0, 0, "form", 1)
        drive("link", f"email:user{i + 2}@shop.example", f"email:friend{i}@shop.example")
        drive("link", f"email:user{i + 3}@shop.example", f"id:{i}")
        drive("record", "stop-mail", f"id:{i}", "-", 0, 0, "-", 1)
        drive("record", "stop-mail", f"email:user{i + 4}@shop.example", "-", 0, 0, "-", 0)
    addresses = [f"user{i}@shop.example" for i in range(200000)]
    addresses += [f"{name}{i}@shop.example" for i in range(600) for name in
                  ("USER", "User", "friend", "nobody", "uSER")]
    (tmp_path / "list").write_text("".join(f"{address}\n" for address in addresses))
    for purpose in ("receipts", "news"):
        done = shop("filter", "email", "customer", purpose, "list", "--out=out", "--refused=refused")
        assert done.returncode == 0, done.stderr
        out, refused = files(tmp_path, "out", "refused")
        found = dict.fromkeys(out.split(), ["allowed"])
        found |= {line.split("\t")[0]: line.split("\t")[1:] for line in refused.splitlines()}
        script = "".join(f"ask\tus email customer {purpose}\temail:{address}\t-\n" for address in addresses)
        asked = subprocess.run(
            [plain_build / "tests/store/store-drive"], capture_output=True, text=True, timeout=300,
            input=f"table\tshop\t{bundle}\nopen\tshop\tsqlite:{tmp_path}/c.db\t-\n" + script)
        answers = [line.split("\t") for line in asked.stdout.splitlines()[2:]]
        assert len(answers) == len(addresses) == len(found)
        for address, answer in zip(addresses, answers):
            assert (answer[0], answer[1]) == ("ok", found[address][0]), (address, answer)
        if purpose == "receipts":
            reasons = {answer[2] for answer in answers}
            assert {"allowed", "forbidden"} <= {answer[1] for answer in answers}
            assert len(reasons) >= 3, reasons  # known, waiting, another spelling


def test_a_full_disk_and_a_closed_pipe(people, program, bundle, tmp_path):
    long_list(tmp_path / "list", 50000)
    done = people("filter", "email", "customer", "receipts", "list", "--out=/dev/full",
                  "--refused=r")
    assert done.returncode == 2
    assert "/dev/full cannot be written: No space left on device." in done.stderr
    line = (f"{program} --store=sqlite:c.db --policy={bundle} filter email customer receipts list "
            "--out=- --refused=r | head -1")
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "user0@shop.example\n"
    assert "standard output cannot be written: Broken pipe." in done.stderr


PROVIDERS = {
    "mailchimp.csv": ('"Email Address","First Name",MEMBER_RATING,UNSUB_TIME,UNSUB_REASON\n'
                      'a1@x.example,A,2,"2024-01-05 10:00:00",NORMAL\n', []),
    "brevo.csv": ("CONTACT ID;EMAIL;FIRSTNAME;BLOCKLISTED;ADDED_TIME\n"
                  "1;a2@x.example;A;true;05-01-2024\n2;ok2@x.example;B;false;\n", []),
    "sendgrid.csv": ("email,created,reason,status\n"
                     'a3@x.example,1704448800,"550 no, not here",5.1.1\n', []),
    "ses.csv": ("EmailAddress,Reason,LastUpdateTime\n"
                "a4@x.example,COMPLAINT,2024-01-05T10:00:00.123000+00:00\n", []),
    "mailgun.csv": ("address,code,error,created_at\n"
                    '"a5@x.example",550,"No such mailbox","2024-01-05 10:00:00 UTC"\n', []),
    "postmark.csv": ("EmailAddress,SuppressionReason,Origin,CreatedAt\n"
                     "a6@x.example,HardBounce,Recipient,2024-01-05T10:00:00Z\n", []),
    "klaviyo.csv": ("Email\tEmail Marketing Consent\tFirst Name\n"
                    "a7@x.example\tUNSUBSCRIBED\tA\nok7@x.example\tNEVER_SUBSCRIBED\tB\n", []),
    "plain.txt": ("a8@x.example\n", ["--status=complained"]),
}


def test_lists_of_providers(store, tmp_path):
    for name, (text, more) in PROVIDERS.items():
        (tmp_path / name).write_text(text)
        done = store("import", "--as=stop-mail", name, *more)
        assert (done.returncode, done.stderr) == (0, ""), name
        assert done.stdout.startswith("         1  refusals recorded\n"), (name, done.stdout)
        again = store("import", "--as=stop-mail", name, *more)
        assert again.stdout.startswith("         0  refusals recorded\n"
                                       "         1  refusals known before\n"), again.stdout
        assert not (tmp_path / f"{name}.rejected").exists()
    everybody = [f"a{i}@x.example" for i in range(1, 9)] + ["ok2@x.example", "ok7@x.example"]
    done = store("export", "--addresses=-", "email", "customer", "receipts",
                 input="\n".join(everybody) + "\n")
    assert done.stdout.split() == everybody[:8]
    since = store("status", "a4@x.example").stdout
    assert "yes     since 2024-01-05T10:00:00Z" in since


def test_an_import_resurrects_nobody(people, tmp_path):
    (tmp_path / "all.csv").write_text(
        "email,status,created\nann@shop.example,subscribed,2026-10-01\n"
        "new@shop.example,subscribed,2026-10-01\nold@shop.example,subscribed,2026-10-01\n"
        "gone@shop.example,subscribed,\nwhat@shop.example,perhaps,\nnonsense,bounced,\n")
    people("record", "leave", "old@shop.example", "--done")
    done = people("import", "--as=stop-mail", "--consent-as=join", "all.csv", "--evidence=export")
    assert done.returncode == 1
    assert done.stdout == ("         0  refusals recorded\n"
                           "         3  subscriptions recorded\n"
                           "         1  subscriptions that an earlier word stands against\n"
                           "         2  rejected: see all.csv.rejected\n"), done.stdout
    assert (tmp_path / "all.csv.rejected").read_text() == (
        "6\tWhat its status means is not known; correct it to unsubscribed or subscribed.\t"
        "what@shop.example,perhaps,\n"
        '7\tThe address has no "@". Give it whole, as in joe@shop.example.\tnonsense,bounced,\n')
    given = "--given=region.eu,no:region.elsewhere"
    verdicts = [people("ask", "email", "customer", "news", f"{name}@shop.example", given).returncode
                for name in ("ann", "new", "old", "gone")]
    assert verdicts == [1, 0, 1, 0]
    # A refusal of an unknown day is later than a subscription of an unknown day.
    (tmp_path / "gone.csv").write_text("email,status,created\ngone@shop.example,cleaned,2020-01-01\n")
    people("import", "--as=stop-mail", "gone.csv")
    done = people("ask", "email", "customer", "news", "gone@shop.example", given)
    assert (done.returncode, done.stdout) == (1, "forbidden\tstops\n")


def test_import_says_what_it_needs(store, tmp_path):
    (tmp_path / "list.csv").write_text("email,name\na@x.example,A\n")
    done = store("import", "--as=stop-mail", "list.csv")
    assert done.returncode == 2 and "Say it of all of them, as in --status=unsubscribed." in done.stderr
    done = store("import", "--as=join", "list.csv", "--status=bounced")
    assert done.returncode == 2 and "'join' is no refusal" in done.stderr
    done = store("import", "--as=stop", "list.csv", "--status=bounced")
    assert done.returncode == 2 and "The policy has no request 'stop'." in done.stderr
    done = store("import", "--as=stop-mail", "list.csv", "--status=fine")
    assert done.returncode == 2 and "--status is unsubscribed, bounced" in done.stderr


def test_the_bench_of_filter_runs(plain_build):
    done = subprocess.run([plain_build / "tests/bench/filter-bench", "1000", "1000"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    figures = dict(line.split("\t") for line in done.stdout.splitlines())
    assert float(figures["bytes a subject"]) <= 12
