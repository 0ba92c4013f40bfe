"""The short layer says what the rules say, no more and no less, in words that can be read."""
import pytest

from page.reader import Document, plain

HEAD = """---
policy: short
title: Short
language: {language}
effective: 2026-03-01
---
system   app         "our app".
person   customer    "customer".
person   visitor     "visitor".
data     order       "order details"     of customer.
data     order.name  "name"              of customer.
data     order.email "e-mail address"    of customer.
data     bill        "bill"              of customer.
data     secret      "password"          of customer.
data     trace       "server log"        of visitor.
place    cloud       "our cloud".
place    attic       "our attic".
place    pocket      "your telephone"    of customer.
audience couriers    "couriers".
audience advertisers "advertisers".
purpose  delivery    "delivery".
purpose  service.repair  "repairs".
purpose  service.advice  "advice".
purpose  news        "newsletter".
request  stop        "stop the newsletter".
request  join        "subscribe".
request  forget      "forget me".
request  copy        "send me a copy".
event    closing     "closing of the order" of order.
event    move        "the move".
state    stopped     "stopped the newsletter" of customer after stop.
state    subscribed  "subscribed"             of customer after join.
fact     plan one of free "the free plan", paid "the paid plan".
contact  desk        "desk@short.example"     at "mailto:desk@short.example".
contact  form        "our form"               at "https://short.example/form".

clause rules:
"""
PROSE = """  >
  > All that is said here, in short.
"""
# Every policy must give each request an answer, and publish its words; these are about nothing else.
TAIL = """  we MUST do stop or join within 3 days.
  we MUST do forget within 2 weeks.
  we MUST do copy within 1 month.
"""


@pytest.fixture
def short(avow, policy, tmp_path):
    """short(rules) gives the rows of the short layer: title to list of lines."""

    def run(rules, language="en"):
        text = HEAD.format(language=language) + "".join(f"  {rule}\n" for rule in rules) + TAIL + PROSE
        path = policy(text)
        done = avow("build", path, "--only=html,md,txt", "--out", tmp_path)
        assert done.returncode == 0, done.stderr
        return rows((tmp_path / "short.html").read_text(encoding="utf-8"))

    return run


def rows(html):
    found = {}
    if '<section class="short">' not in html:
        return found
    for row in html.split('<section class="short">')[1].split("</section>")[0].split("<dt>")[1:]:
        title, body = row.split("</dt>")
        found[plain(Document(title, []).all)] = [
            plain(Document(item.split("</li>")[0], []).all) for item in body.split("<li>")[1:]]
    return found


def test_what_is_collected_and_from_whom_else(short):
    found = short(["we MAY collect order or trace from customer.", "app MAY collect bill from couriers."])
    assert found["What is collected"] == ["order details and server log", "bill, from couriers"]


def test_a_group_is_named_once_when_all_of_it_is_meant(short):
    found = short(["we MAY collect order.name from customer.", "app MAY collect order.email from customer."])
    assert found["What is collected"] == ["order details"]
    found = short(["we MAY collect order.name from customer."])
    assert found["What is collected"] == ["name"]


def test_a_group_without_a_label_of_its_own_is_told_by_its_members(short):
    found = short(["we MAY use order for service."])
    assert found["What it is used for"] == ["repairs and advice: order details"]


def test_nothing_is_said_twice(short):
    found = short(["we MAY use order for delivery.", "app MAY use order.name for delivery.",
                   "app MAY use order for delivery if subscribed."])
    assert found["What it is used for"] == ["delivery: order details"]


def test_conditions_are_told(short):
    found = short(["we MAY email customer about news if subscribed.",
                   "we NEVER email anyone about news if stopped.",
                   "we MAY email customer about delivery.", "app MAY call customer about delivery."])
    assert found["What you are contacted about"] == [
        "newsletter (customer): by e-mail (only if “subscribed”; not if “stopped the newsletter”)",
        "delivery (customer): by e-mail or by telephone"]


def test_facts_are_told_with_their_group(short):
    found = short(["we MAY store order in cloud if plan.paid."])
    assert found["Where it is kept"] == ["our cloud: order details (only if “plan: the paid plan”)"]


def test_exceptions_of_several_states_stay_together(short):
    found = short(["we MAY email customer about news, subject to rules.",
                   "we NEVER email customer about news if stopped and not subscribed."])
    assert found["What you are contacted about"] == [
        "newsletter (customer): by e-mail (not if “stopped the newsletter” and not “subscribed”)"]


def test_a_prohibition_takes_its_part_out_of_a_permission(short):
    found = short(["we MAY share order with couriers.", "we NEVER share order.email with anyone."])
    assert found["Who sees it"] == ["couriers: name"]
    assert found["What never happens"] == ["e-mail address: never shared with anyone"]


def test_a_prohibition_in_some_states_divides_a_permission(short):
    found = short(["we MAY show order to couriers.", "we NEVER show order.email to couriers if stopped."])
    assert sorted(found["Who sees it"]) == [
        "couriers: e-mail address (not if “stopped the newsletter”)", "couriers: name"]


def test_places_and_only(short):
    found = short(["we MAY store order only in cloud.", "app MAY store secret in pocket."])
    assert found["Where it is kept"] == ["our cloud: order details", "your telephone: password"]
    assert found["What never happens"] == ["order details: never kept anywhere but our cloud"]


def test_who_sees_it_leaves_out_the_person_itself(short):
    found = short(["we MAY show order to us or customer.", "we MAY share bill with couriers."])
    assert found["Who sees it"] == ["us: order details", "couriers: bill"]


def test_prohibitions_name_the_few(short):
    found = short(["we NEVER use anything for news.", "we NEVER use secret except for delivery.",
                   "app NEVER collect trace.", "we NEVER share secret.",
                   "we NEVER email anyone about news.", "we NEVER call anyone about news."])
    assert found["What never happens"] == [
        "server log: never collected (by our app)",
        "any data: never used for newsletter",
        "password: never used for anything but delivery",
        "password: never shared with anyone",
        "newsletter: never by e-mail or by telephone"]


def test_prohibitions_name_the_exception_where_that_is_less(short):
    found = short(["we NEVER collect anything from couriers, except bill.", "we NEVER use bill or secret or trace for news."])
    assert found["What never happens"] == [
        "any data but bill: never collected from couriers", "any data but order details: never used for newsletter"]


def test_a_conditional_prohibition_is_no_never(short):
    found = short(["we NEVER email anyone if stopped."])
    assert "What never happens" not in found


def test_how_long(short):
    found = short(["we MAY store order or bill or trace in cloud.", "app MAY store secret in pocket.",
                   "we MUST erase order within 30 days after closing.",
                   "we MUST erase order within 1 week after forget.",
                   "we MUST keep bill for 6 years after closing, subject to rules."])
    assert found["How long it is kept"] == [
        "order details: erased within 30 days after closing of the order",
        "order details: erased within 1 week after the request “forget me”",
        "bill: kept for at least 6 years after closing of the order",
        "bill and server log: no period is set"]


@pytest.mark.parametrize("language, titles, wanted", [
    ("en", ("How long it is kept", "How to say no"), [
        ["order details: erased at least 2 days before closing of the order"],
        ["forget me: through desk@short.example; done at least 1 month before closing of the order "
         "or the move"]]),
    ("de", ("Wie lange es bleibt", "Wie Sie nein sagen"), [
        ["order details: gelöscht mit einem Vorlauf von mindestens 2 Tagen vor: closing of the order"],
        ["forget me: über desk@short.example; erledigt mit einem Vorlauf von mindestens 1 Monat vor: "
         "closing of the order oder the move"]])])
def test_what_is_due_before_an_event(short, language, titles, wanted):
    found = short(["we MUST erase order at least 2 days before closing.",
                   "customer MAY request forget via desk.", "we MUST erase bill at once after forget.",
                   "we MUST do forget at least 1 month before closing or move."], language)
    assert [line for line in found[titles[0]] if "bill" not in line] == wanted[0]
    assert found[titles[1]] == wanted[1]


@pytest.mark.parametrize("language, title, wanted", [
    ("en", "How long it is kept", [
        "order details: erased within 2 years after the last closing of the order",
        "bill: kept for at least 1 week after the last request “forget me” or closing of the order"]),
    ("de", "Wie lange es bleibt", [
        "order details: gelöscht innerhalb von 2 Jahren, gerechnet ab: closing of the order (das "
        "jeweils letzte Mal)",
        "bill: aufbewahrt für eine Dauer von mindestens 1 Woche, gerechnet ab: Verlangen „forget me“ "
        "oder closing of the order (das jeweils letzte Mal)"])])
def test_the_last_time_starts_a_period(short, language, title, wanted):
    found = short(["we MUST erase order within 2 years after last closing.",
                   "we MUST keep bill for 1 week after last closing or forget."], language)
    assert found[title] == wanted


def test_how_to_say_no_and_what_else(short):
    found = short(["customer MAY request stop or join via desk or form.",
                   "customer MAY request forget via desk or form.", "customer MAY request copy via form.",
                   "we MAY email customer about news if subscribed and not stopped.",
                   "we MUST erase order at once after forget."])
    assert found["How to say no"] == [
        "stop the newsletter: through desk@short.example or our form; done within 3 days",
        "forget me: through desk@short.example or our form; done within 2 weeks"]
    assert found["What else you can ask for"] == [
        "subscribe: through desk@short.example or our form; done within 3 days",
        "send me a copy: through our form; done within 1 month"]


def test_a_request_that_has_something_erased_in_the_end_says_no(short):
    found = short(["customer MAY request forget or copy via desk.",
                   "we MUST tell customer about closing within 1 day after forget.",
                   "clause first:", "we MUST erase order within 3 days after rules.", "> First.",
                   "clause second:", "we MUST erase bill within 2 days after first.", "> Second.",
                   "clause third:"])
    assert "How to say no" in found and any("forget me" in line for line in found["How to say no"])
    assert found["How long it is kept"] == [
        "order details: erased within 3 days after completion of “rules”",
        "bill: erased within 2 days after erasure of order details"]


def test_requests_made_in_one_way_stand_together(short):
    found = short(["customer MAY request stop via desk.", "customer MAY request join via desk."])
    assert found["What else you can ask for"] == [
        "stop the newsletter and subscribe: through desk@short.example; done within 3 days"]


def test_each_line_leads_to_its_clause(short, tmp_path):
    short(["we MAY collect order from customer."])
    html = (tmp_path / "short.html").read_text()
    assert '<li><a href="#rules">order details</a>' in html
    assert "- [order details](#rules)\n" in (tmp_path / "short.md").read_text()


def test_nothing_to_say_nothing_said(avow, policy, tmp_path):
    path = policy("---\npolicy: bare\ntitle: Bare\nlanguage: en\neffective: 2026-03-01\n---\n"
                  "clause a:\n  narrative.\n  > Hello.\n")
    assert avow("build", path, "--out", tmp_path).returncode == 0
    for form in ("html", "md", "txt"):
        assert "In short" not in (tmp_path / f"bare.{form}").read_text()


def test_german(short):
    found = short(["we MAY use order for service or delivery if subscribed.",
                   "we NEVER share secret with anyone."], language="de")
    assert found["Wofür es verwendet wird"] == [
        "delivery, repairs und advice: order details (nur bei „subscribed“)"]
    assert found["Was nie geschieht"] == ["password: an niemanden weitergegeben"]


def test_what_is_too_much_for_a_summary_is_said_so(avow, policy, tmp_path):
    """Three hundred purposes with a condition each: no reader would read them, and none is left out
    silently."""
    count = 300
    names = "".join(f'data d{i} "datum {i}" of p.\npurpose q{i} "purpose {i}".\n' for i in range(count))
    rules = "".join(f"  we MAY use d{i} for q{i}.\n" for i in range(count))
    path = policy("---\npolicy: big\ntitle: Big\nlanguage: en\neffective: 2026-03-01\n---\n"
                  'person p "you".\n' + names + "clause a:\n" + rules + "  > Much.\n")
    done = avow("build", path, "--only=html", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    found = rows((tmp_path / "big.html").read_text())
    assert found == {"What it is used for":
                     ["This is too much for a summary. The sections below say it in full."]}


def test_long_lists_are_counted(short, avow, policy, tmp_path):
    names = "".join(f'data d{i} "datum {i}" of p.\n' for i in range(40))
    either = " or ".join(f"d{i}" for i in range(39))
    path = policy("---\npolicy: long\ntitle: Long\nlanguage: en\neffective: 2026-03-01\n---\n"
                  'person p "you".\n' + names + f"clause a:\n  we MAY collect {either} from p.\n  > Much.\n")
    done = avow("build", path, "--only=html", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    line, = rows((tmp_path / "long.html").read_text())["What is collected"]
    assert line.startswith("datum 0, datum 1,") and line.endswith("datum 22 and 16 more")


def test_a_fact_of_a_group_rules_out_the_others(short):
    """Who has the paid plan does not have the free one: that needs no saying."""
    found = short(["we MAY share order with couriers if plan.paid.", "we NEVER share order with couriers if plan.free.",
                   "we MAY share bill with couriers.", "we NEVER share bill with couriers if plan.free and stopped.",
                   "we NEVER share bill with couriers if subscribed.",
                   "we NEVER share bill with couriers if subscribed and stopped."])
    assert found["Who sees it"] == [
        "couriers: order details (only if “plan: the paid plan”)",
        "couriers: bill (not if “subscribed”; not if “stopped the newsletter” and “plan: the free plan”)"]


MANY = [f"we MAY use {data} for {purpose}{terms}." for data, purpose, terms in [
    ("order.name", "delivery", ""), ("bill", "service.repair", ""), ("secret", "service.repair", ""),
    ("order.email", "service.advice", " if subscribed"), ("order.name", "news", " if subscribed"),
    ("bill", "service.advice", ""), ("secret", "delivery", " if stopped"), ("bill", "news", " if stopped"),
    ("order.name", "news", " if plan.paid")]]


def test_where_a_table_says_all_the_summary_gives_the_names(short, tmp_path):
    """What is granted without terms is not said again with some."""
    told = short(MANY)["What it is used for"]
    assert len(told) == 8 and "delivery: name" in told
    page = ["  > Rules.", "", "clause uses:", "  narrative.", "  >", "  > {table of purposes}", "", "clause rest:"]
    assert short(MANY[:5] + page)["What it is used for"] == short(MANY[:5])["What it is used for"]
    found = short(MANY + page)["What it is used for"]
    assert found == ["delivery, repairs and advice", "newsletter (only if “subscribed”)",
                     "newsletter (only if “stopped the newsletter”)",
                     "newsletter (only if “plan: the paid plan”)", "all of it in the table “Purposes”"]
    html = (tmp_path / "short.html").read_text(encoding="utf-8")
    assert '<a href="#rules">delivery</a>, <a href="#rules">repairs</a>' in html
    assert 'all of it in the table “<a href="#uses">Purposes</a>”' in html


def test_of_many_periods_the_summary_gives_the_shortest_and_the_longest(short):
    rules = ["we MAY store order or bill or trace in cloud.", "we MUST erase order.name within 3 weeks after closing.",
             "we MUST erase order.email at once after forget.", "we MUST erase order.email within 30 days.",
             "we MUST erase secret within 49 hours.", "we MUST erase secret within 2 days after copy.",
             "we MUST erase secret within 2 months after join.", "we MUST erase order.name within 1 year after forget.",
             "we MUST keep bill for 11 months after closing.", "we MUST erase bill within 20 days after copy, subject to rules."]
    page = ["  > Rules.", "", "clause periods:", "  narrative.", "  >", "  > {table of retention}", "", "clause rest:"]
    assert len(short(rules)["How long it is kept"]) == 10
    assert short(rules + page)["How long it is kept"] == [
        "between 2 days (password) and 1 year (name)", "server log: no period is set",
        "all of it in the table “Retention”"]
