"""avowd, a policy for it, and a store in a folder of its own."""
import subprocess

import pytest

POLICY = """---
policy: shop
title: Shop
language: en
effective: 2026-03-01
---
person   customer "customer".
purpose  news     "news".
purpose  receipts "receipts".
request  stop-mail "stop all e-mail".
request  join      "get our news".
request  leave     "no more news".
state    stopped    "asked us to stop"   of customer after stop-mail.
state    subscribed "asked for our news" of customer after join until leave.
fact     region one of eu "the EU", elsewhere "elsewhere".
contact  counter "the counter" at "https://bakery.example/counter".

clause news-mail:
  we MAY email customer about news if subscribed and region.eu, subject to stops.
  we MAY email customer about receipts, subject to stops.
  customer MAY request stop-mail via counter.
  customer MAY request join via counter.
  customer MAY request leave via counter.
  > We e-mail {news} to those who {join}, and {receipts}. Tell {link of counter} to {stop-mail} or
  > {leave}.

clause stops:
  we MUST do stop-mail at once.
  we MUST do join within 3 days.
  we MUST do leave within 3 days.
  we NEVER email anyone if stopped.
  > Once you have asked us to stop, we never e-mail you again.
"""


@pytest.fixture(scope="session")
def bundle(avow, tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    (folder / "shop.policy").write_text(POLICY)
    done = avow("build", folder / "shop.policy", "--only=avow", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder / "shop.avow"


@pytest.fixture(scope="session")
def program(build):
    return str(build / "runtime" / "agent" / "avowd")


@pytest.fixture
def avowd(program, bundle, tmp_path):
    """avowd(*arguments, **options) works on the store of this test, in its folder."""

    def run(*arguments, bare=False, **options):
        options = {"capture_output": True, "text": True, "timeout": 120, "cwd": tmp_path, **options}
        place = [] if bare else ["--store=sqlite:c.db", f"--policy={bundle}"]
        return subprocess.run([program, *place, *map(str, arguments)], **options)

    return run


@pytest.fixture
def store(avowd):
    """The same, and the store is made and settled."""
    done = avowd("init", "--no-history")
    assert done.returncode == 0, done.stderr
    return avowd
