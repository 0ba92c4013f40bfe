#!/usr/bin/python3
"""What a decision costs, side by side with what somebody would write by hand.

decision.py BUILD prints the figures; with --write they go into tests/bench/RESULTS.md. BUILD is a
build folder of meson; tests/bench/run makes one with the right flags."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from bench.large import large  # noqa: E402

RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"
BEGIN, END = "<!-- decision: begin -->", "<!-- decision: end -->"
SEED = ROOT / "policies" / "jibrok.policy"
TEXT_MOST, TABLE_MOST, OPEN_MOST = 8192, 4096, 30.0


def seed_and(count):
    """The seed policy with so many clauses of other names behind its own."""
    rest = large(count).split("---\n", 2)[2]
    return SEED.read_text(encoding="utf-8") + "\n" + rest


def large_bundle(avow, folder, count):
    """The path of the bundle of such a policy."""
    folder = pathlib.Path(folder) / str(count)
    folder.mkdir()
    shutil.copytree(SEED.parent / "calendars", folder / "calendars")
    path = folder / "large.policy"
    path.write_text(seed_and(count), encoding="utf-8")
    done = subprocess.run([str(avow), "build", str(path), "--only=avow", "--out", str(folder)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the policy of {count} clauses does not build: {done.stderr[-2000:]}")
    return folder / "jibrok.avow"


def measure(build, counts=(10000, 100000), scale=1):
    """{group: [(contender, nanoseconds, ratio to the first)]}. All answers were equal, or it ends
    here. A scale of 1000 only tries everything once."""
    build = pathlib.Path(build)
    with tempfile.TemporaryDirectory() as folder:
        bundles = [large_bundle(build / "compiler" / "avow", folder, count) for count in counts]
        bench = build / "tests" / "bench"
        done = subprocess.run([str(bench / "decision"), str(scale), str(bench / "jibrok.avow"),
                               *map(str, bundles)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"decision: {done.stdout[-1000:]}{done.stderr}")
    groups = {}
    for line in done.stdout.splitlines():
        group, name, one, two = line.split("\t")
        groups.setdefault(group, []).append((name, float(one), float(two)))
    return groups


def core_text(compiler="gcc", flags=("-Os",)):
    """(bytes of code, bytes of constants) of all objects of the core, compiled for size."""
    code = constants = 0
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted((ROOT / "runtime" / "core").glob("*.c")):
            out = pathlib.Path(folder) / (source.stem + ".o")
            subprocess.run([compiler, "-std=c11", *flags, "-DNDEBUG", "-DAVOW_BUILDING", "-fPIC",
                            "-fvisibility=hidden", "-ffreestanding", "-fno-stack-protector",
                            f"-I{ROOT}", "-c", str(source), "-o", str(out)], check=True)
            shown = subprocess.run(["size", "-A", str(out)], capture_output=True, text=True,
                                   check=True).stdout
            for name, size in re.findall(r"^(\.\S+)\s+(\d+)", shown, re.MULTILINE):
                code += int(size) if name.startswith(".text") else 0
                constants += int(size) if name.startswith((".rodata", ".data.rel.ro")) else 0
    return code, constants


def short(nanoseconds):
    return f"{nanoseconds:.1f} ns"


def duel(groups, group, ours, theirs, what, most):
    """A line of the report: our contender against another of its group."""
    times = {name: time for name, time, _ in groups[group]}
    ratio = times[ours] / times[theirs]
    met = "" if most is None else "yes" if ratio <= most else "**no**"
    return (f"| {what} | {short(times[ours])} | {theirs}: {short(times[theirs])} | {ratio:.2f} | "
            f"{'' if most is None else most} | {met} |")


def speed_lines(groups):
    lines = ["| what | measured | against | ratio | at most | met |", "|---|---|---|---|---|---|"]
    for group, what in (("warm", "a decision, warm (eight questions)"),
                        ("random", "a decision, 1,048,576 random questions"),
                        ("random, ruled", "the same, only points that a rule has")):
        lines.append(duel(groups, group, "avow_ask", "table", what, 2))
        for other in ("table inlined", "table without branches", "switch"):
            lines.append(duel(groups, group, "avow_ask", other, "", None))
    what = "`jibrok_may_email` of the generated header, random"
    lines.append(duel(groups, "header, random", "jibrok_may_email", "table", what, 2))
    lines.append(duel(groups, "header, random", "jibrok_may_email", "table inlined", "", None))
    for group, what in (("names, warm", "by names, warm"),
                        ("names, random few", "by names, 1,024 random questions in turn"),
                        ("names, random", "by names, 65,536 (6 MB: waits for memory too)")):
        lines.append(duel(groups, group, "avow_find_point, avow_ask", "perfect hash and table",
                          what, 1.5))
    return lines + large_lines(groups)


def large_lines(groups):
    lines, (_, seed, _) = [], groups["large"][0]
    single = [group for group in groups if len(group.split()) == 4]
    for at, (clauses, took, ratio) in enumerate(groups["large"][1:], 1):
        worst = max(single, key=lambda group: groups[group][at][2])
        most = 2 if at == 1 else None
        met = "" if most is None else "yes" if ratio <= most else "**no**"
        lines.append(f"| a decision among {int(clauses):,} clauses, warm | {short(took)} | the "
                     f"seed's {int(groups['large'][0][0])}: {short(seed)} | {ratio:.2f} | "
                     f"{most or ''} | {met} |")
        lines.append(f"| its slowest question, `{worst}` | {short(groups[worst][at][1])} | "
                     f"the seed: {short(groups[worst][0][1])} | {groups[worst][at][2]:.2f} | | |")
    return lines


def size_lines(groups):
    times = {name: time / 1e3 for name, time, _ in groups["open"]}
    _, size, table = groups["size"][0]
    lines = ["| what | measured | at most | met |", "|---|---|---|---|"]
    opening = times["avow_open"]
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler):
            code, constants = core_text(compiler)
            lines.append(f"| code of the core, {compiler} -Os | {code:,} bytes (and {constants:,} "
                         f"of constants) | {TEXT_MOST:,} | "
                         f"{'yes' if code <= TEXT_MOST else '**no**'} |")
    lines.append(f"| the seed's table without its texts | {table:,.0f} bytes | {TABLE_MOST:,} | "
                 f"{'yes' if table <= TABLE_MOST else '**no**'} |")
    lines.append(f"| `avow_open` of the seed's bundle ({size:,.0f} bytes) | {opening:.1f} µs, of "
                 f"which SHA-256 {times['avow_sha256']:.1f} µs | {OPEN_MOST:.0f} µs | "
                 f"{'yes' if opening <= OPEN_MOST else '**no**'} |")
    return lines


def machine(build):
    """Processor, compiler and flags, in general words."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*:\s*(.+)", text)
    commands = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    command = next(c["command"] for c in commands if c["file"].endswith("runtime/core/ask.c"))
    flags = [word for word in command.split() if re.match(r"-(O|g$|f(?!diag)|m|DNDEBUG)", word)]
    compiler = subprocess.run([command.split()[0], "-dumpfullversion"], capture_output=True,
                              text=True).stdout.strip()
    return (f"{os.cpu_count()} × {found.group(1) if found else 'unknown processor'}, shared with "
            f"other work (load {os.getloadavg()[0]:.0f}); gcc {compiler}, `{' '.join(flags)}`; "
            f"{time.strftime('%Y-%m-%d')}.")


def report(build):
    groups = measure(build)
    _, points, questions = groups["equal"][0]
    return "\n".join([
        machine(build), "",
        f"All contenders gave equal answers (verdict, reason, first clause, missing states) to "
        f"{questions:,.0f} questions before they were timed: all {points:,.0f} points of the "
        "seed policy with all values of its states.", "",
        *speed_lines(groups), "", *size_lines(groups),
    ])


def write(text):
    """Puts the figures between this file's marks; other parts of the results stay."""
    old = RESULTS.read_text() if RESULTS.exists() else "# Measurements\n"
    section = f"{BEGIN}\n{text}\n{END}"
    if BEGIN in old:
        new = old[:old.index(BEGIN)] + section + old[old.index(END) + len(END):]
    else:
        new = old.rstrip("\n") + "\n\n" + section + "\n"
    RESULTS.write_text(new)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = report(options.build)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
