"""The source files of the project, and C functions found by the layout that clang-format gives."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def files():
    """Every file that belongs to the project, as paths relative to its root."""
    git = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, text=True)
    if git.returncode == 0 and git.stdout:
        names = [name for name in git.stdout.split("\0") if name]
    else:  # an unpacked archive
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()
                 and not re.match(r"build|out/|\.git/|\.cache/", str(path.relative_to(ROOT)))]
    return sorted(pathlib.Path(name) for name in names if (ROOT / name).is_file())


def sources(*endings, under=("compiler", "grammar", "runtime", "tests")):
    return [path for path in files() if path.suffix in endings and path.parts[0] in under]


def functions(path):
    """(name, first line, lines of the body with its braces, text) of each function of a C file.

    A definition's name stands at the start of a line and its braces in the first column."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        if line != "{":
            continue
        head = at - 1
        while head > 0 and not re.match(r"[A-Za-z_]\w*\(", lines[head]):
            if not lines[head] or lines[head] in ("}", "};"):
                break
            head -= 1
        match = re.match(r"([A-Za-z_]\w*)\(", lines[head])
        if not match:
            continue
        end = next(i for i in range(at, len(lines)) if lines[i] == "}")
        yield match.group(1), head + 1, end - at + 1, "\n".join(lines[at:end + 1])
