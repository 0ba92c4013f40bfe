#!/usr/bin/python3
"""What asking over HTTP costs, beside the same library answering a constant: tests/bench/run http
[--seconds N] [--rounds N] [--people N]"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from serve.conftest import CONFIG, POLICY, Daemon, Unix  # noqa: E402

POINT = {"verb": "email", "object": "customer", "target": "receipts"}
STATES = {**POINT, "states": {"stopped": False}}
ADDRESS = {**POINT, "email": "x#@shop.example"}  # '#' becomes a number that changes
CONNECTIONS, IDLE = 32, 1000


def make(build, folder, people):
    """A store in which so many people have said no, and as many rows of a bare table."""
    (folder / "shop.policy").write_text(POLICY)
    subprocess.run([build / "compiler/avow", "build", folder / "shop.policy", "--only=avow", "--out",
                    folder], check=True, capture_output=True)
    program = str(build / "runtime/agent/avowd")
    place = [program, "--store=sqlite:c.db", "--policy=shop.avow"]
    subprocess.run([*place, "init", "--no-history"], cwd=folder, check=True, capture_output=True)
    (folder / "list.csv").write_text("email,at\n" + "".join(
        f"x{2 * n}@shop.example,2026-03-02T00:00:00Z\n" for n in range(people)))
    subprocess.run([*place, "import", "list.csv", "--as=stop-mail", "--status=unsubscribed"], cwd=folder,
                   capture_output=True)
    user = "user: root" if os.geteuid() == 0 else ""
    limits = f"limits: {{connections: {IDLE + 500}, per-address: {IDLE + 500}, idle: 10m}}\n"
    (folder / "avowd.yaml").write_text(CONFIG.format(user=user) + limits)
    bare = sqlite3.connect(folder / "bare.db")
    bare.execute("CREATE TABLE t(key INTEGER PRIMARY KEY, value INTEGER)")
    bare.executemany("INSERT INTO t VALUES(?, 1)", ((2 * n,) for n in range(people)))
    bare.commit()
    bare.close()
    return Daemon(program, folder, os.environ)


def load(build, path, seconds, body):
    """Requests a second, microseconds of the median and of 99 %."""
    done = subprocess.run([build / "tests/bench/http-load", f"unix:{path}", str(CONNECTIONS), str(seconds),
                           "/v1/ask", json.dumps(body)], check=True, capture_output=True, text=True)
    numbers = [float(word) for word in done.stdout.split()]
    assert numbers[-1] == 0, f"answers that were not 200: {done.stdout}"
    return numbers[0], numbers[1], numbers[2]


def constant(build, folder, name, size, *database):
    process = subprocess.Popen([build / "tests/bench/http-constant", folder / name, str(size), *database],
                               stdin=subprocess.PIPE)
    while not (folder / name).exists():
        time.sleep(0.01)
    return process


def resident(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def idle(daemon):
    """Resident memory with so many connections that have asked once and now are silent."""
    connections = []
    for _ in range(IDLE):
        connection = Unix(daemon.folder / "http.sock")
        connection.request("POST", "/v1/ask", json.dumps(STATES), {"Content-Type": "application/json"})
        assert connection.getresponse().read()
        connections.append(connection)
    memory = resident(daemon.process)
    for connection in connections:
        connection.close()
    return memory


def start_up(daemon):
    """Milliseconds from exec to the first answer of /readyz."""
    took = []
    for _ in range(5):
        (daemon.folder / "http.sock").unlink(missing_ok=True)
        began = time.perf_counter()
        daemon.start(wait=False)
        while True:
            try:
                if daemon.get("/readyz").status == 200:
                    break
            except OSError:
                time.sleep(0.001)
        took.append((time.perf_counter() - began) * 1000)
        daemon.stop()
    return statistics.median(took)


def measure(build, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="avow-bench-"))
    helpers = []
    try:
        daemon = make(build, folder, options.people)
        began = start_up(daemon)
        daemon.start()
        size = len(daemon.post("/v1/ask", STATES).body)
        helpers = [constant(build, folder, "constant.sock", size),
                   constant(build, folder, "select.sock", size, folder / "bare.db")]
        contenders = {"states": ("http.sock", STATES), "constant": ("constant.sock", STATES),
                      "address": ("http.sock", ADDRESS), "select": ("select.sock", ADDRESS)}
        found = {name: [] for name in contenders}
        for turn in range(options.rounds + 1):
            for name, (path, body) in contenders.items():
                value = load(build, folder / path, options.seconds, body)
                if turn:  # the first warms up
                    found[name].append(value)
        memory = idle(daemon)
        daemon.stop()
        return {name: [statistics.median(column) for column in zip(*rows)]
                for name, rows in found.items()}, memory, began
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
        shutil.rmtree(folder)


def row(what, mine, other, named):
    ratio = mine[0] / other[0]
    return (f"| {what} | {mine[0]:,.0f}/s; median {mine[1]:.0f} µs, p99 {mine[2]:.0f} µs | {named}: "
            f"{other[0]:,.0f}/s; p99 {other[2]:.0f} µs | {ratio:.2f} | at least 0.8 | "
            f"{'yes' if ratio >= 0.8 else '**no**'} |")


def table(found, memory, began, command):
    def limit(what, value, unit, most):
        return (f"| {what} | {value:.1f} {unit} | | | under {most} {unit} | "
                f"{'yes' if value < most else '**no**'} |")
    return "\n".join([
        f"`{command}`; {os.cpu_count()} cores for both sides, shared with other work (load "
        f"{os.getloadavg()[0]:.0f}); {time.strftime('%Y-%m-%d')}; a UNIX socket, {CONNECTIONS} connections, "
        "medians of runs that take turns.", "",
        "| what | measured | against | ratio | wanted | met |", "|---|---|---|---|---|---|",
        row("`/v1/ask`, states in the question", found["states"], found["constant"], "a constant"),
        row("`/v1/ask`, by address (SQLite)", found["address"], found["select"], "constant and one SELECT"),
        limit(f"memory with {IDLE:,} idle connections", memory, "MiB", 64),
        limit("from start to ready", began, "ms", 100)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=20000)
    options = parser.parse_args()
    found, memory, began = measure(options.build.resolve(), options)
    text = table(found, memory, began, f"tests/bench/run http --seconds {options.seconds:g}")
    print(text)
    if options.write:
        results = HERE / "RESULTS.md"
        before, rest = results.read_text().split("<!-- http: begin -->", 1)
        after = rest.split("<!-- http: end -->", 1)[1]
        results.write_text(f"{before}<!-- http: begin -->\n{text}\n<!-- http: end -->{after}")


main()
