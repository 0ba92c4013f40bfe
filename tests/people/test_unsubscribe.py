"""/u/TOKEN as RFC 8058 has it, and as its enemies would like it."""
import os
import re
import socket
import sqlite3
import subprocess
import threading
import time
from hashlib import blake2b
from urllib.parse import quote

import pytest

from people.conftest import CONFIG, ENGLISH, words

MULTIPART = ('--x1\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n'
             "--x1--\r\n")
DONE = "Recorded: our newsletter You have told us: unsubscribe from the newsletter"


def raw(people, request):
    """What comes back to bytes that are sent as they are."""
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(20)
    one.connect(str(people.folder / "http.sock"))
    try:
        one.sendall(request)
    except BrokenPipeError:
        pass  # it was answered before it had all
    got = b""
    try:
        while part := one.recv(65536):
            got += part
    except ConnectionResetError:
        pass
    one.close()
    return got


# One click ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind, body", [
    ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
    ("application/x-www-form-urlencoded; charset=UTF-8", "List-Unsubscribe=One-Click\r\n"),
    ("multipart/form-data; boundary=x1", MULTIPART),
    ('multipart/form-data; boundary="x1"', MULTIPART),
    ("text/plain", "List-Unsubscribe=One-Click"),
    (None, "List-Unsubscribe=One-Click"),
])
def test_one_click(people, kind, body):
    people.record("join", "joe@shop.example", "--evidence=form", "--done")
    assert people.may("news")
    answer = people.daemon.get("/u/" + people.link(), "POST", body,
                               {"Content-Type": kind} if kind else {})
    assert answer.status == 200
    assert words(answer).startswith(DONE)
    assert "Set-Cookie" not in answer.headers and "Location" not in answer.headers
    assert not people.may("news") and people.may("offers")
    assert people.status()[1] == ["join", "leave"]


def test_the_request_with_the_fewest_effects(people):
    people.post("/u/" + people.link(about="offers"))
    states, recorded = people.status()
    assert recorded == ["stop-mail"]
    assert states == {"stopped": "yes", "subscribed": "no", "private": "no"}


def test_http_1_0(people):
    token = people.link()
    body = b"List-Unsubscribe=One-Click"
    got = raw(people, b"POST /u/%s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s"
              % (token.encode(), len(body), body))
    assert re.match(rb"HTTP/1\.[01] 200 ", got) and b"<h1>Recorded" in got
    assert people.status()[1] == ["leave"]
    got = raw(people, b"GET /u/%s HTTP/1.0\r\n\r\n" % token.encode())
    assert re.match(rb"HTTP/1\.[01] 200 ", got) and b"<h1>Stop e-mail" in got


def test_any_number_of_times(people):
    """One receipt is enough: replays do not fill the ledger. After a new consent it counts again."""
    token = people.link()
    first = people.post("/u/" + token)
    for _ in range(100):
        again = people.post("/u/" + token)
        assert (again.status, again.body) == (200, first.body)
    assert people.status()[1] == ["leave"]
    people.record("join", "joe@shop.example", "--evidence=form", "--done")
    assert people.may("news")
    assert people.post("/u/" + token).status == 200
    assert not people.may("news")
    assert people.status()[1] == ["leave", "join", "leave"]


def test_years_old(people, avow):
    """A link of the first key, after keys were added, with a policy whose numbers are all others."""
    token = people.link()
    people.daemon.stop()
    for _ in range(3):
        assert people.avowd("--store=sqlite:c.db", "key", "rotate").returncode == 0
    people.build(avow, ENGLISH.replace("effective: 2026-03-01", "effective: 2026-04-01").replace(
        'person   customer "customer".',
        'person   beggar "beggar".\nperson   baker "baker".\nperson   customer "customer".').replace(
        "purpose  news ", 'purpose  alms "alms".\npurpose  news '))
    people.daemon.start()
    assert people.daemon.get("/readyz").json["effective"] == "2026-04-01"
    assert words(people.post("/u/" + token)).startswith(DONE)
    assert people.status()[1] == ["leave"]


# Nothing but POST writes -------------------------------------------------------------------------

def test_only_post_writes(people):
    token = people.link()
    before = people.bytes()
    for path in ("/u/", "/p/"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
            for headers in ({}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"},
                            {"Sec-GPC": "1"}, {"X-HTTP-Method-Override": "POST"}):
                answer = people.get(path + token, method, headers)
                assert answer.status == {"GET": 200, "HEAD": 200, "OPTIONS": 204}.get(method, 405)
        assert people.get(path + token + "?List-Unsubscribe=One-Click&do=leave").status == 200
    assert people.bytes() == before
    assert people.status()[1] == []


def test_head_says_what_get_says(people):
    token = people.link()
    head, get = people.get("/u/" + token, "HEAD"), people.get("/u/" + token)
    assert head.body == b"" and len(get.body) > 500
    ignored = {"Date"}
    assert ({k: v for k, v in head.headers.items() if k not in ignored}
            == {k: v for k, v in get.headers.items() if k not in ignored})


@pytest.mark.parametrize("kind, body", [
    ("application/x-www-form-urlencoded", ""),
    ("application/x-www-form-urlencoded", "List-Unsubscribe=one-click"),
    ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click&List-Unsubscribe=No"),
    ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click%00"),
    ("application/x-www-form-urlencoded", "\xff\xfe=\xff"),
    ("multipart/form-data", MULTIPART),
    ("multipart/form-data; boundary=x2", MULTIPART),
    ("multipart/form-data; boundary=" + "x" * 200, MULTIPART),
    ("application/json", '{"List-Unsubscribe": "One-Click"}'),
])
def test_what_does_not_say_so_does_nothing(people, kind, body):
    before = people.bytes()
    answer = people.daemon.get("/u/" + people.link(), "POST", body.encode("latin-1"),
                               {"Content-Type": kind})
    assert answer.status == 400
    assert ("Nothing was recorded yet, because what arrived does not say what you want. Please use "
            "the button.") in words(answer)
    assert people.bytes() == before


# Who is behind it --------------------------------------------------------------------------------

def test_the_known_and_the_unknown_get_the_same(people):
    """Of one who agreed, one who refused, and one of whom nothing was ever heard."""
    people.record("join", "known@shop.example", "--evidence=form", "--done")
    people.record("stop-mail", "never@shop.example", "--done")
    who = ["known@shop.example", "never@shop.example", "other@shop.example"]
    tokens = {name: people.link(name) for name in who}
    assert len({len(token) for token in tokens.values()}) == 1

    def seen(answer, token):
        headers = sorted((k, v) for k, v in answer.headers.items() if k != "Date")
        return answer.status, headers, answer.body.replace(token.encode(), b"TOKEN")

    for path in ("/u/", "/p/"):
        assert len({repr(seen(people.get(path + token), token)) for token in tokens.values()}) == 1
    entries = {name: len(people.status(name)[1]) for name in who}
    assert len({repr(seen(people.post("/u/" + token), token)) for token in tokens.values()}) == 1
    assert len({repr(seen(people.post("/p/" + token, {"do": "stop-mail"}), token))
                for token in tokens.values()}) == 1
    for name in who:
        assert len(people.status(name)[1]) == entries[name] + 2, "each is written down alike"
        assert not people.may("news", name) and not people.may("offers", name)


def test_nothing_shows_the_address(people):
    people.record("join", "joe.doe@shop.example", "--evidence=secret-form", "--done")
    token = people.link("joe.doe@shop.example")
    pages = [people.get("/u/" + token), people.post("/u/" + token), people.get("/p/" + token),
             people.post("/p/" + token, {"do": "leave"})]
    for page in pages:
        text = page.body.decode() + str(page.headers)
        for secret in ("joe", "shop.example", "secret-form", "?receipt="):
            assert secret not in text
        assert not re.search(r"\br\d+-\d+-[0-9a-f]{16}", text)
    log = people.daemon.log.read_text()
    assert "joe" not in log and token not in log


def test_a_mailed_link_only_withdraws(people):
    people.record("stop-mail", "joe@shop.example", "--done")
    receipt = people.record("leave", "joe@shop.example", "--done")
    token, before = people.link(), people.status()
    mark = re.search(rb'name="policy" value="(\w+)"', people.get("/p/" + token).body)[1].decode()
    answer = people.post("/p/" + token, {"do": "join", "policy": mark})
    assert answer.status == 403
    assert "Nothing was recorded: with this link you can only stop things." in words(answer)
    assert people.status() == before
    assert people.get(f"/p/{token}?receipt={receipt}").status == 404
    assert b'value="join"' not in people.get("/p/" + token).body


def test_two_recipients_have_two_links(people):
    one, other = people.link("a@shop.example"), people.link("b@shop.example")
    assert one != other and people.link("a@shop.example") == one
    for name in ("a@shop.example", "b@shop.example"):
        people.record("join", name, "--evidence=form", "--done")
    people.post("/u/" + one)
    assert not people.may("news", "a@shop.example") and people.may("news", "b@shop.example")


# Tokens that are none ----------------------------------------------------------------------------

def bad_tokens(good):
    swapped = good[:30] + ("B" if good[30] == "A" else "A") + good[31:]
    return ["", "x", good[:-1], good[:40], good + "A", good + "=", swapped, good[::-1],
            good.swapcase(), "A" * len(good), "AQ" + "A" * 90, "Ag" + good[2:], "Afg" + good[3:],
            "_" * 600, "A" * 4000, "%41", "%FF%FE", "..%2fhealthz", "<script>alert(1)</script>",
            "joe@shop.example", good + "/x"]


def test_whatever_is_wrong_the_page_is_one(people):
    good = people.link()
    before, seen = people.bytes(), set()
    for token in bad_tokens(good):
        for path in ("/u/", "/p/"):
            for method in ("GET", "POST"):
                target = path + (token if "%" in token else quote(token))
                answer = (people.get(target) if method == "GET" else people.post(target))
                headers = sorted((k, v) for k, v in answer.headers.items() if k != "Date")
                seen.add((answer.status, repr(headers), answer.body))
    assert people.bytes() == before
    assert len(seen) == 1, [one[0] for one in seen]
    status, _, body = seen.pop()
    assert status == 404
    assert b"<h1>This link does not work</h1>" in body and b"Nothing was recorded." in body
    assert b'href="https://bakery.example/counter"' in body
    # A link of another store is none here.
    other = people.folder / "other"
    other.mkdir()
    people.avowd("--store=sqlite:other/c.db", "--policy=shop.avow", "init", "--no-history")
    (people.folder / "other.yaml").write_text(
        (people.folder / "avowd.yaml").read_text().replace("c.db", "other/c.db"))
    done = people.avowd("link-for", "--config=other.yaml", "--about=news", "joe@shop.example")
    strange = re.search(r"/u/([\w-]+)", done.stdout)[1]
    assert people.get("/u/" + strange).body == body


def test_time_tells_nothing(people):
    """A forgery that is right but for its last byte takes as long as one that is all wrong."""
    good = people.link()
    near = good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB")
    far = "AQE" + "x" * (len(good) - 3)
    times = {near: [], far: []}
    connection = people.daemon.connection()
    for _ in range(300):
        for token in times:
            start = time.perf_counter()
            connection.request("GET", "/u/" + token)
            connection.getresponse().read()
            times[token].append(time.perf_counter() - start)
    middle = [sorted(values)[len(values) // 2] for values in times.values()]
    assert max(middle) < 1.5 * min(middle), middle


# The store fails ---------------------------------------------------------------------------------

def test_what_cannot_be_recorded_is_said_not_to_be(people):
    token = people.link()
    lock = sqlite3.connect(people.folder / "c.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        answer = people.post("/u/" + token)
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert words(answer).startswith(
        "Not recorded Something is out of order here, and what you told us could not be recorded. "
        "Nothing has changed.")
    assert people.status()[1] == []
    assert people.daemon.metric('avowd_records_total{door="people",result="failed"}') == 1
    assert "joe" not in people.daemon.log.read_text()
    assert people.post("/u/" + token).status == 200
    assert people.status()[1] == ["leave"]


def test_without_keys_nothing_is_said_to_be_recorded(people):
    token = people.link()
    people.daemon.stop()
    os.rename(people.folder / "c.db.keys", people.folder / "keys.away")
    people.daemon.start()
    answer = people.post("/u/" + token)
    assert answer.status == 503 and b"<h1>Not recorded</h1>" in answer.body
    os.rename(people.folder / "keys.away", people.folder / "c.db.keys")
    people.daemon.until(lambda: people.post("/u/" + token).status == 200)
    assert people.status()[1] == ["leave"]


# Much --------------------------------------------------------------------------------------------

def test_a_flood_of_one_link(people):
    """10,000 posts by four at once: one entry, and the daemon goes on."""
    token = people.link()
    wrong = []

    def many():
        connection = people.daemon.connection()
        for _ in range(2500):
            connection.request("POST", "/u/" + token, "List-Unsubscribe=One-Click")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                wrong.append(answer.status)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    recorded = people.status()[1]
    assert 1 <= len(recorded) <= 4 and set(recorded) == {"leave"}, recorded


def test_a_huge_form_is_refused(people):
    before = people.bytes()
    token = people.link()
    huge = b"x=" + b"y" * 2_000_000 + b"&List-Unsubscribe=One-Click"
    got = raw(people, b"POST /u/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
              % (token.encode(), len(huge), huge))
    assert got == b"" or got.startswith(b"HTTP/1.1 413 ")
    fields = "&".join(f"x{i}=1" for i in range(5000))
    answer = people.daemon.get("/u/" + token, "POST", fields + "&List-Unsubscribe=One-Click")
    assert answer.status == 400
    assert people.bytes() == before


# What surrounds the page -------------------------------------------------------------------------

def test_headers_keep_the_link_to_itself(people):
    token = people.link()
    for answer in (people.get("/u/" + token), people.post("/u/" + token), people.get("/p/" + token),
                   people.get("/u/none"), people.get("/p/" + people.fresh())):
        policy = dict(part.strip().partition(" ")[::2] for part in
                      answer.headers["Content-Security-Policy"].split(";"))
        assert policy.pop("style-src").startswith("'sha256-")
        assert policy == {"default-src": "'none'", "form-action": "'self'",
                          "frame-ancestors": "'none'", "base-uri": "'none'"}
        for name, value in {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
                            "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
                            "Content-Type": "text/html; charset=utf-8",
                            "Content-Language": "en"}.items():
            assert answer.headers[name] == value
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not re.search(rb'(src|href)="(?!\.\./p/|\?receipt=|https://bakery|mailto:)',
                             answer.body)


def test_a_policy_in_which_nothing_stops_mail_is_not_served(people):
    people.daemon.stop()
    config = people.folder / "avowd.yaml"
    text = config.read_text()
    config.write_text(text.replace("  no-link: [orders]\n", ""))
    people.daemon.start(wait=False)
    assert people.daemon.process.wait(30) == 2
    log = people.daemon.log.read_text()
    assert ('By no request can a customer stop e-mail about orders, so a link in it could do '
            'nothing. Add to the policy: a request, a state of the person after it, "we MUST do" '
            'the request, and "we NEVER email anyone about orders if" the state. Or list it under '
            "no-link in `people`.") in log
    people.daemon.process = None
    config.write_text(text)


@pytest.mark.parametrize("before, after, said", [
    ("https://www.bakery.example/mail", "http://www.bakery.example/mail",
     "it begins with https:// and has no ? or #."),
    ("https://www.bakery.example/mail", "https://www.bakery.example/?t=",
     "it begins with https:// and has no ? or #."),
    ("no-link: [orders]", "no-link: [orderz]",
     'no-link in `people` names "orderz", which is no purpose'),
    ("no-link: [orders]", "no-link: [orders]\n  person: custumer",
     'person in `people` names "custumer", which is no person'),
    ("no-link: [orders]", "no-link: [orders]\n  renamed: {letters: {now: newz}}",
     'renamed in `people` names "newz", which is no purpose'),
    ("no-link: [orders]", "no-link: [orders]\n  fresh: 2d", "fresh"),
])
def test_settings_that_are_wrong(program, place, before, after, said):
    user = "user: root" if os.geteuid() == 0 else ""
    text = CONFIG.replace("{user}", user)
    assert before in text
    (place / "avowd.yaml").write_text(text.replace(before, after))
    done = subprocess.run([program, "serve", "--config=avowd.yaml"], cwd=place,
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr


def test_a_purpose_that_was_renamed(people, avow):
    """By the settings it is the new one's request; without, what stops all mail, for it is a no."""
    token = people.link()
    people.daemon.stop()
    people.build(avow, re.sub(r"\bnews\b", "letters", ENGLISH).replace("2026-03-01", "2026-05-01"))
    people.daemon.start()
    answer = people.post("/u/" + token)
    assert answer.status == 200 and words(answer).startswith("Recorded You have told us:")
    assert people.status()[1] == ["leave", "stop-mail"]
    config = people.folder / "avowd.yaml"
    config.write_text(config.read_text() + "  renamed: {news: {now: letters}}\n")
    people.daemon.hang_up()
    people.record("join", "joe@shop.example", "--evidence=form", "--done")
    assert words(people.post("/u/" + token)).startswith(DONE)
    assert people.status()[1] == ["leave", "stop-mail", "join", "leave"]


# The API -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("body, status, said", [
    ({"who": "joe@shop.example", "about": "orders"}, 404, "no-link in `people` lists it"),
    ({"who": "joe@shop.example", "about": "newz"}, 422, "no purpose of the name in `about`"),
    ({"who": "joe@shop.example", "about": "news", "person": "x"}, 422, "no person of the name"),
    ({"who": "joe@@shop", "about": "news"}, 422, ""),
    ({"who": "record:order:1"}, 422, "A record is nobody"),
    ({"about": "news"}, 422, "Whose link?"),
    ({"who": 4711}, 422, "who is a text."),
    ({"who": "joe@shop.example", "abuot": "news"}, 422, "none of who, person and about"),
    ("[]", 400, "no JSON object"),
    ("{", 400, "no JSON object"),
])
def test_links_that_there_are_not(people, body, status, said):
    answer = people.daemon.post("/v1/link", body)
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said in answer.json["detail"]


def test_links_need_a_token_where_tokens_are(people):
    people.daemon.stop()
    lines = "".join(f"{name} {name} {blake2b(name.encode() * 4, digest_size=32).hexdigest()}\n"
                    for name in ("ask", "record", "admin"))
    tokens = people.folder / "tokens"
    tokens.write_text(lines)
    tokens.chmod(0o600)
    config = people.folder / "avowd.yaml"
    config.write_text(config.read_text() + "tokens: tokens\n")
    people.daemon.start()

    def ask(name):
        body = b'{"who": "joe@shop.example", "about": "news"}'
        token = b"Authorization: Bearer %s\r\n" % (name.encode() * 4) if name else b""
        got = raw(people, b"POST /v1/link HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s"
                  b"Content-Length: %d\r\n\r\n%s" % (token, len(body), body))
        return int(got.split()[1])

    for name, status in (("ask", 403), ("record", 200), ("admin", 200), ("other", 401)):
        assert ask(name) == status, name
    assert ask("") == 401
