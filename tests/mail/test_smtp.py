"""Mail that programs submit by SMTP: what it is for, who gets it, and what they are told."""
import itertools
import smtplib

import pytest

MESSAGE = b"From: Shop <notices@shop.example>\r\nSubject: Hello\r\n\r\nHello.\r\n"

STOPS = ("Once you have asked us to stop - and \"stop\" is meant to 100 % - we never e-mail you "
         "again, fur immer. (privacy policy mail, clause stops)")


def send(client, sender, recipients, message=MESSAGE, options=()):
    """Gives the replies to MAIL, each RCPT, and the end, as far as it came."""
    replies = [client.mail(sender, options)]
    if replies[0][0] != 250:
        return replies
    replies += [client.rcpt(recipient) for recipient in recipients]
    if any(reply[0] == 250 for reply in replies[1:]):
        replies.append(client.data(message))
    client.rset()
    return replies


def text(reply):
    return reply[1].decode()


def test_one_recipient_after_the_other(avowd, postfix):
    client = postfix.connect("receipts")
    first, yes, end = send(client, "any@shop.example", ["yes@customer.example"])
    assert (first[0], yes[0], end[0]) == (250, 250, 250)
    _, no = send(client, "any@shop.example", ["no@customer.example"])
    assert no == (550, f"5.7.1 {STOPS}".encode())
    client.quit()
    postfix.sink.wait_for("yes@customer.example")
    assert not postfix.sink.to("no@customer.example")
    assert '"clause":"stops"' in avowd.log and "no@customer.example" not in avowd.log


def test_every_order_of_recipients(avowd, postfix):
    """Who may be written to gets it, whoever else was named before or after."""
    people = {"yes@customer.example": 250, "no@customer.example": 550,
              "other@customer.example": 250, "bad@xn--a": 553}
    client = postfix.connect("receipts")
    count = 0
    for size in (1, 2, 3, 4):
        for order in itertools.permutations(people, size):
            replies = send(client, "any@shop.example", order)
            assert [reply[0] for reply in replies[1:len(order) + 1]] == [people[one] for one in order]
            count += "yes@customer.example" in order
    client.quit()
    sink = postfix.sink
    sink.wait_for("yes@customer.example", count)
    assert {one for message in sink.messages for one in message.recipients} == {
        "yes@customer.example", "other@customer.example"}
    assert len(sink.to("yes@customer.example")) == count


def test_all_spellings_of_an_address(avowd, postfix):
    """A no holds for every spelling that reaches the same mailbox."""
    client = postfix.connect("receipts")
    spellings = ["NO@customer.example", "no@CUSTOMER.Example", '"no"@customer.example',
                 "nein@xn--bcher-kva.example", "NEIN@XN--BCHER-KVA.example"]
    for spelling in spellings:
        replies = send(client, "any@shop.example", [spelling])
        assert replies[1][0] == 550, spelling
    client.command_encoding = "utf-8"
    replies = send(client, "any@shop.example", ["nein@bücher.example", "NEIN@BÜCHER.example",
                                                "ja@bücher.example"], options=["SMTPUTF8"])
    assert [reply[0] for reply in replies] == [250, 550, 550, 250, 250]
    assert "– and “stop” is meant to 100 % –" in text(replies[1]) and "für immer" in text(replies[1])
    client.quit()


def test_no_way_round_by_another_address(avowd, postfix):
    """Mail goes to the address that was asked about, and not to somebody whom it also names."""
    for recipient in ("fresh%customer.example@local.example", "customer.example!fresh@local.example"):
        client = postfix.connect("receipts")
        send(client, "any@shop.example", [recipient])
        client.quit()
        postfix.sink.wait_for(recipient)
    assert not postfix.sink.to("fresh@customer.example")


def test_a_login_says_what_it_is_for(avowd, postfix):
    client = postfix.connect(login="news")
    replies = send(client, "any@shop.example", ["yes@customer.example", "other@customer.example"])
    assert [reply[0] for reply in replies] == [250, 250, 550, 250]
    assert text(replies[2]) == ("5.7.1 Nothing in the privacy policy mail permits e-mail to a "
                                "customer about news.")
    # A login outranks a sender.
    replies = send(client, "notices@shop.example", ["other@customer.example"])
    assert replies[1][0] == 550
    client.quit()


def test_a_sender_says_what_it_is_for(avowd, postfix):
    client = postfix.connect(login="unknown")
    replies = send(client, "Notices@SHOP.example", ["other@customer.example"])
    assert [reply[0] for reply in replies] == [250, 250, 250]
    client.quit()


def test_what_nobody_knows_is_refused(avowd, postfix):
    client = postfix.connect(login="newz")
    assert send(client, "any@shop.example", ["yes@customer.example"]) == [
        (550, b"5.7.1 Nobody has said what mail of the login 'newz' is for, so it is refused (is it "
              b"'news'?). Name it under mail: classes: in avowd.yaml.")]
    client.quit()
    # Anybody can write "<>": it exempts nobody who has logged in.
    client = postfix.connect(login="newz")
    assert send(client, "", ["yes@customer.example"])[0][0] == 550
    client.quit()


def test_never_is_refused_at_once(avowd, postfix):
    """What the policy refuses whoever it goes to, with a sentence of several lines."""
    client = postfix.connect(login="unknown")
    (code, reply), = send(client, "ads@shop.example", ["yes@customer.example"])
    assert code == 550
    lines = reply.decode().split("\n")
    assert lines[0].startswith("5.7.1 We never send advertising. Certainly, one line of SMTP is")
    assert len(lines) > 1 and all(len(line) < 500 and line.startswith("5.7.1 ") for line in lines)
    client.quit()


def test_a_header_names_the_purpose(avowd, postfix):
    def message(*purposes):
        return b"".join(b"X-Avow-Purpose: %s\r\n" % purpose for purpose in purposes) + MESSAGE

    client = postfix.connect(login="app")
    for recipient, purposes, code, words in (
            ("other@customer.example", [b"receipts"], 250, ""),
            ("other@customer.example", [b"news"], 550,
             "5.7.1 Nothing in the privacy policy mail permits e-mail to a customer about news."),
            ("no@customer.example", [b"receipts"], 550, f"5.7.1 {STOPS}"),
            ("other@customer.example", [b"reciepts"], 550,
             "5.7.1 The policy has no purpose 'reciepts'; did you mean 'receipts'?"),
            ("other@customer.example", [], 550,
             "5.7.1 It does not say what it is for. Name a purpose of the policy in the header "
             "X-Avow-Purpose."),
            ("other@customer.example", [b"receipts", b"news"], 550,
             "5.7.1 It names its purpose more than once.")):
        replies = send(client, "any@shop.example", [recipient], message(*purposes))
        assert replies[-1][0] == code, replies
        assert text(replies[-1]) == words or code == 250
    # It can only be for one.
    replies = send(client, "any@shop.example", ["a@customer.example", "b@customer.example"],
                   message(b"receipts"))
    assert replies[2] == (452, b"4.5.3 Too many recipients: this mail goes to one at a time.")
    assert replies[3][0] == 250
    client.quit()
    arrived, = postfix.sink.wait_for("other@customer.example")
    assert b"Hello." in arrived.data and b"X-Avow-Purpose" not in arrived.data


def test_a_header_that_contradicts_is_refused(avowd, postfix):
    client = postfix.connect("receipts")
    replies = send(client, "any@shop.example", ["other@customer.example"],
                   b"X-Avow-Purpose: news\r\n" + MESSAGE)
    assert text(replies[2]) == ("5.7.1 Its header says that it is for 'news', but mail of the class "
                                "'receipts' is for 'receipts'.")
    replies = send(client, "any@shop.example", ["other@customer.example"],
                   b"X-Avow-Purpose:\r\n  receipts \r\n" + MESSAGE)
    assert replies[2][0] == 250
    client.quit()


@pytest.mark.parametrize("header", [b"Precedence: bulk", b"List-Id: <news.shop.example>",
                                    b"List-Unsubscribe: <https://elsewhere.example>"])
def test_mail_to_many_is_not_exempt(avowd, postfix, header):
    client = postfix.connect(login="staff")
    replies = send(client, "me@shop.example", ["no@customer.example"], header + b"\r\n" + MESSAGE)
    assert replies[-1][0] == 550 and "mail to many is not exempt" in text(replies[-1])
    replies = send(client, "me@shop.example", ["no@customer.example"])
    assert replies[-1][0] == 250  # staff may answer who wrote to them
    people = [f"p{n}@customer.example" for n in range(4)]
    assert [r[0] for r in send(client, "me@shop.example", people)] == [250, 250, 250, 250, 452, 250]
    client.quit()


def test_mail_from_outside_is_not_asked_about(avowd, postfix):
    client = postfix.connect("incoming")
    replies = send(client, "no@customer.example", ["me@local.example"])
    assert [reply[0] for reply in replies] == [250, 250, 250]
    client.quit()


def test_reset_and_lost_connections(avowd, postfix):
    """What one message had leaves nothing to the next."""
    client = postfix.connect("receipts")
    for _ in range(3):
        client.mail("any@shop.example")
        client.rcpt("yes@customer.example")
        client.rset()
    replies = send(client, "any@shop.example", ["no@customer.example", "yes@customer.example"])
    assert [reply[0] for reply in replies] == [250, 550, 250, 250]
    client.mail("any@shop.example")
    client.rcpt("gone@customer.example")
    client.sock.close()
    for stage in (["MAIL FROM:<any@shop.example>"], ["MAIL FROM:<any@shop.example>",
                                                     "RCPT TO:<gone@customer.example>"],
                  ["MAIL FROM:<any@shop.example>", "RCPT TO:<gone@customer.example>", "DATA",
                   "Subject: half"]):
        half = postfix.connect("receipts")
        half.sock.sendall("".join(line + "\r\n" for line in stage).encode())
        half.sock.close()
    client = postfix.connect("receipts")
    assert send(client, "any@shop.example", ["yes@customer.example"])[-1][0] == 250
    client.quit()
    postfix.sink.wait_for("yes@customer.example", 2)
    assert not postfix.sink.to("gone@customer.example")
