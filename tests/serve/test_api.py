"""The HTTP API: what is asked, recorded, shown, and when it is due."""
import contextlib
import json
import sqlite3

import pytest

ASK = {"verb": "email", "object": "customer", "target": "receipts"}
JOE = {**ASK, "email": "joe@shop.example"}
STOPS = {"name": "stops", "anchor": "stops",
         "sentence": "Once you have asked us to stop, we never e-mail you again."}


@pytest.fixture
def avowd(daemon):
    return daemon()


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json", answer.body
    assert answer.json["status"] == answer.status
    return answer.status, answer.json["type"], answer.json["detail"]


def test_states_in_the_question(avowd):
    full = {"verb": "email", "object": "customer", "target": "news",
            "states": {"subscribed": True, "region.eu": True, "stopped": False}}
    answer = avowd.post("/v1/ask", full)
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    found = answer.json
    content = found.pop("content")
    assert len(content) == 64 and content == avowd.get("/readyz").json["content"]
    assert found == {
        "verdict": "allowed", "allowed": True, "reason": "clause", "states": "known",
        "policy": "shop", "clauses": [{
            "name": "news-mail", "anchor": "news-mail",
            "sentence": "We e-mail news to those who get our news, and receipts. Tell the counter "
                        "to stop all e-mail or no more news."}]}
    stopped = avowd.post("/v1/ask", {**full, "states": {**full["states"], "stopped": True}}).json
    assert (stopped["verdict"], stopped["allowed"], stopped["clauses"]) == (
        "forbidden", False, [STOPS])
    unknown = avowd.post("/v1/ask", {**full, "states": {"region.eu": True, "stopped": None}}).json
    assert (unknown["verdict"], unknown["reason"], unknown["missing"], unknown["possible"]) == (
        "forbidden", "unknown", ["stopped"], True)


def test_by_address_a_recorded_no_is_obeyed(avowd):
    assert avowd.post("/v1/ask", JOE).json["verdict"] == "allowed"
    recorded = avowd.post("/v1/record", {"what": "stop-mail", "email": "joe@shop.example",
                                         "done": True})
    assert recorded.status == 200 and recorded.json["recorded"] is True
    assert recorded.json["due"] == {"kind": "at-once", "reason": "certain", "clause": STOPS}
    assert recorded.json["receipt"].startswith("r")
    for address in ("joe@shop.example", "JOE@Shop.Example"):
        found = avowd.post("/v1/ask", {**ASK, "email": address}).json
        assert (found["verdict"], found["states"]) == ("forbidden", "known")
    assert avowd.post("/v1/ask", {**ASK, "email": "ann@shop.example"}).json["allowed"] is True
    assert avowd.metric('avowd_decisions_total{door="http",verdict="forbidden",reason="known"}') == 2
    assert avowd.metric('avowd_records_total{door="http",result="done"}') == 1


def test_a_pending_request_leaves_it_unknown(avowd):
    avowd.post("/v1/record", {"what": "stop-mail", "email": "joe@shop.example"})
    found = avowd.post("/v1/ask", JOE).json
    assert found["allowed"] is False and found["states"] == "pending"
    assert found["detail"] == "A request waits to be done, and until then nothing is certain."


def test_consent_needs_evidence(avowd):
    join = {"what": "join", "email": "joe@shop.example", "done": True}
    assert problem(avowd.post("/v1/record", join)) == (
        409, "/problem/would-overrule",
        '"join" permits something, so it must be shown that the person said it. Give the evidence: '
        "a form that was sent, a link that was clicked.")
    done = avowd.post("/v1/record", {**join, "evidence": "form 17", "reference": "T-4"})
    assert done.status == 200 and done.json["due"]["kind"] == "at"
    news = {**JOE, "target": "news", "states": {"region.eu": True}}
    assert avowd.post("/v1/ask", news).json["allowed"] is True
    avowd.post("/v1/record", {"what": "leave", "email": "joe@shop.example", "done": True})
    later = avowd.post("/v1/record", {**join, "by": "import", "evidence": "list of 2020"})
    assert later.status == 200 and later.json["recorded"] is False
    assert later.json["detail"] == ("An earlier word of this person stands, and only the person, "
                                    "with evidence, can change it.")
    assert avowd.post("/v1/ask", news).json["allowed"] is False


def test_a_consent_that_is_sent_again_late_overrules_nothing(avowd):
    join = {"what": "join", "email": "joe@shop.example", "done": True, "evidence": "form 17",
            "received": "2026-03-07T10:00:00Z"}
    avowd.post("/v1/record", join)
    avowd.post("/v1/record", {"what": "leave", "email": "joe@shop.example", "done": True,
                              "received": "2026-03-08T10:00:00Z"})
    avowd.post("/v1/record", join)
    found = avowd.post("/v1/ask", {**JOE, "target": "news", "states": {"region.eu": True}}).json
    assert found["allowed"] is False


def test_a_batch_has_answers_in_order_and_problems_in_place(avowd):
    avowd.post("/v1/record", {"what": "stop-mail", "email": "joe@shop.example", "done": True})
    answer = avowd.post("/v1/ask/batch", {"questions": [
        JOE, {"verb": "email"}, 3, {**ASK, "email": "ann@shop.example"},
        {**ASK, "email": "nobody"}]})
    assert answer.status == 200
    one, two, three, four, five = answer.json["answers"]
    assert one["verdict"] == "forbidden" and four["verdict"] == "allowed"
    assert two == {"problem": {"type": "/problem/member", "status": 422,
                               "detail": "'object' is missing."}}
    assert three["problem"]["detail"] == "A question is an object, {...}."
    assert five["problem"]["detail"].startswith('The address has no "@".')


def test_a_batch_has_an_end(daemon):
    from serve.conftest import CONFIG
    one = daemon(CONFIG + "limits: {batch: 3}\n")
    assert one.post("/v1/ask/batch", {"questions": [JOE] * 3}).status == 200
    assert problem(one.post("/v1/ask/batch", {"questions": [JOE] * 4})) == (
        413, "/problem/too-many", "There are more than the 3 questions of limits.batch.")


def test_due(avowd):
    found = avowd.post("/v1/due", {"what": "join", "happened": [
        {"what": "join", "at": "2026-03-07T10:00:00+01:00"}]}).json
    assert found["due"] == {"kind": "at", "at": "2026-03-10T23:59:59Z", "reason": "certain",
                            "clause": STOPS}
    found = avowd.post("/v1/due", {"what": "join", "happened": []}).json
    assert (found["due"]["kind"], found["due"]["reason"]) == ("unknown", "not-started")


WRONG = [
    ("/v1/ask", b"{", 400, "json", "The body is no JSON: line 1, column 1: "),
    ("/v1/ask", b"", 400, "json", "The body is empty; it is a JSON object, {...}."),
    ("/v1/ask", b"[]", 400, "json", "The body is a JSON object, {...}."),
    ("/v1/ask", b'{"verb":"email","verb":"text"}', 400, "json",
     "The body is no JSON: line 1, column 22: duplicate object key near "),
    ("/v1/ask", b'{"a":' + b"[" * 50000 + b"]" * 50000 + b"}", 413, "too-long",
     "The body is longer than the 65536 bytes of limits.body."),
    ("/v1/ask", b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", 400, "json",
     "The body nests deeper than 64 levels."),
    ("/v1/ask", b'{"verb":"\xff"}', 400, "json", "The body is no JSON: "),
    ("/v1/ask", b'{"verb":"a\\u0000b"}', 400, "json", "The body is no JSON: "),
    ("/v1/ask", {**JOE, "emial": "x"}, 422, "member",
     "There is no member 'emial' in a question; did you mean 'email'?"),
    ("/v1/ask", {**ASK, "target": "recipts"}, 422, "name",
     "The policy has no purpose 'recipts'; did you mean 'receipts'?"),
    ("/v1/ask", {**ASK, "verb": "emial"}, 422, "name", "'emial' is no act; there are collect, "),
    ("/v1/ask", {**ASK, "object": 3}, 422, "member", "'object' is a text, and not empty."),
    ("/v1/ask", {**ASK, "states": {"stoped": True}}, 422, "name",
     "The policy has no state or fact 'stoped'; did you mean 'stopped'?"),
    ("/v1/ask", {**ASK, "states": {"stopped": "yes"}}, 422, "member",
     "The state 'stopped' is true, false or null (not known)."),
    ("/v1/ask", {**ASK, "states": {"a,b": True}}, 422, "name",
     "The policy has no state or fact 'a,b'."),
    ("/v1/ask", {**ASK, "states": []}, 422, "member", "'states' is an object of names"),
    ("/v1/ask", {**JOE, "phone": "+4930123456"}, 422, "member",
     "The person is named by one of email, phone and id, not by several."),
    ("/v1/ask", {**ASK, "email": "joe"}, 422, "not-understood",
     'The address has no "@". Give it whole, as in joe@shop.example.'),
    ("/v1/record", {"what": "stop-mial", "email": "joe@shop.example"}, 422, "not-understood",
     'The policy has no request or event "stop-mial". '),
    ("/v1/record", {"what": "stop-mail"}, 422, "member",
     "Whose is it? Name the person by email, phone or id, or the data by record."),
    ("/v1/record", {"what": "stop-mail", "email": "joe@shop.example", "by": "me"}, 422, "member",
     "'by' is person, staff or import."),
    ("/v1/record", {"what": "stop-mail", "email": "joe@shop.example", "received": "today"}, 422,
     "member", "'received': 'today' is no time that is certain. "),
    ("/v1/record", {"what": "stop-mail", "email": "joe@shop.example", "done": "yes"}, 422, "member",
     "'done' is true or false."),
    ("/v1/due", {"what": "jion"}, 422, "name", "The policy has no request, event or data 'jion'."),
    ("/v1/due", {"what": "join", "happened": {}}, 422, "member", "'happened' is a list of "),
    ("/v1/show", {"to": "public"}, 422, "member", "'record' is the record, an object."),
    ("/v1/show", {"record": {}}, 422, "member", "'to' is missing."),
    ("/v1/ask/batch", {"questions": {}}, 422, "member", "'questions' is a list of questions."),
    ("/v1/ask/batch", {"question": []}, 422, "member",
     "There is no member 'question' in a batch; did you mean 'questions'?"),
]


def test_what_is_wrong_is_told(avowd):
    for path, body, status, kind, words in WRONG:
        found = problem(avowd.post(path, body))
        assert found[:2] == (status, f"/problem/{kind}"), (body, found)
        assert found[2].startswith(words), (body, found)
    assert problem(avowd.get("/v1/ask", "POST", json.dumps(JOE), {"Content-Type": "text/plain"})) == (
        415, "/problem/content-type", "The body is JSON: send Content-Type: application/json.")
    assert avowd.get("/v1/ask", "POST", json.dumps(JOE),
                     {"Content-Type": "Application/JSON; charset=utf-8"}).status == 200


def test_paths_and_methods(avowd):
    assert problem(avowd.get("/v1/asks"))[:2] == (404, "/problem/no-such-path")
    assert problem(avowd.get("/v1/ask%00x"))[:2] == (404, "/problem/no-such-path")
    assert problem(avowd.get("/v1/ask/"))[:2] == (404, "/problem/no-such-path")
    for method, allow in (("GET", "POST, OPTIONS"), ("PUT", "POST, OPTIONS"),
                          ("DELETE", "POST, OPTIONS")):
        answer = avowd.get("/v1/ask", method)
        assert problem(answer)[:2] == (405, "/problem/method")
        assert answer.headers["Allow"] == allow
    options = avowd.get("/healthz", "OPTIONS")
    assert (options.status, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    head = avowd.get("/readyz", "HEAD")
    assert (head.status, head.body) == (200, b"") and int(head.headers["Content-Length"]) > 100


def test_a_store_that_cannot_be_read_is_a_refusal(avowd):
    """Held by another process, the store is busy: 503, and nothing is said to be allowed."""
    with contextlib.closing(sqlite3.connect(avowd.folder / "c.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = avowd.post("/v1/ask", JOE)
        recorded = avowd.post("/v1/record", {"what": "stop-mail", "email": "joe@shop.example"})
        assert problem(answer)[:2] == (503, "/problem/store-busy")
        assert problem(recorded)[:2] == (503, "/problem/store-busy")
        assert answer.headers["Retry-After"] == recorded.headers["Retry-After"] == "1"
        other.execute("ROLLBACK")
    assert avowd.post("/v1/ask", JOE).json["allowed"] is True
