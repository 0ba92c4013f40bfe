"""Real PostgreSQL servers on UNIX sockets, started and stopped by the tests."""
import os
import pathlib
import shutil
import subprocess
import tempfile

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


def unprivileged():
    """PostgreSQL refuses to run as root: the package's own user does it then."""
    if os.getuid():
        return []
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]


def run(*command, check=True):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, cwd="/",
                          stdin=subprocess.DEVNULL)
    if check and done.returncode:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done


class Server:
    """A server of its own, in a folder that is short enough for the name of a socket."""

    def __init__(self, like=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="avow-pg-", dir="/tmp"))
        self.data = self.folder / "data"
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.folder.chmod(0o755)
        if like:
            run(*unprivileged(), "cp", "-r", like.data, self.data)
        else:
            run(*unprivileged(), BIN / "initdb", "-D", self.data, "-A", "trust", "-U", "owner",
                "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self, *settings):
        """settings: "name=value"."""
        options = " ".join(f"-c {setting}" for setting in (
            "listen_addresses=", f"unix_socket_directories={self.folder}", "shared_buffers=16MB",
            "max_connections=40", *settings))
        run(*unprivileged(), BIN / "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log",
            "-o", options, "start")
        return self

    def stop(self, how="fast"):
        run(*unprivileged(), BIN / "pg_ctl", "-D", self.data, "-w", "-m", how, "stop", check=False)

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text, database="postgres", user="owner", check=True):
        """Runs SQL; gives rows as lines, fields separated by |, or what went wrong."""
        done = run(BIN / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", user,
                   "-d", database, "-c", text, check=check)
        return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()

    def url(self, database, user="service"):
        return f"postgresql://{user}@/{database}?host={self.folder}"
