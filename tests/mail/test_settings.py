"""mail: in avowd.yaml, what `avowd postfix-config` prints, and what `avowd doctor` finds."""
import shutil
import subprocess

import pytest

from mail.conftest import Avowd

CONFIG = """store: sqlite:c.db
policy: mail.avow
unsigned: accept
mail:
  milter: unix:/var/spool/postfix/avow/milter.sock
  socketmap: unix:/var/spool/postfix/avow/map.sock
  group: postfix
  local: [shop.example]
  classes:
    receipts: {ports: ["10587"], person: customer, purpose: receipts}
    news: {logins: [news], person: customer, purpose: news}
  exempt:
    bounces: {senders: ["<>"], recipients: 1}
"""


@pytest.fixture
def place(made_store, tmp_path):
    shutil.copytree(made_store, tmp_path, dirs_exist_ok=True)
    (tmp_path / "avowd.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def run(program, place):
    def run(*arguments):
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                              timeout=60, cwd=place)
    return run


@pytest.mark.parametrize("before, after, words", [
    ("purpose: news", "purpose: newz",
     "avowd.yaml:11:11: mail class 'news': The policy has no purpose 'newz'; did you mean 'news'?"),
    ("purpose: news", "purpose: news, actor: nobody",
     "mail class 'news': The policy has no system 'nobody'"),
    ("person: customer, purpose: news", "person: custmer, purpose: news",
     "mail class 'news': The policy has no person 'custmer'; did you mean 'customer'?"),
    ("person: customer, purpose: news", "purpose: news",
     "mail class 'news': Say who gets it: person is a name of the policy."),
    ("person: customer, purpose: news", "person: customer",
     "mail class 'news': Say what it is for: purpose is a name of the policy."),
    ("logins: [news], ", "",
     "mail class 'news': Nothing recognises it. Give it logins, ports or senders, or local: yes."),
    ("    news: {logins", "    ne+ws: {logins", "mail class 'ne+ws': Its name must have no '+'"),
    ("purpose: news", "purpose: news, unsubscribe: yes",
     "mail class 'news': It shall carry a link to unsubscribe, but there is none"),
    ("purpose: news", "purpose: news, given: no:stopd",
     "mail class 'news': The policy has no state or fact 'stopd'; did you mean 'stopped'?"),
    ("purpose: news", "purpos: news", "avowd.yaml:11:46: "),
    ("recipients: 1", "recipients: 0", "'recipients' is 0; it must be between 1 and 1000."),
    ("recipients: 1", "purpose: news", "avowd.yaml:13:"),
])
def test_what_is_wrong_is_told_with_its_place(run, place, before, after, words):
    assert before in CONFIG
    (place / "avowd.yaml").write_text(CONFIG.replace(before, after))
    done = run("serve", "--config=avowd.yaml", "--check")
    assert done.returncode == 2 and words in done.stderr, done.stderr


@pytest.mark.parametrize("listen, words", [
    ("192.0.2.1:8891", "192.0.2.1:8891 can be reached by others"),
    ("nothing", "'nothing' is no place to listen at. Write unix:PATH or 127.0.0.1:PORT."),
    ("unix:/nowhere/at/all.sock", "Cannot listen at /nowhere/at/all.sock: No such file"),
])
def test_where_a_door_cannot_be(run, place, user, listen, words):
    (place / "avowd.yaml").write_text(user + CONFIG.replace(
        "unix:/var/spool/postfix/avow/milter.sock", listen))
    done = run("serve", "--config=avowd.yaml")
    assert done.returncode == 2 and words in done.stderr, done.stderr


@pytest.fixture
def user():
    return "user: root\n"


def test_what_postfix_is_told(run):
    done = run("postfix-config", "--config=avowd.yaml", "--release=3.7", "--only=main.cf",
               "--signer=inet:127.0.0.1:8892", "--class=news")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert lines == [
        "milter_default_action = tempfail",
        "milter_protocol = 6",
        "avow_milter = { unix:avow/milter.sock, default_action=tempfail, connect_timeout=10s,",
        "    command_timeout=30s, content_timeout=60s }",
        "avow_signer = inet:127.0.0.1:8892",
        "non_smtpd_milters = $avow_milter $avow_signer",
        "smtpd_milters =",
        "transport_maps = socketmap:unix:avow/map.sock:news",
        "soft_bounce = no",
        "enable_original_recipient = yes",
        "smtputf8_enable = yes",
        "allow_percent_hack = no",
        "swap_bangpath = no"]
    master = run("postfix-config", "--config=avowd.yaml", "--release=3.7", "--only=master.cf").stdout
    assert "127.0.0.1:10587 inet n - y - - smtpd\n" in master and "\nsubmission inet" in master
    assert "does not tell its port" not in master
    assert "does not tell its port" in run("postfix-config", "--config=avowd.yaml",
                                           "--release=3.1").stdout


@pytest.mark.parametrize("options, words", [
    (["--release=2.11"], "Postfix 2.11 cannot say for one milter alone what happens"),
    (["--release=new"], "'new' is no version of Postfix"),
    (["--release=3.7", "--class=newz"], "mail: has no class 'newz'."),
    (["--release=3.7", "--only=main"], "--only is main.cf or master.cf, not 'main'"),
    (["--postfix=/nowhere"], "/nowhere"),
])
def test_what_postfix_cannot_be_told(run, options, words):
    done = run("postfix-config", "--config=avowd.yaml", *options)
    assert done.returncode == 2 and done.stdout == "" and words in done.stderr, done.stderr


def test_a_socket_that_postfix_cannot_find(run, place):
    (place / "avowd.yaml").write_text(CONFIG.replace("/var/spool/postfix/avow/map", "/run/map"))
    done = run("postfix-config", "--config=avowd.yaml", "--release=3.7")
    assert done.returncode == 2
    assert "The socket /run/map.sock is outside /var/spool/postfix" in done.stderr


def findings(avowd, postfix):
    done = avowd.run("doctor", "--config=avowd.yaml", f"--postfix={postfix.config}")
    return done.returncode, [line for line in done.stdout.splitlines() if not line.startswith("ok")]


def test_doctor_finds_nothing_bad_in_what_was_printed(avowd, postfix):
    status, found = findings(avowd, postfix)
    assert status == 0, found
    assert not [line for line in found if line.startswith("bad")]
    done = avowd.run("doctor", "--config=avowd.yaml", f"--postfix={postfix.config}")
    for words in ("Postfix 3.", "If a milter does not answer, mail waits.",
                  "non_smtpd_milters: asks avowd, and nothing stands before it.",
                  "Delivery asks avowd for '*'; once in 30 s for one address."):
        assert words in done.stdout


WRONG = [
    ({"milter_default_action": "accept",
      "avow_milter": "{ unix:avow/milter.sock, default_action=accept }",
      "transport_maps": "", "enable_original_recipient": "no", "soft_bounce": "yes",
      "allow_percent_hack": "yes",
      "smtputf8_enable": "no", "smtpd_milter_maps": "cidr:/x", "mydestination": "else.example"},
     ("-o smtpd_milters=$avow_milter,$avow_signer", "-o smtpd_milters="),
     ["bad   milter_default_action is not tempfail",
      "bad   non_smtpd_milters: a default_action of its own lets mail through",
      "bad   What is queued, comes by an alias, or is a blind copy",
      "bad   enable_original_recipient is off", "warn  soft_bounce is on",
      "bad   Mail to joe%else.example@here goes to joe@else.example",
      "warn  smtputf8_enable is off", "warn  smtpd_milter_maps is set",
      "warn  Mail to else.example is delivered here",
      "bad   No service of master.cf asks avowd.",
      "does not ask avowd: mail that is submitted there is stopped only at delivery."]),
    ({"non_smtpd_milters": "", "transport_maps": "texthash:/x, socketmap:unix:avow/map.sock:news"},
     ("-o smtpd_milters=$avow_milter,$avow_signer", "-o smtpd_milters=inet:127.0.0.1:1,$avow_milter"),
     ["bad   Mail of sendmail(1) is not asked about",
      "bad   In transport_maps another table stands before avowd's",
      "another milter stands before avowd."]),
    ({"non_smtpd_milters": "inet:127.0.0.1:1 $avow_milter",
      "transport_maps": "socketmap:unix:avow/map.sock:newz"},
     ("-o rewrite_service_name=avow-rewrite", "-o receive_override_options=no_milters"),
     ["bad   non_smtpd_milters: another milter stands before avowd.",
      "bad   transport_maps asks avowd for 'newz', but mail: has no such class",
      "receive_override_options has no_milters"]),
    ({}, ("submission inet", "smtp inet"),
     ["asks avowd: mail that comes from outside is of no class"]),
]


@pytest.mark.parametrize("main, master, words", WRONG)
def test_doctor_finds(postfix, program, made_store, main, master, words):
    files = [postfix.config / "main.cf", postfix.config / "master.cf"]
    before = [file.read_text() for file in files]
    services = before[1].replace(f"127.0.0.1:{postfix.ports['submission']} inet", "submission inet")
    assert master[0] in services
    try:
        files[0].write_text(before[0] + "".join(f"{name} = {main[name]}\n" for name in main))
        files[1].write_text(services.replace(*master))
        status, found = findings(Avowd(program, made_store), postfix)
    finally:
        for file, text in zip(files, before):
            file.write_text(text)
    for word in words:
        assert [line for line in found if word in line], (word, found)
    assert status == (1 if any(word.startswith("bad") for word in words) else 0)
