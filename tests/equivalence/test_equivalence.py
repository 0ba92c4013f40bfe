"""Both evaluators, the C table, the bundle and the core as wasm give one answer at every point.

AVOW_SEED sets the first of the random policies' seeds (they are the same from run to run), and
AVOW_RANDOM how many there are. A policy that fails is kept beside its message."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "tests" / "equivalence"
SEED = int(os.environ.get("AVOW_SEED", "1"))
RANDOM = int(os.environ.get("AVOW_RANDOM", "4000"))
PARTS = 8
BIG_ENDIAN = "powerpc-linux-gnu-gcc"
POLICIES = sorted(path.relative_to(ROOT) for path in (ROOT / "policies").glob("*.policy"))
CORE = sorted(str(path) for path in (ROOT / "runtime" / "core").glob("*.c"))


def run(*command, timeout=300):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=timeout, stdin=subprocess.DEVNULL)


def succeed(*command, timeout=300):
    done = run(*command, timeout=timeout)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def tally(text):
    return {name: int(count) for name, count in re.findall(r"(\w+) (\d+)", text.splitlines()[-1])}


@pytest.fixture(scope="session")
def equivalence(plain_build):
    return plain_build / "tests" / "equivalence" / "equivalence"


@pytest.fixture(scope="session")
def wasm(tmp_path_factory):
    """The core and the walk as wasm32, without any library."""
    out = tmp_path_factory.mktemp("wasm") / "core.wasm"
    succeed("clang", "--target=wasm32", "-std=c11", "-O2", "-ffreestanding", "-nostdlib",
            "-Wall", "-Wextra", "-Werror", f"-I{ROOT}", "-Wl,--no-entry", "-o", out,
            HERE / "wasm.c", HERE / "walk.c", *CORE)
    return out


@pytest.fixture(scope="session", params=["-O2", "-Os"])
def objects(tmp_path_factory, request):
    """Everything of the table's walk but the table, compiled once."""
    folder = tmp_path_factory.mktemp("objects")
    for source in [HERE / "walk.c", *map(pathlib.Path, CORE)]:
        succeed("gcc", "-std=c11", request.param, f"-I{ROOT}", "-c", source, "-o",
                folder / (source.stem + ".o"))
    return sorted(folder.glob("*.o"))


def build(plain_build, policy, folder):
    """The table's files of a policy, as `avow build` writes them."""
    succeed(plain_build / "compiler" / "avow", "build", policy, "--out", folder,
            "--only=c,h,avow")
    return next(folder.glob("*.avow")), next(folder.glob("*_policy.c"))


def link_table(source, objects, folder, *compiler):
    """The walk through the C table of a policy."""
    program = folder / "table"
    image = source.name.removesuffix("_policy.c").replace("-", "_") + "_image"
    succeed(*compiler, "-std=c11", "-O1", f"-I{ROOT}", f"-I{ROOT / 'runtime'}", f"-DTABLE={image}",
            source, HERE / "table.c", *objects, "-o", program)
    return program


def walk_as_c(source, points, objects, folder):
    return succeed(link_table(source, objects, folder, "gcc"), points)


@pytest.fixture(scope="session")
def loaders(tmp_path_factory):
    """The walk through a bundle, for this machine and for one whose words are big-endian and of 32
    bits; and what else the walk through a C table is made of there, for size."""
    folder = tmp_path_factory.mktemp("loaders")
    sources = [HERE / "walk.c", *CORE]
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{ROOT}"]
    for compiler in ("gcc", BIG_ENDIAN):
        succeed(compiler, *flags, "-O2", "-static", HERE / "table.c", *sources, "-o",
                folder / compiler)
    done = subprocess.run([BIG_ENDIAN, *flags, "-Os", "-c", *map(str, sources)], cwd=folder,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "gcc", folder / BIG_ENDIAN, sorted(folder.glob("*.o"))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda path: path.stem)
class TestPolicies:
    @pytest.fixture
    def points(self, equivalence, policy, tmp_path):
        return tmp_path / "points", succeed(equivalence, "points", ROOT / policy,
                                            tmp_path / "points", timeout=600)

    def test_reference_and_bundle_for_size(self, equivalence, policy):
        done = succeed(equivalence.with_name("equivalence-small"), "points", ROOT / policy)
        assert tally(done)["cases"] > 100

    def test_reference_and_bundle(self, points):
        counts = tally(points[1])
        assert counts["cases"] > counts["points"] > 100
        assert min(counts["allowed"], counts["forbidden"], counts["unstated"],
                   counts["refused"], counts["deadlines"]) > 0

    def test_c_table(self, points, policy, plain_build, objects, tmp_path):
        _, source = build(plain_build, ROOT / policy, tmp_path)
        assert tally(walk_as_c(source, points[0], objects, tmp_path))["points"] == \
            tally(points[1])["points"]

    def test_big_endian(self, equivalence, policy, plain_build, loaders, tmp_path):
        """Bundles of both kinds, and the C table, say there all that they say here."""
        here, there, objects = loaders
        points, bundle = tmp_path / "points", tmp_path / "bundle"
        for kind in ("equivalence", "equivalence-wide"):
            succeed(equivalence.with_name(kind), "points", ROOT / policy, points, bundle)
            wanted = succeed(here, points, bundle)
            assert tally(wanted)["points"] > 100
            assert succeed("qemu-ppc", there, points, bundle) == wanted
        _, source = build(plain_build, ROOT / policy, tmp_path)
        linked = link_table(source, objects, tmp_path, BIG_ENDIAN, "-static")
        assert succeed("qemu-ppc", linked, points) == wanted

    def test_wasm(self, points, policy, plain_build, wasm, tmp_path):
        bundle, _ = build(plain_build, ROOT / policy, tmp_path)
        assert tally(succeed("node", HERE / "wasm.mjs", wasm, bundle, points[0]))["points"] == \
            tally(points[1])["points"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calendar.yaml").write_bytes((HERE / "calendar.yaml").read_bytes())
    return tmp_path


@pytest.mark.parametrize("kind", ["plain", "wide", "small"])
@pytest.mark.parametrize("part", range(PARTS))
def test_random_policies(equivalence, folder, part, kind):
    """Wide: with every verb in the index that else only large policies have. Small: with some, and
    the core as it is in a build for size."""
    program = equivalence if kind == "plain" else equivalence.with_name(f"equivalence-{kind}")
    first = SEED + part * (RANDOM // PARTS)
    counts = tally(succeed(program, "random", first, RANDOM // PARTS, folder, timeout=900))
    assert min(counts["allowed"], counts["forbidden"], counts["unstated"], counts["refused"]) > 1000


def test_random_policies_with_sanitizers(build, folder):
    program = build / "tests" / "equivalence" / "equivalence"
    succeed(program, "random", SEED + RANDOM, 40, folder, timeout=600)


@pytest.mark.parametrize("part", range(4))
def test_random_tables(equivalence, plain_build, objects, wasm, folder, part):
    """Random policies through the files that `avow build` writes: C, and the bundle in wasm."""
    for seed in range(SEED + part * 6, SEED + part * 6 + 6):
        succeed(equivalence, "write", seed, folder)
        policy = folder / f"random-{seed}.policy"
        points = folder / f"points-{seed}"
        wanted = tally(succeed(equivalence, "points", policy, points))["points"]
        out = folder / str(seed)
        out.mkdir()
        bundle, source = build(plain_build, policy, out)
        assert tally(walk_as_c(source, points, objects, out))["points"] == wanted
        assert tally(succeed("node", HERE / "wasm.mjs", wasm, bundle, points))["points"] == wanted


def test_the_same_seed_gives_the_same_policy(equivalence, folder):
    succeed(equivalence, "write", 7, folder)
    first = (folder / "random-7.policy").read_bytes()
    succeed(equivalence, "write", 7, folder)
    assert (folder / "random-7.policy").read_bytes() == first


def test_a_difference_is_found(equivalence, plain_build, objects, wasm, folder):
    """The walks of table and wasm can fail: a policy against the points of another one."""
    policy = folder / "random-11.policy"
    succeed(equivalence, "write", 11, folder)
    succeed(equivalence, "points", policy, folder / "points")
    data = bytearray((folder / "points").read_bytes())
    data[len(data) // 80 * 40 + 32] ^= 1  # one digest, in the middle
    (folder / "points").write_bytes(data)
    bundle, source = build(plain_build, policy, folder)
    with pytest.raises(AssertionError, match="DIFFERENCE"):
        walk_as_c(source, folder / "points", objects, folder)
    done = run("node", HERE / "wasm.mjs", wasm, bundle, folder / "points")
    assert done.returncode == 1 and "DIFFERENCE" in done.stdout
