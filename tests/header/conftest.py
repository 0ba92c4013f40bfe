"""Policies compiled once for all tests of what was generated."""
import types

import pytest

from header.toolchain import ROOT

POLICIES = [*sorted((ROOT / "policies").glob("*.policy")), ROOT / "tests/header/hostile.policy"]


def make(avow, policy, folder):
    done = avow("build", policy, "--out", folder)
    assert done.returncode == 0, done.stderr
    header, = folder.glob("*_policy.h")
    name = header.name.removesuffix("_policy.h")
    return types.SimpleNamespace(
        policy=policy, folder=folder, id=name, prefix=name.replace("-", "_"), header=header,
        source=folder / f"{name}_policy.c", bundle=folder / f"{name}.avow")


@pytest.fixture(scope="session", params=POLICIES, ids=lambda path: path.stem)
def made(request, avow, tmp_path_factory):
    """What is generated from each policy of the tree, and from one of hostile names."""
    return make(avow, request.param, tmp_path_factory.mktemp(request.param.stem))


@pytest.fixture(scope="session")
def shop(avow, tmp_path_factory):
    """A small policy with a name for everything that a service can get wrong."""
    folder = tmp_path_factory.mktemp("shop")
    policy = folder / "small.policy"
    policy.write_text(SMALL, encoding="utf-8")
    return make(avow, policy, folder)


SMALL = """---
policy: small
title: Privacy policy
language: en
effective: 2026-03-01
---
system   shop        "our shop".
person   customer    "customer".
data     order       "order details"    of customer.
data     order.email "e-mail address"   of customer.
data     order.phone "phone number"     of customer.
place    eu-cloud    "our servers in the EU".
audience couriers    "the courier that delivers your parcel".
purpose  delivery    "delivery".
purpose  news        "newsletter".
request  stop-mail   "stop all e-mail".
request  removal     "removal".
event    closing     "closing" of order.
event    outage      "planned outage".
state    stopped     "asked us to stop" of customer after stop-mail.
state    closed      "closed" of order after closing.
fact     region one of eu "the EU", elsewhere.
contact  help        "help@acme.example" at "mailto:help@acme.example".

clause mail:
  shop MAY collect order from customer.
  we MAY use order for delivery.
  shop MAY share order.phone with couriers.
  we MAY show order to us or customer if not closed.
  we MAY email customer about delivery or news, subject to stop.
  > We use your {order} for {delivery}, and {couriers} gets your {order.phone}.

clause stop:
  customer MAY request stop-mail or removal via help.
  we MUST do stop-mail at once.
  we MUST do removal within 30 days.
  we NEVER email anyone if stopped.
  >
  > Write to {link of help}. We act within {deadline of removal}.

clause keeping:
  shop MAY store order in eu-cloud if region.eu.
  we MUST erase order within 10 days after closing.
  we MUST tell customer about outage at least 2 days before outage.
  we MUST erase order.phone within 1 day after stop.
  >
  > We keep your {order} in {eu-cloud} and erase them within {deadline of order}.
"""
