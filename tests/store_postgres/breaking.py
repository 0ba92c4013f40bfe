#!/usr/bin/python3
"""Breaks a real server, or a service that uses it, at every system call of a commit, and looks each
time whether what was acknowledged is there.

breaking.py BUILD kill-backend|kill-service|kill-server|fail [--first N] [--step N]

kill-*: a process is killed with SIGKILL at its 1st, 2nd, 3rd ... stop at a system call, until a
commit runs through. fail: calls of the server's processes that write or sync fail, once and for
good. What a service was told before counts as acknowledged, and only that."""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "store")]
from service import Failed, Service  # noqa: E402
from store_postgres.server import Server  # noqa: E402

NEWS = "us email customer advertising.news"
EMAIL = 1 << 1
ACTS = ["leave", "join", "link", "forget"]


class Broken(Exception):
    """A promise was broken."""


def wait_for(what, holds, seconds=30):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise Broken(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class Bench:
    """A server with a store, a service that uses it, and what it has acknowledged."""

    def __init__(self, build):
        self.build = pathlib.Path(build)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="avow-breaking-"))
        self.must = {}  # address -> "allowed", "refused"; none: it may be either
        self.receipts = []
        self.count = 0
        self.told = {}  # code -> how often
        subprocess.run([str(self.build / "compiler" / "avow"), "build",
                        str(ROOT / "policies" / "shop.policy"), "-o", str(self.folder)], check=True,
                       capture_output=True)
        self.server = Server()
        self.service = None
        self.start()
        self.server.sql("CREATE ROLE avow_runtime NOLOGIN; CREATE ROLE service LOGIN IN ROLE"
                        " avow_runtime")
        self.server.sql("CREATE DATABASE store")
        owner = Service(self.build, {"shop": self.folder / "shop.avow"})
        owner("create", "shop", self.server.url("store", "owner"), self.folder / "keys")
        owner.close()
        self.serve()
        self.service("settle", EMAIL)

    def start(self):
        # To sync all files one by one before each recovery takes most of its time.
        self.server.start("recovery_init_sync_method=syncfs", "log_min_messages=warning")

    def start_again(self):
        """After a kill -9 of all: until the last process is gone, a server that starts takes the
        others for alive."""
        lock = self.server.data / "postmaster.pid"
        process = pathlib.Path("/proc") / self.postmaster() / "stat"
        wait_for("the server is dead",
                 lambda: not process.exists() or ") Z " in process.read_text())

        def starts():
            lock.unlink(missing_ok=True)
            try:
                self.start()
            except AssertionError:
                return False
            return True

        wait_for("the server starts", starts)

    def serve(self):
        self.service = Service(self.build, {"shop": self.folder / "shop.avow"})
        self.service("open", "shop", self.server.url("store"), self.folder / "keys")

    def remove(self):
        if self.service:
            self.service.kill()
        self.server.remove()
        shutil.rmtree(self.folder)

    def postmaster(self):
        return (self.server.data / "postmaster.pid").read_text().split("\n")[0]

    def children(self):
        return subprocess.run(["ps", "-o", "pid=", "--ppid", self.postmaster()], check=True,
                              capture_output=True, text=True).stdout.split()

    def backends(self):
        return self.server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'avow'"
                               " AND datname = 'store'").split()

    def is_up(self):
        return self.server.sql("SELECT 1", check=False) == "1"

    # What a service does

    def person(self):
        self.count += 1
        return f"email:p{self.count}@x.example"

    def record(self, what, who):
        receipt = self.service.record(what, who, evidence="a form", done=what == "unsubscribe")
        self.receipts.append(receipt)

    def prepare(self, act):
        """Who the act is about; with a connection that was used already."""
        one, other = self.person(), self.person()
        if act in ("leave", "link"):
            self.record("address-confirmed", one)
        if act in ("link", "forget"):
            self.record("unsubscribe", other)
        else:
            self.record("address-confirmed", other)
        self.must[one] = "allowed" if act in ("leave", "link") else "refused"
        self.must[other] = "refused" if act in ("link", "forget") else "allowed"
        if self.service.allowed(NEWS, one) != (self.must[one] == "allowed"):
            raise Broken(f"before {act}: {one} is not {self.must[one]}")
        return one, other

    def act(self, act, one, other):
        """What is to be broken. The code that was told, or "dead"."""
        before = self.must.pop(one)
        try:
            if act == "leave":
                self.record("unsubscribe", one)
                self.must[one] = "refused"
            elif act == "join":
                self.record("address-confirmed", one)
                self.must[one] = "allowed"
            elif act == "link":  # `other` refuses: so does `one` now
                self.service("link", one, other)
                self.must[one] = "refused"
            else:
                self.must[one] = before
                self.service("forget", other)
            code = "ok"
        except Failed as failed:
            code = failed.code
            if act == "join" and code != "uncertain":
                self.must[one] = before  # a consent that failed is none
            if failed.text[-1] not in ".?" or code not in ("io", "uncertain", "busy"):
                raise Broken(f"{act}: {failed}") from failed
        except RuntimeError:
            code = "dead"
        self.told[code] = self.told.get(code, 0) + 1
        return code

    def look(self, people):
        for one in people:
            answer = self.service.ask(NEWS, one)
            until = time.monotonic() + 3
            # A connection that was lost is found out by a question, whose answer is then no.
            while answer[1] in ("untrusted", "failed") and time.monotonic() < until:
                if answer[0] == "allowed":
                    raise Broken(f"{one}: allowed, and nothing could be read: {answer}")
                time.sleep(0.1)
                answer = self.service.ask(NEWS, one)
            if one in self.must and (answer[0] == "allowed") != (self.must[one] == "allowed"):
                raise Broken(f"{one} is not {self.must[one]}: {answer}")

    def ask_while_it_fails(self, people):
        for one in people:
            if self.service.allowed(NEWS, one) and self.must.get(one) == "refused":
                raise Broken(f"{one} is allowed while the server fails")

    def look_at_all(self):
        """By a service that knows nothing of what happened."""
        self.service.close()
        self.serve()
        self.look(self.must)
        done = subprocess.run(
            [str(self.build / "runtime" / "agent" / "avowd"), f"--store={self.server.url('store')}",
             f"--policy={self.folder / 'shop.avow'}", f"--keys={self.folder / 'keys'}", "ledger",
             "verify"], capture_output=True, text=True)
        if done.returncode:
            raise Broken(f"the ledger: {done.stdout}{done.stderr}")
        rows = self.server.sql("SELECT 'r' || part || '-' || sequence || '-' ||"
                               " left(encode(hash, 'hex'), 16) FROM avow.ledger", "store")
        missing = set(self.receipts) - set(rows.split())
        if missing:
            raise Broken(f"receipts without an entry: {sorted(missing)}")

    # Killing

    def halt(self, k, pids, also=()):
        process = subprocess.Popen([str(self.build / "tests" / "store_postgres" / "store-halt"),
                                    str(k), *pids, *(["also", *also] if also else [])],
                                   stdout=subprocess.PIPE, text=True)
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("processes cannot be watched here")
        return process

    def kill_once(self, whom, k, act):
        """Where it was killed; None: the act ran through."""
        one, other = self.prepare(act)
        if whom == "service":
            halt = self.halt(k, [str(self.service.process.pid)])
        elif whom == "backend":
            halt = self.halt(k, self.backends())
        else:
            halt = self.halt(k, self.backends(), [self.postmaster(), *self.children()])
        code = self.act(act, one, other)
        time.sleep(0.02)  # a stop behind the answer
        halt.terminate()
        at = halt.stdout.read().strip()
        halt.stdout.close()
        killed = halt.wait() == 0
        if whom == "server" and killed:
            self.start_again()
        wait_for("the server is up", self.is_up)
        if code == "dead" or (whom == "service" and killed):
            self.service.kill()
            self.serve()
        self.look([one, other])
        return at if killed else None

    def kill_all(self, whom, acts=ACTS, first=1, step=1, say=lambda text: None):
        """How often it was killed."""
        kills = 0
        for act in acts:
            k, clean = first, 0
            while clean < 2:  # the number of calls varies a little
                at = self.kill_once(whom, k, act)
                say(f"{act} {k}: {at or 'ran through'}")
                clean = 0 if at else clean + 1
                kills += at is not None
                k += step
        self.look_at_all()
        return kills

    # Failing

    def fail_once(self, calls, error, when, everywhere, act):
        """True: a call failed. `everywhere`: in every process of the server, and in those to come."""
        one, other = self.prepare(act)
        pids = [self.postmaster(), *self.children()] if everywhere else self.backends()
        log = self.folder / "calls"
        log.write_text("")
        trace = subprocess.Popen(
            ["strace", *(["-f"] if everywhere else []), "-o", str(log), "-e", f"trace={calls}", "-e",
             f"inject={calls}:error={error}:when={when}", *[f"-p{pid}" for pid in pids]],
            stderr=subprocess.PIPE, text=True)
        for _ in pids:
            if "attached" not in trace.stderr.readline():
                raise RuntimeError("processes cannot be watched here")
        code = self.act(act, one, other)
        self.ask_while_it_fails([one, other])
        trace.terminate()
        trace.stderr.close()
        trace.wait()
        if not self.is_up():
            time.sleep(0.3)
        try:
            wait_for("the server is up", self.is_up, 2)
        except Broken:
            self.server.stop("immediate")
            self.start()
        self.look([one, other])
        return code, "INJECTED" in log.read_text()

    def fail_all(self, cases, acts=ACTS, say=lambda text: None):
        failures = 0
        for calls, error, everywhere in cases:
            for act in acts:
                k, failed = 1, True
                while failed:
                    code, failed = self.fail_once(calls, error, f"{k}+" if everywhere else str(k),
                                                  everywhere, act)
                    say(f"{calls} {error} {'for good from' if everywhere else ''} {k}, {act}: "
                        f"{code if failed else 'ran through'}")
                    failures += failed
                    k += 1
        self.look_at_all()
        return failures


FAILURES = [(calls, error, everywhere) for calls in ("fdatasync,fsync", "pwrite64,write,pwritev")
            for error in ("EIO", "ENOSPC") for everywhere in (False, True)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("what", choices=["kill-backend", "kill-service", "kill-server", "fail"])
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--step", type=int, default=1)
    options = parser.parse_args()
    bench = Bench(options.build)
    try:
        if options.what == "fail":
            count = bench.fail_all(FAILURES, say=print)
        else:
            count = bench.kill_all(options.what[5:], first=options.first, step=options.step,
                                   say=print)
    except Broken as broken:
        print(f"BROKEN: {broken}")
        return 1
    finally:
        bench.remove()
    told = ", ".join(f"{number} {code}" for code, number in sorted(bench.told.items()))
    print(f"{options.what}: {count} times; what was told: {told}; "
          f"{len(bench.receipts)} receipts, {len(bench.must)} people as they must be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
