"""Policies built once, their pages rendered by the engines that people use, and the table's words."""
import dataclasses
import os
import pathlib
import subprocess

import pytest

import npm

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "tests/page"
POLICIES = sorted((ROOT / "policies").glob("*.policy"))

LAYOUT = """<!DOCTYPE html>
<html><head><title>{{ page.title }}</title></head><body><h1>{{ page.title }}</h1>
{{ content }}
</body></html>
"""
# Sites as people configure them: Jekyll's default, kramdown of old, and CommonMark with all that
# could alter words switched on, and with nothing switched on (which leaves out tags, not words).
SITES = {
    "kramdown": "",
    "kramdown-classic": "kramdown:\n  input: kramdown\n  hard_wrap: true\n",
    "commonmark": """plugins: [jekyll-commonmark]
markdown: CommonMark
commonmark:
  options: [UNSAFE, SMART, FOOTNOTES]
  extensions: [strikethrough, autolink, table, tagfilter]
""",
    "commonmark-plain": "plugins: [jekyll-commonmark]\nmarkdown: CommonMark\n",
}


@dataclasses.dataclass
class Clause:
    anchor: str
    words: str
    section: int
    title: str


@dataclasses.dataclass
class Made:
    policy: pathlib.Path
    folder: pathlib.Path
    id: str
    hash: str
    clauses: list

    def read(self, suffix):
        return (self.folder / f"{self.id}.{suffix}").read_text(encoding="utf-8")

    @property
    def anchors(self):
        return [clause.anchor for clause in self.clauses]


@pytest.fixture(scope="session")
def reader(build, tmp_path_factory):
    """A program that prints the clauses of a bundle, built on the core as any service is."""
    program = tmp_path_factory.mktemp("reader") / "clauses"
    core = build / "runtime/core/libavow.a"
    compilers = ["clang", "gcc"] if "sanitize" in (build / "build.ninja").read_text() else ["gcc"]
    flags = ["-fsanitize=address,undefined"] if len(compilers) > 1 else []
    done = subprocess.run([compilers[0], *flags, f"-I{ROOT / 'runtime'}", str(HERE / "clauses.c"),
                           str(core), "-o", str(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return program


@pytest.fixture(scope="session")
def make(avow, reader):
    """make(policy, folder) builds a policy and reads its table."""

    def run(policy, folder):
        done = avow("build", policy, "--out", folder)
        assert done.returncode == 0, done.stderr
        bundle, = folder.glob("*.avow")
        out = subprocess.run([str(reader), str(bundle)], capture_output=True, check=True).stdout
        digest, *rest = [part.decode() for part in out.split(b"\0")[:-1]]
        clauses = [Clause(rest[i], rest[i + 1], int(rest[i + 2]), rest[i + 3])
                   for i in range(0, len(rest), 4)]
        return Made(policy, folder, bundle.stem, digest, clauses)

    return run


@pytest.fixture(scope="session", params=POLICIES, ids=lambda path: path.stem)
def made(request, make, tmp_path_factory):
    """Each policy of the tree."""
    return make(request.param, tmp_path_factory.mktemp(request.param.stem))


@pytest.fixture(scope="session")
def jekyll():
    """jekyll(site, page, folder) builds a site of one page and gives the HTML it serves."""

    def run(site, page, folder):
        source = folder / f"site-{site}"
        (source / "_layouts").mkdir(parents=True)
        for layout in ("page", "default"):
            (source / "_layouts" / f"{layout}.html").write_text(LAYOUT)
        (source / "_config.yml").write_text("title: test\n" + SITES[site])
        page = page if "\nlayout:" in page else page.replace("---\n", "---\nlayout: default\n", 1)
        (source / "policy.md").write_text(page, encoding="utf-8")
        done = subprocess.run(["jekyll", "build", "--quiet", "--disable-disk-cache", "-s",
                               str(source), "-d", str(source / "_site")],
                              capture_output=True, text=True, timeout=120,
                              env={**os.environ, "LANG": "C.UTF-8", "JEKYLL_ENV": "production"})
        assert done.returncode == 0, done.stdout + done.stderr
        shown, = (source / "_site").rglob("*.html")
        return shown.read_text(encoding="utf-8")

    return run


@pytest.fixture(scope="session")
def modules():
    """The folder of the npm packages that look.js needs, installed once for each lock file."""
    return npm.modules(HERE)
