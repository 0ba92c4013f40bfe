"""A real Postfix in folders of its own, set up by what `avowd postfix-config` prints."""
import pathlib
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time

from mail.sink import Logins, Sink

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/mail
maillog_file_prefixes = {folder}
myhostname = mail.local.example
mydomain = local.example
myorigin = local.example
mydestination = local.example
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{sink}
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtputf8_autodetect_classes = all
local_recipient_maps =
alias_maps = texthash:{folder}/aliases
mailbox_transport = smtp:[127.0.0.1]:{sink}
virtual_alias_maps = texthash:{folder}/virtual
recipient_bcc_maps = texthash:{folder}/bcc
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
queue_run_delay = 1h
minimal_backoff_time = 1h
maximal_backoff_time = 2h
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_hard_error_limit = 100000
smtpd_soft_error_limit = 100000
smtpd_peername_lookup = no
in_flow_delay = 0
"""

MASTER = """{incoming} inet n - y - - smtpd
pickup unix n - y 60 1 pickup
cleanup unix n - y - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - y - - trivial-rewrite
bounce unix - - y - 0 bounce
defer unix - - y - 0 bounce
trace unix - - y - 0 bounce
verify unix - - y - 1 verify
flush unix n - y 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - y - - smtp
relay unix - - y - - smtp
showq unix n - y - - showq
error unix - - y - - error
retry unix - - y - - error
discard unix - - y - - discard
local unix - n n - - local
anvil unix - - y - 1 anvil
scache unix - - y - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postfix:
    """`ports` are numbers by names: incoming, submission, and those of classes."""

    def __init__(self, ports):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="avow-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.sink, self.ports = Sink(), {name: free_port() for name in ports}
        for name in ("queue", "data", "log", "config", "queue/avow", "queue/private"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "queue/private", "postfix")
        (self.folder / "queue/private").chmod(0o700)
        for name in ("aliases", "virtual", "bcc"):
            (self.folder / name).touch()
        self.logins = Logins(self.folder / "queue/private/auth")
        self.config = self.folder / "config"
        daemons = self.command("postconf", "-d", "-h", "daemon_directory", bare=True).strip()
        self.main = MAIN.format(folder=self.folder, sink=self.sink.port, daemons=daemons)
        self.started, self.unanswered = False, 0

    def command(self, name, *arguments, bare=False, **options):
        place = [] if bare else ["-c", str(self.config)]
        done = subprocess.run([f"/usr/sbin/{name}", *place, *map(str, arguments)], text=True,
                              capture_output=True, timeout=60, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def configure(self, main, master, **more):
        """What avowd prints is taken as it is; but the port of submission is one of the tests', and
        without TLS, for which it has no certificate."""
        master = re.sub(r"^submission inet", f"127.0.0.1:{self.ports.get('submission')} inet", master,
                        flags=re.MULTILINE)
        master = master.replace("smtpd_tls_security_level=encrypt", "smtpd_tls_security_level=none")
        extra = "".join(f"{name} = {value}\n" for name, value in more.items())
        (self.config / "main.cf").write_text(self.main + main + extra)
        incoming = f"127.0.0.1:{self.ports['incoming']}"
        (self.config / "master.cf").write_text(MASTER.format(incoming=incoming) + master)

    def start(self):
        self.command("postfix", "start")
        self.started = True
        for name in self.ports:
            if f":{self.ports[name]} " in (self.config / "master.cf").read_text():
                self.wait_port(self.ports[name])

    def reload(self):
        self.unanswered = self.log.count("lookup error")
        self.command("postfix", "reload")

    def forget_silence(self):
        """Postfix remembers for 30 s that a look-up was not answered."""
        if self.log.count("lookup error") > self.unanswered:
            self.reload()

    def stop(self):
        if self.started:
            subprocess.run(["/usr/sbin/postfix", "-c", str(self.config), "abort"],
                           capture_output=True, timeout=60)
        self.logins.close()
        self.sink.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def wait_port(port, seconds=20):
        end = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                assert time.monotonic() < end, port
                time.sleep(0.02)

    def connect(self, port="submission", login=None, timeout=60):
        client = smtplib.SMTP("127.0.0.1", self.ports[port], local_hostname="client.example",
                              timeout=timeout)
        client.ehlo()
        if login:
            client.login(login, "secret")
        return client

    def sendmail(self, sender, *recipients, text="Subject: x\n\nx\n", options=()):
        return subprocess.run(["/usr/sbin/sendmail", "-C", str(self.config), "-f", sender, *options,
                               *recipients], input=text, text=True, capture_output=True, timeout=60)

    @property
    def log(self):
        return (self.folder / "log/mail").read_text()

    def wait_log(self, pattern, after=0, seconds=30):
        """Waits until the log has a line, and gives the match."""
        end = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.log[after:])
            if found:
                return found
            assert time.monotonic() < end, self.log[after:]
            time.sleep(0.02)

    def flush_until(self, happened, seconds=60):
        """Asks for delivery until something has happened: one that is asked for in the midst of a
        reload is lost."""
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, self.log[-3000:]
            self.command("postqueue", "-f")
            time.sleep(0.5)

    def queued(self):
        return [line for line in self.command("postqueue", "-j").splitlines() if line]

    def empty(self):
        self.command("postsuper", "-d", "ALL")
