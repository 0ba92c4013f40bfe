"""Policies with their mappings, built once, and programs made of the headers."""
import pathlib
import subprocess

import pytest

import npm

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "tests" / "cookies"

# Two states, a signal of the browser, a cookie that needs both, and one that waits for no one.
SIGNAL = """---
policy: signal
title: Signal
language: en
effective: 2026-03-01
---
person   visitor "visitor".
place    browser "your browser" of visitor.
data     cookie.choice "choice cookie" of visitor.
data     cookie.stats "statistics cookie" of visitor.
data     cookie.ads "advertising cookie" of visitor.
data     cookie.both "cookie of both" of visitor.
purpose  counting "counting".
request  allow-stats "allow counting".
request  refuse-stats "refuse counting".
request  refuse-ads "refuse advertising".
request  allow-ads "allow advertising".
event    gpc "the signal Global Privacy Control" of visitor at "Sec-GPC: 1".
state    stats-allowed "allowed counting" of visitor after allow-stats until refuse-stats, gpc
         kept in browser.
state    ads-refused "refused advertising" of visitor after refuse-ads, gpc until allow-ads
         kept in browser.

clause all:
  we MAY store cookie.choice in browser.
  we MAY collect cookie.choice from visitor.
  we MUST erase cookie.choice within 6 months.
  we MAY store cookie.stats in browser if stats-allowed.
  we MAY collect cookie.stats from visitor if stats-allowed.
  we MAY store cookie.ads in browser.
  we MAY collect cookie.ads from visitor.
  we MAY store cookie.both in browser if stats-allowed and not ads-refused.
  we MAY collect cookie.both from visitor.
  we NEVER store cookie.ads if ads-refused.
  we NEVER collect cookie.ads if ads-refused.
  we MUST do allow-stats or refuse-stats or refuse-ads or allow-ads at once.
  > {cookie.stats}
"""
SIGNAL_MAPPING = """policy: signal
place: browser
choice: {cookie: choice, data: cookie.choice}
cookies:
  cookie.stats: {names: [stats, "st_*"], storage: ["st:*"]}
  cookie.ads: {names: ads, path: /shop}
  cookie.both: {storage: both}
"""


class Made:
    def __init__(self, name, policy, mapping, folder):
        self.name, self.policy, self.mapping, self.folder = name, policy, mapping, folder

    @property
    def script(self):
        return (self.folder / f"{self.name}_cookies.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def made(avow, tmp_path_factory):
    """By the policy's name: what its build made."""
    folder = tmp_path_factory.mktemp("cookies")
    (folder / "signal.policy").write_text(SIGNAL)
    (folder / "signal.yaml").write_text(SIGNAL_MAPPING)
    found = {}
    for name, policy, mapping in [
            ("shop", ROOT / "policies/shop.policy", ROOT / "policies/shop-cookies.yaml"),
            ("jibrok", ROOT / "policies/jibrok.policy", ROOT / "policies/jibrok-cookies.yaml"),
            ("signal", folder / "signal.policy", folder / "signal.yaml")]:
        done = avow("build", policy, "--only=c,h,cookies", f"--mapping={mapping}", "--out", folder,
                    "-W", "all")
        assert done.returncode == 0, done.stderr
        found[name] = Made(name, policy, mapping, folder)
    return found


@pytest.fixture(scope="session")
def compiled(made, build):
    """compiled(name, source) is a program over the helpers of a policy, with sanitizers if avow has."""
    checked = "sanitize" in (build / "build.ninja").read_text()
    compiler = ["clang", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"] if checked else ["gcc"]

    def run(name, source):
        one = made[name]
        program = one.folder / f"{name}-{pathlib.Path(source).stem}"
        done = subprocess.run([*compiler, "-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic",
                               "-Werror", "-D_POSIX_C_SOURCE=200809L", f"-I{ROOT / 'runtime'}",
                               f"-I{one.folder}", f'-DCOOKIES="{name}_cookies.h"', f"-DPREFIX={name}",
                               str(source), str(one.folder / f"{name}_policy.c"),
                               str(build / "runtime/core/libavow.a"), "-o", str(program)],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return str(program)

    return run


@pytest.fixture(scope="session")
def modules():
    return npm.modules(ROOT / "tests" / "page")
