#!/usr/bin/python3
"""What asking costs a mail server: avowd's milter beside one of libmilter that only says continue,
and the look-ups of the socketmap. As root: tests/bench/run mail [--messages N]"""
import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from mail.conftest import Avowd, CONFIG, POLICY, write_config  # noqa: E402
from mail.postfix import Postfix  # noqa: E402

SERVICE = """127.0.0.1:{port} inet n - y - - smtpd
    -o smtpd_milters={milter}
    -o rewrite_service_name=avow-rewrite
"""


def make(build, folder, subjects):
    """A store in which every second of some people has said no."""
    (folder / "mail.policy").write_text(POLICY)
    subprocess.run([build / "compiler/avow", "build", folder / "mail.policy", "--only=avow", "--out",
                    folder], check=True, capture_output=True)
    avowd = Avowd(str(build / "runtime/agent/avowd"), folder)
    place = ["--store=sqlite:c.db", "--policy=mail.avow"]
    assert avowd.run(*place, "init", "--no-history").returncode == 0
    (folder / "list.csv").write_text("email,at\n" + "".join(
        f"no{n}@customer.example,2026-03-02T00:00:00Z\n" for n in range(subjects)))
    done = avowd.run(*place, "import", "list.csv", "--as=stop-mail", "--status=unsubscribed", timeout=600)
    assert done.returncode in (0, 1), done.stderr
    return avowd


def seconds(port, messages):
    began = time.perf_counter()
    subprocess.run(["/usr/sbin/smtp-source", "-s", "8", "-m", str(messages), "-f", "any@shop.example",
                    "-t", "somebody@customer.example", f"127.0.0.1:{port}"], check=True,
                   capture_output=True)
    return time.perf_counter() - began


def netstring(address):
    text = f"receipts {address}".encode()
    return b"%d:%s," % (len(text), text)


def look_up(path, count, out, people):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    for n in range(count):
        asked = netstring(f"no{n * 7919 % (2 * people)}@customer.example")
        began = time.perf_counter_ns()
        client.sendall(asked)
        client.recv(4096)
        out.append(time.perf_counter_ns() - began)
    client.close()


def look_ups(path, clients, count, people):
    """Median and 99th percentile in microseconds, and look-ups a second."""
    lists = [[] for _ in range(clients)]
    threads = [threading.Thread(target=look_up, args=(path, count, one, people)) for one in lists]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    every = sorted(value for one in lists for value in one)
    return every[len(every) // 2] / 1000, every[len(every) * 99 // 100] / 1000, len(every) / took


def measure(build, messages, rounds, people):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="avow-bench-"))
    postfix = Postfix(["incoming", "submission", "receipts", "continue", "none"])
    helper = None
    try:
        avowd = make(build, folder, people)
        write_config(postfix, folder, CONFIG)
        path = postfix.folder / "queue/avow/continue.sock"
        helper = subprocess.Popen([build / "tests/bench/continue", f"unix:{path}"])
        milters = {"receipts": "unix:avow/milter.sock", "continue": "unix:avow/continue.sock",
                   "none": ""}
        services = "".join(SERVICE.format(port=postfix.ports[name], milter=milters[name])
                           for name in milters)
        postfix.configure("", services + "avow-rewrite unix - - y - - trivial-rewrite\n",
                          default_transport="discard:", relayhost="", milter_protocol="6")
        avowd.start()
        while not path.exists():
            time.sleep(0.01)
        shutil.chown(path, group="postfix")
        os.chmod(path, 0o660)
        postfix.start()
        took = {name: [] for name in milters}
        for turn in range(rounds + 1):
            for name in milters:
                value = seconds(postfix.ports[name], messages)
                if turn:  # the first warms up
                    took[name].append(value)
        lines = [(clients, *look_ups(str(postfix.folder / "queue/avow/map.sock"), clients, 5000,
                                     people)) for clients in (1, 8)]
        avowd.stop()
        return {name: statistics.median(values) for name, values in took.items()}, lines
    finally:
        if helper:
            helper.kill()
            helper.wait()
        postfix.stop()
        shutil.rmtree(folder)


def table(took, lines, messages, command):
    ratio = took["receipts"] / took["continue"]
    out = [f"`{command}`; {os.cpu_count()} cores, shared with other work; {time.strftime('%Y-%m-%d')}; "
           f"SQLite; medians of runs that take turns.", "",
           "| what | measured | against | ratio | wanted | met |", "|---|---|---|---|---|---|",
           f"| {messages} messages, avowd's milter | {messages / took['receipts']:.0f}/s | libmilter, "
           f"continue: {messages / took['continue']:.0f}/s; no milter: {messages / took['none']:.0f}/s "
           f"| {ratio:.3f} of its time | at most 1.05 | {'yes' if ratio <= 1.05 else '**no**'} |"]
    out += [f"| look-ups of the socketmap, {clients} connection{'s' if clients > 1 else ''} | "
            f"{rate:.0f}/s | median {middle:.0f} µs, p99 {late:.0f} µs | | | |"
            for clients, middle, late, rate in lines]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=20000)
    options = parser.parse_args()
    took, lines = measure(options.build.resolve(), options.messages, options.rounds, options.people)
    text = table(took, lines, options.messages, f"tests/bench/run mail --messages {options.messages}")
    print(text)
    if options.write:
        results = HERE / "RESULTS.md"
        before, rest = results.read_text().split("<!-- mail: begin -->", 1)
        after = rest.split("<!-- mail: end -->", 1)[1]
        results.write_text(f"{before}<!-- mail: begin -->\n{text}\n<!-- mail: end -->{after}")


main()
