"""Runs a command under limits and measures it."""
import collections
import os
import resource
import signal
import subprocess
import tempfile
import time

Run = collections.namedtuple("Run", "code out err seconds peak")  # peak in MiB


def run(*command, memory=None, file_size=None, user=None, stdin=subprocess.DEVNULL, stdout=None,
        wall=300, cwd=None):
    """seconds is CPU time, peak the largest resident size. memory limits address space (MiB),
    file_size what a file may grow to (bytes; writes past it fail as on a full disk)."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
        if file_size is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        if user and os.getuid() == 0:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([str(part) for part in command], stdin=stdin,
                                   stdout=stdout or out, stderr=err, preexec_fn=limit, cwd=cwd)
        end = time.monotonic() + wall
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                raise AssertionError(f"still running after {wall} s: {command}")
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Run(process.returncode, out.read().decode(errors="replace"),
                   err.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime,
                   usage.ru_maxrss / 1024)


NOBODY = 65534

HEAD = """---
policy: acme
title: Privacy policy
language: en
effective: 2026-03-01
---
person   customer "customer".
data     order    "order details" of customer.
place    cloud    "our servers".
purpose  delivery "delivery".
purpose  news     "newsletter".
request  stop     "stop all e-mail".
state    stopped  "asked us to stop" of customer after stop.
contact  help     "help" at "mailto:help@acme.example".

clause stopping:
  customer MAY request stop via help.
  we MUST do stop at once.
  we NEVER email anyone if stopped.
  > We stop when you ask us.
"""
