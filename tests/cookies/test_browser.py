"""The script in Chromium, by its cookie jar and the log of its requests: a server with real pages, and
tags on another origin."""
import http.server
import itertools
import json
import os
import shutil
import subprocess
import threading

import pytest

from cookies.conftest import HERE

POLICY = "script-src 'nonce-n0nce' 'self' {tags}; default-src 'self' {tags}"
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<script src="/{name}_cookies.js"></script>
<script nonce="n0nce">document.cookie = "_visits=early"; document.cookie = "larch_basket=1";</script>
</head><body>
<main><h1>Shop</h1>
<div data-avow-choice role="group" aria-label="Cookies"></div>
<script type="text/plain" data-avow="cookie.statistics" nonce="n0nce">
  document.cookie = "_visits_page=1; Max-Age=999";
  localStorage.setItem("visits", "1");
  window.inline = (window.inline || 0) + 1;
</script>
<script type="text/plain" data-avow="cookie.statistics cookie.campaign" src="{tags}/tag.js"></script>
<img alt="" data-avow="cookie.campaign" data-src="{tags}/pixel.png">
<iframe title="advertisement" data-avow="cookie.campaign" data-src="{tags}/frame.html"></iframe>
<img alt="" data-avow="cookie.unknown" data-src="{tags}/never.png">
</main></body></html>
"""
TAG = """document.cookie = "_campaign=tag"; window.tag = 1;
setInterval(() => { document.cookie = "_visits_beat=1"; fetch("%s/beat", { mode: "no-cors" }); }, 20);
"""


class Site:
    """A server on the loopback: the pages of a folder on one port, tags on another."""

    def __init__(self, folder, program):
        self.folder, self.program, self.log = folder, program, []
        self.pages = self.serve(self.page)
        self.others = self.serve(self.tag)
        self.url = f"http://localhost:{self.pages.server_port}"
        self.tags = f"http://127.0.0.1:{self.others.server_port}"

    def serve(self, answer):
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path != "/favicon.ico":  # the browser's own wish
                    site.log.append(self.path)
                status, kind, body, headers = answer(self)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def page(self, request):
        path = request.path.split("?")[0]
        if path.endswith("_cookies.js"):
            return 200, "text/javascript", (self.folder / path[1:]).read_bytes(), []
        if not path.startswith("/shop"):
            name = path[1:].split("/")[0]
            text = PAGE.format(name=name, tags=self.tags)
            return 200, "text/html", text.encode(), [("Content-Security-Policy",
                                                      POLICY.format(tags=self.tags))]
        # First-party cookies, by the program of the server's side.
        env = {"PATH": os.environ["PATH"], "HTTP_COOKIE": request.headers.get("Cookie", "")}
        if "Sec-GPC" in request.headers:
            env["HTTP_SEC_GPC"] = request.headers["Sec-GPC"]
        done = subprocess.run([self.program, *request.path.split("?")[1:]], capture_output=True, text=True,
                              env=env)
        assert done.returncode == 0, done.stderr
        headers = [line.split(": ", 1) for line in done.stdout.splitlines()]
        text = PAGE.format(name="shop", tags=self.tags)
        return 200, "text/html", text.encode(), [*headers, ("Content-Security-Policy",
                                                           POLICY.format(tags=self.tags))]

    def tag(self, request):
        seen = [("Set-Cookie", "third=1; SameSite=Lax")] if "frame" in request.path else []
        kind = {"js": "text/javascript", "png": "image/png", "html": "text/html"}.get(
            request.path.split(".")[-1], "text/plain")
        return 200, kind, (TAG % self.tags).encode() if kind == "text/javascript" else b"", seen

    def close(self):
        for server in (self.pages, self.others):
            server.shutdown()
            server.server_close()


@pytest.fixture(scope="module")
def site(made, compiled):
    site = Site(made["shop"].folder, compiled("shop", HERE / "cgi.c"))
    yield site
    site.close()


@pytest.fixture(scope="module")
def browse(modules):
    """browse(steps) is what each step saw; a name of a Python function is called in between."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing: tests/install"

    def run(*steps):
        done = subprocess.run(["node", str(HERE / "browse.js"), str(modules), chromium],
                              input=json.dumps(steps), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def names(jar):
    return {one["name"] for one in jar}


FRAME = "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/frame.html'))"
BEAT = "document.cookie.includes('_visits_beat')"


def test_nothing_before_it_may_and_nothing_after(site, browse):
    """A visitor who has chosen nothing; accepts; comes again; withdraws while tags run."""
    site.log.clear()
    seen = browse(
        ["fresh"], ["go", f"{site.url}/shop"],
        ["run", "[document.cookie, localStorage.length, window.inline, window.tag]"], ["jar"],
        ["run", "fetch('/mark-1').then(() => 0)"],
        ["run", "[avow.record('accept-cookies'), avow.may('cookie.statistics')]"],
        ["wait", f"{BEAT} && {FRAME}"], ["jar"], ["run", "[localStorage.visits, window.inline]"],
        ["go", f"{site.url}/shop"], ["wait", BEAT], ["jar"],
        ["run", "document.cookie = 'stranger=1'; document.cookie"],
        ["reloads", "avow.record('withdraw-cookies')"], ["run", "fetch('/mark-2').then(() => 0)"],
        ["run", "new Promise((go) => setTimeout(go, 200)).then(() => [document.cookie, localStorage.length, "
                "window.inline, document.body.innerHTML])"],
        ["jar"], ["complaints"])
    # before
    assert seen[2] == ["", 0, None, None], "the basket is the server's, and HttpOnly"
    assert names(seen[3]) == {"larch_basket"}
    before = site.log[:site.log.index("/mark-1")]
    assert before == ["/shop", "/shop_cookies.js"]
    # accepted
    assert seen[5] == [True, True]
    assert names(seen[7]) == {"larch_basket", "larch_choice", "_visits_page", "_visits_beat", "_campaign"}
    choice, = [one for one in seen[7] if one["name"] == "larch_choice"]
    assert (choice["value"], choice["path"], choice["sameSite"], choice["domain"], choice["secure"]) == (
        "cookies-accepted:1", "/", "Lax", "localhost", False)
    assert abs(choice["left"] - 180 * 86400) < 60
    assert seen[8] == ["1", 1]
    between = site.log[site.log.index("/mark-1"):site.log.index("/mark-2")]
    assert {"/tag.js", "/pixel.png", "/frame.html", "/beat"} <= set(between)
    # another visit: the server sets its own, too
    assert "_visits_server" in names(seen[11])
    assert "stranger" not in seen[12]
    # withdrawn: the page that had the running script was left, and nothing comes back
    after = site.log[site.log.index("/mark-2"):]
    assert after == ["/mark-2"], after
    assert seen[15][1:3] == [0, None]
    assert " src=" not in seen[15][3].split("never.png")[0].split("pixel.png")[1], seen[15][3]
    assert names(seen[16]) == {"larch_basket", "larch_choice"}
    assert [one["value"] for one in seen[16] if one["name"] == "larch_choice"] == ["cookies-accepted:0"]
    assert "/never.png" not in site.log
    said = [line for line in seen[17] if line.startswith("avow: ")]
    assert "avow: the policy does not permit the cookie _visits now" in said
    assert "avow: the policy does not permit the cookie stranger now" in said
    assert all(line.startswith("avow: ") for line in seen[17]), seen[17]


def test_the_servers_side_alone(site, browse):
    """No script is needed to accept and to withdraw; HttpOnly cookies go too."""
    seen = browse(["fresh"], ["go", f"{site.url}/shop"], ["jar"],
                  ["go", f"{site.url}/shop?accept"], ["jar"], ["go", f"{site.url}/shop?withdraw"], ["jar"],
                  ["fresh", "1"], ["go", f"{site.url}/shop"], ["jar"])
    assert names(seen[2]) == {"larch_basket"}
    assert {"larch_choice", "_visits_server"} <= names(seen[4])
    assert names(seen[6]) == {"larch_basket", "larch_choice"}
    assert names(seen[9]) == {"larch_basket"}, "the signal agrees to nothing"


def test_the_control_by_keyboard(site, browse, tmp_path):
    pressed = "[...document.querySelectorAll('button')].map((b) => [b.textContent, b.ariaPressed, b.type])"
    seen = browse(["fresh"], ["go", f"{site.url}/shop"], ["run", pressed], ["key", "Tab"], ["key", "Enter"],
                  ["run", pressed], ["run", "document.activeElement.textContent"], ["key", "Tab"],
                  ["reloads", "document.activeElement.click()"], ["run", pressed],
                  ["shot", str(tmp_path / "control.png")])
    accept, withdraw = "accept optional cookies", "withdraw my consent to optional cookies"
    assert seen[2] == [[accept, "false", "button"], [withdraw, "true", "button"]]
    assert seen[5] == [[accept, "true", "button"], [withdraw, "false", "button"]]
    assert seen[6] == accept, "the focus stays"
    assert seen[9] == seen[2]


def combinations(states):
    """(value of the choice cookie, {state: "yes", "no" or "unknown"})"""
    for digits in itertools.product("?01", repeat=len(states)):
        value = "!".join(f"{state}:{digit}" for state, digit in zip(states, digits))
        yield value, dict(zip(states, digits))


def ask(avow, one, actor, states, data, person="visitor"):
    """What `avow ask --batch` says of each combination: {(value, data): may be there}."""
    lines, keys = [], []
    for (value, known), item in itertools.product(combinations(states), data):
        said = ",".join({"?": f"?{s}", "0": "", "1": s}[d] for s, d in known.items() if d != "0") or "-"
        for act in (f"{actor} store {item} browser", f"{actor} collect {item} {person}"):
            lines.append(f"{act} {said}")
            keys.append((value, item))
    done = avow("ask", "--batch", one.policy, input="\n".join(lines) + "\n")
    assert done.returncode in (0, 1), done.stderr
    verdicts = [line.split("\t")[0] == "allowed" for line in done.stdout.splitlines()]
    assert len(verdicts) == len(lines), done.stderr
    may = {}
    for key, yes in zip(keys, verdicts):
        may[key] = may.get(key, True) and yes
    return may


POLICIES = [
    ("shop", "web-shop", ["cookies-accepted"], ["cookie.basket", "cookie.statistics", "cookie.campaign"],
     "larch_choice"),
    ("jibrok", "website", ["cookies-refused"], ["cookie-id"], "jibrok_choice"),
    ("signal", "us", ["stats-allowed", "ads-refused"], ["cookie.stats", "cookie.ads", "cookie.both"],
     "choice"),
]
SIGNALLED = {"stats-allowed": "0", "ads-refused": "1"}


def with_signal(value):
    return "!".join(f"{part.split(':')[0]}:{SIGNALLED.get(part.split(':')[0], part.split(':')[1])}"
                    for part in value.split("!"))


def test_every_decision_is_that_of_the_policy(avow, made, site, browse, compiled):
    """In the browser and on the server, at every combination of states, without and with the signal."""
    steps, wanted = [], []
    for signal, (name, actor, states, data, choice) in itertools.product(("", "1"), POLICIES):
        may = ask(avow, made[name], actor, states, data)
        values = [value for value, _ in combinations(states)]
        if signal:
            may = {(value, item): may[(with_signal(value) if name == "signal" else value, item)]
                   for value, item in may}
        steps += [["fresh", signal], ["go", f"{site.url}/{name}/"],
                  ["run", f"{json.dumps(values)}.map((value) => (document.cookie = '{choice}=' + value, "
                          f"{json.dumps(data)}.map((one) => avow.may(one))))"]]
        wanted.append([[may[(value, item)] for item in data] for value in values])
        lines = [f"{choice}={value}\x1e{signal or '-'}\x1e{item}\n" for value in values for item in data]
        done = subprocess.run([compiled(name, HERE / "decide.c")], input="".join(lines),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert [line[0] == "1" for line in done.stdout.splitlines()] == [
            may[(value, item)] for value in values for item in data], name
        assert signal or {True, False} == set(may.values())
    seen = browse(*steps)
    assert seen[2::3] == wanted


def test_what_was_said_before_and_by_others(site, browse):
    """No choice, one that cannot be read, two that differ, one that differs from the page's own."""
    cases = {"": [False, True], "choice=": [False, False], "choice=x": [False, False],
             "choice=stats-allowed:1": [True, True], "choice=stats-allowed:2": [False, False],
             "choice=stats-allowed:1!ads-refused:1": [True, False],
             "choice=stats-allowed:1!other:1": [True, True],
             "choice=stats-allowed:1!": [False, False], "choice=%73tats-allowed:1": [False, False]}
    put = "((text) => {{ document.cookie = 'choice=; Max-Age=0'; if (text) document.cookie = text; " \
          "return ['cookie.stats', 'cookie.ads'].map(avow.may); }})({})"
    seen = browse(["fresh"], ["go", f"{site.url}/signal/"],
                  *[["run", put.format(json.dumps(case))] for case in cases],
                  ["run", "document.cookie = 'choice=stats-allowed:1'; document.cookie = "
                          "'choice=stats-allowed:0; Path=/signal'; ['cookie.stats', 'cookie.ads'].map(avow.may)"],
                  ["run", "[avow.may(''), avow.may('toString'), avow.may('__proto__'), avow.may()]"],
                  ["run", "(() => { try { avow.record('nothing'); } catch (error) { return String(error); } })()"])
    assert dict(zip(cases, seen[2:])) == cases
    assert seen[-3:] == [[False, True], [False] * 4, "RangeError: avow: there is no request nothing"]


def test_keys_of_storage_and_paths(site, browse):
    seen = browse(
        ["fresh"], ["go", f"{site.url}/signal/"],
        ["run", "localStorage.setItem('st:1', 1); localStorage.setItem('own', 1); localStorage.setItem('both', 1);"
                "Object.keys(localStorage).sort().join()"],
        ["run", "avow.record('allow-stats'); localStorage.setItem('st:1', 1); localStorage.setItem('both', 1);"
                "document.cookie = 'st_9=1'; document.cookie = 'ads=1; Path=/shop';"
                "Object.keys(localStorage).sort().join() + ' ' + document.cookie.split('; ').sort().join('; ')"],
        ["jar"], ["run", "avow.record('refuse-ads'); Object.keys(localStorage).sort().join()"], ["jar"],
        ["run", "avow.record('refuse-stats'); Object.keys(localStorage).sort().join()"], ["jar"],
        ["run", "document.cookie = 'st_9=1; Max-Age=0; Expires=Thu, 01 Jan 2099 00:00:00 GMT';"
                "document.cookie = 'st_9=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=99';"
                "document.cookie = 'st_8; st_9=1'; document.cookie = ' st_7 =1'; document.cookie"],
        ["run", "window.CookieStore ? cookieStore.set('st_9', '1').then(() => cookieStore.set({ name: 'st_8', "
                "value: '1' })).then(() => document.cookie) : ''"])
    assert seen[2] == "own"
    assert seen[3] == "both,own,st:1 choice=stats-allowed:1!ads-refused:0; st_9=1"
    assert names(seen[4]) == {"choice", "st_9", "ads"}
    assert seen[5] == "own,st:1" and names(seen[6]) == {"choice", "st_9"}
    assert seen[7] == "own" and names(seen[8]) == {"choice"}
    assert seen[9] == "choice=stats-allowed:0!ads-refused:1"
    assert seen[10] in ("", seen[9])


def test_scripts_are_small_and_the_same(avow, made, tmp_path):
    for one in made.values():
        assert len(one.script.encode()) < 4096, one.name
        assert not any(word in one.script for word in ("eval(", "Function(", "innerHTML", "style"))
        done = avow("build", one.policy, "--only=cookies", f"--mapping={one.mapping}", "--out", tmp_path)
        assert done.returncode == 0
        for suffix in ("_cookies.js", "_cookies.h"):
            assert (tmp_path / f"{one.name}{suffix}").read_bytes() == (
                one.folder / f"{one.name}{suffix}").read_bytes()
