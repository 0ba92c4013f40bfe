"""A policy with every clock of duties: nothing to complain about, and the same times everywhere on its
page, in all three forms."""
import re

import pytest

POLICY = """---
policy: clocks
title: Clocks
language: {language}
effective: 2026-03-01
announced: 2026-01-20
---
person   customer "customer".
data     account  "account"       of customer.
data     backup   "backup copies" of customer.
data     trace    "server log"    of customer.
place    disk     "our disk".
purpose  service  "our service".
request  removal  "delete my account".
event    move     "the move".
event    login    "login" of customer.
contact  desk     "our desk" at "mailto:desk@clocks.example".
clause using:
  we MAY collect account or backup or trace from customer.
  we MAY use account or backup or trace for service.
  we MAY store account or backup or trace in disk.
  > We use your {{account}}, {{trace}} and {{backup}} for {{service}}, on {{disk}}.
clause account-removal:
  customer MAY request removal via desk.
  we MUST do removal within 7 days.
  > You can {{removal}} at {{link of desk}}: (a) {{deadline of account-removal}}.
clause accounts:
  we MUST erase account within 1 month after account-removal.
  > Then your {{account}} is erased: (b) {{total of accounts}} after you asked to {{removal}}.
clause backups:
  we MUST erase backup within 30 days after accounts.
  > And our {{backup}}: (c) {{total of backups}}.
clause idle:
  we MUST erase trace within 2 years after last login.
  > The {{trace}} goes after your last {{login}}: (d) {{deadline of idle}}.
clause moving:
  we MUST erase backup at least 2 days before move.
  > {{backup "Backup copies"}} are erased before {{move}}: (e) {{deadline of moving}}.
clause changes:
  we MUST tell customer about change at least 30 days before change.
  > We tell you of every {{change}}: (f) {{deadline of changes}}. This one: (g) {{date of announced}}.
clause table:
  narrative.
  >
  > {{table of retention}}
"""
WANTED = {
    "en": (["7 days", "1 month and 7 days", "1 month and 37 days", "2 years", "2 days", "30 days",
            "20 January 2026"], "change of this policy", "announced on 20 January 2026", [
                "erased within 1 month after completion of “delete my account”",
                "erased within 30 days after erasure of account",
                "erased at least 2 days before the move",
                "erased within 2 years after the last login"]),
    "de": (["7 Tagen", "1 Monat und 7 Tagen", "1 Monat und 37 Tagen", "2 Jahren", "2 Tagen", "30 Tagen",
            "20. Januar 2026"], "Änderung dieser Richtlinie", "angekündigt am 20. Januar 2026", [
                "gelöscht innerhalb von 1 Monat, gerechnet ab: Erledigung von „delete my account“",
                "gelöscht innerhalb von 30 Tagen, gerechnet ab: Löschung von account",
                "gelöscht mit einem Vorlauf von mindestens 2 Tagen vor: the move",
                "gelöscht innerhalb von 2 Jahren, gerechnet ab: login (das jeweils letzte Mal)"]),
}


def words(text):
    """What can be read, without marks and line breaks."""
    text = re.sub(r"<[^>]*>|[\\*]", "", text)
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_clock_on_the_page(avow, policy, tmp_path, language):
    path = policy(POLICY.format(language=language))
    checked = avow("check", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert avow("build", path, "--out", tmp_path).returncode == 0
    times, change, announced, periods = WANTED[language]
    for form in ("txt", "html", "md"):
        page = words((tmp_path / f"clocks.{form}").read_text(encoding="utf-8"))
        for letter, time in zip("abcdefg", times):
            assert re.search(rf"\({letter}\) {re.escape(time)}\b", page), (form, letter, time)
        assert change in page and announced in page
        for period in periods:
            assert period in page, (form, period)
