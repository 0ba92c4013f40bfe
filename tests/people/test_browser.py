"""The pages in Chromium: in every view, with and without JavaScript, by keyboard alone."""
import json
import os
import shutil
import subprocess

import pytest

from people.conftest import GERMAN, HERE

pytestmark = pytest.mark.xdist_group("people-browser")


def visit(modules, folder, job, pictures=os.environ.get("PICTURES")):
    """PICTURES in the environment is a folder for screenshots, to look at."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed"
    (folder / "job.json").write_text(json.dumps(job))
    command = ["node", HERE / "visit.js", modules, chromium, folder / "job.json",
               *([pictures] if pictures else [])]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_fine(looks, lang):
    for seen in looks:
        where = seen["page"], seen["view"]
        assert seen["rules"] > 90, "axe-core was not there"
        assert seen["violations"] == [], where
        assert [line for line in seen["complaints"] if "404" not in line] == [], where
        assert len(seen["requests"]) == 1, (where, seen["requests"])
        assert not seen["scrolls"], f"{where} is wider than its screen"
        assert seen["cookies"] == [] and seen["small"] == [], where
        assert seen["lang"] == lang, where
    colours = {seen["view"]: seen["background"] for seen in looks}
    assert colours["desktop"] != colours["dark"]


def pages(web, lang):
    token = web.link()
    more = ["phone"] if lang == "en" else []
    return {"unsubscribe": [f"{web.base}/u/{token}", ["desktop", *more]],
            "mailed": [f"{web.base}/p/{token}", ["dark", *more]],
            "fresh": [f"{web.base}/p/{web.fresh()}", ["desktop", "dark", "zoomed"]],
            "wrong": [f"{web.base}/u/nothing", ["dark"]]}


@pytest.mark.parametrize("lang", ["en", "de"])
def test_nothing_is_wrong_in_any_view(web, avow, modules, tmp_path, lang):
    if lang == "de":
        web.build(avow, GERMAN)
        web.daemon.hang_up()
    web.record("join", "joe@shop.example", "--evidence=form", "--done")
    seen = visit(modules, tmp_path, {"pages": pages(web, lang), "frame": f"{web.base}/u/{web.link()}"})
    assert len(seen["looks"]) == (8 if lang == "en" else 6)
    assert_fine(seen["looks"], lang)
    assert seen["frame"]["shown"] == 0, "another site could frame it"
    assert web.status()[1] == ["join"], "looking writes nothing"


@pytest.mark.parametrize("script", [True, False])
def test_by_keyboard_alone(web, modules, tmp_path, script):
    """A mailed link: the button, then the way on, and there another button."""
    token = web.link()
    seen = visit(modules, tmp_path, {"walks": [{
        "name": f"keys-{script}", "url": f"{web.base}/u/{token}", "script": script,
        "steps": [["keys", "unsubscribe from the newsletter"],
                  ["keys", "Everything that we may e-mail you about"],
                  ["keys", "stop all e-mail"]]}]})
    walk = seen["walks"][0]
    assert walk["rings"] == [True, True, True], "the focus is not seen"
    assert walk["complaints"] == []
    assert walk["texts"][1].startswith("Recorded: our newsletter You have told us:")
    assert walk["texts"][3].startswith("Your choices Recorded You have told us: stop all e-mail")
    assert web.status()[1] == ["leave", "stop-mail"]


@pytest.mark.parametrize("script", [True, False])
def test_as_easily_as_she_agreed(web, modules, tmp_path, script):
    """One click each way; then the receipt of what she said last."""
    fresh = web.fresh()
    seen = visit(modules, tmp_path, {"walks": [{
        "name": f"choices-{script}", "url": f"{web.base}/p/{fresh}", "script": script,
        "steps": [["click", "subscribe to the newsletter"],
                  ["click", "unsubscribe from the newsletter"],
                  ["click", "subscribe to the newsletter"], ["download", "a[download]"]]}]})
    walk = seen["walks"][0]
    assert walk["complaints"] == []
    assert "E-mail: our newsletter At present we do not send you such e-mail." in (
        " ".join(walk["texts"][0].split()))
    assert "E-mail: our newsletter At present we may send you such e-mail." in walk["texts"][1]
    assert "E-mail: our newsletter At present we do not send you such e-mail." in walk["texts"][2]
    receipt = json.loads(walk["texts"][4])
    assert receipt["event"]["event_type"] == "join" and receipt["event"]["event_state"] == "given"
    assert receipt["privacy_notice"]["statement"].startswith("We e-mail our newsletter to those")
    assert web.status()[1] == ["join", "leave", "join"]
    assert web.may("news")


def test_her_browser_says_no(web, modules, tmp_path):
    """Sec-GPC: 1 on her own visit is the event that the policy binds to it."""
    fresh = web.fresh()
    seen = visit(modules, tmp_path, {"walks": [{
        "name": "gpc", "url": f"{web.base}/p/{fresh}", "script": True,
        "headers": {"Sec-GPC": "1"}, "steps": []}]})
    assert ("Your browser has told us, and we have recorded: do not sell or share what you know "
            "of me") in " ".join(seen["walks"][0]["texts"][0].split())
    assert web.status() == ({"stopped": "no", "subscribed": "no", "private": "yes"}, ["gpc"])
