#!/usr/bin/env python3
"""Turns a file into a C array: embed.py NAME INPUT OUTPUT. The array ends with a NUL."""
import sys

name, source, target = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read()
lines = [f"/* Made from {source.rsplit('/', 1)[-1]}. */", f"extern const char {name}[];", f"const char {name}[] = {{"]
for at in range(0, len(data), 16):
    lines.append("    " + ", ".join(f"{byte:#04x}" for byte in data[at:at + 16]) + ",")
lines += ["    0x00,", "};", ""]
with open(target, "w", encoding="ascii", newline="\n") as file:
    file.write("\n".join(lines))
