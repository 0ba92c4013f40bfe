#!/usr/bin/python3
"""embed.py OUTPUT.c LIST FILE...: the files as bytes in C, named by their stems, in an array LIST
of struct embedded that ends with an entry without a name.

embed.py OUTPUT.c LIST --folder FOLDER DEPFILE: the same of every .md file of a folder. The depfile
names the folder too, so that a file that is added or taken away is noticed."""
import base64
import hashlib
import pathlib
import sys


def rows(data):
    for at in range(0, len(data), 20):
        yield "    " + " ".join(f"{byte}," for byte in data[at:at + 20])


def of_folder(output, folder, depfile):
    files = sorted(pathlib.Path(folder).glob("*.md"))
    needed = " ".join(str(path).replace(" ", "\\ ") for path in [folder, *files])
    pathlib.Path(depfile).write_text(f"{output}: {needed}\n", encoding="utf-8")
    return files


def sha256(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def main():
    output, name, *rest = sys.argv[1:]
    if rest[0] == "--folder":
        files = of_folder(output, *rest[1:])
    else:
        files = [pathlib.Path(path) for path in rest]
    lines = ['#include "compiler/base/embedded.h"']
    for file in files:
        lines += ["", f"static const unsigned char file_{file.stem}[] = {{", *rows(file.read_bytes()),
                  "};"]
    lines += ["", f"const struct embedded {name}[] = {{"]
    lines += [f'    {{"{file.stem}", file_{file.stem}, sizeof file_{file.stem},\n'
              f'     "{sha256(file.read_bytes())}"}},' for file in files]
    lines += ["    {0, 0, 0, 0},", "};", ""]
    pathlib.Path(output).write_text("\n".join(lines), encoding="ascii")


main()
