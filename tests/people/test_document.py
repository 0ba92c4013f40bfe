"""The chapter of runtime/DOORS.md on links: its examples are what avowd takes and gives."""
import re
import subprocess

import pytest

from people.conftest import CONFIG, ENGLISH


@pytest.fixture(scope="session")
def chapter(root):
    text = (root / "runtime/DOORS.md").read_text(encoding="utf-8")
    return text.split("\n## Links and pages for people", 1)[1].split("\n## ", 1)[0]


def test_the_settings(daemon, chapter):
    block = re.search(r"```yaml\n(.*?)```", chapter, re.S)[1]
    one = daemon(CONFIG[:CONFIG.index("people:\n  address")] + block)
    wish = re.search(r"```json\n(.*?)```", chapter, re.S)[1]
    answer = one.post("/v1/link", wish)
    assert answer.status == 200
    assert set(answer.json) == {"unsubscribe", "preferences"}
    shown = re.search(r"List-Unsubscribe: <(\S+/u/)TOKEN>", chapter)[1]
    assert answer.json["unsubscribe"].startswith(shown)
    assert set(re.findall(r"^  ([\w-]+):", block, re.M)) == set(
        re.findall(r"^\| `([\w-]+)` \|", chapter, re.M))


def test_the_policy(avow, chapter, tmp_path):
    """Each line can stand in place of the shop's own."""
    text = ENGLISH
    for line in re.search(r"```policy\n(.*?)```", chapter, re.S)[1].splitlines():
        kind, name = line.split()[:2]
        text, found = re.subn(rf"^{kind} +{name} .*$", line, text, flags=re.M)
        assert found == 1
    (tmp_path / "x.policy").write_text(text.replace("of customer after gpc.",
                                                    "of customer after gpc or no-sale."))
    assert "0 errors" in avow("check", tmp_path / "x.policy").stderr


def test_link_for(daemon):
    one = daemon(CONFIG)

    def run(*arguments):
        return subprocess.run([one.program, "link-for", "--config=avowd.yaml", *arguments],
                              cwd=one.folder, capture_output=True, text=True, timeout=60)

    mailed = run("--about=news", "joe@shop.example")
    assert mailed.returncode == 0
    wish = {"who": "joe@shop.example", "about": "news"}
    assert mailed.stdout.strip().encode() == one.post("/v1/link", wish).body
    assert re.fullmatch(r'\{"preferences":"https://www\.bakery\.example/mail/p/[\w-]+",'
                        r'"expires":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\n',
                        run("--person=customer", "id:4711").stdout)
    assert run("--about=orders", "joe@shop.example").returncode == 1
    assert "no-link in `people` lists it" in run("--about=orders", "joe@shop.example").stderr
    assert "This names nobody." in run("joe").stderr
    assert "the configuration says which store" in subprocess.run(
        [one.program, "--store=sqlite:c.db", "link-for", "joe@shop.example"], cwd=one.folder,
        capture_output=True, text=True).stderr
