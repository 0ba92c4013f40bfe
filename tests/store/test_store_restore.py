"""What happens to a store from outside: backups put back, keys lost, policies changed, clocks set,
people erased. A no that was acknowledged holds through all of it, or everything is unknown."""
import os
import resource
import shutil
import signal
import subprocess
import time

import pytest
from service import Failed

SECOND = 1_000_000
NEWS = "us email customer advertising.news"
NOTICE = "us email licensee notify.expiry"
KINDS = 0b11010


def failure(service, *words):
    with pytest.raises(Failed) as failed:
        service(*words)
    return failed.value


@pytest.fixture
def place(tmp_path):
    return tmp_path / "store.db"


def url(place):
    return f"sqlite:{place}"


@pytest.fixture
def notices(service, place):
    """A store of the policy whose state refuses; nobody has refused."""
    one = service()
    one.make("jibrok-0", url(place), kinds=KINDS)
    assert one.allowed(NOTICE, "email:free@x.example")
    return one


def reopen(service, table, place):
    service("close")
    service("open", table, url(place), "-")


# Backups ------------------------------------------------------------------------------------------


def test_an_older_backup_is_unknown_until_the_loss_is_accepted(notices, place):
    notices.record("opt-out", "email:a@x.example", done=True)
    notices("close")
    shutil.copy(place, f"{place}.backup")
    notices("open", "jibrok-0", url(place), "-")
    notices.record("opt-out", "email:b@x.example", done=True)
    notices("close")
    shutil.copy(f"{place}.backup", place)
    notices("open", "jibrok-0", url(place), "-")
    assert failure(notices, "trust").code == "loss"
    for who in "a", "b", "free":
        verdict, reason, code, text = notices.ask(NOTICE, f"email:{who}@x.example")
        assert (verdict, reason, code) == ("forbidden", "untrusted", "loss")
        assert "older than its anchor: 1 entry is missing" in text and "accept" in text
    # It still records, and that does not make it trusted.
    notices.record("opt-out", "email:c@x.example", done=True)
    assert failure(notices, "trust").code == "loss"
    notices("loss")
    notices("trust")
    assert notices.allowed(NOTICE, "email:free@x.example")
    for who in "a", "c":
        assert not notices.allowed(NOTICE, f"email:{who}@x.example")
    assert notices("inspect", place)[0] == "sound"


def put_beside(backup, place):
    shutil.copy(backup, f"{place}.new")
    os.chmod(f"{place}.new", 0o600)
    os.replace(f"{place}.new", place)


@pytest.mark.parametrize("put", [put_beside, shutil.copyfile], ids=["renamed", "written over"])
def test_a_backup_put_back_under_a_service_that_runs(notices, service, place, put):
    notices.record("opt-out", "email:a@x.example", done=True)
    shutil.copy(place, f"{place}.backup")
    for i in range(20):
        notices.record("opt-out", f"email:b{i}@x.example", done=True)
    put(f"{place}.backup", place)
    time.sleep(1.1)
    for who in "a", "b0", "free":
        assert notices.ask(NOTICE, f"email:{who}@x.example")[0] == "forbidden"
    assert failure(notices, "trust").code in ("loss", "io")
    # Opened again it sees what is missing.
    reopen(notices, "jibrok-0", place)
    assert failure(notices, "trust").code == "loss"


def test_nothing_is_acknowledged_into_a_file_that_is_no_longer_the_store(notices, service, place):
    notices.record("opt-out", "email:a@x.example", done=True)
    shutil.copy(place, f"{place}.backup")
    put_beside(f"{place}.backup", place)
    try:
        acknowledged = notices.record("opt-out", "email:b@x.example", done=True)
    except Failed as failed:
        acknowledged = None
        assert failed.text
    other = service()
    other("open", "jibrok-0", url(place), "-")
    assert not other.allowed(NOTICE, "email:a@x.example")
    if acknowledged:
        assert other("inspect", place)[1] == "3"  # settled, and two that opted out


# Keys ---------------------------------------------------------------------------------------------


def put_away(keys):
    keys.rename(f"{keys}.away")


def of_another(keys):
    keys.rename(f"{keys}.away")
    shutil.copytree(keys.parent / "other.db.keys", keys)


def open_folder(keys):
    keys.chmod(0o755)


def open_key(keys):
    (keys / "identity-0001.key").chmod(0o644)


@pytest.mark.parametrize("harm", [put_away, of_another, open_folder, open_key])
def test_keys_that_are_not_right_make_everything_unknown(notices, service, place, harm):
    other = service()
    other.make("jibrok-0", f"sqlite:{place.parent}/other.db")
    notices.record("opt-out", "email:a@x.example", done=True)
    notices("close")
    keys = place.parent / "store.db.keys"
    harm(keys)
    notices("open", "jibrok-0", url(place), "-")
    for who in "a", "free":
        verdict, reason, code, text = notices.ask(NOTICE, f"email:{who}@x.example")
        assert verdict == "forbidden" and code == "keys" and text
        assert reason in ("untrusted", "failed")
    # A store that knows its keys gets no new ones.
    notices("close")
    if harm is not of_another:
        assert failure(notices, "create", "jibrok-0", url(place), "-").code == "keys"
    if (keys.parent / "store.db.keys.away").exists():
        shutil.rmtree(keys, ignore_errors=True)
        (keys.parent / "store.db.keys.away").rename(keys)
    keys.chmod(0o700)
    (keys / "identity-0001.key").chmod(0o600)
    notices("open", "jibrok-0", url(place), "-")
    assert notices.allowed(NOTICE, "email:free@x.example")
    assert not notices.allowed(NOTICE, "email:a@x.example")


def test_a_key_added_while_another_process_runs(notices, service, place):
    other = service()
    other("open", "jibrok-0", url(place), "-")
    assert other.allowed(NOTICE, "email:a@x.example")
    notices("key")
    # At once: the other process does not know of the key yet, and need not.
    notices.record("opt-out", "email:a@x.example", done=True)
    assert not other.allowed(NOTICE, "email:a@x.example")
    other.record("opt-out", "email:b@x.example", done=True)
    assert not notices.allowed(NOTICE, "email:b@x.example")
    # After its time it is used, and the other process has noticed.
    for each in notices, other:
        each("close")
        each("clock", int((time.time() + 60) * SECOND))
    notices("open", "jibrok-0", url(place), "-")
    notices.record("opt-out", "email:c@x.example", done=True)
    other("open", "jibrok-0", url(place), "-")
    for who in "a", "b", "c":
        assert not other.allowed(NOTICE, f"email:{who}@x.example")
    assert other.allowed(NOTICE, "email:free@x.example")


# Policies -----------------------------------------------------------------------------------------


def test_a_state_that_is_renamed_with_formerly_holds(notices, place):
    notices.record("opt-out", "email:a@x.example", done=True)
    reopen(notices, "jibrok-1", place)
    notices("trust")
    assert not notices.allowed(NOTICE, "email:a@x.example")
    assert notices.allowed(NOTICE, "email:free@x.example")


def test_a_state_that_is_dropped_makes_everything_unknown_until_it_is_mapped(notices, place):
    tell = "us show issue.text everybody"
    notices.record("private-request", record="record:issue:1", done=True)
    reopen(notices, "jibrok-2", place)
    failed = failure(notices, "trust")
    assert failed.code == "policy" and "private" in failed.text and "map" in failed.text
    assert not notices.allowed(NOTICE, "email:free@x.example")
    notices("map", "private", "hidden-one")
    notices("trust")
    assert notices.allowed(NOTICE, "email:free@x.example")
    assert not notices.allowed(tell, "-", "record:issue:1")
    assert notices.allowed(tell, "-", "record:issue:2")
    # The state comes back under its name.
    reopen(notices, "jibrok-0", place)
    notices("trust")
    assert not notices.allowed(tell, "-", "record:issue:1")
    assert notices.allowed(tell, "-", "record:issue:2")


# People -------------------------------------------------------------------------------------------


@pytest.fixture
def news(service, place):
    one = service()
    one("clock", 1_780_000_000 * SECOND)
    one.make("shop-0", url(place), kinds=KINDS)
    return one


def join(service, who, **how):
    return service.record("address-confirmed", who, evidence="a click", **how)


def test_who_is_erased_and_comes_again_is_refused_until_he_says_yes(notices, news):
    one = "email:a@x.example"
    join(news, one)
    assert news.allowed(NEWS, one)
    news.record("child-found", one)
    news("forget", one)
    assert not news.allowed(NEWS, one)
    # Registered again, by us or from a list: nothing was said by the person.
    for source in 1, 2:
        news.record("address-confirmed", one, source=source)
        assert not news.allowed(NEWS, one)


def test_an_import_brings_back_nobody(news):
    one = "email:a@x.example"
    join(news, one)
    news.record("unsubscribe", one, done=True)
    for source in 1, 2:
        assert join(news, one, source=source) is None
        assert not news.allowed(NEWS, one)
    assert join(news, one) is not None
    assert news.allowed(NEWS, one)
    # By another key, through a link, under a new name.
    other = "email:b@x.example"
    news.record("unsubscribe", other, done=True)
    news("key")
    news("clock", 1_780_000_060 * SECOND)
    news("trust")
    assert join(news, other, source=2) is None
    news("link", other, "email:c@x.example")
    assert join(news, "email:c@x.example", source=2) is None
    for who in other, "email:c@x.example":
        assert not news.allowed(NEWS, who)


def test_leave_and_join_interleaved(news):
    one, now = "email:a@x.example", 1_780_000_000 * SECOND
    join(news, one, received=now - 10)
    news.record("unsubscribe", one, received=now - 5, done=True)
    assert not news.allowed(NEWS, one)
    # What came in earlier does not count, however late it is recorded.
    join(news, one, received=now - 7)
    assert not news.allowed(NEWS, one)
    # Between two at one instant nothing is known, in either order.
    join(news, one, received=now - 5)
    assert not news.allowed(NEWS, one)
    assert news.states(one)[1]["subscribed"] == "unknown"
    two = "email:b@x.example"
    news.record("unsubscribe", two, received=now - 5, done=True)
    join(news, two, received=now - 5)
    assert news.states(two)[1]["subscribed"] == "unknown"
    join(news, two, received=now - 4)
    assert news.allowed(NEWS, two)


def test_a_request_waits_until_it_is_done(news):
    cookies, one = "web-shop use cookie.campaign advertising.campaigns", "id:7"
    receipt = news.record("accept-cookies", one, evidence="a click")
    assert news.ask(cookies, one)[:2] == ["forbidden", "pending"]
    news("done", receipt)
    assert news.allowed(cookies, one)
    receipt = news.record("withdraw-cookies", one)
    assert news.ask(cookies, one)[:2] == ["forbidden", "pending"]
    news("done", receipt)
    assert news.ask(cookies, one)[:2] == ["forbidden", "known"]


def test_consent_counts_for_its_own_spelling_and_a_refusal_for_all(news):
    join(news, "email:Joe@x.example")
    assert news.allowed(NEWS, "email:Joe@X.Example.")
    assert news.ask(NEWS, "email:joe@x.example")[:2] == ["forbidden", "spelling"]
    join(news, "email:ann@x.example")
    news.record("child-found", "email:ANN@x.example")
    assert not news.allowed(NEWS, "email:ann@x.example")


def test_what_is_linked_is_one(news):
    for who in "email:a@x.example", "email:b@x.example", "email:c@x.example":
        join(news, who)
    news("link", "email:a@x.example", "email:b@x.example")
    news("link", "email:b@x.example", "email:c@x.example")
    news.record("unsubscribe", "email:c@x.example", done=True)
    for who in "a", "b", "c":
        assert not news.allowed(NEWS, f"email:{who}@x.example")
    # The one in between is forgotten; what held for the others holds.
    news("forget", "email:b@x.example")
    for who in "a", "c":
        assert not news.allowed(NEWS, f"email:{who}@x.example"), who


def test_a_request_for_consent_is_not_left_to_others_as_consent(news):
    cookies = "web-shop use cookie.campaign advertising.campaigns"
    news("link", "id:1", "id:2")
    news.record("accept-cookies", "id:1", evidence="a click")
    news("forget", "id:1")
    for who in "id:1", "id:2":
        assert not news.allowed(cookies, who)


# Clocks, forks, disks -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["same", "key", "link", "name"])
def test_a_clock_that_goes_back_puts_no_yes_before_a_no(news, place, way):
    """Consent while the clock was ahead; then it is set right, and the person withdraws."""
    yes, no, now = "email:a@x.example", "email:a@x.example", 1_780_000_000 * SECOND
    if way == "link":
        yes = "email:other@x.example"
        news("link", yes, no)
    if way == "key":
        news("key")
    news("clock", now + 3600 * SECOND if way != "key" else now + 5 * SECOND)
    news("trust")
    join(news, yes)
    if way == "key":  # the first key made the yes; now the second is in use, then time goes back
        news("clock", now + 60 * SECOND)
        news("trust")
        news("clock", now + 4 * SECOND)
    else:
        news("clock", now)
    if way == "name":
        reopen(news, "shop-1", place)
    news.record("unsubscribe", no, done=True)
    assert not news.allowed(NEWS, no)
    assert not news.allowed(NEWS, yes)
    # And the person may say yes again.
    join(news, no)
    assert news.allowed(NEWS, no)


def test_nothing_is_recorded_that_has_not_happened(news):
    assert failure(news, "record", "unsubscribe", "email:a@x.example", "-",
                   1_780_000_010 * SECOND, 0, "-", 1).code == "input"


def test_a_child_cannot_use_its_parents_store(notices):
    answers = notices.lines(5, "fork", NOTICE, "email:free@x.example", "opt-out")
    ask, trust, record, link, parent = answers
    assert ask[1:4] == ["forbidden", "failed", "usage"]
    assert [trust[0], record[0], link[0]] == ["usage"] * 3
    assert "after a fork" in trust[1] or "before a fork" in trust[1]
    assert parent == ["ok", "ended"]
    assert notices.allowed(NOTICE, "email:free@x.example")


def fill(service, place):
    """Records until it fails; gives who was acknowledged."""
    acknowledged = []
    for i in range(20000):
        who = f"email:{i}@x.example"
        try:
            service.record("opt-out", who, done=True)
        except Failed as failed:
            assert failed.code in ("io", "uncertain")
            assert "space" in failed.text
            return acknowledged
        acknowledged.append(who)
    raise AssertionError("the disk never was full")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a megabyte, where one may be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1200k", "none", str(folder)],
                          capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def look_after(service, place, acknowledged):
    service("trust")
    assert service.allowed(NOTICE, "email:free@x.example")
    for who in acknowledged:
        assert not service.allowed(NOTICE, who)
    assert service("inspect", place)[0] == "sound"


def test_a_full_disk(service, small_disk):
    place, ballast = small_disk / "store.db", small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    one = service()
    one.make("jibrok-0", url(place), kinds=KINDS)
    acknowledged = fill(one, place)
    assert len(acknowledged) > 50
    assert not one.allowed(NOTICE, acknowledged[-1])
    ballast.unlink()
    one.record("opt-out", "email:after@x.example", done=True)
    look_after(one, place, [*acknowledged, "email:after@x.example"])
    one("close")
    other = service()
    other("open", "jibrok-0", url(place), "-")
    look_after(other, place, [*acknowledged, "email:after@x.example"])
    other("close")


def test_a_file_that_may_not_grow(service, place):
    one = service(preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    one.make("jibrok-0", url(place), kinds=KINDS)
    resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    acknowledged = []
    for i in range(3000):
        try:
            one.record("opt-out", f"email:{i}@x.example", done=True)
        except Failed as failed:
            assert failed.code in ("io", "uncertain") and failed.text
            break
        acknowledged.append(f"email:{i}@x.example")
    assert 50 < len(acknowledged) < 3000
    resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE,
                     (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    one.record("opt-out", "email:after@x.example", done=True)
    look_after(one, place, [*acknowledged, "email:after@x.example"])
