"""avowd serve: it starts, tells how it is, loads anew, and ends."""
import signal
import socket
import sqlite3
import subprocess
import threading
import time

from serve.conftest import CONFIG, POLICY


def test_serves_and_ends(daemon):
    one = daemon()
    assert one.get("/healthz").body == b"ok\n"
    ready = one.get("/readyz")
    assert ready.status == 200
    assert {name: ready.json[name] for name in ("status", "policy", "effective", "generation")} == {
        "status": "ready", "policy": "shop", "effective": "2026-03-01", "generation": 1}
    assert "problem" not in ready.json
    one.stop(signal.SIGTERM)
    assert not (one.folder / "http.sock").exists()


def test_a_bad_policy_leaves_the_last_good_one(daemon):
    one = daemon()
    good = (one.folder / "shop.avow").read_bytes()
    bad = bytearray(good)
    bad[len(bad) // 2] ^= 1
    (one.folder / "next").write_bytes(bad)
    (one.folder / "next").rename(one.folder / "shop.avow")
    one.until(lambda: "problem" in one.get("/readyz").json)
    ready = one.get("/readyz")
    assert ready.status == 200 and ready.json["status"] == "ready"
    assert ready.json["problem"] == (
        f"The policy {one.folder}/shop.avow cannot be used: The bundle was changed after it was "
        "made. Build it again with 'avow build'.")
    assert one.metric("avowd_last_good_goes_on") == 1
    assert one.metric('avowd_reloads_total{result="refused"}') == 1
    (one.folder / "shop.avow").write_bytes(good)
    one.until(lambda: "problem" not in one.get("/readyz").json)
    assert one.metric("avowd_last_good_goes_on") == 0


def test_a_bad_configuration_leaves_the_last_good_one(daemon):
    one = daemon()
    text = (one.folder / "avowd.yaml").read_text()
    (one.folder / "avowd.yaml").write_text(text.replace("policy:", "polcy:"))
    one.hang_up()
    assert one.get("/readyz").json["problem"] == "The configuration avowd.yaml has mistakes."
    assert "there is no setting 'polcy'; did you mean 'policy'?" in one.log.read_text()
    (one.folder / "avowd.yaml").write_text(text)
    one.hang_up()
    assert "problem" not in one.get("/readyz").json


def test_a_start_with_a_bad_policy_serves_the_last_good_one(daemon):
    one = daemon()
    one.stop()
    (one.folder / "shop.avow").write_bytes(b"no bundle")
    one = daemon()
    assert one.get("/readyz").json["problem"].startswith(f"The policy {one.folder}/shop.avow")
    assert one.get("/readyz").json["policy"] == "shop"


def test_an_older_policy_is_refused_until_it_is_meant(daemon, avow, program):
    one = daemon()
    old = (one.folder / "shop.avow").read_bytes()
    text = POLICY.replace("effective: 2026-03-01", "effective: 2026-04-01")
    (one.folder / "shop.policy").write_text(text)
    assert avow("build", one.folder / "shop.policy", "--only=avow", "--out",
                one.folder).returncode == 0
    one.until(lambda: one.get("/readyz").json["effective"] == "2026-04-01")
    (one.folder / "next").write_bytes(old)
    (one.folder / "next").rename(one.folder / "shop.avow")
    one.until(lambda: "problem" in one.get("/readyz").json)
    older = (f"The policy {one.folder}/shop.avow is not obeyed: The policy is older than the one in "
             "force. The last good one goes on. If this is meant, say so with 'avowd rollback'.")
    assert one.get("/readyz").json["problem"] == older
    one.stop()
    one = daemon()
    ready = one.get("/readyz").json
    assert (ready["effective"], ready["problem"]) == ("2026-04-01", older)
    done = subprocess.run([program, "rollback", "--config=avowd.yaml"], cwd=one.folder,
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (
        0, f"{one.folder}/shop.avow is the last good policy now; avowd serve obeys it within "
           "seconds\n", "")
    one.until(lambda: one.get("/readyz").json["effective"] == "2026-03-01")
    assert "problem" not in one.get("/readyz").json


def test_tokens(daemon, program, place):
    def token(*arguments):
        done = subprocess.run([program, "token", "--add=tokens", *arguments], cwd=place,
                              capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        return {"Authorization": f"Bearer {done.stdout.strip()}"}
    asks, records = token("asker", "ask"), token("both", "ask,record")
    assert oct((place / "tokens").stat().st_mode & 0o777) == "0o600"
    assert asks["Authorization"][7:] not in (place / "tokens").read_text()
    one = daemon(CONFIG + "tokens: tokens\n")
    question = {"verb": "email", "object": "customer", "target": "receipts"}
    event = {"what": "stop-mail", "email": "joe@shop.example"}
    assert one.get("/healthz").status == 200
    none = one.post("/v1/ask", question)
    assert (none.status, none.headers["WWW-Authenticate"]) == (401, 'Bearer realm="avowd"')
    assert none.json["detail"] == "A token is needed: Authorization: Bearer TOKEN."
    wrong = one.post("/v1/ask", question, {"Authorization": "Bearer " + 43 * "x"})
    assert (wrong.status, wrong.headers["WWW-Authenticate"]) == (
        401, 'Bearer realm="avowd", error="invalid_token"')
    assert one.post("/v1/ask", question, asks).status == 200
    scope = one.post("/v1/record", event, asks)
    assert (scope.status, scope.json["detail"]) == (
        403, "This token may not do that. Use one with the scope record.")
    assert one.post("/v1/record", event, records).status == 200
    later = token("later", "ask")
    assert one.post("/v1/ask", question, later).status == 401
    one.hang_up()
    assert one.post("/v1/ask", question, later).status == 200
    (place / "tokens").chmod(0o644)
    one.hang_up()
    assert one.get("/readyz").json["problem"] == (
        f"The tokens {place}/tokens can be read or changed by others. Make its mode 0600, or 0640 "
        "with a group of its own.")
    assert one.post("/v1/ask", question, later).status == 200


def test_a_store_that_is_held_holds_up_nobody_else(daemon):
    """Whoever asks the store waits and is told no; whoever does not is answered meanwhile."""
    one, asked = daemon(), []
    question = {"verb": "email", "object": "customer", "target": "news", "email": "a@shop.example"}
    holder = sqlite3.connect(one.folder / "c.db", isolation_level=None)
    holder.execute("begin exclusive")
    threads = [threading.Thread(target=lambda: asked.append(one.post("/v1/ask", question).status))
               for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert one.get("/healthz").status == 200  # may wait for one that asked where requests are read
    assert time.monotonic() - began < 9
    began = time.monotonic()
    assert one.get("/healthz").status == 200
    assert time.monotonic() - began < 2
    holder.execute("rollback")
    for thread in threads:
        thread.join()
    assert 503 in asked and set(asked) <= {200, 503}


def test_half_requests_leave_room_for_whole_ones(daemon):
    """At each listener: those for whom avowd has waited longest have to go."""
    one = daemon(CONFIG + "  - {listen: 'unix:other.sock', doors: [health]}\n"
                 "limits: {connections: 64, request: 60s}\n")
    halves = []
    for _ in range(80):
        half = socket.socket(socket.AF_UNIX)
        half.setblocking(False)
        half.connect(str(one.folder / "other.sock"))
        half.send(b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Le")
        halves.append(half)
    began = time.monotonic()
    assert one.get("/healthz", through="other.sock").status == 200
    assert time.monotonic() - began < 10
    for half in halves:
        half.close()


def test_a_socket_that_another_made_is_left(daemon):
    """Such as of an avowd that was started in its place."""
    one = daemon()
    (one.folder / "http.sock").unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(one.folder / "http.sock"))
        one.stop()
        assert (one.folder / "http.sock").is_socket()
