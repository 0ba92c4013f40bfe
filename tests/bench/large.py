#!/usr/bin/python3
"""Writes a policy of any number of clauses: large.py COUNT > big.policy

It is made like real ones: groups of data, purposes that many clauses share, conditions on a few
states, prose with holes, a prohibition for every third clause, requests with deadlines."""
import random
import sys


def vocabulary(out, count, chance):
    groups = max(1, count // 20)
    for i in range(8):
        out.append(f'person who{i} "people of kind {"abcdefgh"[i]}".')
    for i in range(groups):
        out.append(f'data file{i} "what file {letters(i)} holds" of who{i % 8}.')
        for part in ("name", "mail", "text", "place"):
            out.append(f'data file{i}.{part} "{part} in file {letters(i)}".')
    for i in range(max(1, count // 50)):
        out.append(f'purpose aim{i} "aim {letters(i)}".')
    for i in range(max(1, count // 100)):
        out.append(f'audience firm{i} "the firm {letters(i)}".')
        out.append(f'place spot{i} "the place {letters(i)}".')
    for i in range(8):
        out.append(f'request halt{i} "stop all e-mail".\nrequest back{i} "write again".')
        out.append(f'state off{i} "asked us to stop" of who{i} after halt{i} until back{i}.')
    out.append('contact help "our desk" at "mailto:help@acme.example".')
    return groups


def letters(number):
    """A number in letters, since digits stand in no label here."""
    text = ""
    while True:
        text = chr(ord("a") + number % 26) + text
        number //= 26
        if number == 0:
            return text


def clause(number, count, groups, chance):
    group = chance.randrange(groups)
    who = group % 8
    aim = chance.randrange(max(1, count // 50))
    firm = chance.randrange(max(1, count // 100))
    lines = [f"clause c{number}:"]
    kind = number % 3
    if kind == 0:
        lines += [f"  we MAY use file{group}.name or file{group}.mail for aim{aim} if not off{who}.",
                  f"  > We use your {{file{group}.name}} and your {{file{group}.mail}} for"
                  f" {{aim{aim}}}, as long as you have not asked us to stop."]
    elif kind == 1:
        lines += [f"  we MAY store file{group} in spot{firm}.",
                  f"  we MAY show file{group}.text to firm{firm}.",
                  f"  > We keep *{{file{group}}}* in {{spot{firm}}} and show it to {{firm{firm}}}."]
    else:
        lines += [f"  we NEVER share file{group}.place except with firm{firm} or us.",
                  f"  > Your {{file{group}.place}} never goes to anybody but {{firm{firm}}}."]
    return lines


def large(count, seed=1):
    chance = random.Random(seed)
    out = ["---", "policy: large", "title: A large policy", "language: en",
           "effective: 2026-03-01", "---"]
    groups = vocabulary(out, count, chance)
    out += ["", "clause requests:"]
    out += [f"  who{i} MAY request halt{i} or back{i} via help.\n"
            f"  we MUST do halt{i} or back{i} within 2 days." for i in range(8)]
    out += ["  > Tell {link of help} to stop, and we do within {deadline of halt0}.", ""]
    for number in range(count):
        if number % 25 == 0:
            out.append(f'section s{number} "Part {letters(number // 25)}"\n')
        out += clause(number, count, groups, chance) + [""]
    return "\n".join(out)


if __name__ == "__main__":
    sys.stdout.write(large(int(sys.argv[1])))
