"""A Postfix that asks avowd, a sink for what it sends, and a store of people who have said no."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from mail.postfix import Postfix

POLICY = """---
policy: mail
title: Mail
language: en
effective: 2026-03-01
---
person   customer "customer".
purpose  news     "news".
purpose  receipts "receipts".
purpose  notices  "notices".
purpose  ads      "advertising".
request  stop-mail "stop all e-mail".
request  join      "get our news".
request  leave     "no more news".
state    stopped    "asked us to stop"   of customer after stop-mail.
state    subscribed "asked for our news" of customer after join until leave.
value    whole is "100 %%".
contact  counter "the counter" at "https://bakery.example/counter".

clause news-mail:
  we MAY email customer about news if subscribed, subject to stops.
  we MAY email customer about receipts or notices, subject to stops.
  customer MAY request stop-mail via counter.
  customer MAY request join via counter.
  customer MAY request leave via counter.
  > We e-mail {news} to those who {join}, and {receipts} and {notices}. Tell {link of counter} to
  > {stop-mail} or {leave}.

clause stops:
  we MUST do stop-mail at once.
  we MUST do join within 3 days.
  we MUST do leave within 3 days.
  we NEVER email anyone if stopped.
  > Once you have asked us to stop – and “stop” is meant to {value of whole} – we never e-mail you again, für
  > immer.

clause no-ads:
  we NEVER email anyone about ads.
  > We never send {ads}. %s
""" % " ".join(f"{word} one line of SMTP is far too short for a promise such as this."
               for word in ["Certainly,", "Of course,", "Indeed,", "Surely,"] * 3)

CONFIG = """store: sqlite:c.db
policy: mail.avow
unsigned: accept
state: state
user: root
log: {{form: json, level: info}}
mail:
  milter: unix:{queue}/avow/milter.sock
  socketmap: unix:{queue}/avow/map.sock
  group: postfix
  local: [local.example]
  classes:
    receipts: {{ports: ["{receipts}"], person: customer, purpose: receipts}}
    news: {{logins: [news], person: customer, purpose: news}}
    notices: {{senders: [notices@shop.example], person: customer, purpose: notices}}
    any: {{logins: [app], person: customer, header: yes}}
    ads: {{senders: [ads@shop.example], person: customer, purpose: ads}}
  exempt:
    bounces: {{senders: ["<>"], recipients: 1}}
    cron: {{senders: ["root@*"], local: yes}}
    staff: {{logins: [staff], recipients: 3}}
"""


def pytest_collection_modifyitems(items):
    """One Postfix serves all: its tests run in one process."""
    for item in items:
        if pathlib.Path(__file__).parent in pathlib.Path(item.fspath).parents:
            if "postfix" in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group("postfix"))


class Avowd:
    """The daemon beside a Postfix, with a store of its own."""

    def __init__(self, program, folder):
        self.program, self.folder, self.process = program, folder, None
        self.log_path = folder / "log.txt"

    def run(self, *arguments, **options):
        options = {"capture_output": True, "text": True, "timeout": 60, "cwd": self.folder,
                   **options}
        return subprocess.run([self.program, *map(str, arguments)], **options)

    def record(self, what, address, *options):
        """Says something for somebody, and gives the receipt."""
        done = self.run("--store=sqlite:c.db", "--policy=mail.avow", "record", what, address,
                        *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[0]

    def stop_mail(self, address):
        return self.record("stop-mail", address, "--done")

    def join(self, address):
        return self.record("join", address, "--done", "--evidence=asked")

    def start(self):
        before = self.log.count('"serving"') if self.log_path.exists() else 0
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen([self.program, "serve", "--config=avowd.yaml"],
                                            cwd=self.folder, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)
        self.until(lambda: self.log.count('"serving"') > before)
        return self

    def until(self, true, seconds=30):
        end = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, self.log
            time.sleep(0.01)

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def pause(self):
        """Returns when every thread has stopped, and not only the first that was told."""
        self.process.send_signal(signal.SIGSTOP)
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        while any("\nState:\tT" not in (task / "status").read_text() for task in tasks.iterdir()):
            time.sleep(0.005)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self):
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            assert process.wait(60) == 0, self.log
        finally:
            process.kill()
            process.wait()
        assert "Sanitizer" not in self.log and "runtime error" not in self.log, self.log


@pytest.fixture(scope="session")
def program(build):
    return str(build / "runtime" / "agent" / "avowd")


@pytest.fixture(scope="session")
def bundle(avow, tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "mail.policy").write_text(POLICY)
    done = avow("build", folder / "mail.policy", "--only=avow", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder / "mail.avow"


@pytest.fixture(scope="session")
def made_store(program, bundle, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    shutil.copy(bundle, folder / "mail.avow")
    avowd = Avowd(program, folder)
    done = avowd.run("--store=sqlite:c.db", "--policy=mail.avow", "init", "--no-history")
    assert done.returncode == 0, done.stderr
    avowd.stop_mail("no@customer.example")
    avowd.stop_mail("nein@bücher.example")
    avowd.join("yes@customer.example")
    return folder


@pytest.fixture(scope="session")
def postfix(program, made_store):
    """Postfix, running, as avowd's own words configure it."""
    if os.geteuid() != 0:
        pytest.skip("Postfix is started by root only")
    server = Postfix(["incoming", "submission", "receipts"])
    try:
        write_config(server, made_store)
        configure(server, Avowd(program, made_store))
        server.start()
        yield server
    finally:
        server.stop()


def write_config(server, folder, text=CONFIG):
    (folder / "avowd.yaml").write_text(
        text.format(queue=server.folder / "queue", receipts=server.ports["receipts"]))


def configure(server, avowd, *options, **more):
    """What `avowd postfix-config` prints becomes the configuration of Postfix."""
    server.configure("", "")
    parts = []
    for only in ("main.cf", "master.cf"):
        done = avowd.run("postfix-config", "--config=avowd.yaml", f"--postfix={server.config}",
                         f"--only={only}", *options)
        assert done.returncode == 0, done.stderr
        parts.append(done.stdout)
    server.configure(*parts, **more)


@pytest.fixture
def avowd(program, postfix, made_store, tmp_path):
    """avowd, serving beside Postfix; nothing is queued, and the sink is empty."""
    shutil.copytree(made_store, tmp_path, dirs_exist_ok=True)
    write_config(postfix, tmp_path)
    daemon = Avowd(program, tmp_path)
    if postfix.queued():
        postfix.empty()
    postfix.sink.clear()
    try:
        daemon.start()
        postfix.forget_silence()
        yield daemon
    finally:
        daemon.stop()
