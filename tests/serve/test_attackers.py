"""Slow, half-open, garbled and greedy clients harm only themselves; a reload loses no request."""
import contextlib
import signal
import socket
import threading
import time

import pytest

from serve.conftest import CONFIG

TIGHT = CONFIG + "limits: {connections: 64, request: 1s, idle: 2s, body: 2k, header: 4k}\n"
BODY = b'{"verb":"email","object":"customer","target":"receipts"}'
ASK = (b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
       b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY))


def raw(one):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(str(one.folder / "http.sock"))
    return client


def hear(client):
    """All that comes until it is closed."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65536):
            data += part
    return data


def say(one, data):
    with contextlib.closing(raw(one)) as client:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        return hear(client)


HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SMUGGLED = [
    HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    HEAD + b"Content-Length: 4\r\nContent-Length: 56\r\n\r\n" + BODY,
    HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    HEAD + b"Content-Length: -1\r\n\r\n",
    HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
]
GARBAGE = [b"", b"\r\n\r\n", b"\x00" * 4096, b"\x16\x03\x01\x02\x00\x01\x00" + b"a" * 500,
           b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 100000,
           b"GET / HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20000]


def test_garbage_and_smuggling(daemon):
    one = daemon(TIGHT)
    for data in SMUGGLED + GARBAGE:
        answer = say(one, data)
        assert b"HTTP/1.1 200 " not in answer, (data[:80], answer)
    assert b"/problem/ambiguous-length" in say(one, SMUGGLED[0])
    assert say(one, ASK).startswith(b"HTTP/1.1 200 ")
    assert say(one, ASK * 20).count(b"HTTP/1.1 200 ") == 20


def test_bodies_that_do_not_end(daemon):
    one = daemon(TIGHT)
    chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
    answer = say(one, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 9 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ") and b"/problem/too-long" in answer
    with contextlib.closing(raw(one)) as client:
        client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(100000):
                client.sendall(chunk)
    with contextlib.closing(raw(one)) as client:
        client.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        assert client.recv(999) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BODY)
        assert client.recv(999).startswith(b"HTTP/1.1 200 ")
    assert say(one, ASK).startswith(b"HTTP/1.1 200 ")


def closed_within(client, seconds):
    """Sends a byte now and then until it is shut out; whether that was in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            client.sendall(b"a")
            client.settimeout(0.2)
            if client.recv(4096) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_slow_clients_are_shut_out_and_others_served(daemon):
    """Each of them sends a byte now and then: nothing but an end in time stops that."""
    one = daemon(TIGHT)
    slow = [raw(one) for _ in range(30)]
    starts = [b"GET /hea", HEAD, HEAD + b"Content-Length: 999\r\n\r\n{"]
    for i, client in enumerate(slow):
        client.sendall(starts[i % 3])
    began = time.monotonic()
    assert say(one, ASK).startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - began < 10
    shut = []
    threads = [threading.Thread(target=lambda c=client: shut.append(closed_within(c, 15)))
               for client in slow]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shut == [True] * len(slow)
    for client in slow:
        client.close()


def test_the_silent_make_room(daemon):
    """With every place taken by somebody who says nothing, a question is still answered."""
    one = daemon(TIGHT)
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(contextlib.closing(raw(one)))
        assert say(one, ASK).startswith(b"HTTP/1.1 200 ")


def test_reloads_lose_no_request(daemon):
    one = daemon()
    wrong, counted, over = [], [0], threading.Event()

    def asks():
        connection = one.connection()
        while not over.is_set():
            connection.request("POST", "/v1/ask", BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != 200 or b'"verdict":"' not in response.read():
                wrong.append(response.status)
            counted[0] += 1

    def guarded():
        try:
            asks()
        except OSError as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=guarded) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        before = one.get("/readyz").json["generation"]
        one.process.send_signal(signal.SIGHUP)
        one.until(lambda: one.get("/readyz").json["generation"] > before)
    over.set()
    for thread in threads:
        thread.join()
    assert not wrong and counted[0] > 100, (wrong[:5], counted)


def test_what_runs_is_ended_before_it_stops(daemon):
    """A record that is on its way when SIGTERM comes is answered, and kept."""
    one = daemon()
    answers = []
    threads = [threading.Thread(target=lambda i=i: answers.append(one.post(
        "/v1/record", {"what": "stop-mail", "email": f"a{i}@shop.example"}).status))
        for i in range(8)]
    for thread in threads:
        thread.start()
    one.until(lambda: len(answers) >= 1)
    one.stop()
    for thread in threads:
        thread.join()
    assert answers and set(answers) <= {200}
