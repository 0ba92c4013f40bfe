#!/usr/bin/python3
"""shrink.py SCRIPT.js OUTPUT: the script without comments and needless blanks, and with short names for
those that its line "// names:" lists. It is no parser of JavaScript: strings have double quotation
marks, a comment has a line of its own, and no listed name is one of a property."""
import pathlib
import re
import sys

# A string, a regular expression (behind what cannot end a value), a word, blanks, another character.
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|(?<=[(,=:?|&>])\s*/(?![/*\s])(?:[^/\\\n\[]|\\.|\[[^\]\n]*\])+/[a-z]*'
                   r"|[A-Za-z_$][\w$]*|\s+|.", re.DOTALL)
LETTERS = "abcdefghjlmopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # i, k and n are the script's own


def short_names(text):
    """The most frequent get one letter."""
    names = " ".join(re.findall(r"^// names: (.*)$", text, re.MULTILINE)).split()
    assert len(names) == len(set(names)), "a name is listed twice"
    names.sort(key=lambda name: -len(re.findall(rf"\b{name}\b", text)))
    return dict(zip(names, [*LETTERS, *(f"{letter}0" for letter in LETTERS)]))


def is_word(character):
    return character.isalnum() or character in "_$"


def shrink(text):
    names = short_names(text)
    text = re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE)
    out, blank = "", ""
    for token in TOKEN.findall(text):
        if token.isspace():
            blank = "\n" if "\n" in token else " "
            continue
        is_property = out.endswith(".") and not out.endswith("...")
        token = names.get(token, token) if not is_property else token
        if blank == " " and out and is_word(out[-1]) and is_word(token[0]):
            out += " "
        elif blank == "\n" and out and out[-1] not in ";{,([=>+?:&|" and token[0] not in ")]}.?:&|+":
            out += "\n"
        out += token.lstrip()
        blank = ""
    return out + "\n"


if __name__ == "__main__":
    source, output = map(pathlib.Path, sys.argv[1:])
    output.write_text(shrink(source.read_text(encoding="utf-8")), encoding="utf-8")
