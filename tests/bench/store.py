#!/usr/bin/python3
"""What the store costs beside its engine bare, SQLite and PostgreSQL, on a real disk.

store.py BUILD [--subjects N] [--postgres N] [--seconds S] [--folder DIR] prints the figures; with
--write they go into tests/bench/RESULTS.md. tests/bench/run store makes BUILD with the right
flags."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from bench import decision  # noqa: E402
from store_postgres.server import Server  # noqa: E402

BEGIN, END = "<!-- store: begin -->", "<!-- store: end -->"
ONE_LEAST, MANY_LEAST, ASK_MOST, LIST_MOST, BYTES_MOST = 0.8, 10.0, 1.5, 2, 12
LISTS = 1_000_000, 10_000_000  # addresses of a short list and of a long one


def check_disk(folder):
    """Nothing is durable in memory, and its speed says nothing."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True,
                          check=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"{folder} is in memory ({kind}): give --folder on a disk")
    return kind


def measure(build, url, folder, subjects, seconds):
    """{name: figure} of one engine."""
    build = pathlib.Path(build) / "tests" / "bench"
    done = subprocess.run(
        [str(build / "store-rate"), str(build / "jibrok.avow"), url, str(subjects),
         str(seconds), str(folder / "raw")], capture_output=True, text=True,
        env={**os.environ, "AVOW_KEYS": str(folder / "keys")})
    if done.returncode != 0:
        raise SystemExit(f"store-rate: {done.stderr}")
    return {name: float(figure) for name, figure in map(str.split, done.stdout.splitlines())}


def filter_lists(build, url, folder, subjects):
    """[(addresses, seconds, most memory in bytes)] of avowd filter for lists of two lengths, every
    second address of which has opted out."""
    for count in LISTS:
        with open(folder / "list", "w") as out:
            for first in range(0, count, 100_000):
                out.write("".join(
                    f"person.number-{i % subjects + i % 2 * 10**12}@customers.example\n"
                    for i in range(first * 7, (first + 100_000) * 7, 7)))
        began = time.monotonic()
        running = subprocess.Popen(
            [str(pathlib.Path(build) / "runtime" / "agent" / "avowd"), f"--store={url}",
             f"--policy={build}/tests/bench/jibrok.avow", f"--keys={folder}/keys", "filter",
             f"--out={folder}/out", f"--refused={folder}/refused", "email", "licensee",
             "notify.expiry", f"{folder}/list"], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode != 0:
            raise SystemExit("avowd filter failed")
        yield count, time.monotonic() - began, used.ru_maxrss * 1024


def measure_sqlite(build, folder, options):
    url = f"sqlite:{folder}/store.db"
    got = measure(build, url, folder, options.subjects, options.seconds)
    if options.subjects:
        got["lists"] = list(filter_lists(build, url, folder, options.subjects))
    return got


def measure_postgres(build, folder, options):
    server = Server()
    try:
        check_disk(server.folder)
        server.start("shared_buffers=256MB", "max_wal_size=4GB")
        server.sql("CREATE DATABASE bench")
        return measure(build, server.url("bench", "owner"), folder,
                       min(options.subjects, options.postgres), options.seconds)
    finally:
        server.remove()


def measure_all(build, options):
    """[(engine, figures)]"""
    for engine, run in ("SQLite", measure_sqlite), ("PostgreSQL 15", measure_postgres):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            yield engine, run(build, pathlib.Path(folder), options)


def row(engine, what, got, unit, against, other, ratio, limit, least):
    met = ratio >= limit if least else ratio <= limit
    return (f"| {engine}: {what} | {got:,.0f}{unit} | {against}: {other:,.0f}{unit} | {ratio:.2f} | "
            f"{'at least' if least else 'at most'} {limit:g} | {'yes' if met else '**no**'} |")


def writing(engine, got, prefix, where):
    bare, one, many = (got[prefix + name] for name in
                       ("bare_inserts", "one_writer", "many_writers"))
    yield row(engine, f"opt-outs, one writer, {where}", one, "/s", "bare inserts", bare, one / bare,
              ONE_LEAST, True)
    yield row(engine, f"opt-outs, 64 writers, {where}", many, "/s", "bare inserts", bare,
              many / bare, MANY_LEAST, True)


def lines(engine, got):
    yield from writing(engine, got, "", "nearly empty")
    if "ask_ns" not in got:
        return
    subjects = f"{got['subjects']:,.0f} subjects"
    yield from writing(engine, got, "full_", subjects)
    yield row(engine, f"a question by address, {subjects}", got["ask_ns"], " ns",
              "prepared SELECT and the address's hash", got["bare_select_ns"],
              got["ask_ns"] / got["bare_select_ns"], ASK_MOST, False)
    yield row(engine, f"an address of a list, {subjects}", got["list_ns"], " ns",
              "its hash and a look into a bare table", got["bare_lookup_ns"],
              got["list_ns"] / got["bare_lookup_ns"], LIST_MOST, False)
    met = "yes" if got["snapshot_bytes"] <= BYTES_MOST else "**no**"
    yield (f"| {engine}: memory for lists, a subject | {got['snapshot_bytes']:.1f} bytes | | | "
           f"at most {BYTES_MOST} bytes | {met} |")


def limits(engine, got):
    for prefix, where in ("", "nearly empty"), ("full_", "full"):
        if prefix + "syncs" not in got:
            continue
        syncs, bare, one, many = (got[prefix + name] for name in (
            "syncs", "bare_inserts", "one_writer", "many_writers"))
        yield (f"{engine}, {where}: the disk did {syncs:,.0f} fdatasync of 8 KiB a second "
               f"meanwhile. One writer waits as long as {syncs / one:.1f} of them take, a bare "
               f"insert as {syncs / bare:.1f}; 64 writers do {many / syncs:.1f} opt-outs for each.")
    if "snapshot_s" in got:
        yield (f"{engine}: {got['subjects']:,.0f} subjects were put in, as rows of the store's own "
               f"tables without their ledger, and as many bare ones, in {got['fill_s']:,.0f} s; "
               f"a snapshot of them for a list is made in {got['snapshot_s']:.1f} s.")
    for count, seconds, memory in got.get("lists", []):
        yield (f"{engine}: `avowd filter` with {count:,} addresses took {seconds:.1f} s and "
               f"{memory / 2**20:,.1f} MiB of memory.")


def report(build, options):
    kind = check_disk(options.folder)
    results = list(measure_all(build, options))
    return "\n".join([
        f"`tests/bench/run store --subjects {options.subjects} --postgres {options.postgres} "
        f"--seconds {options.seconds:g}`; "
        f"{decision.machine(build)} {time.strftime('%H:%M')}; file system {kind}.", "",
        "| what | measured | against | ratio | wanted | met |", "|---|---|---|---|---|---|",
        *(line for engine, got in results for line in lines(engine, got)), "",
        *(line + "\n" for engine, got in results for line in limits(engine, got)),
    ]).rstrip("\n")


def write(text):
    old = decision.RESULTS.read_text()
    section = f"{BEGIN}\n{text}\n{END}"
    if BEGIN in old:
        new = old[:old.index(BEGIN)] + section + old[old.index(END) + len(END):]
    else:
        new = old.rstrip("\n") + "\n\n" + section + "\n"
    decision.RESULTS.write_text(new)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--subjects", type=int, default=10_000_000)
    parser.add_argument("--postgres", type=int, default=10_000_000,
                        help="at most so many subjects in PostgreSQL")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--folder", default="/var/tmp")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = report(options.build, options)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
