"""The systemd unit: right, with little exposure, and avowd works under what it forbids."""
import os
import pathlib
import pwd
import shutil
import socket
import subprocess

import pytest

from serve.conftest import CONFIG, Daemon


@pytest.fixture(scope="module")
def unit(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unit")
    text = (root / "runtime/agent/avowd.service").read_text()
    (folder / "avowd.service").write_text(text.replace("/usr/bin/avowd", "/bin/true"))
    shutil.copy(root / "runtime/agent/avowd.socket", folder)
    return folder


def test_the_units_are_right(unit):
    for name in ("avowd.service", "avowd.socket"):
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit / name)],
                              capture_output=True, text=True)
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), name


def test_the_service_is_little_exposed(unit):
    """Of 100 at most 15: what it does need is the network and system calls of a service."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15",
                           "--no-pager", str(unit / "avowd.service")], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout[-300:]
    wide = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=5",
                           "--no-pager", str(unit / "avowd.service")], capture_output=True)
    assert wide.returncode != 0


def test_systemd_is_told(daemon, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        one = daemon(environment={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(999) == b"READY=1\nSTATUS=Serving."
        one.hang_up()
        assert manager.recv(999).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        assert manager.recv(999) == b"READY=1\nSTATUS=Serving."
        one.stop()
        assert manager.recv(999) == b"STOPPING=1"


def test_a_socket_that_systemd_passes(program, place, user):
    """With systemd-socket-activate, which starts avowd at the first question."""
    (place / "avowd.yaml").write_text(CONFIG.format(user=user).replace(
        "unix:http.sock", "systemd:api").replace("api, health", "health"))
    process = subprocess.Popen(
        ["systemd-socket-activate", f"--listen={place}/http.sock", "--fdname=api", program, "serve",
         f"--config={place}/avowd.yaml"], stderr=subprocess.PIPE, text=True)
    try:
        one = Daemon(program, place, None)
        one.process, one.log = process, place / "avowd.yaml"
        one.until(lambda: (place / "http.sock").exists() and one.answers())
    finally:
        process.terminate()
        text = process.communicate(timeout=30)[1]
    assert process.returncode == 0 and "Sanitizer" not in text, text


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_rights_are_given_up(daemon, place):
    """Started as root, it becomes an ordinary user with no group, capability or way back."""
    nobody = pwd.getpwnam("nobody")
    place.chmod(0o755)
    for parent in list(place.parents)[:3]:
        if parent.owner() == "root" and parent.stat().st_mode & 0o077 == 0:
            parent.chmod(0o755)
    for path in [place, *place.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    one = daemon(CONFIG.replace("{user}", "user: nobody"))
    assert one.get("/readyz").status == 200
    status = dict(line.split(":\t", 1) for line in
                  pathlib.Path(f"/proc/{one.process.pid}/status").read_text().splitlines())
    assert status["Uid"].split() == [str(nobody.pw_uid)] * 4
    assert status["Gid"].split() == [str(nobody.pw_gid)] * 4
    assert status["Groups"].split() in ([], [str(nobody.pw_gid)])
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) == 0, kind
    assert status["NoNewPrivs"] == "1" and status["Umask"] == "0077"
    limits = pathlib.Path(f"/proc/{one.process.pid}/limits").read_text()
    assert "Max core file size        0 " in limits


@pytest.mark.skipif(os.geteuid() != 0, reason="is root first")
def test_root_is_refused_unless_named(program, place):
    (place / "avowd.yaml").write_text(CONFIG.format(user=""))
    done = subprocess.run([program, "serve", "--config=avowd.yaml"], cwd=place,
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2, "avowd serve: avowd would serve with the rights of root. Name an ordinary user with "
           "'user:' in avowd.yaml.\n")
