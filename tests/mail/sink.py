"""What stands around a mail server under test: where its mail goes, and who may log in."""
import base64
import collections
import os
import socketserver
import threading
import time

Message = collections.namedtuple("Message", "sender recipients data")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


class Sink:
    """An SMTP server that keeps what it is given; `defer` makes it put off every recipient."""

    def __init__(self):
        self.messages, self.defer, self.changed = [], False, threading.Condition()
        self.keep = True  # else it only counts
        self.count = 0
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    sink.session(self.rfile, self.wfile)
                except OSError:
                    pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def session(self, lines, out):
        def say(text):
            out.write(text + b"\r\n")

        sender, recipients = None, []
        say(b"220 sink ESMTP")
        for line in lines:
            word = line.split(b":")[0].strip().upper()
            if word.startswith(b"EHLO"):
                say(b"250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 0")
            elif word == b"MAIL FROM":
                sender, recipients = path_of(line), []
                say(b"250 ok")
            elif word == b"RCPT TO":
                if self.defer:
                    say(b"450 4.2.0 later")
                else:
                    recipients.append(path_of(line))
                    say(b"250 ok")
            elif word == b"DATA":
                say(b"354 go on" if recipients else b"554 nobody")
                if recipients:
                    self.take(Message(sender, recipients, data_of(lines)))
                    say(b"250 ok")
            elif word == b"QUIT":
                say(b"221 bye")
                return
            else:
                say(b"250 ok")

    def take(self, message):
        with self.changed:
            self.count += 1
            if self.keep:
                self.messages.append(message)
            self.changed.notify_all()

    def to(self, address):
        """What has arrived for somebody."""
        with self.changed:
            return [message for message in self.messages if address in message.recipients]

    def wait(self, true, seconds=30):
        end = time.monotonic() + seconds
        with self.changed:
            while not true():
                left = end - time.monotonic()
                assert left > 0, self.messages
                self.changed.wait(min(left, 0.2))

    def wait_for(self, address, count=1):
        """Waits until so many messages have arrived for somebody, and gives them."""
        self.wait(lambda: sum(address in m.recipients for m in self.messages) >= count)
        return self.to(address)

    def clear(self):
        with self.changed:
            self.messages.clear()
            self.defer = False

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def path_of(line):
    return line.split(b"<", 1)[1].rsplit(b">", 1)[0].decode()


def data_of(lines):
    data = []
    for line in lines:
        if line == b".\r\n":
            break
        data.append(line[1:] if line.startswith(b"..") else line)
    return b"".join(data)


class Logins:
    """Who may log in, as Postfix asks Dovecot: any name whose password is `secret`."""

    def __init__(self, path):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n"
                                 b"COOKIE\t00112233445566778899aabbccddeeff\nDONE\n")
                for line in self.rfile:
                    parts = line.decode().rstrip("\n").split("\t")
                    if parts[0] == "AUTH":
                        self.wfile.write(answer(parts))

        def answer(parts):
            given = [part[5:] for part in parts if part.startswith("resp=")][0]
            _, name, password = base64.b64decode(given).decode().split("\0")
            word = "OK" if password == "secret" else "FAIL"
            return f"{word}\t{parts[1]}\tuser={name}\n".encode()

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        path.unlink(missing_ok=True)
        self.server = Server(str(path), Handler)
        os.chmod(path, 0o666)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
