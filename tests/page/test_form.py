"""The three forms as files: valid, complete in themselves, with the hash, the same from run to run."""
import base64
import hashlib
import re
import subprocess

import yaml

from page.conftest import ROOT
from page.reader import Document, columns

FORMS = ["md", "html", "txt"]


def front_matter(page):
    assert page.startswith("---\n")
    return yaml.safe_load(page.split("\n---\n", 1)[0][4:])


def test_every_form_carries_the_hash_of_the_model(made, avow):
    dump = avow("check", "--dump=model", made.policy, text=False).stdout
    assert hashlib.sha256(dump).hexdigest() == made.hash
    for form in FORMS:
        assert made.read(form).count(made.hash) == 1, form


def test_every_form_names_policy_day_and_zone_data(made):
    settings = front_matter(made.policy.read_text(encoding="utf-8"))
    day = settings["effective"]
    for form in FORMS:
        shown = made.read(form).replace("\n", " ")
        assert f"in force from {day.day} {day:%B} {day.year}" in shown
        assert made.id in shown
        assert re.search(r"time zone data 20\d\d[a-z]", shown), form


def test_two_builds_are_the_same_bytes(made, avow, tmp_path):
    done = avow("build", made.policy, "--out", tmp_path, env={"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"})
    assert done.returncode == 0, done.stderr
    for form in FORMS:
        assert (tmp_path / f"{made.id}.{form}").read_bytes() == made.read(form).encode()


def test_front_matter_is_title_and_what_was_passed_on(made):
    source = made.policy.read_text(encoding="utf-8")
    given, passed = front_matter(source), front_matter(made.read("md"))
    ours = {"policy", "title", "language", "effective", "revision", "calendar", "announced"}
    assert list(passed) == ["title"] + [key for key in given if key not in ours]
    assert all(passed[key] == given[key] for key in passed)


def test_front_matter_passes_on_keys_word_for_word(avow, policy, tmp_path):
    extras = """layout: page   # as the theme has it
tags: [a, "b: c"]
nested:
  deep: 'it''s'   
  # a remark
  list:
    - {{ x }}
text: |
  # no comment
  --- no end

"""
    title = "Tom \\ \"Tim\" & 'Jim' {{ site.title }} # 1: é\u00a0\u2028\U0001f600 -"
    head = yaml.safe_dump({"title": title}, allow_unicode=True)
    path = policy(f"---\npolicy: test\n{head}language: en\neffective: 2026-03-01\n{extras}---\n"
                  "clause a:\n  narrative.\n  > Hello.\n".replace("{{ x }}", "'{{ x }}'"))
    done = avow("build", path, "--only=md", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "test.md").read_text(encoding="utf-8")
    assert extras.replace("{{ x }}", "'{{ x }}'").rstrip("\n") in page.split("\n---\n")[0]
    assert front_matter(page)["title"] == title


def test_text_is_76_columns_wide_at_most(made):
    lines = made.read("txt").split("\n")
    assert max(map(columns, lines)) <= 76
    assert lines[-1] == "" and lines[-2] != ""
    assert not any(line != line.rstrip() for line in lines)
    assert "\n\n\n\n" not in made.read("txt")


def test_text_underlines_its_headings(made):
    lines = made.read("txt").split("\n")
    for clause in made.clauses:
        if clause.section and len(f"{clause.section}. {clause.title}") <= 76:
            at = lines.index(f"{clause.section}. {clause.title}")
            assert lines[at + 1] == "-" * columns(lines[at])


def test_text_wraps_by_columns_and_breaks_what_is_too_long(avow, policy, tmp_path):
    path = policy("---\npolicy: test\ntitle: 個人情報保護方針" + "について" * 20 + "\n"
                  "language: en\neffective: 2026-03-01\n---\n"
                  f'contact far "far" at "https://x.example/{"y" * 200}".\n'
                  "section s \"" + "word " * 40 + "\"\n"
                  "clause a:\n  narrative.\n  > " + "日本語のラベル" * 30 + " e\u0301" * 80 + "\n"
                  "  >\n  > - one " + "two " * 30 + "\n  >   - {link of far}\n")
    done = avow("build", path, "--only=txt", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "test.txt").read_text(encoding="utf-8")
    assert max(map(columns, text.split("\n"))) <= 76
    assert "日本語のラベル" * 30 in "".join(text.split())
    assert f"<https://x.example/{'y' * 200}>" in "".join(text.split())


def test_html_is_valid(made):
    done = subprocess.run(["tidy", "-errors", "-quiet", "-utf8", made.folder / f"{made.id}.html"],
                          capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == 0


def test_html_needs_and_allows_nothing_from_outside(made):
    html = made.read("html")
    tags = Document(html, []).tags
    assert {tag for tag, _ in tags}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "form", "input", "base", "video"})
    for tag, attributes in tags:
        assert not any(name.startswith("on") or name in ("style", "src") for name in attributes)
    style = re.search("<style>(.*?)</style>", html, re.S).group(1)
    assert "url(" not in style and "@import" not in style
    policy = next(a["content"] for t, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
                      "form-action 'none'")


def test_html_has_its_parts(made):
    document = Document(made.read("html"), made.anchors)
    assert document.tags[0] == ("html", {"lang": "en"})
    for part in ("main", "nav", "header", "footer", "h1"):
        assert sum(tag == part for tag, _ in document.tags) == 1, part
    for anchor in made.anchors:
        assert document.ids.count(anchor) == 1
        assert f"#{anchor}" in document.links, "a permalink"
    for link in document.links:
        assert not link.startswith("#") or link[1:] in document.ids, link


def test_links_of_the_rendered_markdown_lead_somewhere(made, jekyll, tmp_path):
    for site in ("kramdown", "commonmark"):
        document = Document(jekyll(site, made.read("md"), tmp_path), made.anchors)
        for link in document.links:
            assert not link.startswith("#") or link[1:] in document.ids, link


def test_markdown_heading_does_not_take_a_clauses_anchor(make, jekyll, policy, tmp_path):
    path = policy("---\npolicy: test\ntitle: Test\nlanguage: en\neffective: 2026-03-01\n---\n"
                  'person reader "reader".\ndata name "name" of reader.\n'
                  'section notes "In short"\n'
                  "clause in-short:\n  we MAY collect name from reader.\n  > We ask for your {name}.\n")
    made = make(path, tmp_path)
    for site in ("kramdown", "kramdown-classic"):
        document = Document(jekyll(site, made.read("md"), tmp_path), made.anchors)
        assert document.ids.count("in-short") == 1
        assert document.words()["in-short"] == "We ask for your name."


def test_a_link_never_leads_to_a_script(avow, policy, tmp_path):
    """Only the words are left of an address that a browser could run."""
    path = policy("---\npolicy: test\ntitle: Test\nlanguage: en\neffective: 2026-03-01\n---\n"
                  'contact bad "here" at "javascript:alert(1)".\n'
                  'contact worse "there" at " JavaScript\t:alert(1)".\n'
                  'contact other "data" at "data:text/html,x".\n'
                  'contact fine "home" at "/help?a=b:c#d".\n'
                  "clause a:\n  narrative.\n"
                  "  > {link of bad}, {link of worse}, {link of other}, {link of fine}\n")
    done = avow("build", path, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    page = Document((tmp_path / "test.html").read_text(), ["a"])
    assert page.links == ["#_policy", "/help?a=b:c#d", "#a"]
    assert page.words()["a"] == "here, there, data, home"
    for form in FORMS:
        assert "script:" not in (tmp_path / f"test.{form}").read_text().lower()


def test_shipped_locales_have_the_same_phrases():
    english, german = (yaml.safe_load((ROOT / f"policies/locales/{name}.yaml").read_text())["phrases"]
                       for name in ("en", "de"))
    source = "".join(path.read_text() for room in ("page", "model")
                     for path in (ROOT / "compiler" / room).glob("*.c"))
    assert set(english) == set(german)
    for group in english:
        assert set(english[group]) == set(german[group])
        used = set(re.findall(rf'"{group}\.([a-z_]+)"', source))
        assert used and used <= set(english[group])
        for key, words in english[group].items():
            places = [sorted(re.findall(r"\{\d\}", text)) for text in (words, german[group][key])]
            assert places[0] == places[1], key
