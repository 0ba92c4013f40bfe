#!/usr/bin/python3
"""What the store costs beside its engine bare, SQLite and PostgreSQL, on a real disk.

store.py BUILD [--subjects N] [--seconds S] [--folder DIR] prints the figures; with --write they go
into tests/bench/RESULTS.md. tests/bench/run store makes BUILD with the right flags."""
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
ONE_LEAST, MANY_LEAST, ASK_MOST = 0.8, 10.0, 1.5


def check_disk(folder):
    """Nothing is durable in memory, and its speed says nothing."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True,
                          check=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"{folder} is in memory ({kind}): give --folder on a disk")
    return kind


def measure(build, url, folder, options):
    """{name: figure} of one engine."""
    build = pathlib.Path(build) / "tests" / "bench"
    done = subprocess.run(
        [str(build / "store-rate"), str(build / "jibrok.avow"), url, str(options.subjects),
         str(options.seconds), str(folder / "raw")], capture_output=True, text=True,
        env={**os.environ, "AVOW_KEYS": str(folder / "keys")})
    if done.returncode != 0:
        raise SystemExit(f"store-rate: {done.stderr}")
    return {name: float(figure) for name, figure in map(str.split, done.stdout.splitlines())}


def measure_all(build, options):
    """[(engine, figures)]"""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        folder = pathlib.Path(folder)
        (folder / "sqlite").mkdir()
        (folder / "postgres").mkdir()
        yield "SQLite", measure(build, f"sqlite:{folder}/sqlite/store.db", folder / "sqlite",
                                options)
        server = Server()
        try:
            check_disk(server.folder)
            server.start("shared_buffers=256MB", "max_wal_size=4GB")
            server.sql("CREATE DATABASE bench")
            yield "PostgreSQL 15", measure(build, server.url("bench", "owner"), folder / "postgres",
                                           options)
        finally:
            server.remove()


def row(engine, what, got, unit, against, other, ratio, limit, least):
    met = ratio >= limit if least else ratio <= limit
    return (f"| {engine}: {what} | {got:,.0f}{unit} | {against}: {other:,.0f}{unit} | {ratio:.2f} | "
            f"{'at least' if least else 'at most'} {limit:g} | {'yes' if met else '**no**'} |")


def lines(engine, got):
    bare = got["bare_inserts"]
    yield row(engine, "opt-outs, one writer", got["one_writer"], "/s", "bare inserts", bare,
              got["one_writer"] / bare, ONE_LEAST, True)
    yield row(engine, "opt-outs, 64 writers", got["many_writers"], "/s", "bare inserts", bare,
              got["many_writers"] / bare, MANY_LEAST, True)
    if "ask_ns" in got:
        yield row(engine, "a question by address", got["ask_ns"], " ns",
                  "prepared SELECT and the address's hash", got["bare_select_ns"],
                  got["ask_ns"] / got["bare_select_ns"], ASK_MOST, False)


def limits(engine, got):
    syncs = got["syncs"]
    return (f"{engine}: the disk did {syncs:,.0f} fdatasync of 8 KiB a second meanwhile; one writer "
            f"reaches {got['one_writer'] / syncs:.2f} of that, bare inserts "
            f"{got['bare_inserts'] / syncs:.2f}, 64 writers "
            f"{got['many_writers'] / syncs:.1f} opt-outs for each.")


def report(build, options):
    kind = check_disk(options.folder)
    results = list(measure_all(build, options))
    return "\n".join([
        f"`tests/bench/run store --subjects {options.subjects} --seconds {options.seconds:g}`; "
        f"{decision.machine(build)} {time.strftime('%H:%M')}; file system {kind}.", "",
        "| what | measured | against | ratio | wanted | met |", "|---|---|---|---|---|---|",
        *(line for engine, got in results for line in lines(engine, got)), "",
        *(limits(engine, got) + "\n" for engine, got in results),
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
