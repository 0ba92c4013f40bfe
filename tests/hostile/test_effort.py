"""What could explode says that it cannot decide; out of memory is a message."""
import random
import re

import pytest

from hostile.limits import HEAD, run

STATES = 60


def vocabulary(count):
    return "".join(f"request r{i}.x.\nrequest r{i}.y.\nstate s{i} of customer after r{i}.x "
                   f"until r{i}.y.\n" for i in range(count))


def duties(count):
    return "clause duties:\n" + "".join(f"  we MUST do r{i} at once.\n" for i in range(count)) + \
        "  > We act at once.\n"


def instance(seed, variables, clauses):
    """A permission, and prohibitions whose conditions are a random 3-SAT formula's clauses."""
    chance = random.Random(seed)
    lines = ["clause hard:\n  we MAY post customer about news.\n"]
    for _ in range(clauses):
        literals = [chance.choice(["", "not "]) + f"s{i}"
                    for i in chance.sample(range(variables), 3)]
        lines.append("  we NEVER post customer about news if " + " and ".join(literals) + ".\n")
    lines.append("  > We may write, and mostly must not.\n")
    return HEAD + vocabulary(variables) + duties(variables) + "".join(lines)


@pytest.mark.parametrize("ratio", [1.0, 3.0, 4.2, 4.3, 4.5, 6.0, 20.0])
@pytest.mark.parametrize("seed", range(3))
def test_proof_of_emptiness(plain_build, tmp_path, ratio, seed):
    path = tmp_path / "hard.policy"
    path.write_text(instance(seed, STATES, int(STATES * ratio)))
    done = run(plain_build / "compiler" / "avow", "check", path)
    said = done.out + done.err
    assert done.code in (0, 1), said
    assert done.peak < 500
    if done.code == 1:
        assert "E501" in said and "W01" not in said
    if ratio == 1.0:
        assert done.code == 0 and "W01" not in said


def test_proof_of_emptiness_is_right_where_it_is_small(plain_build, tmp_path):
    """All eight assignments of three states are prohibited: dead, and said so."""
    text = HEAD + vocabulary(3) + duties(3) + "clause hard:\n  we MAY post customer about news.\n"
    for bits in range(8):
        text += "  we NEVER post customer about news if " + " and ".join(
            ("" if bits >> i & 1 else "not ") + f"s{i}" for i in range(3)) + ".\n"
    path = tmp_path / "dead.policy"
    path.write_text(text + "  > Never.\n")
    done = run(plain_build / "compiler" / "avow", "check", path)
    assert done.code == 1 and (done.out + done.err).count("E501") == 1
    path.write_text(text.replace(" if not s0 and not s1 and not s2", " if not s0 and s1 and s2")
                    + "  > Mostly never.\n")
    done = run(plain_build / "compiler" / "avow", "check", path)
    assert done.code == 0 and "E501" not in done.out + done.err


def test_example_with_too_many_cases(plain_build, tmp_path):
    text = instance(1, 30, 40) + '\nexample "Hard":\n  then we NEVER post customer about news.\n'
    path = tmp_path / "example.policy"
    path.write_text(text)
    done = run(plain_build / "compiler" / "avow", "check", path)
    said = done.out + done.err
    assert done.code == 1 and ("E503" in said or "E502" in said), said


def test_examples_that_are_not_tried_are_said(plain_build, tmp_path):
    """However many examples are too large: each is either tried or reported."""
    text = instance(1, STATES, 260)
    text += "".join(f'\nexample "e{i}":\n  then we NEVER post customer about news.\n'
                    for i in range(100))
    path = tmp_path / "examples.policy"
    path.write_text(text)
    done = run(plain_build / "compiler" / "avow", "check", path)
    said = done.out + done.err
    assert done.code == 1
    assert said.count("error E50") == 100, said[-2000:]


def test_states_past_the_limit(plain_build, tmp_path):
    path = tmp_path / "many.policy"
    path.write_text(HEAD + vocabulary(63) + duties(63))
    done = run(plain_build / "compiler" / "avow", "check", path)
    assert done.code == 0, done.err  # 64 with the one of the head
    path.write_text(HEAD + vocabulary(64) + duties(64))
    done = run(plain_build / "compiler" / "avow", "check", path)
    assert done.code == 1 and (done.out + done.err).count("E209") == 1


def test_out_of_memory(plain_build, tmp_path):
    """Under any limit: the answer, or a message; never a signal, never half of the files."""
    path = tmp_path / "test.policy"
    path.write_text(HEAD + "".join(f"data d{i} of customer.\n" for i in range(30000)))
    avow = plain_build / "compiler" / "avow"
    codes = set()
    for memory in [*range(6, 30, 1), *range(30, 200, 10), 1000]:
        out = tmp_path / f"out-{memory}"
        done = run(avow, "build", path, "--out", out, memory=memory)
        if done.code == 127 or "error while loading shared libraries" in done.err:
            continue  # too little to start any program
        codes.add(done.code)
        assert done.code in (0, 1, 2), (memory, done)
        if done.code != 0:
            assert "memory" in done.err, (memory, done)
            assert not out.exists() or not list(out.iterdir())
    assert len(codes) == 2, codes


def test_table_that_would_be_large(plain_build, tmp_path):
    """Many names in many wide rules stay small in the table, and quick."""
    names = "".join(f"data d{i} of customer.\npurpose p{i}.\naudience a{i}.\n" for i in range(3000))
    rules = "".join(f"clause c{i}:\n  we MAY use d{i} for p{i} if not stopped.\n"
                    f"  we NEVER share d{i} except to a{i}.\n  > We do it.\n" for i in range(3000))
    path = tmp_path / "wide.policy"
    path.write_text(HEAD + names + rules)
    done = run(plain_build / "compiler" / "avow", "build", path, "--out", tmp_path / "out",
               "--only=avow")
    assert done.code == 0, done.err[-2000:]
    assert done.peak < 500
    assert (tmp_path / "out" / "acme.avow").stat().st_size < 8 << 20


def clauses(count, *shapes):
    """Clauses of each shape in turn, each a sentence and its words, with its number for “@”."""
    return "".join(f"clause {'abc'[k]}{i}:\n  {rule}\n  > {words}\n".replace("@", str(i))
                   for i in range(count) for k, (rule, words) in enumerate(shapes))


NEVER = "".join(f"  we NEVER {act} anyone.\n" for act in ("email", "text", "call", "post"))

# Policies in which everything meets everything: what they say, and what is found in them.
PILES = {
    "permissions": ((("we MAY use pile for p@ if not stopped.", "We use {pile}."),
                     ("we NEVER use pile for p@ if stopped.", "We never do.")), "", ""),
    "conflicts": ((("we MAY share pile.d@ with us.", "We share it."),
                   ("we NEVER share pile with us if stopped.", "We never do.")), "", "W03"),
    "subject": ((("we MAY use order for p@, subject to big.", "We use it."),),
                "clause big:\n" + "  we NEVER use pile for p1 if stopped.\n" * 1000, "W04 W18"),
    "keeping": ((("we MUST keep pile for 9 years after q@.", "We keep it."),
                 ("we MUST erase pile within 2 days after q@.", "We erase it.")), "", "E511 W01"),
    "rights": ((("customer MAY request q@.", "You may."),), "", ""),
    "holes": ((), "clause big:\n" + "  we MAY use pile for p1.\n" * 400 +
              "  > {order} and {pile}.\n" * 400, "W09 W18"),
    "tell": ((("we MUST tell customer about closing within 9 days after q@.", "We tell you."),),
             f"clause silence:\n{NEVER}  > Never.\n", "E510"),
}


@pytest.mark.parametrize("name", PILES)
def test_piles_end(plain_build, tmp_path, name):
    """Every check ends, and where it gives up it says so."""
    shapes, more, codes = PILES[name]
    words = "event closing.\n" + "".join(
        f"data pile.d{i} of customer.\npurpose p{i}.\nrequest q{i}.\n" for i in range(600))
    asked = "".join(f"  we MUST do q{i} at once.\n" for i in range(600))
    path = tmp_path / "pile.policy"
    path.write_text(f"{HEAD}{words}clause ask:\n{asked}  > Done.\n{clauses(600, *shapes)}{more}")
    done = run(plain_build / "compiler" / "avow", "check", "-W", "W05,W12,W14,W19", path)
    said = done.out + done.err
    assert done.peak < 500
    assert sorted(set(re.findall(r": (?:error|warning) ([EW]\d+): ", said))) == codes.split(), said
