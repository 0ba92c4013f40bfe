#!/usr/bin/python3
"""make.py SHELL COMMANDS CODES OUTPUT: the completion for bash, zsh or fish, out of commands.txt (which
says how it is written) and the list of codes, codes.def."""
import pathlib
import re
import sys

HEADER = "# Completion of avow for {}; made from compiler/completion/commands.txt.\n"
TOP = [("--help", "the list of commands"), ("--version", "version and licence")]


class Option:
    def __init__(self, line):
        names, values, self.what = [part.strip() for part in line.split("|")]
        self.is_joined = names.endswith("=")
        self.names = [name.strip() for name in names.rstrip("=").split(",")]
        words = values.split()
        self.kind = words[0][1:] if values.startswith("@") else ""
        self.is_list = self.kind == "warnings" or words[:1] == ["list"]
        self.words = [] if self.kind else words[words[:1] == ["list"]:]
        self.takes_value = bool(words)


class Command:
    def __init__(self, name, what):
        self.name, self.what, self.options, self.operands = name, what, [], ""


def commands_of(text):
    commands = []
    for line in text.splitlines():
        if line.startswith("command "):
            name, what = line[len("command "):].split("|")
            commands.append(Command(name.strip(), what.strip()))
        elif line.startswith("operands"):
            commands[-1].operands = line.split("|")[1].strip()[1:]
        elif line.startswith("-"):
            commands[-1].options.append(Option(line))
    for command in commands:
        command.options.append(Option("--help | | tell about this command"))
    return commands


def codes_of(text):
    return re.findall(r'^CODE\(\w+,\s*\w+,\s*"(\w+)",\s*"([^"]*)"\)', text, re.M)


def warnings_of(codes):
    return [code for code in codes if code[0].startswith("W")] + [("all", "every warning")]


def numbers(codes):
    return " ".join(number for number, _ in codes)


# --- bash -----------------------------------------------------------------------------------------

BASH = """
# Words that begin with what was typed, in a list parted by commas if $2 is ",".
_avow_words()
{
    local before= typed=$cur
    if [[ $2 == , && $cur == *,* ]]; then
        before=${cur%,*},
        typed=${cur##*,}
    fi
    COMPREPLY=($(compgen -P "$before" -W "$1" -- "$typed"))
}

# Files of these endings, and folders that lead to them.
_avow_files()
{
    local IFS=$'\\n' path
    for path in $(compgen -f -- "$cur"); do
        if [[ -d $path || -z $1 || $path =~ \\.($1)$ ]]; then
            COMPREPLY+=("$path")
        fi
    done
    compopt -o filenames 2>/dev/null
}

# How many words that are no options stand behind the command.
_avow_operands()
{
    local i=2 count=0
    for ((; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -o | -W | -E | --out | --depfile | =) ((i++)) ;;
        -*) ;;
        *) ((count++)) ;;
        esac
    done
    echo $count
}

_avow()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev= joined=
    ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # Bash parts words at "=" too.
    if [[ $cur == = ]]; then
        cur=
        joined=yes
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
        joined=yes
    fi
    if ((COMP_CWORD == 1)); then
        _avow_words "@COMMANDS@"
        return
    fi
    case ${COMP_WORDS[1]}:$prev in
@VALUES@    esac
    [[ -z $joined ]] || return
    if [[ $cur == -* ]]; then
        case ${COMP_WORDS[1]} in
@OPTIONS@        esac
        [[ ${COMPREPLY[*]} != *= || ${#COMPREPLY[@]} -ne 1 ]] || compopt -o nospace 2>/dev/null
        return
    fi
    case ${COMP_WORDS[1]} in
@OPERANDS@    esac
}

complete -F _avow avow
"""

BASH_OPERANDS = {
    "policies": "_avow_files policy",
    "policy": '[[ $(_avow_operands) != 0 ]] || _avow_files policy',
    "cases": '[[ $(_avow_operands) == 0 ]] && _avow_files policy || _avow_files "yaml|yml|csv"',
    "codes": '_avow_words "{codes}"',
    "name": '[[ $(_avow_operands) != 0 ]] || _avow_files policy',
    "bundles": "_avow_files avow",
}


def bash_value(option, codes):
    if option.kind == "folder":
        return "COMPREPLY=($(compgen -d -- \"$cur\")); compopt -o filenames 2>/dev/null"
    if option.kind in ("file", "files"):
        return "_avow_files ''"
    if option.kind == "text":
        return ":"
    words = numbers(warnings_of(codes)) if option.kind == "warnings" else " ".join(option.words)
    return f'_avow_words "{words}"' + (" ," if option.is_list else "")


def written(option, name):
    """The name of an option as it is completed."""
    return name + "=" if option.is_joined and name.startswith("--") else name


def bash(commands, codes):
    values, options, operands = "", "", ""
    for command in commands:
        for option in command.options:
            if option.takes_value:
                pattern = " | ".join(f"{command.name}:{name}" for name in option.names)
                values += f"    {pattern})\n        {bash_value(option, codes)}\n        return\n        ;;\n"
        names = " ".join(written(option, name) for option in command.options for name in option.names)
        options += f'        {command.name}) _avow_words "{names}" ;;\n'
        action = BASH_OPERANDS[command.operands].format(codes=numbers(codes))
        operands += f"    {command.name}) {action} ;;\n"
    first = " ".join([command.name for command in commands] + [name for name, _ in TOP])
    return (BASH.replace("@COMMANDS@", first).replace("@VALUES@", values)
            .replace("@OPTIONS@", options).replace("@OPERANDS@", operands))


# --- zsh ------------------------------------------------------------------------------------------

ZSH = """
_avow_warnings()
{
    local -a codes
    codes=(
@WARNINGS@    )
    _values -s , 'warning' $codes
}

_avow_codes()
{
    local -a codes
    codes=(
@CODES@    )
    _describe 'code' codes
}

_avow()
{
    local curcontext=$curcontext state line
    local -a commands
    commands=(
@COMMANDS@    )
    if ((CURRENT == 2)); then
        if [[ $words[2] == -* ]]; then
            compadd -- @TOP@
        else
            _describe 'command' commands
        fi
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
    case $command in
@CASES@    esac
}

_avow "$@"
"""

ZSH_OPERANDS = {
    "policies": "'*:policy:_files -g \"*.policy\"'",
    "policy": "'1:policy:_files -g \"*.policy\"'",
    "cases": "'1:policy:_files -g \"*.policy\"' '*:list of cases:_files -g \"*.(yaml|yml|csv)\"'",
    "codes": "'*:code:_avow_codes'",
    "name": "'1:name of the new policy:_files -g \"*.policy\"'",
    "bundles": "'*:compiled policy:_files -g \"*.avow\"'",
}


def zsh_quoted(text, inside=""):
    for special in "\\[]:" if inside else ":":
        text = text.replace(special, "\\" + special)
    return text.replace("'", "'\\''")


def zsh_value(option):
    if option.kind:
        return {"folder": "_files -/", "file": "_files", "files": "_files", "text": " ",
                "warnings": "_avow_warnings"}[option.kind]
    if option.is_list:
        return f"_values -s , form {' '.join(option.words)}"
    return f"({' '.join(option.words)})"


def zsh_option(option, name):
    text = written(option, name)
    if option.takes_value and not option.is_joined:
        text += "+"
    elif option.takes_value and not name.startswith("--"):
        text += "+"
    text += f"[{zsh_quoted(option.what, '[')}]"
    if option.takes_value:
        text += f":{name.lstrip('-')}:{zsh_value(option)}"
    return f"'{'*' if option.kind in ('warnings', 'files') else ''}{text}'"


def zsh(commands, codes):
    cases = ""
    for command in commands:
        specs = [zsh_option(option, name) for option in command.options for name in option.names]
        specs.append(ZSH_OPERANDS[command.operands])
        cases += f"    {command.name})\n        _arguments \\\n            "
        cases += " \\\n            ".join(specs) + "\n        ;;\n"
    value = lambda code: f"        '{code[0]}[{zsh_quoted(code[1], '[')}]'\n"
    described = lambda name, what: f"        '{name}:{zsh_quoted(what)}'\n"
    return (ZSH.replace("@WARNINGS@", "".join(map(value, warnings_of(codes))))
            .replace("@CODES@", "".join(described(*code) for code in codes))
            .replace("@COMMANDS@", "".join(described(c.name, c.what) for c in commands))
            .replace("@TOP@", " ".join(name for name, _ in TOP)).replace("@CASES@", cases))


# --- fish -----------------------------------------------------------------------------------------

FISH = r"""
function __avow_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and contains -- $words[2] $argv
end

function __avow_first
    test (count (commandline -opc)) -eq 1
end

# Whether no word but options stands behind the command yet.
function __avow_bare
    set -l words (commandline -opc)
    set -l skip 0
    for word in $words[3..-1]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word -o -W -E --out --depfile
            set skip 1
        else if not string match -q -- '-*' $word
            return 1
        end
    end
end

# Files of these endings, and folders that lead to them.
function __avow_files
    __fish_complete_path (commandline -ct) | string match -r "^.*(?:/|\.(?:$argv[1]))(?:\t.*)?\$"
end

function __avow_warnings
    printf '%s\t%s\n' @WARNINGS@
end

function __avow_codes
    printf '%s\t%s\n' @CODES@
end

complete -c avow -f
"""

FISH_OPERANDS = {
    "policies": [("", "(__avow_files policy)")],
    "policy": [("; and __avow_bare", "(__avow_files policy)")],
    "cases": [("; and __avow_bare", "(__avow_files policy)"),
              ("; and not __avow_bare", "(__avow_files \"yaml|yml|csv\")")],
    "codes": [("", "(__avow_codes)")],
    "name": [("; and __avow_bare", "(__avow_files policy)")],
    "bundles": [("", "(__avow_files avow)")],
}


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_value(option):
    if option.kind:
        return {"folder": "-xa '(__fish_complete_directories)'", "file": "-rF", "files": "-rF", "text": "-x",
                "warnings": "-xa '(__fish_complete_list , __avow_warnings)'"}[option.kind]
    if option.is_list:
        words = " ".join(option.words)
        return f"-xa '(__fish_complete_list , \"printf %s\\\\\\\\n {words}\")'"
    return f"-xa '{' '.join(option.words)}'"


def fish(commands, codes):
    pairs = lambda found: " ".join(f"{number} {fish_quoted(title)}" for number, title in found)
    text = (FISH.replace("@WARNINGS@", pairs(warnings_of(codes))).replace("@CODES@", pairs(codes)))
    for name, what in TOP:
        text += f"complete -c avow -n __avow_first -l {name[2:]} -d {fish_quoted(what)}\n"
    for command in commands:
        text += (f"complete -c avow -n __avow_first -a {command.name} -d {fish_quoted(command.what)}\n")
        here = f"complete -c avow -n '__avow_command {command.name}"
        for option in command.options:
            names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}"
                             for n in option.names)
            value = " " + fish_value(option) if option.takes_value else ""
            text += f"{here}' {names}{value} -d {fish_quoted(option.what)}\n"
        for condition, words in FISH_OPERANDS[command.operands]:
            text += f"{here}{condition}' -a '{words}'\n"
    return text


def main():
    shell, commands, codes, output = sys.argv[1:]
    commands = commands_of(pathlib.Path(commands).read_text(encoding="utf-8"))
    codes = codes_of(pathlib.Path(codes).read_text(encoding="utf-8"))
    text = {"bash": bash, "zsh": zsh, "fish": fish}[shell](commands, codes)
    head = "#compdef avow\n" if shell == "zsh" else ""
    pathlib.Path(output).write_text(head + HEADER.format(shell) + text, encoding="utf-8")


if __name__ == "__main__":
    main()
