"""What is said of a mapping that cannot be used, and of one for what the policy does not know."""
import pytest

from cookies.conftest import ROOT, SIGNAL

GOOD = """policy: signal
place: browser
choice: {cookie: choice, days: 90}
cookies:
  cookie.stats: stats
"""


@pytest.fixture
def said(avow, tmp_path):
    """said(mapping, policy) gives its status and messages: "line:column: words. Mend: ..."."""

    def run(mapping, policy=SIGNAL):
        (tmp_path / "signal.policy").write_text(policy)
        (tmp_path / "map.yaml").write_text(mapping)
        done = avow("build", "signal.policy", "--only=cookies", "--mapping=map.yaml", "--out", "out", "-W",
                    "all", "--color=never", cwd=tmp_path)
        messages = []
        for line in done.stderr.splitlines():
            if line.startswith("map.yaml:"):
                messages.append(line.removeprefix("map.yaml:"))
            elif "Mend: " in line:
                messages[-1] += " " + line.strip()
        assert (done.returncode == 0) == (not messages) == (tmp_path / "out").exists(), done.stderr
        return messages

    return run


def test_the_good_one(said):
    assert said(GOOD) == []


E = "error E142: "


@pytest.mark.parametrize("old, new, says", [
    ("policy: signal", "policy: shop", "1:9: " + E + "this mapping is for another policy. Mend: Write "
     "“policy: signal”, once it fits."),
    ("place: browser\n", "", "1:1: " + E + "the mapping does not say its “place”. Mend: Add a line such as "
     "“place: browser”."),
    ("days: 90", "day: 90", "3:26: " + E + "there is no setting “day” here. Mend: Settings are cookie, data, "
     "days and domain."),
    ("days: 90", "days: 900", "3:32: " + E + "this is no number of days. Mend: Write a number up to 400; browsers "
     "keep no cookie longer."),
    (", days: 90", "", "3:9: " + E + "nothing says how long the choice is kept. Mend: Write how many days, such "
     "as “days: 180”, or which data of the policy it is, such as “data: cookie.choice”, if the policy sets that "
     "an end."),
    ("days: 90", "data: cookie.choice, days: 182", "3:9: " + E + "the policy keeps the choice for a shorter time. "
     "Mend: Leave “days” out."),
    ("choice: {cookie: choice, days: 90}\n", "", "1:1: " + E + "nothing says where the visitor's choice is kept. "
     "Mend: Add “choice: {cookie: NAME, days: N}”."),
    ("days: 90", "data: cookie.stats", "3:9: " + E + "the policy does not always permit to keep the choice. Mend: "
     "Permit to store this data in the browser and to collect it, without a condition."),
    ("cookie: choice", "cookie: ch*", "3:18: " + E + "this is no name of a cookie. Mend: Write the name that the "
     "choice is to have, such as “choice”."),
    (": stats\n", ": [stats, 'a b']\n", "5:25: " + E + "this is no name of a cookie. Mend: Write the name as the "
     "site sets it, or its beginning and “*”."),
    (": stats\n", ": 'ch*'\n", "5:3: " + E + "a name here belongs to something else, too. Mend: Give each cookie "
     "and each key to one data only; the choice has its own."),
    (": stats\n", ": st*\n  cookie.ads: stats\n", "6:3: " + E + "a name here belongs to something else, too. Mend: "
     "Give each cookie and each key to one data only; the choice has its own."),
    (": stats\n", ": {path: /}\n", "5:3: " + E + "no name stands here. Mend: Write how the cookie is called, such "
     "as “cookie.basket: basket”."),
    (": stats\n", ": {names: s, path: shop}\n", "5:34: " + E + "this is no path of cookies. Mend: Write it from the "
     "root, such as “/basket”."),
    (": stats\n", ": {names: s, path: '/;Domain=x'}\n", "5:34: " + E + "this is no path of cookies. Mend: Write it "
     "from the root, such as “/basket”."),
    (": stats\n", ": {names: s, domain: 'x;y'}\n", "5:36: " + E + "this is no domain of cookies. Mend: Write it in "
     "small letters, such as “shop.example”, or leave it out: then cookies are the host's own."),
    ("cookie.stats", "cookie.stat", "5:3: error E201: “cookie.stat” is not declared. Mend: Write "
     "“cookie.stats”, or declare “cookie.stat”."),
])
def test_one_mistake_one_message(said, old, new, says):
    assert old in GOOD
    found = said(GOOD.replace(old, new))
    assert found == [says]


def test_what_a_browser_cannot_know(said):
    policy = SIGNAL.replace("         kept in browser.\nstate    ads", ".\nstate    ads")
    assert said(GOOD, policy) == [
        "5:3: " + E + "this would never be set: a browser cannot know whether “stats-allowed”. Mend: If only the "
        "browser keeps that state, declare it “kept in” there or write it under “memory”; else leave the cookie "
        "to the server."]
    assert said(GOOD.replace("cookies:", "memory: stats-allowed\ncookies:"), policy) == []


def test_a_signal_agrees_to_nothing(said):
    policy = SIGNAL.replace("after allow-stats until refuse-stats, gpc", "after allow-stats, gpc until refuse-stats")
    assert said(GOOD, policy) == [
        "5:3: " + E + "the signal of a browser would permit what nobody agreed to. Mend: Let the event “at "
        "\"Sec-GPC: 1\"” only switch states that refuse on, and those that permit off."]


def test_the_place_is_somebodys(said):
    policy = SIGNAL.replace('place    browser "your browser" of visitor.', 'place    browser "your browser".')
    assert said(GOOD, policy) == [
        "2:8: " + E + "the policy does not say whose place this is. Mend: Declare it of the person whose browser "
        "it is, as in “place browser \"your browser\" of visitor.”."]


@pytest.mark.parametrize("arguments, words", [
    (["--only=cookies"], "cookies need --mapping=FILE, which says how they are called"),
    (["--mapping=x"], "say with --only what to make of the mapping: cookies or sql"),
])
def test_wrong_use(avow, arguments, words):
    done = avow("build", *arguments, ROOT / "policies" / "shop.policy")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, f"avow build: {words}")
