"""Runs a command under limits and measures it."""
import collections
import os
import resource
import signal
import subprocess
import threading

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

    process = subprocess.Popen([str(part) for part in command], stdin=stdin, preexec_fn=limit,
                               stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd)
    said = [[], []]  # through pipes, whose size no limit of files meets
    readers = [threading.Thread(target=lambda pipe=pipe, into=into: into.append(pipe.read()))
               for pipe, into in zip((process.stdout, process.stderr), said) if pipe]
    for reader in readers:
        reader.start()
    late = threading.Timer(wall, process.kill)
    late.start()
    _, status, usage = os.wait4(process.pid, 0)
    in_time = late.is_alive()
    late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    for reader in readers:
        reader.join()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    assert in_time, f"still running after {wall} s: {command}"
    return Run(process.returncode, *(b"".join(part).decode(errors="replace") for part in said),
               usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
