"""What every end-to-end test needs: the project's root, a build of it, and the command.

AVOW_BUILD names the build folder (default: `build` in the root)."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def build_folder():
    return pathlib.Path(os.environ.get("AVOW_BUILD", ROOT / "build")).resolve()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def build():
    folder = build_folder()
    if not (folder / "compiler" / "avow").exists():
        pytest.fail(f"{folder} has no avow: build first (meson setup build && ninja -C build)")
    return folder


@pytest.fixture(scope="session")
def avow(build):
    """avow(*arguments, **options) runs the command and gives a CompletedProcess with text."""

    def run(*arguments, **options):
        options.setdefault("capture_output", True)
        options.setdefault("text", True)
        options.setdefault("timeout", 60)
        return subprocess.run([str(build / "compiler" / "avow"), *map(str, arguments)], **options)

    return run


@pytest.fixture
def policy(tmp_path):
    """policy(text, name="test.policy") writes a policy file and gives its path."""

    def write(text, name="test.policy"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def plain_build():
    """A build without sanitizers, for what measures time, memory or size."""
    folder = pathlib.Path(os.environ.get("AVOW_PLAIN_BUILD", build_folder())).resolve()
    if not (folder / "build.ninja").exists():
        pytest.fail(f"{folder} is no build: build first")
    return folder
