#!/usr/bin/python3
"""embed.py OUTPUT.c FILE.yaml...: the files as bytes in C, named by their languages."""
import pathlib
import sys


def rows(data):
    for at in range(0, len(data), 20):
        yield "    " + " ".join(f"{byte}," for byte in data[at:at + 20])


def main():
    output, *paths = map(pathlib.Path, sys.argv[1:])
    lines = ['#include "compiler/model/locale_files.h"']
    for path in paths:
        lines += ["", f"static const unsigned char file_{path.stem}[] = {{", *rows(path.read_bytes()),
                  "};"]
    lines += ["", "const struct locale_file locale_files[] = {"]
    lines += [f'    {{"{path.stem}", file_{path.stem}, sizeof file_{path.stem}}},' for path in paths]
    lines += ["};", "", f"const size_t locale_file_count = {len(paths)};", ""]
    output.write_text("\n".join(lines))


main()
