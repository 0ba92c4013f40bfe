"""npm packages that tests need, at the versions of a lock file."""
import fcntl
import shutil
import subprocess

from structure.tree import ROOT


def modules(folder):
    """node_modules for the package.json in a test's folder, installed once for each lock file."""
    cache = ROOT / ".cache" / folder.name
    lock = (folder / "package-lock.json").read_text()
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not (cache / "done").exists() or (cache / "done").read_text() != lock:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, cache / name)
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                                  cwd=cache, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
            (cache / "done").write_text(lock)
    return cache / "node_modules"
