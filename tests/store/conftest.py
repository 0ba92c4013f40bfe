"""Tables of every version of the policies that the tests use, and services that use a store."""
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from model import compile_tables  # noqa: E402
from service import Service  # noqa: E402


@pytest.fixture(scope="session")
def tables(build, tmp_path_factory):
    return compile_tables(build, tmp_path_factory.mktemp("tables"))


@pytest.fixture
def memory_folder(tmp_path):
    """A folder in memory, where a sync costs nothing: for what is killed or made to fail, which
    does not depend on the disk."""
    if not pathlib.Path("/dev/shm").is_dir():
        yield tmp_path
        return
    folder = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm", prefix="avow-store-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def service(build, tables):
    """service() is a new one, with all tables; at the end each is closed, and must end well."""
    running = []

    def start(**options):
        running.append(Service(build, tables, **options))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.close()
