"""The page that stands alone, in Chromium: accessible in every view, quiet, and as wide as the screen."""
import json
import shutil
import subprocess

from page.conftest import HERE
from page.test_hostile import PIECES, hostile_policy

VIEWS = ["desktop", "dark", "phone", "narrow", "narrow-dark", "zoomed", "zoomed-dark"]


def look(modules, page, print_to=None):
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed"
    command = ["node", HERE / "look.js", modules, chromium, page, *([print_to] if print_to else [])]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_fine(views):
    assert [view["view"] for view in views] == VIEWS
    for view in views:
        assert view["rules"] > 90, "axe-core was not there"
        assert view["violations"] == [], view["view"]
        assert view["complaints"] == [] and view["requests"] == [], view["view"]
        assert view["dead"] == [], view["view"]
        assert not view["scrolls"], f"{view['view']} is wider than its screen"
    colours = {view["view"]: view["background"] for view in views}
    assert colours["desktop"] != colours["dark"]
    assert colours["desktop"] != "rgba(0, 0, 0, 0)", "the style sheet was not applied"


def test_nothing_is_wrong_in_any_view(made, modules, tmp_path):
    assert_fine(look(modules, made.folder / f"{made.id}.html", tmp_path / "print.pdf"))
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "print.pdf", "-"],
                          capture_output=True, text=True, check=True).stdout
    assert made.hash in "".join(text.split()), "the print has its fingerprint"
    assert made.clauses[0].words.split()[-1] in text


def test_nothing_is_wrong_with_shades(avow, modules, tmp_path):
    page = tmp_path / "shaded.html"
    done = avow("coverage", "--format=html", HERE.parent.parent / "policies" / "full.policy")
    page.write_text(done.stdout, encoding="utf-8")
    assert_fine(look(modules, page))


def test_nothing_is_wrong_with_hostile_words(make, modules, tmp_path):
    path = tmp_path / "hostile.policy"
    labels = [piece for piece in PIECES if '"' not in piece][::6]
    path.write_text(hostile_policy(labels), encoding="utf-8")
    made = make(path, tmp_path)
    assert_fine(look(modules, made.folder / "hostile.html"))


def test_axe_would_find_something(modules, tmp_path):
    """That the checker is really at work: a page with three plain mistakes."""
    page = tmp_path / "bad.html"
    page.write_text('<!DOCTYPE html><html><title>x</title><main><h1>x</h1><img src="data:,">'
                    '<p style="color:#aaa;background:#fff">pale <a href="#gone">gone</a></p></main>')
    found = look(modules, page)
    rules = {violation.split(":")[0] for view in found for violation in view["violations"]}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= rules
    assert found[0]["dead"] == ["#gone"]
