"""A running avowd with the door for people, in English or German."""
import html
import pathlib
import re
import socket
import subprocess
import urllib.parse

import pytest

import npm
from serve.conftest import daemon, place, program, made_store, user  # noqa: F401  (fixtures)

HERE = pathlib.Path(__file__).resolve().parent
ENGLISH = (HERE / "shop.policy").read_text(encoding="utf-8")
GERMAN = (HERE / "laden.policy").read_text(encoding="utf-8")

CONFIG = """store: sqlite:c.db
policy: shop.avow
unsigned: accept
state: state
{user}
http:
  - listen: unix:http.sock
    doors: [api, health, metrics, people]
people:
  address: https://www.bakery.example/mail
  no-link: [orders]
"""


@pytest.fixture(scope="session")
def shop(avow, tmp_path_factory):
    """The compiled policy, for the fixtures of serve."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "shop.policy").write_text(ENGLISH, encoding="utf-8")
    done = avow("build", folder / "shop.policy", "--only=avow", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder / "shop.avow"


class People:
    """A daemon, and what people do with its links."""

    def __init__(self, daemon):
        self.daemon, self.folder = daemon, daemon.folder

    def avowd(self, *arguments):
        return subprocess.run([self.daemon.program, *arguments], cwd=self.folder,
                              capture_output=True, text=True, timeout=60)

    def build(self, avow, text):
        """Puts another policy in place of the one that is served."""
        (self.folder / "next.policy").write_text(text, encoding="utf-8")
        done = avow("build", self.folder / "next.policy", "--only=avow", "--out", self.folder)
        assert done.returncode == 0, done.stderr

    def link(self, who="joe@shop.example", about="news", **more):
        """The token of a mailed link, by the API."""
        answer = self.daemon.post("/v1/link", {"who": who, "about": about, **more})
        assert answer.status == 200, answer.body
        found = re.fullmatch(r"https?://[\w.:]+/mail/u/([A-Za-z0-9_-]+)",
                             answer.json["unsubscribe"])
        assert answer.json["preferences"].endswith("/mail/p/" + found[1])
        return found[1]

    def fresh(self, who="joe@shop.example", person="customer"):
        answer = self.daemon.post("/v1/link", {"who": who, "person": person})
        assert answer.status == 200, answer.body
        return answer.json["preferences"].rpartition("/")[2]

    def post(self, path, fields=None, headers=None, **more):
        body = urllib.parse.urlencode(fields if fields is not None
                                      else {"List-Unsubscribe": "One-Click"})
        return self.daemon.get(path, "POST", body, {
            "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}, **more)

    def get(self, path, method="GET", headers=None, **more):
        return self.daemon.get(path, method, headers=headers, **more)

    def status(self, who="joe@shop.example"):
        """state -> its value, and the names of the requests that are recorded, in order."""
        done = self.avowd("--store=sqlite:c.db", "--policy=shop.avow", "status", who)
        states = dict(re.findall(r"^(\S+) +(yes|no|unknown)\b", done.stdout, re.M))
        return states, re.findall(r"^\d{4}-\S+ +([\w-]+), receipt", done.stdout, re.M)

    def may(self, about="news", who="joe@shop.example"):
        return self.avowd("--store=sqlite:c.db", "--policy=shop.avow", "ask", "email", "customer",
                          about, who).returncode == 0

    def record(self, what, who="joe@shop.example", *more):
        done = self.avowd("--store=sqlite:c.db", "--policy=shop.avow", "record", what, who, *more)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[1]

    def bytes(self):
        """Everything that the store has on disk."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.glob("c.db*"))
                if path.is_file()}


@pytest.fixture
def people(daemon):  # noqa: F811
    return People(daemon(CONFIG))


@pytest.fixture
def web(daemon):  # noqa: F811
    """The same, where browsers can reach it: `web.base` is what addresses begin with."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = CONFIG.replace("https://www.bakery.example/mail", f"http://127.0.0.1:{port}/mail")
    config = config.replace("people:\n", f"""  - listen: 127.0.0.1:{port}
    doors: [people]
people:
""", 1)
    web = People(daemon(config))
    web.base = f"http://127.0.0.1:{port}"
    return web


@pytest.fixture(scope="session")
def modules():
    return npm.modules(HERE.parent / "page")


def words(answer):
    """The text of a page's main part, without its markup."""
    text = answer.body.decode()
    main = re.search(r"<main>(.*)</main>", text, re.S)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())
