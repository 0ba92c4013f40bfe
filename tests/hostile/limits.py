"""Runs a command under limits and measures it."""
import collections
import json
import os
import signal
import subprocess
import sys
import threading

Run = collections.namedtuple("Run", "code out err seconds peak")  # peak in MiB


# A process keeps, as its peak, the size of what it was forked from; the test's own is larger than
# most peaks that are measured. So a small one stands between, and says what it has measured.
BETWEEN = """
import json, os, resource, signal, sys
given = json.loads(sys.argv[1])
child = os.fork()
if child == 0:
    os.close(given["told"])
    for name in ("SIGPIPE", "SIGXFSZ"):  # which this interpreter ignores
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if given["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (given["memory"] << 20,) * 2)
    if given["file_size"] is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (given["file_size"],) * 2)
    if given["user"] and os.getuid() == 0:
        os.setgroups([])
        os.setgid(given["user"])
        os.setuid(given["user"])
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
with open(given["told"], "w") as out:
    json.dump([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime,
               usage.ru_maxrss / 1024], out)
"""


def run(*command, memory=None, file_size=None, user=None, stdin=subprocess.DEVNULL, stdout=None,
        wall=300, cwd=None):
    """seconds is CPU time, peak the largest resident size. memory limits address space (MiB),
    file_size what a file may grow to (bytes; writes past it fail as on a full disk)."""
    hears, tells = os.pipe()
    given = json.dumps({"told": tells, "memory": memory, "file_size": file_size, "user": user})
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", BETWEEN, given,
                                *map(str, command)], stdin=stdin, pass_fds=(tells,),
                               stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
                               start_new_session=True)
    os.close(tells)
    said = [[], []]  # through pipes, whose size no limit of files meets
    readers = [threading.Thread(target=lambda pipe=pipe, into=into: into.append(pipe.read()))
               for pipe, into in zip((process.stdout, process.stderr), said) if pipe]
    for reader in readers:
        reader.start()
    late = threading.Timer(wall, lambda: os.killpg(process.pid, signal.SIGKILL))
    late.start()
    process.wait()
    in_time = late.is_alive()
    late.cancel()
    for reader in readers:
        reader.join()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    with open(hears) as told:
        measured = told.read()
    assert in_time, f"still running after {wall} s: {command}"
    code, seconds, peak = json.loads(measured)
    return Run(code, *(b"".join(part).decode(errors="replace") for part in said), seconds, peak)


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
