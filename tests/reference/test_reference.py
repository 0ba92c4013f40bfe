"""Every example of the reference and the README, compiled and run, against what they say."""
import difflib
import importlib.util
import pathlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("reference", HERE / "reference.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


def difference(expected, found):
    return "".join(difflib.unified_diff(expected.splitlines(True), found.splitlines(True),
                                        "the document", "the truth"))


@pytest.mark.parametrize("name", reference.DOCUMENTS)
def test_every_example_is_true(name, build, tmp_path):
    document = (reference.ROOT / name).read_text(encoding="utf-8")
    runner = reference.Runner(document, tmp_path, build)
    wrong, seen = [], 0
    for block, expected, found in runner.results():
        seen += 1
        if expected != found:
            wrong.append(f"{name}:{block.line} ({block.kind})\n{difference(expected, found)}")
    assert seen > 0
    assert not wrong, "\n".join(wrong)


def test_reserved_words_are_reserved(avow, policy):
    front = "---\npolicy: words\ntitle: Words\nlanguage: en\neffective: 2026-03-01\n---\n"
    for word in reference.reserved_words():
        done = avow("check", policy(f'{front}purpose {word} "a label".\n'))
        assert done.returncode == 1 and "E204" in done.stderr, (word, done.stderr)


def test_words_of_acts_and_units_are_free(avow, policy):
    """What is not in the list may be a name."""
    front = "---\npolicy: words\ntitle: Words\nlanguage: en\neffective: 2026-03-01\n---\n"
    reserved = set(reference.reserved_words())
    words = ["collect", "store", "use", "show", "share", "email", "text", "call", "post", "erase",
             "tell", "hours", "days", "months", "consent", "contract", "law", "public", "list",
             "deadline", "link", "private", "change", "list", "order", "owner"]
    for word in words:
        assert word not in reserved, word
        done = avow("check", policy(f'{front}purpose {word} "a label".\n'))
        assert "E204" not in done.stderr, (word, done.stderr)
