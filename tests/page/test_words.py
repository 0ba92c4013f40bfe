"""Every form of the page shows the words that the table gives to services."""
import re
import subprocess

import pytest

from page.conftest import SITES
from page.reader import Document, plain, with_tables_read


def expected(made):
    return {clause.anchor: plain(clause.words) for clause in made.clauses}


def sections(made):
    """Number and title of each section, as the table has them."""
    found = {clause.section: clause.title for clause in made.clauses if clause.section}
    return [f"{number}. {plain(title)}" for number, title in sorted(found.items())]


def numbered(document):
    return [plain(heading) for heading in document.headings if re.match(r"\d+\.", heading.strip())]


def assert_equal_words(made, html):
    document = Document(html, made.anchors)
    words = document.words()
    for clause in made.clauses:
        assert words[clause.anchor] == plain(clause.words), clause.anchor
        if clause.section:
            heading = f"{clause.section}. {plain(clause.title)}"
            assert plain(document.clauses[clause.anchor].section) == heading
    assert numbered(document) == sections(made)
    assert len(document.ids) == len(set(document.ids)), "two elements with one id"


@pytest.mark.parametrize("site", ["kramdown", "kramdown-classic", "commonmark"])
def test_jekyll_shows_the_tables_words(made, jekyll, tmp_path, site):
    assert_equal_words(made, jekyll(site, made.read("md"), tmp_path))


def test_commonmark_without_tags_shows_the_tables_words(made, jekyll, tmp_path):
    """Without its option UNSAFE the engine leaves out the anchors and what makes a table of its cells,
    and nothing that can be read."""
    document = Document(jekyll("commonmark-plain", made.read("md"), tmp_path), [])
    shown, at = plain(document.all), 0
    for words in Document(made.read("html"), made.anchors, with_heads=False).words().values():
        at = shown.index(words, at) + len(words)


@pytest.mark.parametrize("options", [[], ["--smart"]])
def test_cmark_shows_the_tables_words(made, options):
    body = made.read("md").split("\n---\n", 1)[1]
    html = subprocess.run(["cmark", "--unsafe", *options], input=body, capture_output=True,
                          text=True, check=True).stdout
    assert_equal_words(made, html)


def test_html_shows_the_tables_words(made):
    assert_equal_words(made, made.read("html"))


def test_text_shows_the_tables_words(made):
    """Addresses in angle brackets are what the text adds; a line may end anywhere."""
    text = with_tables_read(made.read("txt"))
    shown = plain(re.sub(r"\s+<(https?:|mailto:|tel:)[^>]*>", "", text))
    at = 0
    for words in expected(made).values():
        at = shown.index(words, at) + len(words)
    for heading in sections(made):
        assert heading in shown


def short_layer(html):
    """The words between the heading of the short layer and the first numbered section."""
    document = Document(html, [])
    shown = plain(document.all)
    return between(shown)


def between(shown):
    return shown[shown.index("In short"):shown.index("What counts is the full text below.")].strip()


def test_all_forms_have_the_same_short_layer(made, jekyll, tmp_path):
    html = short_layer(made.read("html"))
    markdown = short_layer(jekyll("kramdown", made.read("md"), tmp_path))
    text = plain(re.sub(r"\s+<(https?:|mailto:|tel:)[^>]*>", "", made.read("txt")))
    assert html == markdown
    assert between(text).replace("-" * len("In short") + " ", "") == html
