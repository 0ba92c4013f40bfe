"""A running avowd: `daemon(config)` starts one in a folder of its own, and it must end well."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest

from avowd.conftest import POLICY

CONFIG = """store: sqlite:c.db
policy: shop.avow
unsigned: accept
state: state
{user}
http:
  - listen: unix:http.sock
    doors: [api, health, metrics]
"""


class Unix(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path, timeout=30):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Daemon:
    """A process, and how to talk to it. `folder` holds everything it has."""

    def __init__(self, program, folder, environment):
        self.program, self.folder, self.environment = program, folder, environment
        self.process, self.log = None, folder / "log.txt"

    def start(self, *options, wait=True, config="avowd.yaml"):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", f"--config={config}", *options], cwd=self.folder,
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment)
        if wait:
            self.until(lambda: (self.folder / "http.sock").exists() and self.answers())
        return self

    def answers(self):
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def until(self, true, seconds=30):
        """Waits until something holds; fails if the process ends or it takes too long."""
        end = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.01)

    def connection(self, path="http.sock", timeout=30):
        return Unix(self.folder / path, timeout)

    def get(self, path, method="GET", body=None, headers=None, through="http.sock"):
        connection = self.connection(through)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def post(self, path, value, headers=None, **more):
        body = value if isinstance(value, (bytes, str)) else json.dumps(value)
        return self.get(path, "POST", body, {"Content-Type": "application/json", **(headers or {})},
                        **more)

    def metric(self, line):
        """The value of a metric with its labels, or None."""
        for row in self.get("/metrics").body.decode().splitlines():
            name, _, value = row.rpartition(" ")
            if name == line:
                return float(value)
        return None

    def hang_up(self):
        """Tells it to load anew and waits until it has tried."""
        def tries():
            rows = self.get("/metrics").body.decode().splitlines()
            return sum(int(row.rsplit(" ", 1)[1]) for row in rows
                       if row.startswith("avowd_reloads_total"))
        before = tries()
        self.process.send_signal(signal.SIGHUP)
        self.until(lambda: tries() > before)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self, number=signal.SIGTERM, status=0):
        """Ends it in order, and looks at what it leaves."""
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            assert self.process.wait(60) == status, self.log.read_text()
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self.process = None
        text = self.log.read_text(errors="replace")
        assert "Sanitizer" not in text and "runtime error" not in text, text


@pytest.fixture(scope="session")
def shop(avow, tmp_path_factory):
    """The compiled policy."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "shop.policy").write_text(POLICY)
    done = avow("build", folder / "shop.policy", "--only=avow", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder / "shop.avow"


@pytest.fixture(scope="session")
def program(build):
    return str(build / "runtime" / "agent" / "avowd")


@pytest.fixture(scope="session")
def made_store(program, shop, tmp_path_factory):
    """A store that is made and settled, to be copied."""
    folder = tmp_path_factory.mktemp("store")
    done = subprocess.run([program, "--store=sqlite:c.db", f"--policy={shop}", "init",
                           "--no-history"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def user():
    """The line of a configuration that lets avowd serve as who the tests run as."""
    return "user: root" if os.geteuid() == 0 else ""


@pytest.fixture
def place(tmp_path, shop, made_store, user):
    """A folder with a policy, a store and a configuration."""
    subprocess.run(["cp", "-a", *made_store.iterdir(), tmp_path], check=True)
    (tmp_path / "shop.avow").write_bytes(shop.read_bytes())
    (tmp_path / "avowd.yaml").write_text(CONFIG.format(user=user))
    return tmp_path


@pytest.fixture
def daemon(program, place):
    """daemon(config=None, **start) starts avowd in `place`; `config` replaces avowd.yaml, in which
    {user} stands for who it may be."""
    running = []

    def start(config=None, environment=None, **options):
        if config is not None:
            user = "user: root" if os.geteuid() == 0 else ""
            (place / "avowd.yaml").write_text(config.replace("{user}", user))
        daemon = Daemon(program, pathlib.Path(place), {**os.environ, **(environment or {})})
        running.append(daemon)
        return daemon.start(**options)

    yield start
    for daemon in running:
        daemon.stop()
