#!/usr/bin/python3
"""The last scene of ./demo: somebody gets a mail, opts out by the link in it, and gets no more.

    tests/mail/demo.py BUILD POLICY.avow

Starts a Postfix, an avowd and a server that receives, in a folder of its own on loopback, and ends
all of them. Needs root, as Postfix does."""
import email
import http.client
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from mail.postfix import Postfix, free_port  # noqa: E402

SOMEBODY = "joe@customer.example"
CONFIG = """store: sqlite:consent.db
policy: {policy}
unsigned: accept
user: root
people:
  address: https://vendor.example/mail/
http:
  - listen: 127.0.0.1:{http}
    doors: [people]
mail:
  milter: unix:{queue}/avow/milter.sock
  socketmap: unix:{queue}/avow/map.sock
  group: postfix
  local: [local.example]
  classes:
    notices: {{ports: ["{notices}"], person: licensee, purpose: notify.expiry}}
"""


def show(text, margin="  | "):
    for line in text.splitlines():
        print(textwrap.fill(line, 96, initial_indent=margin, subsequent_indent=margin + "    "))


class Scene:
    def __init__(self, build, policy):
        self.avowd = build / "runtime/agent/avowd"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="avow-demo-"))
        self.postfix, self.daemon, self.http = Postfix(["incoming", "notices"]), None, free_port()
        self.place = [self.avowd, "--store=sqlite:consent.db", f"--policy={policy}"]
        (self.folder / "avowd.yaml").write_text(CONFIG.format(
            policy=policy, http=self.http, queue=self.postfix.folder / "queue",
            notices=self.postfix.ports["notices"]))

    def run(self, *command):
        done = subprocess.run([str(word) for word in command], cwd=self.folder, text=True,
                              capture_output=True, check=True)
        return done.stdout

    def start(self):
        self.run(*self.place, "init", "--no-history")
        self.postfix.configure("", "")
        parts = [self.run(self.avowd, "postfix-config", "--config=avowd.yaml",
                          f"--postfix={self.postfix.config}", f"--only={only}")
                 for only in ("main.cf", "master.cf")]
        self.postfix.configure(*parts)
        with (self.folder / "log").open("w") as log:
            self.daemon = subprocess.Popen([self.avowd, "serve", "--config=avowd.yaml"],
                                           cwd=self.folder, stdout=log, stderr=log)
        while "serving" not in (self.folder / "log").read_text():
            if self.daemon.poll() is not None:
                raise SystemExit((self.folder / "log").read_text())
            time.sleep(0.01)
        self.postfix.start()

    def stop(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait()
        self.postfix.stop()
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def send(self, subject):
        """Gives what Postfix says to the recipient's name."""
        client = self.postfix.connect("notices")
        client.mail("notices@local.example")
        code, text = client.rcpt(SOMEBODY)
        if code == 250:
            client.data(f"From: notices@local.example\nTo: {SOMEBODY}\nSubject: {subject}\n\n...\n")
        client.quit()
        return f"{code} {text.decode()}"

    def press(self, link):
        connection = http.client.HTTPConnection("127.0.0.1", self.http)
        connection.request("POST", link.removeprefix("https://vendor.example/mail"),
                           "List-Unsubscribe=One-Click",
                           {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status

    def play(self):
        print("A licensee gets a notice. avowd has added the way out:\n")
        self.send("Your licence expires in March")
        message = email.message_from_bytes(self.postfix.sink.wait_for(SOMEBODY)[0].data)
        for name in ("To", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post"):
            show(f"{name}: {''.join(message[name].split(chr(10)))}")
        print("\nA second notice waits in the queue, since the licensee's server says: later.")
        self.postfix.sink.defer = True
        self.send("Your licence expires soon")
        self.postfix.wait_log(rf"to=<{SOMEBODY}>.*status=deferred")
        self.postfix.sink.defer = False
        print("Meanwhile the licensee presses “unsubscribe”:\n")
        link = message["List-Unsubscribe"].strip("<>")
        show(f"POST {link[:48]}...: {self.press(link)}")
        print("\nThe next notice is refused when it is submitted, in the words of the page:\n")
        show(f"RCPT TO:<{SOMEBODY}>\n{self.send('Your licence has expired')}")
        print("\nand the one in the queue when it is delivered, in the same words:\n")
        self.postfix.reload()  # it has asked a moment ago, and remembers for 30 s
        self.postfix.command("postqueue", "-f")
        found = self.postfix.wait_log(rf"to=<{SOMEBODY}>.*(dsn=5\.7\.1, status=bounced \(.{{28}})")
        show(found.group(1) + " ...)")
        self.show_receipt()
        arrived = len(self.postfix.sink.to(SOMEBODY))
        print(f"\nThe licensee's server has received {arrived} notice"
              f"{'' if arrived == 1 else 's'}.")

    def show_receipt(self):
        print("\nThe ledger has it, with a receipt that anybody can verify:\n")
        status = self.run(*self.place, "status", SOMEBODY)
        show("\n".join(line for line in status.splitlines() if re.search("^opted-out|receipt r", line)))
        name = re.search(r"receipt (r[\w-]+)", status).group(1)
        (self.folder / "receipt.json").write_text(self.run(*self.place, "receipt", name))
        said = self.run(self.avowd, "receipt", "verify", "--key=consent.db.keys/signing.pub",
                        "receipt.json")
        show("\n".join(line for line in said.splitlines()
                       if re.match("genuine|  (event|received|clause|its hash) ", line)))


def main():
    scene = Scene(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
    try:
        scene.start()
        scene.play()
    finally:
        scene.stop()


main()
