"""Tables: what stands in them comes from the rules, and every form of the page shows the same."""
import re
import subprocess

import pytest

from page.reader import Document, plain, with_tables_read
from page.test_hostile import PIECES
from page.test_words import assert_equal_words, expected

HEAD = """---
policy: tables
title: Tables
language: {language}
effective: 2026-03-01
---
system   mailer        "the service that sends our mail".
system   web           "our web site".
person   customer      "customer".
data     order         "order details"     of customer.
data     order.name    "name"              of customer.
data     order.email   "e-mail address"    of customer.
data     bill          "bill"              of customer.
data     cookie.basket "basket cookie"     of customer.
data     cookie.count  "counting cookie"   of customer.
data     cookie.video  "video cookie"      of customer.
data     backup        "backup copies"     of customer.
data     totals        "totals".
place    cloud         "our cloud".
place    attic         "our attic".
place    browser       "your browser"      of customer.
audience couriers      "couriers".
audience police        "the police".
audience nobody        "nobody".
purpose  delivery      "delivery".
purpose  news          "newsletter".
purpose  counting      "counting visits".
purpose  idle          "nothing at all".
request  accept        "accept cookies".
request  refuse        "refuse cookies".
request  forget        "forget me".
event    closing       "closing of the order" of order.
state    accepted      "accepted cookies"  of customer after accept until refuse.
state    refused       "refused videos"    of customer after refuse until accept.
fact     ordered       "a court orders it".

clause rules:
  we MUST do accept or refuse or forget at once.
"""


@pytest.fixture
def tables(avow, policy, tmp_path):
    """tables(rules, *holes) gives each hole's table: a list of rows, the heads first."""

    def run(rules, *holes, language="en"):
        text = HEAD.format(language=language) + "".join(f"  {rule}\n" for rule in rules)
        text += "  > The rules.\n" + "".join(
            f"\nclause t{i}:\n  narrative.\n  >\n  > {hole}\n" for i, hole in enumerate(holes))
        done = avow("build", policy(text), "--only=html", "--out", tmp_path)
        assert done.returncode == 0, done.stderr
        return cells((tmp_path / "tables.html").read_text(encoding="utf-8"))

    return run


def cells(html):
    def words(cell):
        return [plain(Document(part, []).all) for part in re.split("</?p>", cell) if part]

    found = []
    for table in re.findall("<table.*?</table>", html, re.S):
        rows = re.findall("<tr.*?</tr>", table, re.S)
        found.append([["; ".join(words(cell)) for cell in re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
                      for row in rows])
    return found


def test_purposes(tables):
    table, news = tables([
        "we MAY use order for delivery.", "we MAY use order.email for news if accepted.",
        "we MAY email customer about delivery.",
        "we MAY call customer about delivery.", "we MAY email customer about news if accepted.",
        "we MAY use totals for counting."], "{table of purposes}", "{table of purposes news}")
    assert table == [
        ["Purpose", "What is used", "Condition"],
        ["delivery", "order details; contacting you by e-mail or by telephone", ""],
        ["newsletter", "e-mail address; contacting you by e-mail", "only if “accepted cookies”"],
        ["counting visits", "totals", ""]]
    assert news == [table[0], table[2]]


def test_terms_have_a_column_only_where_they_are_those_of_the_whole_row(tables):
    table, = tables(["we MAY use order for delivery.", "we MAY use bill for delivery if ordered.",
                     "we MAY email customer about delivery if not refused.", "we MAY use bill for news if ordered."],
                    "{table of purposes}")
    assert table[1:] == [
        ["delivery", "order details; bill (only if “a court orders it”); "
                     "contacting you by e-mail (not if “refused videos”)", ""],
        ["newsletter", "bill", "only if “a court orders it”"]]


def test_what_a_prohibition_takes_is_not_in_a_table(tables):
    table, = tables(["we MAY use order for delivery or news.", "we NEVER use order.email for news.",
                     "we NEVER use order.name for news if refused."], "{table of purposes}")
    assert table[1:] == [["delivery", "order details", ""],
                         ["newsletter", "name", "not if “refused videos”"]]


def test_a_column_without_words_is_left_out(tables):
    table, = tables(["we MAY use order for delivery."], "{table of purposes}")
    assert table == [["Purpose", "What is used"], ["delivery", "order details"]]


def test_retention(tables):
    table, order = tables([
        "we MAY store order or bill in cloud.", "we MAY store bill in attic if ordered.",
        "we MUST erase order within 30 days after closing.",
        "we MUST erase order.email from cloud within 2 days after forget.",
        "we MUST keep bill for 6 years after closing, subject to rules.",
        "we MUST erase backup within 5 weeks if not ordered.", "we MUST erase bill at once after forget, subject to rules.",
        "we MAY store totals in attic."], "{table of retention}", "{table of retention order}")
    assert table == [
        ["Data", "How long", "Where"],
        ["name", "erased within 30 days after closing of the order", "our cloud"],
        ["e-mail address", "erased within 30 days after closing of the order; "
                           "our cloud: erased within 2 days after the request “forget me”", "our cloud"],
        ["bill", "kept for at least 6 years after closing of the order; "
                 "erased at once after the request “forget me”",
         "our cloud; our attic (only if “a court orders it”)"],
        ["backup copies", "erased within 5 weeks (not if “a court orders it”)", ""],
        ["totals", "no period is set", "our attic"]]
    assert order == table[:3]


def test_data_of_which_the_same_is_said_is_one_row(tables):
    table, = tables(["we MAY store order in cloud.", "we MUST erase order within 30 days after closing."],
                    "{table of retention}")
    assert table[1:] == [["order details", "erased within 30 days after closing of the order", "our cloud"]]


def test_cookies(tables):
    rules = [
        "web MAY store cookie.basket in browser.", "web MAY use cookie.basket for delivery.",
        "web MUST erase cookie.basket within 7 days.",
        "web MAY store cookie.count in browser if accepted.", "mailer MAY store cookie.count in browser if accepted.",
        "we MAY use cookie.count for counting if accepted.", "we MAY use cookie.count for news if refused.",
        "web MUST erase cookie.count within 13 months.", "web MUST erase cookie.count at once after refuse.",
        "web MAY store cookie.video in browser if not refused.", "we MAY store order in cloud."]
    table, some = tables(rules, "{table of cookies}", "{table of cookies cookie.video}")
    assert table == [
        ["Cookie", "Set by", "Purpose", "Lifetime", "Needs your agreement"],
        ["basket cookie", "our web site", "delivery", "7 days", "no"],
        ["counting cookie", "the service that sends our mail and our web site",
         "counting visits; newsletter (only if “refused videos”)",
         "13 months; at once after the request “refuse cookies”", "yes, only if “accepted cookies”"],
        ["video cookie", "our web site", "", "no period is set", "no; not if “refused videos”"]]
    assert some == [["Cookie", "Set by", "Lifetime", "Needs your agreement"],
                    ["video cookie", "our web site", "no period is set", "no; not if “refused videos”"]]


def test_recipients(tables):
    table, some = tables([
        "we MAY share order with couriers.", "web MAY show bill to couriers if ordered.",
        "we MAY share order with police if ordered.", "we MAY show order to us or customer.",
        "we MAY store order.email in mailer.", "mailer MAY email customer about news.",
        "mailer MAY use order.email for delivery."], "{table of recipients}", "{table of recipients police}")
    assert table == [
        ["Recipient", "What they get", "What for"],
        ["the service that sends our mail", "e-mail address", "delivery and newsletter"],
        ["couriers", "order details; bill (only if “a court orders it”)", ""],
        ["the police", "order details (only if “a court orders it”)", ""]]
    assert some == [["Recipient", "What they get"], table[3][:2]]


def test_what_ends_alike_is_one_row_wherever_it_is(tables):
    table, = tables(["we MAY store order in cloud.", "we MAY store order.email in mailer if accepted.",
                     "we MUST erase order within 30 days after closing."], "{table of retention}")
    assert table[1:] == [["order details", "erased within 30 days after closing of the order",
                          "our cloud; e-mail address: the service that sends our mail (only if “accepted cookies”)"]]


BASES = """
place    usa           "the USA".
place    eea           "the EEA".
audience abroad        "a maker abroad"  in usa or eea  basis contract "standard clauses" basis law "a treaty".
system   counter       "a counting service" in usa basis consent "you agreed".
system   helper        "a service at home" in eea.
purpose  repair        "repairs"  basis contract "you ordered it" basis interest "we like it whole".
purpose  all.a         "a"        basis law "tax law".
purpose  all.b         "b"        basis law "tax law" basis vital "somebody may die" basis public "a mandate".
"""


@pytest.fixture
def bases(avow, policy, tmp_path):
    """bases(rules, prose, language) gives the page of a policy whose purposes have legal bases."""

    def run(rules, prose, language="en"):
        head = HEAD.format(language=language).replace('"delivery".', '"delivery" basis contract "you ordered".')
        head = head.replace("\nclause rules:", BASES + "\nclause rules:")
        path = policy(head + "".join(f"  {rule}\n" for rule in rules) + f"  > {prose}\n")
        done = avow("build", path, "--only=html", "--out", tmp_path)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "tables.html").read_text(encoding="utf-8")

    return run


def test_legal_bases(bases):
    table, = cells(bases(["we MAY use order for repair or all."], "Rules.\n  >\n  > {table of purposes}"))
    assert table == [
        ["Purpose", "What is used", "Legal basis"],
        ["repairs", "order details", "a contract with you (you ordered it); our legitimate interests (we like it whole)"],
        ["a", "order details", "a legal obligation (tax law)"],
        ["b", "order details", "a legal obligation (tax law); vital interests (somebody may die); "
                               "a task in the public interest (a mandate)"]]


def test_places_and_grounds_of_transfers(bases):
    table, = cells(bases([
        "we MAY share order with abroad or couriers.", "we MAY use order or bill for delivery.",
        "counter MAY use order or bill for delivery.", "we NEVER use bill for delivery except if ordered.",
        "counter NEVER use order.email.", "helper MAY email customer about delivery."],
        "Rules.\n  >\n  > {table of recipients}"))
    assert table == [
        ["Recipient", "What they get", "What for", "Where they are", "Ground of the transfer"],
        ["a counting service", "name and bill", "delivery", "the USA", "you agreed"],
        ["a service at home", "", "delivery", "the EEA", ""],
        ["couriers", "order details", "", "", ""],
        ["a maker abroad", "order details", "", "the USA and the EEA", "standard clauses; a treaty"]]


def test_a_basis_in_a_sentence(bases):
    prose = "One: {basis of repair}. All: {basis of all}. There: {basis of abroad}."
    words = plain(Document(bases(["we MAY use order for repair."], prose), ["rules"]).words()["rules"])
    assert words == (
        "One: a contract with you (you ordered it) and our legitimate interests (we like it whole). All: a legal "
        "obligation (tax law), vital interests (somebody may die) and a task in the public interest (a mandate). "
        "There: standard clauses and a treaty.")
    words = plain(Document(bases(["we MAY use order for repair."], prose, "de"), ["rules"]).words()["rules"])
    assert words.startswith("One: ein Vertrag mit Ihnen (you ordered it) und unsere berechtigten Interessen (we")


def test_german(tables):
    table, = tables(["we MAY store order in cloud if accepted.", "we MUST erase order within 30 days after closing."],
                    "{table of retention}", language="de")
    assert table == [["Daten", "Wie lange", "Wo"],
                     ["order details", "gelöscht innerhalb von 30 Tagen, gerechnet ab: closing of the order",
                      "our cloud (nur bei „accepted cookies“)"]]


def test_long_lists_are_complete(avow, policy, tmp_path):
    """A summary may count what it does not name; a table may not."""
    names = "".join(f'data d{i} "datum {i}" of p.\n' for i in range(40))
    either = " or ".join(f"d{i}" for i in range(0, 40, 2))
    either += " or " + " or ".join(f"d{i}" for i in range(1, 40, 2))
    path = policy("---\npolicy: long\ntitle: Long\nlanguage: en\neffective: 2026-03-01\n---\n"
                  'person p "you".\npurpose u "use".\n' + names +
                  f"clause a:\n  we MAY use {either} for u.\n  >\n  > {{table of purposes}}\n")
    done = avow("build", path, "--only=html", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    (_, (_, used)), = cells((tmp_path / "long.html").read_text())
    assert used == ", ".join(f"datum {i}" for i in range(39)) + " and datum 39"


# Labels that a reader of the text could mistake for the parts of a table.
LABELS = [piece for piece in PIECES if '"' not in piece and not piece.startswith(("- ", "--"))]


def hostile_tables(labels):
    """Every label as the name of a row, and among the words of a cell that has several lines."""
    lines = ["---\npolicy: hostile\ntitle: Hostile\nlanguage: en\neffective: 2026-03-01\n---\n",
             'person p "p".\nplace browser "browser" of p.\npurpose n "n".\nfact f "f".\n']
    for i, label in enumerate(labels):
        lines.append(f'data d.x{i} "{label}" of p.\nplace at{i} "{label}".\naudience a.x{i} "{label}".\n')
    lines.append("clause rules:\n")
    for i, _ in enumerate(labels):
        lines.append(f"  we MAY store d.x{i} in at{i} or browser.\n  we MAY store d.x{i} in us if f.\n"
                     f"  we MUST erase d.x{i} within {i + 1} days.\n  we MAY share d.x{i} with a.x{i}.\n"
                     f"  we MAY show d.x{i - 1 if i else 0} to a.x{i} if f.\n")
    lines.append("  > Rules.\n")
    for i, hole in enumerate(["retention d", "recipients", "cookies"]):
        lines.append(f"clause t{i}:\n  narrative.\n  >\n  > Before.\n  >\n  > {{table of {hole}}}\n  >\n  > After.\n")
        lines.append(f"clause u{i}:\n  narrative.\n  > {{table of {hole}}}\n")
        lines.append(f"clause v{i}:\n  narrative.\n  > And after.\n")
    return "".join(lines)


@pytest.fixture(scope="module")
def hostile(make, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    path = folder / "hostile.policy"
    path.write_text(hostile_tables(LABELS), encoding="utf-8")
    return make(path, folder)


@pytest.mark.parametrize("site", ["kramdown", "kramdown-classic", "commonmark"])
def test_jekyll_shows_tables_with_their_words(hostile, jekyll, tmp_path, site):
    html = jekyll(site, hostile.read("md"), tmp_path)
    assert_equal_words(hostile, html)
    assert len(Document(html, []).tables) == 6


def test_engines_without_tags_still_show_what_stands_in_a_table(hostile, jekyll, tmp_path):
    shown = plain(Document(jekyll("commonmark-plain", hostile.read("md"), tmp_path), []).all)
    for label in LABELS:
        assert shown.count(plain(label)) >= 3, label


def test_cmark_shows_tables(hostile):
    body = hostile.read("md").split("\n---\n", 1)[1]
    html = subprocess.run(["cmark", "--unsafe", "--smart"], input=body, capture_output=True, text=True,
                          check=True).stdout
    assert_equal_words(hostile, html)


def test_html_shows_tables(hostile):
    html = hostile.read("html")
    assert_equal_words(hostile, html)
    assert "<script" not in html
    assert hostile.anchors[1:] == [f"{name}{i}" for i in range(3) for name in "tuv"]
    assert '<div class="table clause" id="u0">' in html and '<div class="table">' in html
    for tag, attributes in Document(html, []).tags:
        if tag == "th":
            assert attributes["scope"] in ("col", "row")


def test_text_shows_tables(hostile):
    text = hostile.read("txt")
    shown = "".join(plain(with_tables_read(text)).split())
    at = 0
    for anchor, words in expected(hostile).items():
        words = "".join(words.split())
        assert words in shown[at:], anchor
        at = shown.index(words, at) + len(words)


def test_text_takes_columns_where_they_are_wide_enough(avow, policy, tmp_path):
    name = "an uncommonly long word: " + "x" * 70
    head = HEAD.format(language="en").replace('"our attic"', f'"{name}"')
    path = policy(head + "  we MAY store order in cloud.\n  we MAY store bill in attic.\n"
                  "  we MUST erase order within 30 days after closing.\n"
                  "  >\n  > {table of retention order}\n  >\n  > {table of retention bill}\n")
    done = avow("build", path, "--only=txt", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "tables.txt").read_text()
    assert """
Data            How long                                           Where
-------------   ------------------------------------------------   ---------
order details   erased within 30 days after closing of the order   our cloud
-------------   ------------------------------------------------   ---------

Data: bill
  How long: no period is set
  Where: an uncommonly long word:
    """ + "x" * 70 + "\n" in text


def test_an_answer_quotes_a_table_line_by_line(avow, policy):
    path = policy(HEAD.format(language="en") + "  > Rules.\n\nclause uses:\n  we MAY use order for delivery.\n"
                  "  >\n  > {table of purposes}\n")
    done = avow("ask", path, "may we use order.name for delivery?")
    assert done.returncode == 0, done.stderr
    assert "“Purpose: delivery What is used: order details”" in plain(done.stdout)


