"""/p/TOKEN: what somebody sees of herself, and what she can say there."""
import os
import re
import subprocess

import pytest

from people.conftest import ENGLISH, GERMAN, words


def mark_of(people, token):
    return re.search(rb'name="policy" value="(\w+)"', people.get("/p/" + token).body)[1].decode()


def receipts(answer):
    return re.findall(rb'href="\?receipt=(r\d+-\d+-[0-9a-f]{16})" download', answer.body)


def buttons(answer):
    return re.findall(rb'<button name="do" value="([\w-]+)">', answer.body)


# What is shown -----------------------------------------------------------------------------------

def test_what_is_known_of_her(people):
    people.record("join", "joe@shop.example", "--evidence=form", "--done")
    people.record("gpc", "joe@shop.example")
    page = people.get("/p/" + people.fresh())
    text = words(page)
    assert "E-mail: our newsletter At present we may send you such e-mail." in text
    assert "E-mail: offers of the week At present we may send you such e-mail." in text
    assert "We e-mail our newsletter to those who subscribe to the newsletter." in text
    assert "asked us to stop all e-mail no asked for our newsletter yes" in text
    assert "does not want to be passed on yes" in text
    assert buttons(page) == [b"leave", b"stop-mail"], "what would change nothing is not offered"
    assert len(receipts(page)) == 2
    assert "joe" not in page.body.decode()


def test_what_waits(people, avow):
    """A request with a deadline is not done when it is received: mail is refused, and that is said."""
    people.build(avow, ENGLISH.replace("we MUST do join or leave at once.",
                                       "we MUST do join or leave within 3 days."))
    people.daemon.hang_up()
    people.post("/u/" + people.link())
    assert people.status()[0]["subscribed"] == "unknown"
    assert not people.may("news")
    text = words(people.get("/p/" + people.fresh()))
    assert "asked for our newsletter received, not yet carried out" in text
    assert "At present we do not send you such e-mail, because it is not certain what you want." in text
    duties = people.avowd("--store=sqlite:c.db", "--policy=shop.avow", "duties")
    assert "leave" in duties.stdout


def test_her_receipts_and_nobody_else_s(people):
    hers = people.record("leave", "joe@shop.example", "--done")
    linked = people.record("stop-mail", "jo@other.example", "--done")
    other = people.record("leave", "jane@shop.example", "--done")
    assert people.avowd("--store=sqlite:c.db", "--policy=shop.avow", "link", "joe@shop.example",
                        "jo@other.example").returncode == 0
    token = people.fresh()
    assert set(receipts(people.get("/p/" + token))) == {hers.encode(), linked.encode()}
    for name in (hers, linked):
        answer = people.get(f"/p/{token}?receipt={name}")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.json"'
        assert answer.json["record_id"] == name
    missing = people.get(f"/p/{token}?receipt=r1-1-0123456789abcdef")
    assert missing.status == 404
    for name in (other, hers[:-1], hers + "0", "", "../etc", "r1-0-0123456789abcdef"):
        answer = people.get(f"/p/{token}?receipt={name}")
        assert (answer.status, answer.body) == (404, missing.body)


def test_receipts_in_a_long_ledger(people, tmp_path):
    """They are found by time among thousands, and what was recorded long after it was received is
    said to be missing."""
    hers = people.record("leave", "joe@shop.example", "--done")
    lists = tmp_path / "list.csv"
    lists.write_text("email\n" + "".join(f"x{i}@shop.example\n" for i in range(17500)))
    done = people.avowd("--store=sqlite:c.db", "--policy=shop.avow", "import", "--as=stop-mail",
                        "--status=unsubscribed", str(lists))
    assert done.returncode == 0, done.stderr
    people.record("stop-mail", "joe@shop.example", "--done", "--at=2026-03-07T10:00:00Z")
    last = people.record("gpc", "joe@shop.example")
    page = people.get("/p/" + people.fresh())
    assert receipts(page) == [last.encode(), hers.encode()]
    assert "There are receipts that cannot be shown here. Ask us for them." in words(page)


def test_nothing_is_known(people):
    page = people.get("/p/" + people.fresh("nobody@shop.example"))
    assert "Nothing is recorded of you." in words(page) and receipts(page) == []
    assert buttons(page) == [b"stop-mail", b"no-sale", b"join"]


# What she says -----------------------------------------------------------------------------------

def test_to_agree_and_to_withdraw(people):
    token = people.fresh()
    answer = people.post("/p/" + token, {"do": "join", "policy": mark_of(people, token)})
    assert answer.status == 200
    assert words(answer).startswith("Your choices Recorded You have told us: subscribe to the "
                                    "newsletter r")
    assert people.may("news")
    name = receipts(answer)[0].decode()
    document = people.get(f"/p/{token}?receipt={name}").json
    assert document["event"]["event_state"] == "given"
    assert document["event"]["evidence"].startswith("button on the preference page, policy ")
    assert document["privacy_notice"]["statement"].startswith("We e-mail our newsletter")
    answer = people.post("/p/" + token, {"do": "leave"})
    assert answer.status == 200 and not people.may("news")
    assert people.status()[1] == ["join", "leave"]


@pytest.mark.parametrize("fields, headers, status, said", [
    ({}, {}, 400, "Nothing was recorded yet, because what arrived does not say what you want."),
    ({"policy": "MARK"}, {}, 400, "Nothing was recorded yet"),
    ({"leave": "on", "join": "off"}, {}, 400, "Nothing was recorded yet"),
    ({"do": "join"}, {}, 409, "Our policy has changed since you opened this page, so nothing was"),
    ({"do": "join", "policy": "0123456789abcdef"}, {}, 409, "Our policy has changed"),
    ({"do": "jion", "policy": "MARK"}, {}, 409, "Our policy has changed"),
    ({"do": "join", "policy": "MARK"}, {"Sec-Fetch-Site": "cross-site"}, 403,
     "Nothing was recorded: with this link you can only stop things."),
    ({"do": "gpc", "policy": "MARK"}, {}, 409, "Our policy has changed"),
    ({"List-Unsubscribe": "One-Click"}, {}, 400, "Nothing was recorded yet"),
])
def test_what_records_nothing(people, fields, headers, status, said):
    token = people.fresh()
    mark, before = mark_of(people, token), people.bytes()
    fields = {name: mark if value == "MARK" else value for name, value in fields.items()}
    answer = people.post("/p/" + token, fields, headers)
    assert answer.status == status
    assert said in words(answer)
    assert people.bytes() == before


@pytest.fixture(scope="session")
def clock(root, tmp_path_factory):
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, root / "tests/avowd/clock.c"],
                   check=True)
    return library


def test_a_link_whose_time_is_over(people, clock):
    """It shows nothing any more and can agree to nothing, and still withdraws."""
    people.record("join", "joe@shop.example", "--evidence=form", "--done")
    receipt = people.record("gpc", "joe@shop.example")
    mark = mark_of(people, people.fresh())

    def made(hours):
        done = subprocess.run(
            [people.daemon.program, "link-for", "--config=avowd.yaml", "joe@shop.example"],
            cwd=people.folder, capture_output=True, text=True,
            env={**os.environ, "LD_PRELOAD": str(clock), "AVOW_CLOCK": str(-3600 * hours),
                 "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"})
        assert done.returncode == 0, done.stderr
        return re.search(r"/p/([\w-]+)", done.stdout)[1]

    assert "asked for our newsletter yes" in words(people.get("/p/" + made(0)))
    token = made(2)
    page = people.get("/p/" + token)
    assert "The time of your link is over." in words(page)
    assert "asked for our newsletter" not in words(page) and receipts(page) == []
    assert people.get(f"/p/{token}?receipt={receipt}").status == 404
    assert people.post("/p/" + token, {"do": "join", "policy": mark}).status == 403
    assert people.post("/p/" + token, {"do": "leave"}).status == 200
    assert people.status()[1] == ["join", "gpc", "leave"]


def test_withdrawing_does_not_wait_for_reading(people):
    """A page of an older policy still withdraws: only to agree takes the words in force."""
    token = people.link()
    assert people.post("/p/" + token, {"do": "leave", "policy": "0123456789abcdef"}).status == 200
    assert people.status()[1] == ["leave"]


# Her browser's signal ----------------------------------------------------------------------------

@pytest.mark.parametrize("headers", [
    {}, {"Sec-GPC": "0"}, {"Sec-GPC": "true"}, {"Sec-GPC": "1, 1"}, {"Sec-GPC": "11"},
    {"Sec-GPC": "?1"}, {"DNT": "1"}, {"Sec-GPC": "1", "Sec-Purpose": "prefetch"},
    {"Sec-GPC": "1", "Purpose": "prefetch"},
])
def test_what_is_no_signal(people, headers):
    token, before = people.fresh(), people.bytes()
    answer = people.get("/p/" + token, headers=headers)
    assert answer.status == 200 and "Your browser" not in words(answer)
    assert people.bytes() == before


def test_a_signal_is_recorded_once(people):
    token = people.fresh()
    for _ in range(3):
        answer = people.get("/p/" + token, headers={"Sec-GPC": "1"})
        assert ("Your browser has told us, and we have recorded: do not sell or share what you "
                "know of me") in words(answer)
    assert people.status() == ({"stopped": "no", "subscribed": "no", "private": "yes"}, ["gpc"])


def test_a_signal_with_a_mailed_link(people):
    """Whoever follows it may be somebody else: only her act carries it."""
    token, before = people.link(), people.bytes()
    for path in ("/u/", "/p/"):
        assert people.get(path + token, headers={"Sec-GPC": "1"}).status == 200
    assert people.bytes() == before
    people.post("/u/" + token, headers={"Sec-GPC": "1"})
    assert sorted(people.status()[1]) == ["gpc", "leave"]


# Languages and labels ----------------------------------------------------------------------------

def test_in_german(people, avow):
    people.build(avow, GERMAN)
    people.daemon.hang_up()
    token = people.link()
    page = people.get("/u/" + token)
    assert page.headers["Content-Language"] == "de"
    assert words(page).startswith(
        "E-Mails abbestellen: unser Newsletter Mit dem Knopf sagen Sie uns: den Newsletter "
        "abbestellen Was wir dazu veröffentlicht haben Wir schicken unseren Newsletter an alle")
    assert words(people.post("/u/" + token)).startswith(
        "Vermerkt: unser Newsletter Sie haben uns gesagt: den Newsletter abbestellen Ab jetzt")
    assert "hat den Newsletter bestellt nein" in words(people.get("/p/" + people.fresh()))


def test_a_longer_tag_of_a_language(people, avow):
    people.build(avow, ENGLISH.replace("language: en", "language: en-x-test"))
    people.daemon.hang_up()
    assert people.get("/u/" + people.link()).body.startswith(
        b'<!DOCTYPE html>\n<html lang="en-x-test">')


def test_labels_are_texts(people, avow):
    text = ENGLISH.replace('"unsubscribe from the newsletter"', '"a<b>&amp;\'c <script>x</script>"')
    text = text.replace('"our newsletter"', '"<img src=x onerror=y> news"')
    people.build(avow, text)
    people.daemon.hang_up()
    for answer in (people.get("/u/" + people.link()), people.post("/u/" + people.link()),
                   people.get("/p/" + people.fresh())):
        body = answer.body.decode()
        assert "<script" not in body and "<img" not in body and "<b>" not in body
        assert "a&lt;b&gt;&amp;amp;&#39;c &lt;script&gt;x&lt;/script&gt;" in body


def test_other_policies_have_their_links(people, root, avow, tmp_path):
    """The policies of the tree: what each link does is what its policy calls it."""
    done = avow("build", root / "policies/jibrok.policy", "--only=avow", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    people.daemon.stop()
    (people.folder / "shop.avow").write_bytes((tmp_path / "jibrok.avow").read_bytes())
    for old in people.folder.glob("c.db*"):
        subprocess.run(["rm", "-r", old], check=True)
    made = people.avowd("--store=sqlite:c.db", "--policy=shop.avow", "init", "--no-history")
    assert made.returncode == 0, made.stderr
    subprocess.run(["rm", "-rf", people.folder / "state"], check=True)
    config = people.folder / "avowd.yaml"
    config.write_text(config.read_text().replace("  no-link: [orders]\n", ""))
    people.daemon.start()
    token = people.link(about="notify.expiry")
    assert words(people.get("/u/" + token)).startswith(
        "Stop e-mail: a licence that has expired With the button you tell us: stop all e-mail")
    assert people.post("/u/" + token).status == 200
    asked = people.avowd("--store=sqlite:c.db", "--policy=shop.avow", "ask", "email", "licensee",
                         "notify.security", "joe@shop.example")
    assert asked.returncode == 1 and "opt-out" in asked.stdout


# The store fails ---------------------------------------------------------------------------------

def test_what_cannot_be_read_is_not_shown(people):
    """A damaged database: neither states nor receipts are made up."""
    people.record("join", "joe@shop.example", "--evidence=form", "--done")
    token = people.fresh()
    with (people.folder / "c.db").open("r+b") as file:
        file.seek(0)
        file.write(b"\0" * 4096)
    answer = people.get("/p/" + token)
    assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
    assert "asked for our newsletter" not in words(answer)
    answer = people.post("/p/" + token, {"do": "leave"})
    assert answer.status == 503 and words(answer).startswith("Not recorded")
