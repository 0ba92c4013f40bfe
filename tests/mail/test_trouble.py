"""avowd dies, stalls, is slow to come back, or has much to do: mail waits, and never goes unasked."""
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

import pytest

from mail.conftest import configure

QUICK = ("{ unix:avow/milter.sock, default_action=tempfail, connect_timeout=1s, "
         "command_timeout=1s, content_timeout=1s }")
STAGES = ["connect", "mail", "rcpt", "data", "end"]


@pytest.fixture
def impatient(avowd, postfix):
    """Postfix waits a second only."""
    configure(postfix, avowd, avow_milter=QUICK)
    postfix.reload()
    # Each of its processes asks the socketmap for "*" when it starts, and waits 100 s for that.
    assert talk(postfix, lambda: None, "connect") == [250, 250, 354, 250]
    postfix.sink.wait_for("yes@customer.example")
    postfix.sink.clear()
    yield avowd
    configure(postfix, avowd)
    postfix.reload()


def finish(client):
    client.send("Subject: x\r\n\r\nx\r\n.\r\n")
    return client.getreply()


def talk(postfix, before, stage):
    """Sends one message; just before a stage something happens. Gives all replies' codes."""
    codes = []
    client = None
    steps = {"connect": lambda: None,
             "mail": lambda: client.docmd("MAIL FROM:<any@shop.example>"),
             "rcpt": lambda: client.docmd("RCPT TO:<yes@customer.example>"),
             "data": lambda: client.docmd("DATA"),
             "end": lambda: finish(client)}
    for name in STAGES:
        if name == stage:
            before()
        if name == "connect":
            client = postfix.connect("receipts", timeout=30)
            continue
        codes.append(steps[name]()[0])
        if codes[-1] >= 400:
            break
    client.close()
    return codes


def test_stalled(impatient, postfix):
    for stage in STAGES:
        codes = talk(postfix, impatient.pause, stage)
        impatient.go_on()
        assert 400 <= codes[-1] < 500, (stage, codes)
    assert postfix.queued() == [] and postfix.sink.messages == []


def test_killed(impatient, postfix):
    for stage in STAGES:
        codes = talk(postfix, impatient.kill, stage)
        assert 400 <= codes[-1] < 500, (stage, codes)
        impatient.start()
    assert postfix.queued() == [] and postfix.sink.messages == []
    assert talk(postfix, lambda: None, "mail") == [250, 250, 354, 250]
    assert postfix.sink.wait_for("yes@customer.example")


def test_sendmail_waits_for_avowd(impatient, postfix):
    """It stays where sendmail(1) has put it, until avowd is back."""
    impatient.kill()
    after = len(postfix.log)
    postfix.sendmail("notices@shop.example", "yes@customer.example", "no@customer.example")
    postfix.wait_log("milter-reject: .*4\\.7\\.1 Service unavailable", after)
    assert postfix.sink.messages == []
    impatient.start()
    postfix.reload()  # pickup looks again
    postfix.sink.wait_for("yes@customer.example")
    assert not postfix.sink.to("no@customer.example")


def test_delivery_waits_for_avowd(avowd, postfix):
    """What is queued while avowd is gone is put off, and goes once it is back."""
    postfix.sink.defer = True
    talk(postfix, lambda: None, "connect")
    postfix.wait_log("status=deferred")
    postfix.sink.defer = False
    avowd.kill()
    after = len(postfix.log)
    postfix.reload()
    postfix.flush_until(lambda: re.search(
        r"status=deferred|transport map lookup problem|lookup error", postfix.log[after:]))
    assert postfix.sink.messages == []
    avowd.start()
    postfix.reload()  # else it remembers for 30 s that nobody answered
    postfix.flush_until(lambda: postfix.sink.to("yes@customer.example"))


def test_a_store_that_cannot_be_read(avowd, postfix):
    """No answer is no yes, at both doors."""
    with (avowd.folder / "c.db").open("r+b") as file:
        file.write(b"no database at all" * 3000)
    client = postfix.connect("receipts")
    client.docmd("MAIL FROM:<any@shop.example>")
    code, text = client.docmd("RCPT TO:<fresh@customer.example>")
    client.close()
    assert (code, text[:5]) == (451, b"4.3.0")
    found = subprocess.run(["/usr/sbin/postmap", "-c", str(postfix.config), "-q", "x@customer.example",
                            f"socketmap:unix:{postfix.folder}/queue/avow/map.sock:receipts"],
                           capture_output=True, text=True)
    assert found.returncode == 1 and "temporary error: It cannot be said now" in found.stderr


def socket_at(postfix, name):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect(str(postfix.folder / "queue/avow" / name))
    return client


GARBAGE = [b"", b"\0\0\0\0", b"\xff\xff\xff\xffX", b"\0\0\0\1M", b"\0\0\0\1R", b"\0\0\0\1E",
           b"\0\0\0\5Oabc\0", b"\0\0\0\2D\0", b"\0\0\0\3DMx", b"\0\0\0\7DM{i}\0", b"\0\0\0\1C",
           b"\0\0\0\7Chost\0" b"4", b"\0\0\0\x0dO\0\0\0\1\0\0\0\1\0\0\0\1", b"GET / HTTP/1.0\r\n\r\n",
           b"\0\0\1\0C" + b"x" * 255]


def test_garbage_ends_only_its_own_connection(avowd, postfix):
    for bytes_ in GARBAGE:
        client = socket_at(postfix, "milter.sock")
        client.sendall(bytes_)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
        client.close()
    for bytes_ in (b"", b"1", b"x", b"5:hello", b"5:hellox", b"00:,", b"99999999999:", b"5000:",
                   b":,", b"0:,", b"7:\0\0 \0\0\0\0,"):
        client = socket_at(postfix, "map.sock")
        client.sendall(bytes_)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
        client.close()
    assert talk(postfix, lambda: None, "connect") == [250, 250, 354, 250]


def test_look_ups_one_behind_the_other(avowd, postfix):
    client = socket_at(postfix, "map.sock")
    client.sendall(b"29:receipts yes@customer.example," * 100 + b"29:receipts")
    got = b""
    while got.count(b",") < 100:
        got += client.recv(4096)
    assert got == b"9:NOTFOUND ," * 100
    client.close()


def inside(avowd):
    """Its open files and threads."""
    process = pathlib.Path(f"/proc/{avowd.process.pid}")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


def flood(postfix, count, recipient):
    done = subprocess.run(["/usr/sbin/smtp-source", "-s", "10", "-m", str(count), "-f",
                           "any@shop.example", "-t", recipient,
                           f"127.0.0.1:{postfix.ports['receipts']}"],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    postfix.sink.wait_for(recipient, count)


# The long run is a command of its own: AVOW_MESSAGES=10000 ./check test_many_messages
MESSAGES = int(os.environ.get("AVOW_MESSAGES", "300"))


def test_many_messages(avowd, postfix):
    """Nothing is left behind, and the sanitizer finds no leak at the end."""
    flood(postfix, 100, "first@customer.example")  # connections to the store are kept
    avowd.until(lambda: inside(avowd)[1] <= 6)
    before = inside(avowd)
    for sent in range(0, MESSAGES, 500):
        flood(postfix, min(500, MESSAGES - sent), "many@customer.example")
        postfix.sink.clear()
    avowd.until(lambda: inside(avowd)[1] <= before[1] + 2)
    assert inside(avowd)[0] <= before[0] + 10


def test_reloads_while_mail_passes(avowd, postfix):
    """200 times SIGHUP, and the doors stay open."""
    stop, codes = threading.Event(), []

    def pass_mail():
        while not stop.is_set():
            codes.append(talk(postfix, lambda: None, "connect"))

    thread = threading.Thread(target=pass_mail)
    thread.start()
    for _ in range(200):
        avowd.process.send_signal(1)
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert codes and all(code == [250, 250, 354, 250] for code in codes), codes
    assert avowd.process.poll() is None
