"""The ways on which mail passes a milter by: sendmail(1), aliases, blind copies, the queue."""
import re

import pytest

from mail.conftest import CONFIG, write_config

WHY = ("Once you have asked us to stop - and \"stop\" is meant to 100 % - we never e-mail you again, "
       "fur immer. (privacy policy mail, clause stops)")


def submit(postfix, recipient, port="receipts", sender="app@local.example"):
    client = postfix.connect(port)
    client.sendmail(sender, [recipient], f"From: {sender}\r\nSubject: Hello\r\n\r\nHello.\r\n")
    client.quit()


def test_sendmail_to_several(avowd, postfix):
    """Who has said no is taken out; the others get it, each once."""
    postfix.sendmail("notices@shop.example", "a@customer.example", "no@customer.example",
                     "b@customer.example", '"no"@customer.example', "NO@Customer.Example")
    postfix.sink.wait_for("a@customer.example")
    postfix.sink.wait_for("b@customer.example")
    postfix.sink.wait(lambda: not postfix.queued())
    assert sorted(one for m in postfix.sink.messages for one in m.recipients) == [
        "a@customer.example", "b@customer.example"]
    assert avowd.log.count('"mail refused"') == 3


def test_sendmail_reads_recipients_from_the_message(avowd, postfix):
    postfix.sendmail("notices@shop.example", options=["-t"], text=(
        "To: No <no@customer.example>, a@customer.example\nCc: nein@xn--bcher-kva.example\n"
        "Bcc: b@customer.example\nSubject: x\n\nx\n"))
    postfix.sink.wait_for("a@customer.example")
    postfix.sink.wait_for("b@customer.example")
    assert sorted(one for m in postfix.sink.messages for one in m.recipients) == [
        "a@customer.example", "b@customer.example"]


def test_sendmail_to_nobody_who_may_get_it(avowd, postfix):
    """It is refused, not swallowed: the sender is told why."""
    after = len(postfix.log)
    postfix.sendmail("notices@shop.example", "no@customer.example")
    bounce, = postfix.sink.wait_for("notices@shop.example")
    assert bounce.sender == "" and b"5.7.1" in bounce.data
    assert b"we never e-mail you again" in bounce.data.replace(b"\r\n    ", b" ")
    assert not postfix.sink.to("no@customer.example")
    assert "milter-reject" in postfix.log[after:]


def test_sendmail_of_no_class(avowd, postfix):
    postfix.sendmail("me@shop.example", "yes@customer.example")
    postfix.sink.wait_for("me@shop.example")
    assert not postfix.sink.to("yes@customer.example")


def test_cron_may_write_to_staff(avowd, postfix):
    postfix.sendmail("root@local.example", "root@local.example")
    assert postfix.sink.wait_for("root@local.example")


def test_what_was_queued_is_stopped(avowd, postfix):
    """A message waits, its reader says no, and it is never sent; the sender is told why."""
    after = len(postfix.log)
    postfix.sink.defer = True
    submit(postfix, "late@customer.example")
    submit(postfix, "other@customer.example")
    postfix.wait_log(r"to=<late@customer\.example>.*status=deferred", after)
    postfix.wait_log(r"to=<other@customer\.example>.*status=deferred", after)
    avowd.stop_mail("Late@Customer.example")
    postfix.sink.defer = False
    postfix.reload()  # else Postfix may use, for 30 s, what it asked last
    postfix.command("postqueue", "-f")
    postfix.sink.wait_for("other@customer.example")
    bounce, = postfix.sink.wait_for("app@local.example")
    words = b" ".join(bounce.data.split())
    assert b"5.7.1" in words and b"we never e-mail you again" in words
    assert not postfix.sink.to("late@customer.example")
    assert re.search(r"to=<late@customer\.example>.*dsn=5\.7\.1, status=bounced", postfix.log[after:])


def test_a_bounce_of_our_own_is_not_asked_about(avowd, postfix):
    """The sender of a notice has said no himself: what he sent comes back all the same."""
    avowd.stop_mail("app@elsewhere.example")
    postfix.sink.defer = True
    submit(postfix, "late@customer.example", sender="app@local.example")
    avowd.stop_mail("late@customer.example")
    postfix.sink.defer = False
    postfix.reload()
    postfix.command("postqueue", "-f")
    assert postfix.sink.wait_for("app@local.example")[0].sender == ""


def table(postfix, name, line):
    (postfix.folder / name).write_text(line)
    postfix.reload()


@pytest.mark.parametrize("name, line", [
    ("virtual", "team@shop.example yes@customer.example, no@customer.example"),
    ("aliases", "team yes@customer.example, no@customer.example"),
    ("bcc", "yes@customer.example no@customer.example"),
])
def test_who_comes_by_an_alias_is_asked_about(avowd, postfix, name, line):
    """The milter never sees who an alias or a blind copy means; delivery does."""
    to = {"virtual": "team@shop.example", "aliases": "team@local.example",
          "bcc": "yes@customer.example"}[name]
    after = len(postfix.log)
    table(postfix, name, line)
    try:
        submit(postfix, to)
        postfix.sink.wait_for("yes@customer.example")
        postfix.wait_log(r"to=<no@customer\.example>.*dsn=5\.7\.1, status=bounced", after)
        assert not postfix.sink.to("no@customer.example")
    finally:
        table(postfix, name, "")


def ask(postfix, name, key):
    """What Postfix itself learns from the socketmap."""
    try:
        return postfix.command("postmap", "-q", key,
                               f"socketmap:unix:{postfix.folder}/queue/avow/map.sock:{name}").strip()
    except AssertionError as failure:
        return str(failure).split("\nassert")[0].strip()


def test_look_ups(avowd, postfix):
    avowd.join("Case@customer.example")
    for name, key, answer in (
            ("receipts", "no@customer.example", f"error:5.7.1 {WHY}"),
            ("access/receipts", "no@customer.example", f"550 5.7.1 {WHY}"),
            ("receipts", "yes@customer.example", ""),
            ("news", "yes@customer.example", ""),
            ("news", "other@customer.example", "error:5.7.1 Nothing in the privacy policy mail "
             "permits e-mail to a customer about news."),
            ("receipts+news", "other@customer.example", ""),
            ("news+ads", "yes@customer.example", ""),
            ("*", "no@customer.example", f"error:5.7.1 {WHY}"),
            ("any", "no@customer.example", f"error:5.7.1 {WHY}"),
            ("any", "other@customer.example", ""),
            ("*", "other@customer.example", ""),
            ("ads", "yes@customer.example", None),
            ("receipts", "NO@Customer.Example", f"error:5.7.1 {WHY}"),
            ("receipts", "nein@bücher.example", f"error:5.7.1 {WHY}"),
            ("receipts", "nein@xn--bcher-kva.example", f"error:5.7.1 {WHY}"),
            ("receipts", "no@local.example", ""),
            ("receipts", "customer.example", ""),
            ("receipts", "*", ""),
            ("receipts", "no@", ""),
            ("receipts", "@customer.example", "")):
        found = ask(postfix, name, key)
        assert found.startswith("error:5.7.1 We never send advertising.") if answer is None \
            else found == answer, (name, key, found)


@pytest.mark.parametrize("name", ["nothing", "staff", "receipts+", "+", "receipts+nothing"])
def test_look_ups_of_no_class_are_temporary(avowd, postfix, name):
    assert "temporary error: avowd.yaml has no class of mail of this name" in ask(
        postfix, name, "yes@customer.example")


def test_case_survives_until_delivery(avowd, postfix):
    """A consent holds for the address as it was given: Postfix keeps its case on the way."""
    avowd.join("Case@customer.example")
    write_config(postfix, avowd.folder)
    client = postfix.connect(login="news")
    client.sendmail("any@shop.example", ["Case@customer.example"], "Subject: x\r\n\r\nx\r\n")
    code, _ = client.mail("any@shop.example")
    assert code == 250 and client.rcpt("case@customer.example")[0] == 550
    client.quit()
    assert postfix.sink.wait_for("Case@customer.example")
    assert ask(postfix, "news", "Case@customer.example") == ""
    assert ask(postfix, "news", "case@customer.example").startswith("error:5.7.1 ")
