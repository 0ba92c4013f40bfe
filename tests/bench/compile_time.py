#!/usr/bin/python3
"""How long the compiler takes, side by side with what it is measured against.

compile_time.py BUILD prints the figures; with --write they go into tests/bench/RESULTS.md."""
import argparse
import mmap
import os
import pathlib
import platform
import re
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from bench.large import large  # noqa: E402

RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"
BEGIN, END = "<!-- compile: begin -->", "<!-- compile: end -->"


def once(command):
    """(seconds on the clock, seconds of the processor, peak in MiB) of one whole process."""
    null = os.open(os.devnull, os.O_RDWR)
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, null, number) for number in range(3)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    os.close(null)
    if status != 0:
        raise SystemExit(f"{command} ended with status {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def best(commands, rounds):
    """The least time of each, taken in turn so that a disturbance meets all of them."""
    runs = [[once([str(word) for word in command]) for command in commands] for _ in range(rounds)]
    return [tuple(min(run[i][part] for run in runs) for part in range(3))
            for i in range(len(commands))]


def seed_against_cmark(avow, folder, rounds=200):
    """Seconds of `avow build` of the seed policy into memory, of cmark making HTML of its page, of
    the build into a folder, over the files of an earlier one, and of a program that does nothing.
    """
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        build = [avow, "build", ROOT / "policies" / "jibrok.policy", "--out"]
        for place in (name, folder):
            once([str(word) for word in [*build, place]])
        cmark = [shutil.which("cmark"), pathlib.Path(name) / "jibrok.md"]
        return [run[0] for run in best([[*build, name], cmark, [*build, folder],
                                       ["/bin/true"]], rounds)]


def touching(mebibytes):
    """Processor seconds to get so much memory as avow does, in huge pages, and write it once."""
    piece = bytes(2 ** 21)
    began = time.process_time()
    with mmap.mmap(-1, int(mebibytes) * 2 ** 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, len(memory) - len(piece) + 1, len(piece)):
            memory[at:at + len(piece)] = piece
        return time.process_time() - began


def sizes(avow, folder, counts=(1000, 10000, 100000), rounds=3):
    """{clauses: (processor seconds, peak MiB, bytes of the policy, seconds to touch the memory)} of
    whole builds."""
    found = {}
    for count in counts:
        path = folder / f"large-{count}.policy"
        path.write_text(large(count), encoding="utf-8")
        run = best([[avow, "build", path, "--out", folder]], rounds)[0]
        touch = min(touching(run[2]) for _ in range(rounds))
        found[count] = run[1], run[2], path.stat().st_size, touch
    return found


def compared(avow, folder, count=10000):
    """(processor seconds, peak MiB) of `avow compare` of so many clauses with as many others."""
    pair = [folder / f"compared-{seed}.policy" for seed in (1, 2)]
    for seed, path in enumerate(pair, 1):
        path.write_text(large(count, seed), encoding="utf-8")
    # Its status says that there are material changes; once() wants none.
    shell = ["/bin/sh", "-c", '"$@"; test $? = 1', "sh", avow, "compare", *pair]
    return best([shell], 3)[0][1:]


def report(build):
    avow = pathlib.Path(build) / "compiler" / "avow"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        mine, other, disk, nothing = seed_against_cmark(avow, folder)
        found = sizes(avow, folder)
        other_seconds, peak = compared(avow, folder)
    lines = [
        f"Whole process, the least of many runs taken in turn, on {os.cpu_count()} × {processor()} "
        f"(load {os.getloadavg()[0]:.0f}); {time.strftime('%Y-%m-%d')}. Files are written into "
        "memory where nothing else is said: the disk is not what is measured, and its time is the "
        "machine's. avow is linked statically and has its memory as huge pages where the system "
        "gives those; of cmark's time more than half is what any program takes to start. How much "
        "more than ten times as long a policy of ten times the clauses takes, depends on what else "
        "goes through the processor's caches: what fits into them at 10,000 clauses waits for "
        "memory at 100,000. The last column is to get and write as much memory, and nothing else.",
        "",
        "| what | time | against | ratio | allowed |", "|---|---|---|---|---|",
        f"| `avow build` of the seed, all six files | {mine * 1e3:.2f} ms | cmark, the same page to "
        f"HTML: {other * 1e3:.2f} ms | {mine / other:.2f} | 3 |",
        f"| the same onto this machine's disk, over an earlier build | {disk * 1e3:.2f} ms | | "
        f"{disk / other:.2f} | |",
        f"| a program that does nothing (`/bin/true`) | {nothing * 1e3:.2f} ms | | "
        f"{nothing / other:.2f} | |",
    ]
    for count, (seconds, *_) in list(found.items())[1:]:
        less = count // 10
        before = found[less][0]
        lines.append(f"| {count:,} clauses | {seconds:.2f} s | {less:,} clauses: {before:.2f} s | "
                     f"{seconds / before:.1f} | {'1 s' if count == 10000 else '12'} |")
    lines.append(f"| `avow compare`: 10,000 clauses with 10,000 others, {peak:.0f} MiB | "
                 f"{other_seconds:.2f} s | | | 5 s |")
    lines += ["", "| clauses | source | processor | memory | memory a source byte | touching it |",
              "|---|---|---|---|---|---|"]
    for count, (seconds, peak, size, touch) in found.items():
        lines.append(f"| {count:,} | {size / 1e6:.1f} MB | {seconds:.2f} s | {peak:.0f} MiB | "
                     f"{peak * 2 ** 20 / size:.0f} | {touch:.3f} s |")
    return "\n".join(lines)


def processor():
    match = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    return match.group(1) if match else platform.machine()


def write(text):
    """Puts the figures between this file's marks; other parts of the results stay."""
    old = RESULTS.read_text() if RESULTS.exists() else "# Measurements\n"
    section = f"{BEGIN}\n## Compiling\n\n{text}\n{END}"
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
