"""A short slice of fuzzing; tests/fuzz/campaign runs as long as one likes.

AVOW_FUZZ_SECONDS is the time of one target. Inputs that once failed stand in regressions/TARGET and
are run every time."""
import os
import pathlib
import shutil
import subprocess

import pytest

from fuzz.seeds import make_seeds

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "tests" / "fuzz"
SECONDS = int(os.environ.get("AVOW_FUZZ_SECONDS", "30"))
LENGTH = {"compiler": 8192, "question": 512, "bundle": 65536, "address": 300, "signature": 200, "link": 600}
# Small inputs, thousands a second: a third of the time is plenty.
SHARE = {"address": 3, "signature": 6, "link": 6}
DICTIONARY = {"compiler": "policy.dict", "question": "policy.dict", "address": "address.dict"}


@pytest.fixture
def fuzz(build, tmp_path):
    def run(target, *arguments):
        program = build / "tests" / "fuzz" / f"fuzz-{target}"
        assert program.exists(), f"{program} is not built (./check builds it)"
        command = [str(program), "-timeout=20", "-rss_limit_mb=2560",
                   f"-artifact_prefix={tmp_path}/", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL,
                              timeout=SECONDS * 4 + 240)

    return run


@pytest.mark.parametrize("target", sorted(LENGTH))
def test_slice(fuzz, target, build, plain_build, tmp_path):
    seeds = make_seeds(plain_build, tmp_path / "seeds") / target
    found = tmp_path / "found"
    found.mkdir()
    dictionary = [f"-dict={HERE / DICTIONARY[target]}"] if target in DICTIONARY else []
    done = fuzz(target, f"-max_total_time={max(SECONDS // SHARE.get(target, 1), 1)}", f"-max_len={LENGTH[target]}", "-seed=1",
                "-print_final_stats=1", *dictionary, found, seeds)
    errors = done.stderr.decode(errors="replace")
    for artifact in [*tmp_path.glob("crash-*"), *tmp_path.glob("timeout-*"),
                     *tmp_path.glob("oom-*")]:
        kept = build / artifact.name
        shutil.copy(artifact, kept)
        errors += f"\nThe input is {kept}"
    assert done.returncode == 0, errors[-6000:]
    runs = int(errors.split("stat::number_of_executed_units:")[1].split()[0])
    assert runs > 100, errors[-2000:]


@pytest.mark.parametrize("target", sorted(LENGTH))
def test_regressions(fuzz, target, plain_build, tmp_path):
    """Every input that once failed, and the seeds as they are."""
    seeds = make_seeds(plain_build, tmp_path / "seeds") / target
    inputs = [*sorted(seeds.iterdir()), *sorted((HERE / "regressions" / target).glob("*"))]
    done = fuzz(target, *inputs)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-6000:]


def test_seeds_are_accepted(avow, tmp_path):
    """The small seed reaches every back end: it has no errors."""
    done = avow("check", HERE / "corpus" / "small.policy")
    assert done.returncode == 0, done.stdout + done.stderr
