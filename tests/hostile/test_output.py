"""Writing goes well or leaves nothing behind: full disks, closed pipes, unwritable folders."""
import os
import shutil
import subprocess
import threading

import pytest

from hostile.limits import HEAD, NOBODY, run
from hostile.test_input import reachable

QUESTION = "may we email customer about news if stopped?"
PRODUCTS = ["acme.avow", "acme.html", "acme.md", "acme.txt", "acme_policy.c", "acme_policy.h"]


@pytest.fixture
def acme(tmp_path):
    path = tmp_path / "acme.policy"
    path.write_text(HEAD)
    return path


@pytest.fixture
def command(build):
    return build / "compiler" / "avow"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_products(command, acme, tmp_path):
    done = run(command, "build", acme, "--out", tmp_path / "new" / "out")
    if done.code != 0:  # whether parents are made is the command's choice; that it says so is not
        assert "error" in done.err.lower() or "cannot" in done.err.lower()
        (tmp_path / "new").mkdir()
        done = run(command, "build", acme, "--out", tmp_path / "new" / "out")
    assert done.code == 0, done.err
    assert sorted(contents(tmp_path / "new" / "out")) == PRODUCTS


def test_a_policy_with_errors_writes_nothing(command, acme, tmp_path):
    out = tmp_path / "out"
    assert run(command, "build", acme, "--out", out).code == 0
    before = contents(out)
    acme.write_text(HEAD + "\nclause bad:\n  we MAY fly.\n")
    assert run(command, "build", acme, "--out", out).code == 1
    assert contents(out) == before


@pytest.mark.parametrize("size", [0, 1, 4096, 5000, 9000])
def test_full_disk(command, acme, tmp_path, size):
    """No half-written table: the old files stay as they were, and no scraps beside them."""
    out = tmp_path / "out"
    assert run(command, "build", acme, "--out", out).code == 0
    before = contents(out)
    acme.write_text(HEAD.replace("when you ask us", "as soon as you ask us"))
    done = run(command, "build", acme, "--out", out, file_size=size)
    assert done.code not in (0, None) and done.code > 0
    assert str(out) in done.err, done.err
    assert sorted(contents(out)) == sorted(before)
    fresh = tmp_path / "fresh"
    assert run(command, "build", acme, "--out", fresh).code == 0
    after = contents(fresh)
    for name, data in contents(out).items():
        assert data in (before[name], after[name]), f"{name} is half-written"


@pytest.mark.parametrize("arguments", [["check"], ["ask", QUESTION], ["check", "--dump=model"]],
                         ids=["check", "ask", "dump"])
def test_full_output(command, acme, arguments):
    with open("/dev/full", "wb") as full:
        done = run(command, arguments[0], acme, *arguments[1:], stdout=full)
    if arguments == ["check"]:
        assert done.code in (0, 1, 2)  # says nothing on standard output when all is well
    else:
        assert done.code == 2 and done.err, done


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["check", "--dump=model"], ["--help"]],
                         ids=["ask", "dump", "help"])
def test_closed_pipe(command, acme, arguments):
    """avow ... | head -0: quiet, and never the status of a yes."""
    words = [arguments[0], str(acme), *arguments[1:]] if arguments != ["--help"] else arguments
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as broken:
        done = run(command, *words, stdout=broken)
    assert done.code != 0
    assert done.code > 0 or done.code == -13, done  # its own status, or SIGPIPE's
    assert "Sanitizer" not in done.err


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["check", "--dump=model"], ["check"]],
                         ids=["ask", "dump", "check"])
def test_closed_output(command, acme, arguments):
    words = " ".join(f"'{word}'" for word in [str(command), arguments[0], str(acme),
                                              *arguments[1:]])
    done = subprocess.run(["sh", "-c", f"{words} >&- 2>&-"], stdin=subprocess.DEVNULL)
    assert 0 <= done.returncode <= 2
    assert done.returncode != 0 or arguments == ["check"]


def test_closed_descriptors_are_not_written_to(command, acme, tmp_path):
    """With standard output closed, the first file opened must not receive the messages."""
    out = tmp_path / "out"
    subprocess.run(["sh", "-c", f"'{command}' build '{acme}' --out '{out}' <&- >&- 2>&-"])
    fresh = tmp_path / "fresh"
    assert run(command, "build", acme, "--out", fresh).code == 0
    assert contents(out) == contents(fresh)


def test_unwritable_folder(plain_build, acme, tmp_path):
    avow = tmp_path / "avow"
    shutil.copy(plain_build / "compiler" / "avow", avow)
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    reachable(tmp_path)
    os.chmod(out, 0o555)
    acme.chmod(0o644)
    done = run(avow, "build", acme, "--out", out, user=NOBODY)
    assert done.code > 0 and str(out) in done.err and "ermission" in done.err, done
    assert not contents(out)
    done = run(avow, "build", acme, "--out", out / "deeper", user=NOBODY)
    assert done.code > 0 and "ermission" in done.err


@pytest.mark.parametrize("kind", ["file", "loop", "dangling", "device"])
def test_out_is_no_folder(command, acme, tmp_path, kind):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "loop":
        out.symlink_to("out")
    elif kind == "dangling":
        out.symlink_to("nowhere/at/all")
    else:
        out = "/dev/null"
    done = run(command, "build", acme, "--out", out)
    assert done.code > 0 and str(out) in done.err
    if kind == "file":
        assert out.read_text() == "mine"


def test_out_is_a_link_to_a_folder(command, acme, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    assert run(command, "build", acme, "--out", tmp_path / "out").code == 0
    assert sorted(contents(tmp_path / "real")) == PRODUCTS


def test_a_product_that_is_a_link(command, acme, tmp_path):
    """A link in the folder is never a way to write somewhere else by halves: what it names is
    either whole, or untouched."""
    out = tmp_path / "out"
    out.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (out / "acme.md").symlink_to(victim)
    assert run(command, "build", acme, "--out", out).code == 0
    page = (out / "acme.md").read_text()
    assert "We stop when you ask us" in page
    assert victim.read_text() in ("mine", page)


def test_a_product_that_is_a_folder(command, acme, tmp_path):
    out = tmp_path / "out"
    (out / "acme.avow").mkdir(parents=True)
    done = run(command, "build", acme, "--out", out)
    assert done.code > 0 and "acme.avow" in done.err
    assert not [name for name in os.listdir(out) if name not in PRODUCTS]


def test_concurrent_builds(command, acme, tmp_path):
    """Many at once into one folder, while somebody reads: every file is whole at every moment."""
    out = tmp_path / "out"
    assert run(command, "build", acme, "--out", out).code == 0
    whole, broken, stop = contents(out), [], threading.Event()

    def watch():
        while not stop.is_set():
            for name, data in whole.items():
                if (out / name).read_bytes() != data:
                    broken.append(name)

    watcher = threading.Thread(target=watch)
    watcher.start()
    builds = [subprocess.Popen([command, "build", acme, "--out", out], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(12)]
    codes = [build.wait(60) for build in builds]
    for build in builds:
        build.communicate()
    stop.set()
    watcher.join()
    assert codes == [0] * 12 and not broken
    assert contents(out) == whole


def test_killed_build(command, acme, tmp_path):
    """A build killed at any moment leaves whole files."""
    out = tmp_path / "out"
    assert run(command, "build", acme, "--out", out).code == 0
    whole = contents(out)
    for delay in range(0, 60, 3):
        build = subprocess.Popen([command, "build", acme, "--out", out],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            build.wait(delay / 1000)
        except subprocess.TimeoutExpired:
            build.kill()
            build.wait()
        found = contents(out)
        assert {name: found.get(name) for name in whole} == whole


def test_depfile_that_cannot_be_written(command, acme, tmp_path):
    done = run(command, "build", acme, "--out", tmp_path / "out", "--depfile",
               tmp_path / "no" / "such" / "folder.d")
    assert done.code > 0 and "folder.d" in done.err


def test_runs_from_anywhere(command, acme, tmp_path):
    """Nothing depends on the current folder, nor on there being one."""
    first, second = tmp_path / "first", tmp_path / "second"
    assert run(command, "build", acme, "--out", first, cwd="/").code == 0
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd '{gone}' && rmdir '{gone}' && '{command}' build '{acme}' --out '{second}'"
    assert subprocess.run(["sh", "-c", script], stdin=subprocess.DEVNULL).returncode == 0
    assert contents(first) == contents(second)
