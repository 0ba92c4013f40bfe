#!/usr/bin/python3
"""embed.py OUTPUT.c LIST FILE...: the files as bytes in C, named by their stems, in an array LIST
of struct embedded that ends with an entry without a name."""
import pathlib
import sys


def rows(data):
    for at in range(0, len(data), 20):
        yield "    " + " ".join(f"{byte}," for byte in data[at:at + 20])


def main():
    output, name, *paths = sys.argv[1:]
    files = [pathlib.Path(path) for path in paths]
    lines = ['#include "compiler/base/embedded.h"']
    for file in files:
        lines += ["", f"static const unsigned char file_{file.stem}[] = {{", *rows(file.read_bytes()),
                  "};"]
    lines += ["", f"const struct embedded {name}[] = {{"]
    lines += [f'    {{"{file.stem}", file_{file.stem}, sizeof file_{file.stem}}},' for file in files]
    lines += ["    {0, 0, 0},", "};", ""]
    pathlib.Path(output).write_text("\n".join(lines), encoding="ascii")


main()
