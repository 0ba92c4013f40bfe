"""`avow test`: examples, lists of cases in YAML and CSV, what is said of those that fail, coverage."""
import re
import subprocess

import pytest

POLICY = """---
policy: spoke
title: Spoke
language: en
effective: 2026-03-01
calendar: calendars/office.yaml
---
person   customer    "customer".
data     order       "order"            of customer.
purpose  news        "our newsletter".
purpose  repair      "the repair".
audience insurer     "your insurer".
system   shop        "our shop".
request  join        "subscribe".
request  leave       "unsubscribe".
request  my-data     "get a copy of my data".
event    done        "end of the repair" of order.
state    subscribed  "subscribed" of customer after join until leave.
contact  desk        "the desk" at "https://spoke.example/desk".

clause newsletter:
  we MAY email customer about news if subscribed.
  we NEVER email customer about news if not subscribed.
  customer MAY request join or leave via desk.
  we MUST do join or leave at once.
  > You get {news} only if you ask for it, and never again once you write to {link of desk}.

clause copies:
  customer MAY request my-data via desk.
  we MUST do my-data within 1 business day.
  shop MAY show order to customer.
  we MUST erase order within 30 days after done.
  > You can {my-data} from {desk} within {deadline of my-data}, and see your {order}. We erase your
  > {order} within {deadline of order} after the {done}.

example "Only who asked":
  given customer is not subscribed.
  then we NEVER email customer about news because newsletter.
"""


@pytest.fixture
def spoke(policy, root, tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "office.yaml").write_bytes(
        (root / "policies" / "calendars" / "office.yaml").read_bytes())
    return policy(POLICY, "spoke.policy")


@pytest.fixture
def test(avow, spoke, tmp_path):
    def run(name, text, *options):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return avow("test", *options, "spoke.policy", name, cwd=tmp_path)
    return run


HOLD = [
    ("may we email customer about news if subscribed?", "yes", "newsletter"),
    ("may we email customer about news if not subscribed?", "no", "newsletter"),
    ("may we email customer about news if not subscribed?", "forbidden", ""),
    ("may we email customer about repair?", "unstated", ""),
    ("may we email customer about repair?", "No.", ""),
    ("may we email customer about news?", "depends", ""),
    ("who may see an order?", "customer", "copies"),
    ("what may we email customers about if subscribed?", "our newsletter", "newsletter"),
    ("who may get an order?", "nobody", ""),
    ("when is my-data due if received 2026-03-07 10:00?", "2026-03-09", "copies"),
    ("when is my-data due if received 2026-03-07 10:00?", "2026-03-09 23:59", ""),
    ("when is join due if received 2026-03-07?", "at once", ""),
]


def test_cases_that_hold(test):
    rows = "".join(f'"{q}","{a}",{b}\n' for q, a, b in HOLD)
    done = test("cases.csv", "ask,answer,because\n" + rows)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 of 1 example holds, and 12 of 12 cases.\n"
    yaml = "cases:\n" + "".join(
        f"  - ask: {q}\n    answer: {a}\n" + (f"    because: [{b}]\n" if b else "")
        for q, a, b in HOLD)
    done = test("cases.yaml", yaml)
    assert (done.returncode, done.stdout) == (0, "1 of 1 example holds, and 12 of 12 cases.\n")


@pytest.mark.parametrize("question, answer", [
    ("may we email customer about news if subscribed?", "no"),
    ("may we email customer about news if subscribed?", "depends"),
    ("may we email customer about news?", "yes"), ("may we email customer about news?", "no"),
    ("may we email customer about news if not subscribed?", "unstated"),
    ("may we email customer about repair?", "forbidden"),
    ("who may see an order?", "customer and insurer"), ("who may see an order?", "nobody"),
    ("when is my-data due if received 2026-03-07 10:00?", "2026-03-10"),
    ("when is my-data due if received 2026-03-07 10:00?", "at once"),
    ("when is my-data due?", "2026-03-10"),
])
def test_cases_that_do_not(test, question, answer):
    done = test("cases.csv", f'ask,answer\n"{question}","{answer}"\n')
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"FAILED cases.csv:2 {question}\n  Asked:  {question}\n"
                                  f"  Wanted: {answer}\n  But:    ")
    assert done.stdout.endswith("\n1 of 1 example holds, and 0 of 1 case.\n")


def test_what_is_said_of_a_failure(test):
    done = test("cases.csv", "case,ask,answer,because\n"
                "\"Nobody, \"\"ever\"\"\",may we email customer about news?,no,newsletter\n")
    assert done.stdout == """\
FAILED cases.csv:2 Nobody, "ever"
  Asked:  may we email customer about news?
  Wanted: no, because newsletter
  But:    it is allowed if customer is subscribed: us email customer about news.

  Clause newsletter (spoke.policy:21):
    “You get our newsletter only if you ask for it, and never again once you
    write to the desk.”

  What is true, to paste into the policy:
    example "Nobody, 'ever'":
      given customer is subscribed.
      then us MAY email customer about news because newsletter.

1 of 1 example holds, and 0 of 1 case.
"""


def test_what_is_true_can_be_pasted(test, avow, spoke):
    for question, answer in [("may we email customer about news?", "yes"),
                             ("who may see an order?", "insurer"),
                             ("may we email customer about news if join received 2026-03-07 10:00", "yes")]:
        done = test("cases.csv", f'ask,answer\n"{question}",{answer}\n')
        example = re.search(r"to paste into the policy:\n(.*?\.)\n\n", done.stdout, re.S).group(1)
        spoke.write_text(POLICY + "\n" + re.sub(r"^    ", "", example, flags=re.M) + "\n")
        done = avow("test", spoke)
        assert (done.returncode, done.stdout) == (0, "2 of 2 examples hold.\n"), done.stdout


def test_an_example_that_fails(avow, policy, spoke, tmp_path):
    path = policy(POLICY.replace("is not subscribed.\n  then", "is subscribed.\n  then"), "spoke.policy")
    done = avow("test", "spoke.policy", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("""\
FAILED spoke.policy:38 Only who asked
  Asked:  then we NEVER email customer about news because newsletter
  Wanted: that it holds, in every case of the states that are not given
  But:    it is allowed if customer is subscribed: us email customer about news.
""")
    assert done.stdout.endswith("\n0 of 1 example holds.\n")


def test_coverage(test):
    done = test("cases.csv", "ask,answer\nwhen is my-data due if received 2026-03-07?,2026-03-09\n",
                "--coverage")
    assert done.returncode == 0
    assert done.stdout == """\
2 of 6 rules are reached by an example or case; these are not:
  spoke.policy:22 we MAY email customer about news if subscribed.
  spoke.policy:25 we MUST do join or leave at once.
  spoke.policy:31 shop MAY show order to customer.
  spoke.policy:32 we MUST erase order within 30 days after done.
1 of 1 example holds, and 1 of 1 case.
"""


def test_verbose(test):
    done = test("cases.csv", "case,ask,answer\nJoining,may we email customer about news if subscribed?,yes\n", "-v")
    assert done.stdout == ("ok     spoke.policy:38 Only who asked\nok     cases.csv:2 Joining\n"
                           "1 of 1 example holds, and 1 of 1 case.\n")


def test_spreadsheets(test):
    """Semicolons, tabs, Windows line ends, a mark of byte order, empty rows, cells with line ends."""
    for text in ("ask;answer\r\nmay we email customer about repair?;no\r\n;\r\n",
                 "\ufeffask\tanswer\nmay we email customer about repair?\tno\n\n",
                 'answer,ask,because\nyes,"may we email customer about news\nif subscribed?",\n',
                 "Ask, Answer\n may we email customer about repair? , NO \n"):
        done = test("cases.csv", text)
        assert (done.returncode, done.stderr) == (0, ""), text
        assert done.stdout.endswith(" 1 of 1 case.\n")


@pytest.mark.parametrize("name, text, status, message", [
    ("c.csv", "", 2, "c.csv:1:1: error E140: the first line does not name the columns “ask” and “answer”"),
    ("c.csv", "question,answer\n", 2, "c.csv:1:1: error E140: “question” is no part of a case"),
    ("c.csv", "ask,answer\nmay we,\n", 2, "c.csv:2:1: error E140: this case has no “answer”"),
    ("c.csv", "ask,answer\na,b,c\n", 2, "c.csv:2:1: error E140: this row has more cells than the first line names"),
    ("c.csv", 'ask,answer\n"a,b\n', 2, "c.csv:2:1: error E140: a quotation mark of this row is not closed"),
    ("c.csv", "ask,answer\n\nmay we email customer about mews?,yes\n", 1,
     "c.csv:3:29: error E317: “mews” is not declared; the nearest name is “news”"),
    ("c.csv", "ask,answer\nmay we email customer about news?,perhaps\n", 1,
     "c.csv:2:1: error E140: “perhaps” is no answer to this question"),
    ("c.csv", "ask,answer\nwhen is my-data due if received 2026-03-07?,2026-02-30\n", 1,
     "c.csv:2:1: error E140: “2026-02-30” is no answer to this question"),
    ("c.csv", "ask,answer,because\nmay we email customer about repair?,no,newsleter\n", 1,
     "c.csv:2:1: error E315: "),
    ("c.yaml", "case: a\n", 2, "c.yaml:1:1: error E140: the file must hold one list named “cases”"),
    ("c.yaml", "cases:\n  - ask: a\n    reply: b\n", 2, "c.yaml:3:5: error E140: “reply” is no part of a case"),
    ("c.yaml", "cases:\n  - ask: a\n", 2, "c.yaml:2:5: error E140: this case has no “answer”"),
    ("c.yaml", "cases:\n  - {a\n", 2, "error E140: this is not YAML from here on"),
])
def test_lists_that_cannot_be_read(test, name, text, status, message):
    done = test(name, text)
    assert done.returncode == status, done.stdout + done.stderr
    assert message in done.stderr
    assert done.stderr.endswith("\n1 error, 0 warnings.\n")


def test_a_list_that_is_not_there(avow, spoke):
    done = avow("test", spoke, "none.csv")
    assert done.returncode == 2
    assert "none.csv” cannot be used: there is no such file" in done.stderr


def test_many_cases_take_linear_time_and_are_all_tried(test, build):
    rows = "may we email customer about repair?,no\n" * 3000
    done = test("cases.csv", "ask,answer\n" + rows)
    assert done.stdout == "1 of 1 example holds, and 3000 of 3000 cases.\n"


def test_a_policy_with_errors(avow, policy):
    done = avow("test", policy(POLICY.replace("news if subscribed", "mews if subscribed").replace("calendar:", "x:")))
    assert done.returncode == 1
    assert "mews" in done.stderr and done.stdout == ""
