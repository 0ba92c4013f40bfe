"""Chains of clauses: what {total of CLAUSE} says, and that long ones cost no more than they are long."""
import re

import pytest

HEAD = """---
policy: test
title: Test
language: {language}
effective: 2026-03-01
calendar: office.yaml
---
person   customer "customer".
data     order    "order"   of customer.
request  removal  "removal".
event    closing  "closing".
clause first:
  we MUST do removal within {first}.
  > Done.
"""
CALENDAR = """zone: Europe/Berlin
working-days: [monday, tuesday, wednesday, thursday, friday]
cut-off: "17:00"
holidays: []
valid-until: 2030-12-31
"""


def chain(*times, first="7 days", language="en"):
    text = HEAD.format(language=language, first=first)
    before = "first"
    for i, time in enumerate(times):
        text += (f"clause c{i}:\n  we MUST erase order {time} after {before}.\n"
                 f"  > In {{total of c{i}}}.\n")
        before = f"c{i}"
    return text


def totals(avow, folder, text, calendar=CALENDAR):
    (folder / "test.policy").write_text(text, encoding="utf-8")
    (folder / "office.yaml").write_text(calendar)
    done = avow("check", "--dump=model", folder / "test.policy")
    assert done.returncode == 0, done.stderr
    return re.findall(r'^hole total clause \d+ words "(.*)"$', done.stdout, re.MULTILINE)


@pytest.mark.parametrize("first, times, wanted", [
    ("7 days", ["within 30 days"], ["37 days"]),
    ("1 month", ["within 30 days", "within 1 month", "at once"],
     ["1 month and 30 days", "2 months and 30 days", "2 months and 30 days"]),
    ("1 day", ["at once"], ["1 day"]),
    ("2 hours", ["within 3 weeks", "within 1 year", "within 22 hours"],
     ["3 weeks and 2 hours", "1 year, 3 weeks and 2 hours", "1 year, 3 weeks and 24 hours"]),
])
def test_units_are_added_up_and_listed(avow, tmp_path, first, times, wanted):
    assert totals(avow, tmp_path, chain(*times, first=first)) == wanted


def test_what_is_done_at_the_end_of_a_day_is_past_the_cut_off(avow, tmp_path):
    """Friday noon, done at the end of Monday, past the cut-off: two working days from Tuesday end
    on Thursday, the fourth working day after Friday. An example proves it."""
    text = chain("within 2 business days", "within 3 days", first="1 business day") + """
example "to the last minute":
  given removal received 2026-03-06 12:00.
  given first at 2026-03-09 23:59.
  then we MUST do removal by 2026-03-09 23:59.
  then we MUST erase order by 2026-03-12 23:59 because c0.
"""
    assert totals(avow, tmp_path, text) == ["4 business days", "3 days and 4 business days"]
    never = re.sub("cut-off.*\n", "", CALENDAR)
    assert totals(avow, tmp_path, text.split("\nexample")[0], never) == [
        "3 business days", "3 days and 3 business days"]


def test_german(avow, tmp_path):
    text = chain("within 1 month", "within 2 days", first="3 business days", language="de")
    assert totals(avow, tmp_path, text) == ["1 Monat und 3 Werktagen",
                                            "1 Monat, 2 Tagen und 3 Werktagen"]


def test_exceptions_make_several_duties_with_one_time(avow, tmp_path):
    text = chain("within 3 days").replace(
        "after first.", "after first except if war and peace.") + 'fact war "war".\nfact peace "peace".\n'
    assert totals(avow, tmp_path, text) == ["10 days"]


def test_long_chains_and_circles(avow, tmp_path):
    """Nothing recurses, and a total at the end of a chain is all that walks along it."""
    count = 20000
    links = "".join(f"clause c{i}:\n  we MUST erase order within 1 hour after "
                    f"{'first' if i == 0 else f'c{i - 1}'}.\n" for i in range(count))
    end = f"clause end:\n  promise by \"us\".\n  > In {{total of c{count - 1}}}.\n"
    head = HEAD.format(language="en", first="5 hours")
    assert totals(avow, tmp_path, head + links + end) == [f"{count + 5} hours"]
    (tmp_path / "test.policy").write_text(
        head + links.replace("after first", f"after c{count - 1}") + end, encoding="utf-8")
    done = avow("check", tmp_path / "test.policy")
    assert re.findall("error E[0-9]+: .*", done.stderr) == [
        "error E335: the duties of “c8”, “c7”, “c6”, “c5”, “c4”, “c3”, “c2”, “c1” and others wait "
        "for each other."]
