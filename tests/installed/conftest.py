"""An install of the plain build, in a folder that it was not configured for."""
import os
import subprocess
import types

import pytest

POLICY = """---
policy: acme
title: Privacy policy
language: en
effective: 2026-03-01
calendar: calendars/office.yaml
---
person   customer "customer".
purpose  news     "newsletter".
purpose  receipt  "receipt".
request  stop     "stop the newsletter".
state    stopped  "asked us to stop" of customer after stop.
contact  help     "help@acme.example" at "mailto:help@acme.example".

section writing "When we write to you"

clause mail:
  we MAY email customer about news, subject to stopping.
  we MAY email customer about receipt.
  > We send you our {news} and your {receipt}.

clause stopping:
  customer MAY request stop via help.
  we MUST do stop within 1 business day.
  we NEVER email customer about news if stopped.
  > Write to {link of help} and within {deadline of stop} we stop.
"""

SERVICE = """#include "acme_policy.h"
#include <stdio.h>

int
main(void)
{
    acme_states states = {{0, 0}};
    states = acme_states_yes(states, acme_state_stopped);
    avow_answer news = acme_may_email(acme_system_us, acme_person_customer, acme_purpose_news, states);
    avow_answer receipt =
        acme_may_email(acme_system_us, acme_person_customer, acme_purpose_receipt, states);
    printf("news %d %s\\n", avow_allowed(news), acme_clause_of(news).name.data);
    printf("receipt %d %s\\n", avow_allowed(receipt), acme_clause_of(receipt).name.data);
    printf("%s\\n", acme_clause_of(news).words.data);
    return 0;
}
"""


def place(prefix, name):
    """The one file of that name under a prefix."""
    found = [path for path in prefix.rglob(name)]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


@pytest.fixture(scope="session")
def installed(plain_build, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    done = subprocess.run(["meson", "install", "-C", str(plain_build), "--no-rebuild", "--destdir",
                           str(root)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    prefix = place(root, "avow.h").parent.parent
    env = {key: value for key, value in os.environ.items()
           if key not in ("CFLAGS", "CC", "LDFLAGS", "DESTDIR", "LD_LIBRARY_PATH")}
    env["PKG_CONFIG_PATH"] = str(place(prefix, "avow.pc").parent)
    env["CMAKE_PREFIX_PATH"] = str(prefix)
    return types.SimpleNamespace(prefix=prefix, env=env, avow=prefix / "bin" / "avow",
                                 libraries=place(prefix, "libavow.so").parent)


@pytest.fixture
def project(tmp_path, root):
    """A project of somebody else's: a policy, its calendar, a service."""
    folder = tmp_path / "their project"
    (folder / "calendars").mkdir(parents=True)
    (folder / "acme.policy").write_text(POLICY)
    (folder / "service.c").write_text(SERVICE)
    calendar = (root / "policies" / "calendars" / "office.yaml").read_text(encoding="utf-8")
    (folder / "calendars" / "office.yaml").write_text(calendar, encoding="utf-8")
    return folder


@pytest.fixture
def run(installed):
    def run(*command, cwd, fails=False):
        done = subprocess.run([*map(str, command)], cwd=cwd, env=installed.env, timeout=120,
                              capture_output=True, text=True)
        if not fails:
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    return run
