"""Mail that can be stopped by a link: one recipient, the headers of RFC 8058, and a signature over
them; and the whole way, from the mail to the refusal of the next one."""
import email
import email.policy
import http.client
import json
import re
import socket
import subprocess

import dkim
import pytest

from mail.conftest import CONFIG, configure, write_config
from mail.postfix import free_port

LINKED = CONFIG + """people:
  address: https://shop.example/mail/
http:
  - listen: unix:http.sock
    doors: [people, health]
"""


@pytest.fixture(scope="module")
def signer(postfix, tmp_path_factory):
    """OpenDKIM, and what DNS would say of its key."""
    folder = postfix.folder / "dkim"
    folder.mkdir()
    subprocess.run(["opendkim-genkey", "-b", "2048", "-d", "shop.example", "-s", "sel", "-D",
                    str(folder)], check=True, capture_output=True)
    record = "".join(re.findall(r'"([^"]*)"', (folder / "sel.txt").read_text()))
    port = free_port()
    (folder / "opendkim.conf").write_text(
        f"Mode s\nDomain shop.example\nSelector sel\nKeyFile {folder}/sel.private\n"
        f"Socket inet:{port}@127.0.0.1\nSyslog no\nBackground no\nCanonicalization relaxed/simple\n"
        "SignHeaders *,+list-unsubscribe,+list-unsubscribe-post\nRequireSafeKeys no\n")
    process = subprocess.Popen(["/usr/sbin/opendkim", "-f", "-x", str(folder / "opendkim.conf")],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    postfix.wait_port(port)
    yield f"inet:127.0.0.1:{port}", record
    process.terminate()
    process.wait()


@pytest.fixture
def linked(avowd, postfix):
    """avowd makes links."""
    avowd.stop()
    avowd.log_path.unlink()
    write_config(postfix, avowd.folder, LINKED)
    return avowd.start()


def submit(postfix, *recipients, headers="", port="receipts"):
    client = postfix.connect(port)
    client.sendmail("app@local.example", recipients,
                    f"From: Shop <shop@shop.example>\r\nSubject: Hello\r\n{headers}\r\nHello.\r\n")
    client.quit()


def read(message):
    return email.message_from_bytes(message.data, policy=email.policy.default)


def test_links_are_added_and_signed_over(linked, postfix, signer):
    milter, record = signer
    configure(postfix, linked, f"--signer={milter}")
    postfix.reload()
    try:
        submit(postfix, "a@customer.example", headers=(
            "List-Unsubscribe: <https://old.example>\r\nX-Avow-Purpose: receipts\r\n"
            "List-Unsubscribe: <mailto:x@old.example>\r\nList-Unsubscribe-Post: Nothing=Such\r\n"))
        arrived, = postfix.sink.wait_for("a@customer.example")
        postfix.sendmail("notices@shop.example", "b@customer.example",
                         text="From: shop@shop.example\nSubject: x\n\nx\n")
        local, = postfix.sink.wait_for("b@customer.example")
    finally:
        configure(postfix, linked)
        postfix.reload()
    for message in (arrived, local):
        parsed = read(message)
        link, = parsed.get_all("List-Unsubscribe")
        assert re.fullmatch(r"<https://shop\.example/mail/u/[\w-]+>", link), link
        assert parsed.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
        assert "X-Avow-Purpose" not in parsed
        signed = re.search(r";h=([^;]*);", "".join(parsed["DKIM-Signature"].split())).group(1)
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed.lower().split(":"))

        def dns(name, timeout=5):
            assert name.rstrip(b".") == b"sel._domainkey.shop.example"
            return record.encode()

        assert dkim.verify(message.data, dnsfunc=dns)
        assert not dkim.verify(message.data.replace(b"mail/u/", b"mail/v/"), dnsfunc=dns)
    assert read(arrived)["List-Unsubscribe"] != read(local)["List-Unsubscribe"]


def test_it_goes_to_one_at_a_time(linked, postfix):
    client = postfix.connect("receipts")
    client.mail("any@shop.example")
    assert client.rcpt("no@customer.example")[0] == 550  # who is refused does not count
    assert client.rcpt("a@customer.example")[0] == 250
    assert client.rcpt("b@customer.example") == (
        452, b"4.5.3 Too many recipients: this mail goes to one at a time.")
    assert client.data(b"Subject: x\r\n\r\nx\r\n")[0] == 250
    client.quit()
    postfix.sink.wait_for("a@customer.example")
    # sendmail(1) cannot be told to come back: it is refused, and says why.
    postfix.sendmail("notices@shop.example", "c@customer.example", "d@customer.example")
    bounce, = postfix.sink.wait_for("notices@shop.example")
    assert b"send one message to each" in b" ".join(bounce.data.split())
    assert not postfix.sink.to("c@customer.example") and not postfix.sink.to("b@customer.example")


def test_exempt_mail_has_no_link(linked, postfix):
    client = postfix.connect(login="staff")
    client.sendmail("me@shop.example", ["a@customer.example"], "Subject: x\r\n\r\nx\r\n")
    client.quit()
    arrived, = postfix.sink.wait_for("a@customer.example")
    assert "List-Unsubscribe" not in read(arrived)


def one_click(folder, link):
    """What a mail program does when its reader presses "unsubscribe"."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(folder / "http.sock"))
    connection.request("POST", link.removeprefix("https://shop.example/mail"),
                       "List-Unsubscribe=One-Click",
                       {"Content-Type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_whole_way(linked, postfix):
    """A mail, its link, and from then on no mail: neither a new one nor one that was queued."""
    submit(postfix, "reader@customer.example")
    arrived, = postfix.sink.wait_for("reader@customer.example")
    link = read(arrived)["List-Unsubscribe"].strip("<>")
    postfix.sink.defer = True
    after = len(postfix.log)
    submit(postfix, "reader@customer.example")
    postfix.wait_log(r"to=<reader@customer\.example>.*status=deferred", after)
    assert one_click(linked.folder, link) == 200
    postfix.sink.defer = False
    client = postfix.connect("receipts")
    client.mail("any@shop.example")
    code, text = client.rcpt("Reader@Customer.example")
    client.quit()
    assert code == 550 and text.startswith(b"5.7.1 Once you have asked us to stop")
    postfix.reload()  # Postfix has asked a moment ago
    postfix.command("postqueue", "-f")
    postfix.wait_log(r"to=<reader@customer\.example>.*dsn=5\.7\.1, status=bounced", after)
    assert len(postfix.sink.to("reader@customer.example")) == 1
    status = linked.run("--store=sqlite:c.db", "--policy=mail.avow", "status",
                        "reader@customer.example").stdout
    assert "stop-mail" in status, status
