"""Records of data that must be gone, and states that a policy has renamed or dropped."""
import datetime
import re
import subprocess

import pytest

from avowd.conftest import POLICY
from avowd.test_commands import ask, receipt_of


@pytest.fixture
def shop(avow, root, program, tmp_path):
    """avowd with the web shop of policies/, and a store."""
    (tmp_path / "calendars").symlink_to(root / "policies/calendars")
    text = (root / "policies/shop.policy").read_text(encoding="utf-8")
    assert "effective: 2026-04-01" in text  # what happened before is not counted
    (tmp_path / "shop.policy").write_text(text.replace("effective: 2026", "effective: 2016"))
    assert avow("build", "shop.policy", "--only=avow", cwd=tmp_path).returncode == 0

    def run(*arguments):
        return subprocess.run([program, "--store=sqlite:c.db", "--policy=shop.avow", *arguments],
                              cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert run("init", "--no-history").returncode == 0
    return run


def days_ago(days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now - datetime.timedelta(days)).strftime("%Y-%m-%dT10:00:00Z")


def hold(run, data, record, *happened):
    for one in happened or [None]:
        done = run("held", data, record, *([f"--happened={one}"] if one else []))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), (data, record)


def expired(run):
    """The lines of `avowd expired`, parted."""
    done = run("expired")
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return sorted(tuple(line.split("\t")) for line in done.stdout.splitlines())


def test_data_that_must_be_gone(shop):
    assert expired(shop) == []
    hold(shop, "order.items", "orders:1", days_ago(1100), f"order-closed={days_ago(1000)}")
    hold(shop, "order.items", "orders:2", days_ago(500), f"order-closed={days_ago(400)}")
    hold(shop, "order.items", "orders:3", days_ago(1100))  # nobody closed it
    hold(shop, "invoice", "invoices:1", f"order-closed={days_ago(8 * 365)}")
    hold(shop, "backup", "tapes:1", days_ago(40))
    hold(shop, "backup", "tapes:2", days_ago(30))
    hold(shop, "order.items", "orders:old", "order-closed=2014-05-06T10:00:00Z")
    assert ("order.items", "orders:old", "not-known", "orders-end") in expired(shop)
    assert shop("gone", "order.items", "orders:old").returncode == 0
    found = expired(shop)
    assert [(data, record, clause) for data, record, _, clause in found] == [
        ("backup", "tapes:1", "backups"), ("invoice", "invoices:1", "invoices-end"),
        ("order.items", "orders:1", "orders-end")], found
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:59:59Z", due) for _, _, due, _ in found), found
    # the request of a person ends it earlier; what happened comes on top of what was known
    hold(shop, "order.items", "orders:2", f"delete-data={days_ago(31)}")
    assert ("order.items", "orders:2", "deletion") in [(d, r, c) for d, r, _, c in expired(shop)]
    # gone is gone
    for data, record in (("order.items", "orders:1"), ("order.items", "orders:2"), ("backup", "tapes:1"),
                         ("invoice", "invoices:1")):
        done = shop("gone", data, record)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert expired(shop) == []
    done = shop("gone", "order.items", "orders:1")  # twice is once
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    verified = shop("ledger", "verify")
    assert verified.returncode == 0, verified.stdout


def test_what_must_be_kept_is_not_gone_earlier(shop):
    """Six years at least, and an invoice is part of an order."""
    hold(shop, "invoice", "invoices:2", f"order-closed={days_ago(5 * 365)}")
    hold(shop, "invoice", "invoices:3", f"order-closed={days_ago(6 * 365 + 200)}")
    hold(shop, "invoice", "invoices:4", f"order-closed={days_ago(7 * 365 + 30)}")
    hold(shop, "invoice", "invoices:5", f"delete-data={days_ago(400)}")
    assert [record for _, record, _, _ in expired(shop)] == ["invoices:4"]


def test_the_event_of_a_record_counts_by_itself(shop):
    hold(shop, "order.items", "orders:9", days_ago(1100))
    assert expired(shop) == []
    receipt_of(shop("record", "order-closed", "--record=orders:9", f"--at={days_ago(1000)}"))
    found = expired(shop)
    assert [(data, record) for data, record, _, _ in found] == [("order.items", "orders:9")], found


@pytest.mark.parametrize("arguments, words", [
    (["held", "order", "orders:1"], "or it is a group: name its members"),
    (["held", "ordr", "orders:1"], 'no data "ordr"'),
    (["held", "order.items", "orders"], "does not begin with a namespace and a colon"),
    (["held", "order.items", "orders:1", "--happened=order-closd=2026-03-07T10:00:00Z"], "order-closd"),
    (["held", "order.items", "orders:1", "--happened=2026-03-07"], "is no time that is certain"),
    (["gone", "order"], "the data's name in the policy and the record are needed"),
])
def test_what_nobody_can_hold(shop, arguments, words):
    done = shop(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.fixture
def renamed(avow, store, program, tmp_path):
    """renamed(before, after) gives avowd with the policy of the tests, one word changed."""

    def make(before, after):
        text = re.sub(rf"\b{before}\b", after, POLICY).replace("2026-03-01", "2026-03-02")
        (tmp_path / "shop.policy").write_text(text)
        assert avow("build", "shop.policy", "--only=avow", cwd=tmp_path).returncode == 0
        return lambda *arguments: subprocess.run(
            [program, "--store=sqlite:c.db", "--policy=shop.avow", *arguments], cwd=tmp_path,
            capture_output=True, text=True, timeout=120)

    return make


def test_a_state_that_was_renamed_is_mapped(store, renamed):
    receipt_of(store("record", "stop-mail", "joe@shop.example", "--done"))
    now = renamed("stopped", "silenced")
    done = now("ask", "email", "customer", "receipts", "zoe@shop.example")
    assert (done.returncode, done.stdout) == (1, "forbidden\tstops\n")
    assert "The store holds a state, stopped, that the policy does not know." in done.stderr
    for arguments, words in ((["stopped", "silencd"], "silencd"), (["stoped", "silenced"], "stoped")):
        done = now("map", *arguments)
        assert done.returncode in (1, 2) and words in done.stderr, done.stderr
    assert ask(now, "zoe@shop.example")[0] == 1
    done = now("map", "stopped", "silenced", "--evidence=new words")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ask(now, "joe@shop.example") == (1, "forbidden\tstops\n")
    assert ask(now, "zoe@shop.example") == (0, "allowed\tnews-mail\n")
    assert now("ledger", "verify").returncode == 0


def test_a_state_that_means_nothing_any_more(store, renamed):
    receipt_of(store("record", "stop-mail", "joe@shop.example", "--done"))
    now = renamed("stopped", "silenced")
    done = now("map", "stopped")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ask(now, "joe@shop.example") == (0, "allowed\tnews-mail\n")
