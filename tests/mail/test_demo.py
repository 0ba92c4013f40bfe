"""The last scene of ./demo, with the policy that it shows."""
import pathlib
import subprocess
import sys


def folders():
    return set(pathlib.Path("/tmp").glob("avow-demo-*"))


def test_the_scene(postfix, avow, build, root, tmp_path):
    before = folders()
    done = avow("build", root / "policies/jibrok.policy", "--only=avow", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([sys.executable, root / "tests/mail/demo.py", build,
                           tmp_path / "jibrok.avow"], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    told = " ".join(done.stdout.replace("|", " ").split())
    place = 0
    for words in ("List-Unsubscribe: <https://vendor.example/mail/u/", ": 200",
                  "550 5.7.1 A word from you ends all e-mail from us",
                  "(privacy policy jibrok, clause opt-out)", "dsn=5.7.1, status=bounced",
                  "opted-out yes since", "genuine: r",
                  "The licensee's server has received 1 notice."):
        assert words in told[place:], (words, done.stdout)
        place = told.index(words, place)
    assert folders() == before
