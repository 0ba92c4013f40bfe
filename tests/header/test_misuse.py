"""What a service must not be able to write does not compile, and the compiler says why."""
import subprocess

import pytest

from header.toolchain import OLDEST, OLDEST_IDS, ROOT, compile_only, is_cpp

FRAME = """#include "{header}"
avow_answer ask(small_states states);
avow_answer ask(small_states states)
{{
    avow_answer answer = {{0, 0, 0, 0, 0, 0}};
    answer.missing = states.bits.known;
    {statement}
    return answer;
}}
"""
EMAIL = "small_may_email(small_system_us, small_person_customer, small_purpose_news, states)"
SHOW = ("small_may_show_to_audience(small_system_us, small_data_order_email, "
        "small_audience_couriers, states)")

# What it is, the right statement, the wrong one, and for C and C++ the words of which one must stand
# in the compiler's message.
MISUSES = [
    ("a purpose that is not declared",
     f"answer = {EMAIL};", f"answer = {EMAIL};".replace("purpose_news", "purpose_spying"),
     ["small_purpose_spying"], ["undeclared", "not declared"]),
    ("an audience for a purpose",
     f"answer = {EMAIL};", f"answer = {EMAIL};".replace("purpose_news", "audience_couriers"),
     ["small_audience"], ["incompatible type", "could not convert", "no matching function",
                          "no viable conversion"]),
    ("a purpose for an audience",
     f"answer = {SHOW};", f"answer = {SHOW};".replace("audience_couriers", "purpose_news"),
     ["small_purpose"], ["incompatible type", "could not convert", "no matching function",
                         "no viable conversion"]),
    ("object and target the wrong way round",
     f"answer = {EMAIL};",
     f"answer = {EMAIL};".replace("small_person_customer, small_purpose_news",
                                  "small_purpose_news, small_person_customer"),
     ["small_purpose", "small_person"],
     ["incompatible type", "could not convert", "no matching function", "no viable conversion"]),
    ("a number for a name",
     f"answer = {EMAIL};", f"answer = {EMAIL};".replace("small_purpose_news", "1u"),
     ["small_may_email", "small_purpose"],
     ["incompatible type", "could not convert", "no matching function", "no viable conversion"]),
    ("an act that no name of the policy fits",
     f"answer = {EMAIL};", "answer = small_may_store_in_database(small_system_us, "
     "small_data_order, small_place_eu_cloud, states);",
     ["small_may_store_in_database"],
     ["undeclared", "implicit declaration", "not declared", "did you mean"]),
    ("a group, of which only members are asked about",
     f"answer = {SHOW};", f"answer = {SHOW};".replace("data_order_email", "data_order"),
     ["small_data_order"], ["undeclared", "not declared"]),
    ("the answer ignored",
     f"answer = {EMAIL};", f"{EMAIL};", ["small_may_email"],
     ["unused-result", "warn_unused_result"]),
    ("the answer as a truth value",
     f"if (avow_allowed({EMAIL}))\n        answer.zero = 0;",
     f"if ({EMAIL})\n        answer.zero = 0;", ["avow_answer", "struct type"],
     ["where scalar is required", "could not convert", "not contextually convertible",
      "requires expression of scalar type"]),
    ("the answer negated",
     f"if (!avow_allowed({EMAIL}))\n        answer.zero = 0;",
     f"if (!{EMAIL})\n        answer.zero = 0;", ["avow_answer", "!"],
     ["wrong type argument", "no match for", "invalid argument type"]),
    ("a builder's result ignored",
     "states = small_states_yes(states, small_state_stopped);",
     "small_states_yes(states, small_state_stopped);", ["small_states_yes"],
     ["unused-result", "warn_unused_result"]),
    ("a purpose for a state",
     "states = small_states_yes(states, small_state_stopped);",
     "states = small_states_yes(states, small_purpose_news);", ["small_purpose"],
     ["incompatible type", "could not convert", "no matching function", "no viable conversion"]),
    ("a deadline ignored",
     "avow_due due = small_due_request(small_request_removal, &moment, 1, states); "
     "answer.missing = due.missing;",
     "small_due_request(small_request_removal, &moment, 1, states);", ["small_due_request"],
     ["unused-result", "warn_unused_result"]),
    ("an event for a request",
     "moment = small_moment_received(small_request_removal, 0);",
     "moment = small_moment_received(small_event_closing, 0);", ["small_event"],
     ["incompatible type", "could not convert", "no matching function", "no viable conversion"]),
]


def compiled(shop, compiler, standard, statement, folder):
    if "moment" in statement:
        statement = "avow_moment moment = {0, 0};\n    " + statement
        statement += "\n    answer.missing = moment.what;"
    source = folder / "service.c"
    source.write_text(FRAME.format(header=shop.header.name, statement=statement))
    return compile_only(compiler, standard, source, shop.folder)


@pytest.mark.parametrize("compiler, standard", OLDEST, ids=OLDEST_IDS)
def test_right_use_compiles(shop, compiler, standard, tmp_path):
    """So that what follows fails for its own reason and no other."""
    for at, (_, right, _, _, _) in enumerate(MISUSES):
        if right in [case[1] for case in MISUSES[:at]]:
            continue
        done = compiled(shop, compiler, standard, right, tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler, standard", OLDEST, ids=OLDEST_IDS)
@pytest.mark.parametrize("wrong, names, words", [case[2:] for case in MISUSES],
                         ids=[case[0] for case in MISUSES])
def test_misuse_does_not_compile(shop, compiler, standard, wrong, names, words, tmp_path):
    bad = compiled(shop, compiler, standard, wrong, tmp_path)
    assert bad.returncode != 0
    error, = [line for line in bad.stderr.splitlines() if " error: " in line][:1]
    # The names stand in the line itself or in the note to it.
    assert any(name in bad.stderr for name in names), bad.stderr
    assert any(word in error for word in words), error


# A service without -Werror still cannot write most of these: the errors are errors of the language.
@pytest.mark.parametrize("compiler, standard", OLDEST, ids=OLDEST_IDS)
@pytest.mark.parametrize("wrong", [case[2] for case in MISUSES[:2] + MISUSES[8:9]],
                         ids=[case[0] for case in MISUSES[:2] + MISUSES[8:9]])
def test_misuse_does_not_compile_without_warnings(shop, compiler, standard, wrong, tmp_path):
    source = tmp_path / "service.c"
    source.write_text(FRAME.format(header=shop.header.name, statement=wrong))
    done = subprocess.run(
        [compiler, "-w", f"-std={standard}", "-x", "c++" if is_cpp(compiler) else "c",
         f"-I{shop.folder}", f"-I{ROOT / 'runtime'}", "-c", str(source), "-o", "/dev/null"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
