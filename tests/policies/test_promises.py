"""Every promise of the published page that this project started from, asked of jibrok.policy; and
that the policies of the tree together use the whole language."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
POLICIES = sorted((ROOT / "policies").glob("*.policy"))
JIBROK = ROOT / "policies" / "jibrok.policy"

# verb target-of-any, states, verdict, clause: one line a promise. "*" in place of a target is every
# target that the verb can have.
PROMISES = """
app  collect user-key         user                -               allowed    user-key
app  use     user-key         operation           -               allowed    operation-only
app  use     user-key         analytics           -               forbidden  operation-only
app  use     user-key         marketing           -               forbidden  operation-only
us   use     user-key         marketing           -               forbidden  operation-only
app  collect usage-statistics user                -               forbidden  no-analytics
app  store   user-key         customer-servers    -               allowed    stays-with-you
app  store   user-key         our-servers         -               forbidden  stays-with-you
us   store   user-key         our-servers         -               forbidden  stays-with-you
us   collect user-key         user                -               forbidden  stays-with-you
app  share   user-key         third-parties       -               forbidden  never-shared
app  share   user-key         us                  -               forbidden  never-shared
app  show    user-key         us                  -               forbidden  never-shared
us   collect licence-contact  marketplace.screens -               allowed    licence-contact
us   collect licence-contact  licensee            -               forbidden  licence-contact
us   store   licence-contact  marketplace.records -               allowed    stays-in-marketplace
us   store   licence-contact  our-servers         -               forbidden  stays-in-marketplace
us   store   licence-contact  mailbox             -               unstated   -
us   use     licence-contact  notify.expiry       -               allowed    notices
us   use     licence-contact  marketing           -               unstated   -
us   email   licensee         notify.expiry       -               allowed    notices
us   email   licensee         notify.security     -               allowed    notices
us   email   licensee         notify.other        -               allowed    notices
us   email   licensee         notify.expiry       opted-out       forbidden  opt-out
us   email   licensee         notify.security     opted-out       forbidden  opt-out
us   email   licensee         notify.expiry       ?opted-out      forbidden  opt-out
us   email   licensee         newsletter          -               forbidden  no-newsletter
us   email   licensee         bulk-mail           -               forbidden  no-newsletter
us   email   reporter         bulk-mail           -               forbidden  no-newsletter
us   email   licensee         newsletter          opted-out       forbidden  no-newsletter,opt-out
us   call    licensee         notify.expiry       -               unstated   -
us   email   reporter         support             -               allowed    own-request
us   email   reporter         support             opted-out       forbidden  opt-out
us   collect issue.name       reporter            -               allowed    opening-a-request
us   collect issue.email      reporter            -               allowed    opening-a-request
us   show    issue.name       everybody           -               allowed    public-tracker
us   show    issue.email      everybody           -               forbidden  email-for-staff
us   show    issue.email      us                  -               allowed    email-for-staff
us   show    issue.email      us                  private         allowed    email-for-staff
us   show    issue.name       everybody           private         forbidden  private-on-request
us   show    issue.text       everybody           private         forbidden  private-on-request
us   show    issue.text       everybody           ?private        forbidden  private-on-request
us   show    issue.text       reporter            private         allowed    own-request
us   show    message          everybody           -               forbidden  direct-support
us   show    message          us                  -               allowed    direct-support
website store   cookie-id     browser             -               allowed    cookie-id
website collect cookie-id     visitor             -               allowed    cookie-id
website use     cookie-id     recognition         -               allowed    cookie-id
website store   cookie-id     browser             cookies-refused forbidden  cookie-refusal
website collect cookie-id     visitor             cookies-refused forbidden  cookie-refusal
website use     cookie-id     recognition         cookies-refused forbidden  cookie-refusal
website use     cookie-id     marketing           -               unstated   -
""".strip().splitlines()


def test_the_promises_of_the_page(avow):
    rows = [line.split() for line in PROMISES]
    questions = "".join(" ".join(row[:5]) + "\n" for row in rows)
    done = avow("ask", "--batch", JIBROK, input=questions)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    assert len(answers) == len(rows)
    wrong = [f"{line}\n    is {answer}" for line, row, answer in zip(PROMISES, rows, answers)
             if answer.split("\t") != [row[5], row[6]]]
    assert not wrong, "\n".join(wrong)


def test_the_user_key_leaves_by_no_way(avow):
    """Over every act, actor and target: what permits anything to be done with the user key."""
    done = avow("check", "--dump=rules", JIBROK)
    assert done.returncode == 0, done.stderr
    permitted = [line for line in done.stdout.splitlines() if "MAY" in line and "user-key" in line]
    assert permitted
    for line in permitted:
        assert re.search(r"\b(collect|use|store)\b", line), line
        assert not re.search(r"\b(us|website)\b", line.split("MAY")[0]), line


def test_both_contacts_are_on_the_page(avow, tmp_path):
    done = avow("build", JIBROK, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "jibrok.md").read_text(encoding="utf-8")
    for address in ("https://jibrok.atlassian.net/servicedesk/customer/portals",
                    "mailto:support@jibrok.com"):
        assert address in page, address
    assert page.startswith("---\n")
    for line in ("layout: page", "permalink: /privacy-policy/"):
        assert line in page.split("---\n")[1], line


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_of_the_tree_leaves_nothing_to_say(avow, path):
    done = avow("check", path)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


# The language, one form a line; each must be used by one of the policies.
FORMS = {
    **{f"kind {kind}": rf"^{kind} " for kind in
       "system person data purpose place audience request event state fact contact value".split()},
    "of": r"^data .* of \w", "place of a person": r"^place .* of \w", "after": r"^state .* after ",
    "until": r"^state (?:[^.>]|\.\S)* until ", "state of data": r"^state .* of (issue|document) ",
    "kept in": r"\bkept\s+in ", "at": r"^contact (?:[^.>]|\.\S)*\bat \"", "is": r"^value .* is ",
    "value of words": r"^value .* is \"", "value of a number": r"^value .* is \d",
    "formerly": r" formerly ", "one of": r"^fact +\w+ +one of ", "label left out": r"^(?:purpose|place) +[\w.-]+\.$",
    "MAY": r"we MAY ", "a system MAY": r"^  mailer MAY ", "MAY if": r" MAY (?:[^.>]|\.\S)* if ",
    "MAY if not": r" MAY (?:[^.>]|\.\S)* if not ", "MAY if and": r" MAY (?:[^.>]|\.\S)* if (?:[^.>]|\.\S)* and ",
    "MAY only in": r" MAY store (?:[^.>]|\.\S)* only in ", "MAY only to": r" MAY show (?:[^.>]|\.\S)* only to ",
    "NEVER": r"we NEVER ", "us NEVER": r"us NEVER ", "NEVER if": r"NEVER (?:[^.>]|\.\S)* if ",
    "NEVER if not": r"NEVER (?:[^.>]|\.\S)* if not ", "any target left out": r"NEVER share [\w-]+\.$",
    "anything": r"NEVER \w+ anything", "anyone": r"NEVER \w+ anyone",
    "except to": r"except to ", "except in": r"except in ", "except for": r"except for ",
    "except about": r"except about ", "except if": r"except if ", "if then except": r" if \w+ except ",
    "several except if": r"except if (?:[^.>]|\.\S)* except if ", "except if and": r"except if \w+ and ",
    "subject to": r"subject to ", "MUST within": r"MUST (?:[^.>]|\.\S)* within ", "at once": r"MUST (?:[^.>]|\.\S)* at once",
    "MUST after": r"MUST (?:[^.>]|\.\S)* after ", "MUST if": r"MUST (?:[^.>]|\.\S)* within (?:[^.>]|\.\S)* if ",
    "MUST except if": r"MUST (?:[^.>]|\.\S)* except if ", "MUST subject to": r"MUST (?:[^.>]|\.\S)* subject to ",
    "keep for": r"MUST keep .* for ", "erase from": r"MUST erase \w+ from ", "tell": r"MUST tell ",
    "MUST of another act": r"MUST share ", "system MUST": r"^  web-shop MUST ",
    "right": r" MAY request ", "right via two": r"MAY request .* via .* or ", "right if": r"MAY request (?:[^.>]|\.\S)* if ",
    "promise": r"promise by \"", "narrative": r"narrative\.",
    **{f"span in {unit}": rf"(within|for) \d+ {unit}" for unit in
       ["hours", "days", "business day", "weeks", "months", "years"]},
    **{f"act {act}": rf"(MAY|NEVER) (only )?{act} " for act in
       "collect store use show share email text call post".split()},
    "collect from place": r"collect (?:[^.>]|\.\S)* from browser", "collect from audience": r"from payment-provider",
    "store in system": r"store (?:[^.>]|\.\S)* in helpdesk", "show to person": r"show (?:[^.>]|\.\S)* or reporter",
    "hole": r"> .*\{[\w.-]+\}", "own words": r"\{[\w.-]+ \"", "deadline": r"\{deadline of ",
    "list": r"\{list of ", "link": r"\{link of [\w-]+\}", "link with words": r"\{link of [\w-]+ \"",
    "value on the page": r"\{value of ", "date": r"\{date of effective\}", "new paragraph": r"^  >$",
    "emphasis": r"> .*\*\w", "strong": r"\*\*", "bullets": r"> \* ", "numbers": r"> 1\. ",
    "example": r"^example ", "given not": r"given \w+ is not ", "given and": r"given (?:[^.>]|\.\S)* and ",
    "given fact": r"given region\.eea", "given not fact": r"given not court-order",
    "received": r"received 20", "given at": r" at 20..-..-..\.$", "by": r" by 20", "because": r"because ",
    "by the minute": r" by 20..-..-.. ..:..",
    "basis": r" basis consent \"", "several bases": r"^ +basis \w+ \"", "in a place": r"^audience .* in [\w.-]+",
    "except as stated": r"NEVER .*, except as stated\.", "choose": r"MAY choose ", "repeats": r"^  repeats .*, ",
    "except data": r"^    except account\.password\.", "after last": r" after last \w", "before": r"at least .* before change",
    "announced": r"^announced: ", "after a clause": r"after account-removal|after [\w-]+-request|after deletion",
    "total": r"\{total of ", "basis on the page": r"\{basis of ", "allow": r"allow W\d+ \"",
    **{f"table of {what}": rf"\{{table of {what}" for what in ("purposes", "retention", "cookies", "recipients")},
}


def test_the_policies_use_the_whole_language():
    text = "\n".join(path.read_text(encoding="utf-8") for path in POLICIES)
    missing = [form for form, pattern in FORMS.items() if not re.search(pattern, text, re.M)]
    assert not missing
