"""The embedded engine against the same model as the one in a server."""
import subprocess

import pytest


@pytest.mark.parametrize("seed", range(1, 5))
def test_it_does_what_the_model_does(build, tmp_path, seed):
    folder, url = build / "tests" / "engine", f"sqlite:{tmp_path}/store.db"
    assert subprocess.run([folder / "engine-probe", url, "create"], timeout=30).returncode == 0
    done = subprocess.run([folder / "engine-conformance", url, str(seed), "120"], text=True,
                          capture_output=True, timeout=120)
    assert done.stdout.startswith("agreed: 120 transactions"), done.stderr
