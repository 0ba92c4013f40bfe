"""The canonical text of the model, which the content hash is of: complete, and no more than that."""
import hashlib
import re

import pytest

POLICY = """---
policy: test
title: Our policy
language: en
effective: 2026-03-01
revision: 2
calendar: office.yaml
nav_order: 3
---
system   shop      "our shop".
person   customer  "customer".
data     order     "order details"  of customer.
data     order.email "e-mail address".
place    cloud     "our servers"    of customer.
audience couriers  "the courier" in cloud basis contract "our contract with them".
purpose  delivery  "delivery" basis contract "you ordered it".
purpose  news      "newsletter" basis interest "you are our customer".
request  stop      "stop all e-mail".
request  resume    "write again".
event    closed    "closing of the order" of order.
state    stopped   "asked us to stop" of customer after stop until resume kept in cloud formerly halted.
contact  help      "help@example.org" at "mailto:help@example.org".
contact  desk      "our desk".
value    min-age   "minimum age"    is 16.
section orders "Orders"
clause delivery-mail:
  shop MAY collect order from customer.
  we MAY email customer about delivery if not stopped.
  > We use your {order} for *delivery* and write to {link of help}.
clause stopping:
  customer MAY request stop or resume via help.
  we MUST do stop or resume within 3 business days.
  we NEVER email anyone if stopped.
  >
  > Ask us, and we stop within {deadline of stop}.
section rest "The rest"
clause again:
  repeats stopping.
  > We stop.
clause young:
  promise by "management".
  > Nobody under {value of min-age} buys here.
"""

CALENDAR = """zone: Europe/Berlin
working-days: [monday, tuesday, wednesday, thursday, friday]
cut-off: "17:00"
holidays: [2026-12-25]
valid-until: 2030-12-31
"""


@pytest.fixture
def dump(avow, tmp_path):
    def run(text=POLICY, calendar=CALENDAR):
        (tmp_path / "office.yaml").write_text(calendar)
        (tmp_path / "test.policy").write_text(text)
        done = avow("check", "--dump=model", "test.policy", cwd=tmp_path)
        assert done.stderr == ""
        return done.stdout

    return run


def vocabulary(text):
    return text[: text.index("avow model ")]


def test_the_hash_is_of_the_dump(avow, dump, tmp_path):
    text = dump()
    assert avow("build", "test.policy", "--out", "out", cwd=tmp_path).returncode == 0
    content = hashlib.sha256(text.encode()).hexdigest()
    assert content in (tmp_path / "out" / "test.txt").read_text()
    names = bytes.fromhex(hashlib.sha256(vocabulary(text).encode()).hexdigest())
    header = (tmp_path / "out" / "test_policy.h").read_text()
    block = header[header.index("TEST_VOCABULARY_HASH"):]
    literal = "".join(re.findall(r'"([^"]*)"', block[: block.index("\n\n")]))
    assert names.hex() in literal or names in literal.encode().decode("unicode_escape").encode("latin-1")


@pytest.mark.parametrize("before,after", [
    ("section orders", "\n\n# A remark.\nsection orders"),
    ("MAY email customer", "may   email\n   customer"),
    ("if not stopped", ", if not stopped"),
    ("stop or resume within", "stop, resume, within"),
    ('"our shop"', "“our shop”"),
    ("\n", "\r\n"),
])
def test_what_means_the_same_has_the_same_text(dump, before, after):
    assert before in POLICY
    assert dump(POLICY.replace(before, after)) == dump()


# Each of these is seen on the page, in the table or in an answer.
CHANGES = [
    ("policy: test", "policy: other"), ("Our policy", "Your policy"), ("2026-03-01", "2026-03-02"),
    ("revision: 2", "revision: 3"), ("nav_order: 3", "nav_order: 4"), ("language: en", "language: en-GB"),
    ('"our shop"', '"the shop"'), ('"our servers"    of customer', '"our servers"'),
    ('"our servers"    of customer', '"servers"    of customer'),
    ("in cloud basis", "basis"), (' basis contract "our contract with them"', ""),
    ("our contract with", "an agreement with"), ("basis interest", "basis public"),
    ('"you ordered it"', '"you ordered it" basis law "we keep accounts"'),
    ("repeats stopping", "repeats stopping, young"), ("repeats stopping", "repeats delivery-mail"),
    ("about delivery if not", "about delivery if"), ("anyone if stopped", "anyone if stopped, except as stated"),
    ("until resume kept", "kept"), ("kept in cloud ", ""), ("formerly halted", "formerly held"),
    ('"mailto:help@example.org"', '"mailto:h@example.org"'), ("is 16", "is 18"),
    ('"Orders"', '"Your orders"'), ("section orders", "section buying"),
    ("clause young", "clause age"), ("shop MAY collect", "we MAY collect"),
    ("MAY email customer", "MAY text customer"), ("collect order from customer", "collect order from cloud"),
    (" if not stopped", ""), (" if not stopped", " if stopped"), ("via help", "via desk"),
    ("via help", "via help or desk"), ("3 business days", "3 days"), ("3 business days", "4 business days"),
    ("NEVER email anyone if", "NEVER email anyone about news if"), ("*delivery*", "**delivery**"),
    ("*delivery*", "delivery"), ("*delivery*", "[delivery](https://example.org)"),
    ("{order}", '{order "orders"}'), ("write to {link of help}", "write to {help}"),
    ("  >\n", ""), ('"management"', '"the board"'), ('promise by "management"', "narrative"),
    ('section rest "The rest"\n', ""),
]


@pytest.mark.parametrize("before,after", CHANGES)
def test_what_means_something_else_has_another_text(dump, before, after):
    changed = POLICY.replace(before, after)
    assert changed != POLICY
    assert dump(changed) != dump()


@pytest.mark.parametrize("before,after", [
    ("Europe/Berlin", "Europe/London"), (", friday", ""), ("17:00", "16:00"),
    ("2026-12-25", "2026-12-24"), ("2030", "2031"),
])
def test_another_calendar_has_another_text(dump, before, after):
    assert dump(calendar=CALENDAR.replace(before, after)) != dump()


@pytest.mark.parametrize("before,after,same", [
    ('"our shop"', '"the shop"', True),
    (" if not stopped", "", True),
    ("is 16", "is 18", True),
    ('purpose  news      "newsletter" basis interest "you are our customer".\n', "", False),
    ("couriers", "carriers", False),
])
def test_the_vocabulary_is_names_and_numbers(dump, before, after, same):
    assert (vocabulary(dump(POLICY.replace(before, after))) == vocabulary(dump())) == same


def test_texts_cannot_pretend_to_be_lines(dump):
    label = r"our\shop\n\\"
    text = dump(POLICY.replace("our shop", label).replace("buys here", r'buys "\n" here'))
    assert 'system shop label "' + label.replace("\\", "\\\\") + '"\n' in text
    assert r'buys \"\\n\" here' in text


def test_numbers_follow_kinds_and_hierarchy(dump):
    """Kinds in their order, "us" first, siblings as they first appear, members beside each other."""
    vocabulary_lines = """purpose  p.
data     b.x.
data     a.
data     b.y.z.
data     b.w.
audience q.
system   s.
data     b.y.y.
"""
    text = dump(POLICY[: POLICY.index("---\nsystem") + 4] + vocabulary_lines)
    assert vocabulary(text) == """avow vocabulary 1
0 data b.x
1 data b.y.z
2 data b.y.y
3 data b.w
4 data a
5 purpose p
6 audience us
7 audience q
8 system us
9 system s
"""
