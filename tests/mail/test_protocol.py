"""What a mail server of any kind might say to the doors for mail, and no Postfix does: nothing ends
avowd, nobody who has said no gets mail, and nothing is left behind."""
import json
import os
import pathlib
import random
import resource
import shutil
import socket
import struct

import pytest

from mail.conftest import CONFIG, Avowd

ALL_ACTIONS, ALL_STEPS = 0x1ff, 0x1fffff
SESSIONS = 600


def packet(letter, *texts):
    data = b"".join(text if isinstance(text, bytes) else text.encode() + b"\0" for text in texts)
    return struct.pack(">I", 1 + len(data)) + letter.encode() + data


OPTIONS = packet("O", struct.pack(">III", 6, ALL_ACTIONS, ALL_STEPS))
CONNECT = packet("C", "host", b"4" + struct.pack(">H", 2525), "192.0.2.1")
BY_SENDMAIL = packet("C", "localhost", b"4\0\0", "127.0.0.1")
END = packet("E")


def mail(sender="<any@shop.example>", login="", port="25", extra=b""):
    return packet("D", b"M", "{auth_authen}", login, "{daemon_port}", port) + packet(
        "M", sender, extra)


def to(*recipients):
    return b"".join(packet("R", f"<{recipient}>") for recipient in recipients)


def replies(bytes_):
    """What came back, as pairs of letter and data."""
    found = []
    while bytes_:
        (length,) = struct.unpack(">I", bytes_[:4])
        found.append((chr(bytes_[4]), bytes_[5:4 + length]))
        bytes_ = bytes_[4 + length:]
    return found


@pytest.fixture
def door(program, made_store, tmp_path):
    """avowd alone, spoken to directly: door(name, bytes) gives all that it says."""
    shutil.copytree(made_store, tmp_path, dirs_exist_ok=True)
    (tmp_path / "avow").mkdir()
    text = CONFIG.format(queue=tmp_path, receipts=25).replace("group: postfix", "mode: 600")
    if os.geteuid() != 0:
        text = text.replace("user: root\n", "")
    (tmp_path / "avowd.yaml").write_text(
        text + "people: {address: 'https://shop.example/mail/', no-link: [ads]}\n")
    avowd = Avowd(program, tmp_path)

    def say(name, bytes_, listens=True):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(str(tmp_path / "avow" / name))
            try:
                client.sendall(bytes_)
                client.shutdown(socket.SHUT_WR)
            except OSError:  # it has heard enough
                pass
            got = b""
            try:
                while listens and (more := client.recv(65536)):
                    got += more
            except ConnectionResetError:
                pass
            return got

    say.avowd = avowd.start()
    yield say
    avowd.stop()


def milter(door, *parts):
    """What is said of a message, behind the options."""
    return replies(door("milter.sock", OPTIONS + CONNECT + b"".join(parts)))[1:]


def test_a_message_to_nobody(door):
    """It ends without a recipient: later, whoever it is of, and avowd goes on."""
    purpose = packet("L", "X-Avow-Purpose", "receipts")
    for message in (mail(), mail(login="app") + purpose, mail("<notices@shop.example>", port="")):
        assert milter(door, message, END) == [
            ("c", b""),
            ("y", b"451 4.3.0 It cannot be said now whether this may be sent. Try again later.\0")]


def test_a_sender_is_known_by_all_of_it(door):
    """Not by as much as fits somewhere."""
    long = "x" * 492 + "notices@shop.example"
    (refused,) = milter(door, mail(sender=f"<{long[-511:]}.evil.example>", port="587"))
    assert refused[0] == "y" and b"Nobody has said what mail from '?' is for" in refused[1]


def test_the_log_knows_no_address(door):
    """Not even the one that a mail comes from, nor a login that is one."""
    milter(door, mail(sender="<jane@person.example>", port="587"))
    milter(door, mail(sender="<jane@person.example>", login="jane@person.example", port="587"))
    milter(door, mail(), to("no@customer.example", "jane@person..example"))
    assert "jane@" not in door.avowd.log and "no@" not in door.avowd.log
    assert '"sender":"email:j***@p***","login":"","port":"587"' in door.avowd.log
    assert '"login":"email:j***@p***"' in door.avowd.log


def test_the_log_is_json_whatever_is_said(door):
    for login in (b"caf\xe9", "café".encode(), b"a\x1b[2J\"\\\r\n"):
        milter(door, packet("D", b"M", "{auth_authen}", login + b"\0"), packet("M", "<a@b.example>"))
    lines = [json.loads(line) for line in door.avowd.log_path.read_bytes().decode().splitlines()]
    assert [line["login"] for line in lines if "login" in line] == [
        "caf?", "café", "a\x1b[2J\"\\\r\n"]


SENDERS = ["<any@shop.example>", "<notices@shop.example>", "<ads@shop.example>", "<>", "<root@x>",
           "<%s%n@x.example>", "<" + "й" * 300 + "@shop.example>"]
RECIPIENTS = ["yes@customer.example", "no@customer.example", "NO@Customer.Example.", "",
              "@a.example,@b.example:no@customer.example", "\"quo ted\"@x.example", "%s%n@x.example",
              "nein@bücher.example", "x" * 700 + "@x.example", "a@[192.0.2.1]", "a@b@c", "%" * 900,
              "a@customer.example>\r\nX-Evil: yes", "ﬁ" * 300 + "@x.example"]
HEADERS = ["X-Avow-Purpose", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence", "List-Id", ""]
VALUES = ["receipts", " news ", "ads", "nothing", "bulk", "x" * 3000, "\r\n\t ", ""]
MAPS = ["receipts", "news+any", "*", "any", "access/receipts", "+", "news+", "nope", "", "staff"]


class Fuzz:
    """Sessions of a mail server that has gone mad, always the same ones."""

    def __init__(self, seed):
        self.any = random.Random(seed)

    def step(self):
        pick = self.any.choice
        return pick([
            lambda: mail(pick(SENDERS), pick(["", "app", "news", "staff"]), pick(["25", "587"]),
                         pick([b"", b"SMTPUTF8\0", b"SIZE=1"])),
            lambda: to(pick(RECIPIENTS)), lambda: to(pick(RECIPIENTS)),
            lambda: packet("L", pick(HEADERS), pick(VALUES)), lambda: END,
            lambda: packet(pick("AKTNBHUCRMLDE"), self.any.randbytes(self.any.randrange(20))),
            lambda: pick([CONNECT, BY_SENDMAIL, OPTIONS])])()

    def session(self):
        parts = [OPTIONS, self.any.choice([CONNECT, BY_SENDMAIL]), mail(self.any.choice(SENDERS))]
        parts += [self.step() for _ in range(self.any.randrange(12))]
        return self.spoilt(b"".join(parts))

    def spoilt(self, bytes_):
        if self.any.random() < 0.7:
            return bytes_
        bytes_ = bytearray(bytes_)
        bytes_[self.any.randrange(len(bytes_))] = self.any.randrange(256)
        return bytes(bytes_)

    def look_ups(self):
        def one():
            text = f"{self.any.choice(MAPS)} {self.any.choice(RECIPIENTS)}".encode()
            return b"%d:%s," % (len(text), text)
        return self.spoilt(b"".join(one() for _ in range(self.any.randrange(1, 8))))


def test_mad_servers(door):
    fuzz = Fuzz(8058)
    for i in range(SESSIONS):
        listens = i % 5 > 0
        door("milter.sock", fuzz.session(), listens)
        said = door("map.sock", fuzz.look_ups(), listens)
        assert b"\r" not in said and b"\n" not in said
    assert milter(door, mail(), to("no@customer.example", "yes@customer.example"))[1][0] == "y"
    process = pathlib.Path(f"/proc/{door.avowd.process.pid}")
    door.avowd.until(lambda: len(list((process / "fd").iterdir())) < 40)


def test_room_for_every_connection(door):
    """Those of a mail server too: else the store has no descriptor left, and nothing can be said."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    door.avowd.stop()
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    try:
        door.avowd.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    soft, _ = resource.prlimit(door.avowd.process.pid, resource.RLIMIT_NOFILE)
    assert soft == 500 + 500 + 512
