"""Labels and words that every engine could take for marks of its own come through as written."""
import random

import pytest

from page.test_words import assert_equal_words, expected
from page.reader import plain

HEAD = """---
policy: hostile
title: 'A "title" \\ {{ site.title }}: #1 %}'
language: en
effective: 2026-03-01
---
"""

PIECES = [
    "<script>alert(1)</script>", "a & b &amp; c &copy; &#65;", "'single' it's rock 'n' roll",
    "back`tick` ``two`` ```three", "*star* **two** _under_ __two__ a*b*c a_b_c", "| a | b |",
    "|---|---|", "{{ site.title }}", "{% include x %}", "{%- raw -%}", "{% endraw %}{{ x | upcase }}",
    "{: .class}", "{::comment}", "{#id}", "{:/}", "# heading", "## heading ##", "- dash", "+ plus",
    "* star", "1. one", "12) twelve", "1986. A year", "> quote", "tab\there", "back\\slash \\* \\n",
    "zero\u200bwidth \u200djoiner", "\u05e9\u05dc\u05d5\u05dd world", "\u202eevil\u202c abc",
    "\u0645\u0631\u062d\u0628\u0627 (1)", ": definition", "*[HTML]: Hyper", "HTML", "[^1]: note [^1]",
    "[link](http://x.example) [ref]", "[a]: /b", "![img](x.png) a!", "$$x^2$$ $5 and $6",
    "--- -- -", "... .. .", "\u2014 \u2013 \u2026", "(c) (r) (tm)", "<< >> <<x>>",
    "http://bare.example www.bare.example me@mail.example", "<http://auto.example>", "===", "***",
    "___", "---", "~~strike~~ ~x~", "^", "a  b   c", "=> -> <- 1/2 :smile: @user #123", "x-", "-x",
    "1.", "&", "\\", "trailing \\", "ends with spaces  ", "<!-- comment -->", "<b>bold</b> </p>",
    '<div markdown=1>', "&lt;b&gt;", "\u65e5\u672c\u8a9e\u306e\u30e9\u30d9\u30eb", "a\u00a0b",
    "e\u0301 \U0001f600", "!", "![", "](", "]", "a!b", "2*3*4", "snake_case_name", "C:\\dir",
    "\u2018curly\u2019 \u201equotes\u201f", "\u00ab guillemets \u00bb", "\u2028", "\u0085x",
]


def literal(text):
    """Words as the language takes them where braces would begin a hole."""
    return text.replace("{", "{{").replace("}", "}}")


def hostile_policy(labels):
    """Each label in a paragraph, in a list, in bold, in a link, in code and after a line's end."""
    lines = [HEAD]
    for i, label in enumerate(labels):
        lines.append(f'contact c{i} "{label}" at "https://x.example/a?b={{{{c}}}}&copy=1|(d)*_e".\n')
    for i, label in enumerate(labels):
        if i % 10 == 0:
            lines.append(f'section s{i} "{label}"\n')
        for k, prose in enumerate([
            [f"{{c{i}}}"], [f"- {{c{i}}}", "- and", f"- {{c{i}}}"], [f"Be! **{{c{i}}}** then."],
            [f"Be! {{link of c{i}}} then."], [f"7. {{c{i}}}", f"   > *{{c{i}}}* {{c{i}}}"],
            [f"{{c{i}}}\\", f"{{c{i}}}", "", f"{{c{i}}}. And {{c{i}}}"],
            [f"[see *{{c{i}}}*](https://y.example/#{{{{x}}}}) {{c{i}}}!", f"[{{c{i}}}](https://z.example/)"],
            [f"1. {{c{i}}}", "", f"   {{c{i}}}", f"2. - {{c{i}}}", f"   - {{c{i}}}"],
        ]):
            lines.append(f"clause k{i}-{k}:\n  narrative.\n")
            if (i + k) % 3:
                lines.append("  >\n")
            lines.extend(f"  > {line}\n" for line in prose)
    return "".join(lines)


def random_labels(seed, count):
    chance = random.Random(seed)
    return [chance.choice(["", " "]).join(chance.choices(PIECES, k=chance.randint(1, 4)))
            for _ in range(count)]


@pytest.fixture(scope="module", params=["each", 1, 2], ids=str)
def hostile(request, make, tmp_path_factory):
    labels = PIECES if request.param == "each" else random_labels(request.param, 40)
    labels = [label.replace('"', "'").replace("\n", " ") for label in labels]
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "hostile.policy"
    path.write_text(hostile_policy(labels), encoding="utf-8")
    return make(path, folder)


@pytest.mark.parametrize("site", ["kramdown", "kramdown-classic", "commonmark"])
def test_jekyll_changes_no_word(hostile, jekyll, tmp_path, site):
    assert_equal_words(hostile, jekyll(site, hostile.read("md"), tmp_path))


def test_html_changes_no_word(hostile):
    html = hostile.read("html")
    assert_equal_words(hostile, html)
    assert "<script" not in html


def test_text_changes_no_word(hostile):
    """Without blanks, for lines may end within long words, and without the addresses it adds."""
    shown = "".join(plain(hostile.read("txt")).split())
    shown = shown.replace("<https://x.example/a?b={{c}}&copy=1|(d)*_e>", "")
    shown = shown.replace("<https://y.example/#{x}>", "").replace("<https://z.example/>", "")
    at = 0
    for anchor, words in expected(hostile).items():
        words = "".join(words.split())
        assert words in shown[at:], anchor
        at = shown.index(words, at) + len(words)
