"""What people may ask, in how many ways, and what they are told."""
import json

import pytest

POLICY = """---
policy: shop
title: Shop
language: en
effective: 2026-03-01
---
person   customer      "customer".
person   supplier      "supplier".
data     order         "order details"     of customer.
data     order.email   "your e-mail address" of customer.
data     order.phone   "phone number" of customer.
data     offer         "offer"             of supplier.
place    cloud.dublin  "Dublin".
place    cloud.oslo    "Oslo".
audience couriers      "the courier that delivers your parcel".
audience third-parties "third parties".
purpose  news          "our newsletter".
purpose  delivery      "delivery".
system   web-shop      "our web shop".
request  stop          "stop all e-mail".
request  hide          "hide an order".
event    closed        "closing of the order" of order.
state    stopped       "asked us to stop"  of customer after stop.
state    hidden        "hidden"            of order after hide.
fact     region one of eu "the EU", elsewhere "elsewhere".
contact  desk          "the desk" at "https://shop.example/desk".

clause mail:
  we MAY email customer about news if region.eu, subject to stops.
  > We may e-mail you {news}.

clause orders:
  we MAY use order for delivery.
  web-shop MAY store order only in cloud.dublin.
  web-shop MAY share order.phone with couriers.
  we MAY show order to customer or us or couriers if not hidden.
  > Your {order} is for {delivery}, and kept in {cloud.dublin}. {couriers} may get your {order.phone}.

clause stops:
  customer MAY request stop or hide via desk.
  we MUST do stop at once.
  we MUST do hide within 3 days.
  we NEVER email anyone if stopped.
  > Tell {link of desk} and we never e-mail you again, or hide your order within {deadline of hide}.

clause ends:
  we MUST erase order within 30 days after closed.
  > Your order is gone within {deadline of order} of the {closed}.
"""


@pytest.fixture
def shop(policy):
    return policy(POLICY, "shop.policy")


@pytest.fixture
def ask(avow, shop):
    return lambda *arguments: avow("ask", shop, *arguments)


def line_of(text):
    return next(i for i, line in enumerate(POLICY.splitlines(), 1) if text in line)


def understood(done):
    """(actor verb object target, states) of the one point that was understood."""
    question = json.loads(done.stdout)["question"]
    states = [*question["holds"], *(f"not {name}" for name in question["holds_not"])]
    return " ".join(question[part] for part in ("actor", "verb", "object", "target")), states


SAME = {
    "us email customer news|region.eu,not stopped,not region.elsewhere": [
        "may we email customer about news if region.eu and not stopped?",
        "We MAY email customer about news if region.eu and not stopped.",
        "we email customer about news, if region.eu, and not stopped",
        "MAY WE E-MAIL THE CUSTOMER ABOUT NEWS IF REGION.EU AND NOT STOPPED",
        "  may we email customers about our newsletter\n\tif region is EU and customer is not stopped ?.  ",
        "can we mail a customer regarding newsletters if they are in the EU and have not “asked us to stop”?",
        "Are we allowed to email customers about news if region.eu and the customer isn't stopped?",
        "may customer be emailed about news by us if not stopped and region.eu",
    ],
    "web-shop share order.phone couriers|": [
        "may web-shop share order.phone with couriers?",
        "may our web shop share the phone number with the courier that delivers your parcel",
        "may the web shop share phone with couriers",
        "web-shop MAY share phone of the order with couriers.",
        "may couriers get order.phone?",
        "may the phone of an order be shared with couriers?",
        "may web-shop share a customer’s phone number with couriers?",
        "may order.phone be shared with couriers by the web shop?",
    ],
    "us use order.email delivery|": [
        "may we use order.email for delivery?",
        "do we use your e-mail address for delivery?",
        "may your e-mail address be used for delivery?",
    ],
    "us show order.email third-parties|": [
        "may third parties see the order's email?", "may a third party see order.email",
    ],
}


@pytest.mark.parametrize("wanted", SAME)
def test_many_ways_of_one_question(avow, shop, wanted):
    point, states = wanted.split("|")
    for question in SAME[wanted]:
        done = avow("ask", "--format=json", shop, question)
        assert done.stderr == "", question
        found = understood(done)
        assert found[0] == point, question
        assert sorted(found[1]) == sorted(filter(None, states.split(","))), question


def test_answers_in_full_sentences(ask):
    done = ask("may we email customer about news if region.eu and stopped?")
    assert done.returncode == 1
    assert done.stdout == """\
No: we may not email customer about news if customer is stopped and region.eu. It is forbidden.

  Clause stops (shop.policy:39):
    “Tell the desk and we never e-mail you again, or hide your order within
    3 days.”
""".replace("shop.policy:39", f"{done.args[2]}:{line_of('clause stops')}")
    done = ask("may we email customer about news if region.eu and not stopped")
    assert done.returncode == 0
    assert done.stdout.startswith("Yes: we may email customer about news if customer is not "
                                  "stopped and region.eu.\n")


def test_what_is_not_known(ask):
    done = ask("may we email customer about news if region.eu?")
    assert done.returncode == 1
    assert done.stdout.startswith(
        "No: we may not email customer about news if region.eu, as long "
        "as it is not known whether customer is stopped.\n")
    assert done.stdout.endswith("  If customer is not stopped: yes (mail).\n"
                                "  If customer is stopped: no (stops).\n")


def test_what_comes_nearest(ask):
    done = ask("may we use order.email for news?")
    assert done.returncode == 1
    assert "No: we may not use order.email for news. Nothing permits it." in done.stdout
    assert done.stdout.endswith("  It permits us to use order for delivery (not news).\n")


@pytest.mark.parametrize("question, lines", [
    ("who may see order.email?",
     ["It depends on whether order is hidden: order.email may be shown to us, couriers, customer.",
      "No: order.email may not be shown to third-parties. Nothing permits it."]),
    ("where may web-shop store orders?",
     ["Yes: web-shop may store order in cloud.dublin.",
      "No: web-shop may not store order in cloud.oslo, every system. It is forbidden."]),
    ("for what may we use order.email?",
     ["Yes: we may use order.email for delivery.",
      "No: we may not use order.email for news. Nothing permits it."]),
    ("what may we use for delivery?",
     ["Yes: we may use order for delivery.",
      "No: we may not use offer for delivery. Nothing permits it."]),
    ("who may share order.phone with couriers?",
     ["Yes: web-shop may share order.phone with couriers.",
      "No: we may not share order.phone with couriers. Nothing permits it."]),
    ("whom may we email about delivery if not stopped?",
     ["No: we may not email every person about delivery if customer is not stopped. Nothing permits it."]),
    ("may we show order to couriers or third parties if not hidden",
     ["Yes: we may show order to couriers if order is not hidden.",
      "No: we may not show order to third-parties if order is not hidden. Nothing permits it."]),
])
def test_open_places(ask, question, lines):
    done = ask(question)
    found = [line for line in done.stdout.splitlines() if line and line[0] not in " "]
    assert found == lines
    asks = question.split()[0] in ("who", "where", "for", "what", "whom")
    assert done.returncode == (0 if asks else 1)


def test_open_places_for_programs(ask):
    answers = json.loads(ask("--format=json", "who may see order.email if not hidden?").stdout)["answers"]
    assert {a["question"]["target"]: a["verdict"] for a in answers} == {
        "us": "allowed", "couriers": "allowed", "third-parties": "unstated", "customer": "allowed"}
    allowed = [a for a in answers if a["allowed"]]
    assert allowed[0]["clauses"][0]["words"].startswith("Your order details is for delivery")


@pytest.mark.parametrize("question, line", [
    ("when is stop due if received 2026-03-07 10:00?",
     "stop must be done at once: Saturday, 2026-03-07 10:00 (UTC)."),
    ("when must we do hide if received 2026-03-07?",
     "hide must be done by Tuesday, 2026-03-10 23:59 (UTC)."),
    ("by when must “hide an order” be done if it was received on 2026-03-07 23:59?",
     "hide must be done by Tuesday, 2026-03-10 23:59 (UTC)."),
    ("when is order.email gone if closed on 2026-01-30?",
     "order.email must be erased by Sunday, 2026-03-01 23:59 (UTC)."),
    ("when do we erase order.phone if closed at 2026-01-30 08:00",
     "order.phone must be erased by Sunday, 2026-03-01 23:59 (UTC)."),
    ("when is hide due?",
     "It cannot be said when hide must be done: nothing in the question starts the clock. Ask "
     "with what starts it, as in “if received 2026-03-07 10:00”."),
    ("when is offer due?", "No duty of the policy says when offer must be erased."),
])
def test_deadlines(ask, question, line):
    done = ask(question)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == line


def test_deadlines_for_programs(ask):
    answer = json.loads(ask("--format=json", "when is hide due if received 2026-03-07?").stdout)
    due = answer["answers"][0]
    assert (due["object"], due["due"], due["local"]) == ("hide", "at", "2026-03-10 23:59")
    assert due["unix"] == 1773187199
    assert [clause["name"] for clause in due["clauses"]] == ["stops"]


def test_a_received_request_is_pending(ask):
    """From its receipt until it is done, what it switches is unknown."""
    done = ask("may we show order.email to couriers if hide received 2026-03-07?")
    assert done.returncode == 1
    assert "not known whether order is hidden" in done.stdout


def test_why(ask):
    done = ask("--why", "may we email customer about news if region.eu and stopped?")
    assert done.stdout.split("\nRules about")[1] == (
        " “email” that were tried, a prohibition that holds deciding over every permission:\n"
        "  holds (prohibition, {0}:{1}):\n"
        "    we NEVER email anyone if stopped.\n"
        "  holds (permission, {0}:{2}):\n"
        "    we MAY email customer about news if region.eu, subject to stops.\n"
        "  0 more speak of other things or people.\n").format(
            done.args[2], line_of("NEVER email anyone"), line_of("MAY email customer"))


REST = "clause rest:\n  we NEVER share anything, except as stated.\n  > Nobody else gets anything.\n"


def test_what_nothing_permits_is_forbidden(avow, policy):
    """“Except as stated”: the clause is cited, and then what comes nearest; it gives way to a MAY."""
    shop = policy(POLICY + REST, "shop.policy")
    done = avow("ask", shop, "may we share order.phone with third-parties?")
    assert done.returncode == 1
    assert " ".join(done.stdout.split()) == (
        "No: we may not share order.phone with third-parties. It is forbidden. "
        f"Clause rest ({shop}:{len(POLICY.splitlines()) + 1}): “Nobody else gets anything.” "
        "What no clause permits is forbidden by this one. "
        f"The nearest permission is in clause orders ({shop}:{line_of('clause orders')}): "
        "“Your order details is for delivery, and kept in Dublin. the courier that delivers your "
        "parcel may get your phone number.” "
        "It permits web-shop (not us) to share order.phone with couriers (not third-parties).")
    done = avow("ask", shop, "--format=json", "may we share order.phone with third-parties?")
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "forbidden" and answer["nearest"]["clause"] == "orders"
    done = avow("ask", shop, "--why", "may web-shop share order.phone with couriers?")
    assert done.returncode == 0
    assert "  gives way to a permission (prohibition of what no permission permits, " in done.stdout


REFUSED = [
    ("", "this asks nothing"), ("?", "this asks nothing"),
    ("may we fax customer about news?", "“fax” is no act that can be asked about"),
    ("may we email", "Behind “email” the question names no person"),
    ("may we email customer about mews?", "“mews” is not declared; the nearest name is “news”"),
    ("may we email order about news?", "“order” is data; a person is needed here"),
    ("may we email customer for-news?", "“for-news” was not understood here"),
    ("may we store order for news?", "After “store” stands “in”, not “for”"),
    ("may we email customer about news if stopped and not stopped?",
     "“stopped” cannot both hold and not hold"),
    ("may we email customer about news if region?", "“region” is a group"),
    ("may we email customer about news if region.eu and region.elsewhere",
     "of these facts exactly one holds"),
    ("may we email customer about news if stopped or hidden",
     "states stand side by side with “and”, not with “or”"),
    ("may we email customer about news unless stopped", "“unless” can be read in two ways"),
    ("may we email customer about news if", "nothing stands behind “if”"),
    ("may we email customer about news within 3 days?", "“within” was not understood here"),
    ("may we email customer? may we call customer?", "“may” was not understood here"),
    ("may the butler email customer about news?", "“the butler” is not declared"),
    ("who may share", "this leaves more than one place open"),
    ("when is", "it is not said what is due"),
    ("when", "it is not said what is due"),
    ("when is hide due if received 2026-02-30?", "this is no date"),
    ("when is hide due if received 2026-03-07 25:00?", "there is no such time of day"),
    ("may we email customer about news if 2026-03-07", "it is not said what happened on this day"),
]


@pytest.mark.parametrize("question, message", REFUSED)
def test_refused_once_with_a_reason(ask, question, message):
    done = ask(question)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f": {message}" in done.stderr, done.stderr
    assert done.stderr.endswith("\n1 error, 0 warnings.\n")


def test_two_could_be_meant(avow, policy):
    path = policy(POLICY.replace('data     offer ', 'data     offer.email "e-mail of the supplier" '
                                 'of supplier.\ndata     offer.price '))
    done = avow("ask", path, "may we use the email for delivery")
    assert done.returncode == 2
    assert "this could be “order.email” or “offer.email”" in done.stderr
    assert "Mend: Write the name that you mean." in done.stderr


def test_wrong_use(ask, avow, shop):
    assert "--format is text or json" in ask("--format=xml", "may we?").stderr
    assert "--why explains one answer" in ask("--why", "who may see order.email?").stderr
    assert ask("--why", "--format=json", "may we?").returncode == 2
    assert avow("ask", "--batch", "--why", shop).returncode == 2
