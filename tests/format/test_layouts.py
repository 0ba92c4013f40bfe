"""Random policies in random layouts: the form says the same, is stable, and has its own layout."""
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SEED = int(os.environ.get("AVOW_SEED", "1"))
COUNT = int(os.environ.get("AVOW_LAYOUTS", "250"))


@pytest.fixture
def folder(tmp_path):
    calendar = HERE.parent / "equivalence" / "calendar.yaml"
    (tmp_path / "calendar.yaml").write_bytes(calendar.read_bytes())
    return tmp_path


def try_layouts(build, first, count, folder, models_wanted):
    done = subprocess.run([str(build / "tests" / "format" / "layouts"), str(first), str(count),
                           str(folder)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    tried, models = map(int, re.search(r"tried (\d+), with a model (\d+)", done.stdout).groups())
    assert tried == count and models >= models_wanted


def test_random_layouts(plain_build, folder):
    try_layouts(plain_build, SEED, COUNT, folder, COUNT / 3)


def test_random_layouts_with_sanitizers(build, folder):
    try_layouts(build, SEED + COUNT, 10, folder, 1)
