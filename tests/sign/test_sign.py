"""avow sign: keys, signatures on a bundle, changing keys; and avowd, which obeys only what is signed."""
import hashlib
import os
import resource
import shutil
import signal
import subprocess

import pytest

from avowd.conftest import POLICY, bundle, program  # noqa: F401 (fixtures)

SPKI = bytes.fromhex("302a300506032b6570032100")  # what stands before an Ed25519 key in a PEM file


@pytest.fixture
def sign(avow, tmp_path, bundle):  # noqa: F811
    """sign(*arguments) in a folder with shop.avow, and keys old and new."""
    shutil.copy(bundle, tmp_path / "shop.avow")

    def run(*arguments, status=0, **options):
        done = avow("sign", *arguments, cwd=tmp_path, **options)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    run("--new-key=old", "--until=2099-12-31", "--comment=the legal team")
    run("--new-key=new")
    return run


@pytest.fixture
def obey(program, sign, tmp_path):  # noqa: F811
    """obey(trust) is what avowd says of shop.avow: "" if it takes it. Trust is a file or None."""
    place = ["--store=sqlite:c.db", "--policy=shop.avow"]
    made = subprocess.run([program, *place, "init", "--no-history"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert made.returncode == 0, made.stderr

    def run(trust):
        done = subprocess.run([program, *place, *([f"--trust={trust}"] if trust else []), "status",
                               "joe@shop.example"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == (2 if done.stderr else 0)
        return done.stderr.removeprefix("avowd status: ").rstrip("\n")

    return run


def key_of(path):
    return path.read_text().split()[1]


def test_a_key_is_for_its_owner(sign, tmp_path):
    assert os.stat(tmp_path / "old").st_mode & 0o7777 == 0o600
    assert os.stat(tmp_path / "old.pub").st_mode & 0o7777 == 0o644
    secret, public = (tmp_path / "old").read_text(), (tmp_path / "old.pub").read_text()
    assert public == f"avow-key {key_of(tmp_path / 'old.pub')} until 2099-12-31 # the legal team\n"
    assert secret.splitlines()[0] == ("# avow key for policies, secret; its public key is "
                                      + key_of(tmp_path / "old.pub"))
    assert len(secret.splitlines()[1]) == 64
    assert secret.splitlines()[1] not in public
    done = sign("--new-key=third", "--comment=Müller")
    assert done.stdout == ("third is the secret: keep it where policies are approved, and a copy in a "
                           "safe.\nthird.pub is for services, which trust it:\n"
                           + (tmp_path / "third.pub").read_text())
    assert (tmp_path / "third").read_text().splitlines()[1] not in done.stdout


def test_keys_are_not_written_over(sign, tmp_path):
    before = (tmp_path / "old").read_bytes()
    done = sign("--new-key=old", status=2)
    assert done.stderr == ("avow sign: old is there already, and is not written over. Choose another "
                           "name.\n")
    assert (tmp_path / "old").read_bytes() == before
    (tmp_path / "half.pub").write_text("somebody's")
    sign("--new-key=half", status=2)
    assert not (tmp_path / "half").exists(), "a secret without its public half"
    assert (tmp_path / "half.pub").read_text() == "somebody's"


def test_a_signature_keeps_the_image(sign, tmp_path, bundle):  # noqa: F811
    image = bundle.read_bytes()
    os.chmod(tmp_path / "shop.avow", 0o640)
    done = sign("--key=old", "shop.avow")
    assert (done.stdout, done.stderr) == ("", "")
    signed = (tmp_path / "shop.avow").read_bytes()
    assert signed[:len(image)] == image and len(signed) == len(image) + 16 + 96
    assert os.stat(tmp_path / "shop.avow").st_mode & 0o777 == 0o640
    sign("--key=old", "shop.avow")
    assert (tmp_path / "shop.avow").read_bytes() == signed, "the same key again replaces"
    sign("--key=new", "shop.avow")
    both = (tmp_path / "shop.avow").read_bytes()
    assert len(both) == len(image) + 16 + 2 * 96
    shutil.copy(bundle, tmp_path / "shop.avow")
    sign("--key=new", "--key=old", "--key=new", "shop.avow")
    assert (tmp_path / "shop.avow").read_bytes() == both, "one form for one set of keys"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "new.pub", "old", "old.pub",
                                                                "shop.avow"]


def test_another_program_verifies_it(sign, tmp_path, bundle):  # noqa: F811
    """OpenSSL, given what signature.h says is signed."""
    sign("--key=new", "shop.avow")
    image, signed = bundle.read_bytes(), (tmp_path / "shop.avow").read_bytes()
    key, signature = signed[-96:-64], signed[-64:]
    message = (b"avow: signature of a bundle, 1".ljust(40, b"\0") + len(image).to_bytes(8, "little")
               + hashlib.sha512(image).digest())
    (tmp_path / "message").write_bytes(message)
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "key.der").write_bytes(SPKI + key)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der",
               "-rawin", "-in", "message", "-sigfile", "signature"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "message").write_bytes(message[:-1] + bytes([message[-1] ^ 1]))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


def test_keys_are_changed_without_a_gap(sign, obey, tmp_path, avow):
    """The steps of avow.1, and at each what services say that trust the old key, both, the new."""
    old, new = ((tmp_path / name).read_text() for name in ("old.pub", "new.pub"))
    (tmp_path / "trusted").write_text(f"# keys of policies\n\n{old}")

    def all_say():
        return [obey("trusted"), obey("new.pub")]

    unsigned = ("The policy shop.avow cannot be used: It is not signed, and only signed policies are "
                "taken here. Sign it: 'avow sign --key=FILE ID.avow'.")
    foreign = ("The policy shop.avow cannot be used: It is signed with key {}, which is not trusted "
               "here. Sign it with a trusted key, or, if that key is to be trusted, add its line to "
               "the file of trusted keys.")
    assert all_say() == [unsigned, unsigned] and obey(None) == ""
    sign("--key=old", "shop.avow")
    assert all_say() == ["", foreign.format(key_of(tmp_path / "old.pub"))] and obey(None) == ""
    sign("--key=new", "shop.avow")
    assert all_say() == ["", ""]
    (tmp_path / "trusted").write_text(old + new)
    assert all_say() == ["", ""]
    (tmp_path / "shop.policy").write_text(POLICY)
    avow("build", "shop.policy", "--only=avow", cwd=tmp_path)
    assert all_say() == [unsigned, unsigned]
    sign("--key=new", "shop.avow")
    assert all_say() == ["", ""]
    (tmp_path / "trusted").write_text(new)
    assert all_say() == ["", ""]


def test_a_key_has_a_last_day(sign, obey, tmp_path):
    key = key_of(tmp_path / "new.pub")
    (tmp_path / "past.pub").write_text(f"avow-key {key} until 2026-01-31 # us\r\n")
    sign("--key=new", "shop.avow")
    assert obey("new.pub") == ""
    says = (f"It is signed with key {key}, whose last day was 2026-01-31. Sign it with a key that "
            "still counts: 'avow sign --key=FILE ID.avow'.")
    assert obey("past.pub") == f"The policy shop.avow cannot be used: {says}"
    assert sign("--verify", "--trust=past.pub", "shop.avow",
                status=1).stderr == f"avow sign: shop.avow: {says}\n"
    assert sign("--list", "--trust=past.pub", "shop.avow").stdout == (
        f"{key}  no longer trusted, since 2026-01-31  # us\n")


def test_verify_and_list(sign, tmp_path):
    keys = {name: key_of(tmp_path / f"{name}.pub") for name in ("old", "new")}
    assert sign("--list", "shop.avow", status=1).stderr == "avow sign: shop.avow is not signed.\n"
    shutil.copy(tmp_path / "shop.avow", tmp_path / "bare.avow")
    sign("--key=old", "--key=new", "shop.avow")
    assert sorted(sign("--list", "shop.avow").stdout.split()) == sorted(keys.values())
    listed = sign("--list", "--trust=old.pub", "shop.avow").stdout.splitlines()
    assert sorted(listed) == sorted([f"{keys['old']}  until 2099-12-31  # the legal team",
                                     f"{keys['new']}  not trusted"])
    done = sign("--verify", "--trust=old.pub", "shop.avow", "bare.avow", status=1)
    assert done.stdout == (f"shop.avow: signed with {keys['old']}  until 2099-12-31  # the legal "
                           "team\n")
    assert done.stderr.startswith("avow sign: bare.avow: It is not signed, and only signed")
    assert sign("--verify", "--trust=new.pub", "shop.avow").stdout == (
        f"shop.avow: signed with {keys['new']}\n")


def test_what_was_changed_is_refused(sign, obey, tmp_path):
    """Bits here and there; each bit of the trailer is tried in tests/unit/signature.c."""
    sign("--key=old", "shop.avow")
    good = (tmp_path / "shop.avow").read_bytes()
    key = key_of(tmp_path / "old.pub")
    changed = (f"The signature of key {key} does not belong to it: the policy or the signature was "
               "changed since. Build and sign it again.")
    behind = ("What stands behind the policy in it are no signatures, or damaged ones. Build and sign "
              "it again.")
    cases = [(len(good) - 1, changed), (1000, changed), (len(good) - 112, behind),
             (len(good) - 100, behind), (len(good) - 104, behind)]
    for place, says in cases:
        bad = bytearray(good)
        bad[place] ^= 4
        (tmp_path / "shop.avow").write_bytes(bad)
        assert obey("old.pub") == obey(None) == f"The policy shop.avow cannot be used: {says}"
        assert says in sign("--verify", "--trust=old.pub", "shop.avow", status=1).stderr or place == 1000
        assert sign("--key=new", "shop.avow", status=1).stdout == ""
        assert (tmp_path / "shop.avow").read_bytes() == bad, "nothing is signed over it"
    (tmp_path / "shop.avow").write_bytes(good + good[-112:])
    assert obey("old.pub") == f"The policy shop.avow cannot be used: {behind}"
    (tmp_path / "shop.avow").write_bytes(good[:-96] + bytes(96))
    assert "does not belong to it" in obey("old.pub")


def test_files_that_are_no_keys(sign, tmp_path):
    def says(*arguments):
        done = sign(*arguments, "shop.avow", status=2)
        return done.stderr.removeprefix("avow sign: ").rstrip("\n")

    before = (tmp_path / "shop.avow").read_bytes()
    assert says("--key=old.pub") == ("old.pub is a public key, which signs nothing. Give the file "
                                     "beside it, without .pub.")
    assert says("--key=none") == "none cannot be read: No such file or directory."
    assert says("--key=.") == ". is no file."
    text = (tmp_path / "old").read_text()
    other = "1" if text[-2] != "1" else "2"
    (tmp_path / "slip").write_text(text[:-2] + other + "\n")
    (tmp_path / "slip").chmod(0o600)
    assert says("--key=slip") == ("slip is no key that signs, or is damaged. Give the file that 'avow "
                                  "sign --new-key=FILE' made.")
    (tmp_path / "old").chmod(0o640)
    assert says("--key=old") == ("The key old is open to other users (mode 0640), and who reads it can "
                                 "sign any policy. Mend it with: chmod 600 old")
    assert says("--key=new", "--key=old").startswith("The key old is open")
    assert (tmp_path / "shop.avow").read_bytes() == before


def test_files_that_say_nothing_of_trust(sign, tmp_path):
    def says(trust):
        done = sign("--verify", f"--trust={trust}", "shop.avow", status=2)
        return done.stderr.removeprefix("avow sign: ").rstrip("\n")

    (tmp_path / "empty").write_text("# nobody yet\n\n")
    assert says("empty") == ("There is no public key in empty, so that nothing could be trusted. Put "
                             "the line of a file KEY.pub there, as 'avow sign --new-key=KEY' makes it.")
    (tmp_path / "wrong").write_text((tmp_path / "old.pub").read_text() + "\nssh-ed25519 AAAA me\n")
    assert says("wrong") == ("wrong:3: the line does not begin with avow-key, or with # for a comment. "
                             "Put the line of a file KEY.pub there, as 'avow sign --new-key=KEY' makes "
                             "it.")
    (tmp_path / "old.pub").chmod(0o666)
    assert says("old.pub") == ("Anybody on this machine can change old.pub, and so whose policies are "
                               "taken. Mend it with: chmod go-w old.pub")
    os.mkfifo(tmp_path / "pipe")
    assert says("pipe") == "pipe is no file of public keys. Give one."


@pytest.mark.parametrize("arguments, words", [
    ([], "say one of --new-key, --key, --verify and --list"),
    (["--key=a", "--verify", "x"], "say one of"),
    (["--key=a"], "no compiled policy given; 'avow build' makes ID.avow"),
    (["--verify", "x"], "--verify needs the keys that are trusted: --trust=FILE.pub"),
    (["--list", "x", "y"], "--list takes one compiled policy"),
    (["--key=a", "--trust=b", "x"], "--trust belongs to --verify and --list"),
    (["--list", "--until=2027-01-01", "x"], "--until and --comment belong to --new-key"),
    (["--new-key=a", "x"], "--new-key makes a key and signs nothing; sign then, with --key"),
    (["--frobnicate"], "'--frobnicate' is no option here"),
    (["--key"], "--key needs a value"),
])
def test_wrong_use(avow, arguments, words, tmp_path):
    done = avow("sign", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(f"avow sign: {words}")
    assert done.stderr.endswith("\nTry 'avow sign --help'.\n")
    assert not list(tmp_path.iterdir())


def test_days_and_comments_of_a_key(sign, tmp_path):
    for wrong in ("--until=2027-02-29", "--until=soon", "--comment=two\nlines", "--comment= ",
                  "--comment=" + "x" * 90):
        done = sign("--new-key=other", wrong, status=2)
        assert done.stderr == ("avow sign: --until is a day, as in 2027-12-31, and --comment a short "
                               "text on one line.\n")
        assert not (tmp_path / "other").exists() and not (tmp_path / "other.pub").exists()


def test_what_is_no_bundle_is_not_signed(sign, tmp_path):
    (tmp_path / "shop.policy").write_text(POLICY)
    assert sign("--key=old", "shop.policy", status=1).stderr == (
        "avow sign: shop.policy: It is no compiled policy. A .policy file is compiled first: 'avow "
        "build --only=avow FILE.policy' makes ID.avow.\n")
    good = (tmp_path / "shop.avow").read_bytes()
    (tmp_path / "shop.avow").write_bytes(good[:-8])
    assert "It is cut off, or damaged." in sign("--key=old", "shop.avow", status=1).stderr
    (tmp_path / "shop.avow").write_bytes(good[:1000] + b"\xff" + good[1001:])
    assert sign("--key=old", "shop.avow", status=1).stderr == (
        "avow sign: shop.avow is not taken by services: The bundle was changed after it was made. Build "
        "it again.\n")


def test_a_link_stays_a_link(sign, tmp_path):
    (tmp_path / "releases").mkdir()
    shutil.move(tmp_path / "shop.avow", tmp_path / "releases" / "1.avow")
    (tmp_path / "shop.avow").symlink_to("releases/1.avow")
    sign("--key=old", "shop.avow")
    assert (tmp_path / "shop.avow").is_symlink()
    assert sign("--list", "releases/1.avow").stdout.strip() == key_of(tmp_path / "old.pub")


def test_a_full_disk_leaves_the_bundle(sign, tmp_path):
    """Not a byte more may be written: the old file stays, and nothing beside it."""
    before = (tmp_path / "shop.avow").read_bytes()
    here = sorted(path.name for path in tmp_path.iterdir())

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    done = sign("--key=old", "shop.avow", status=2, preexec_fn=limit)
    assert done.stderr == "avow sign: shop.avow cannot be written: File too large.\n"
    assert (tmp_path / "shop.avow").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == here


def test_the_program_is_found_in_an_install(build, tmp_path):
    """Moved as a whole, avow finds avow-sign; without it, it says what is missing."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "libexec" / "avow").mkdir(parents=True)
    shutil.copy(build / "compiler" / "avow", tmp_path / "bin")
    done = subprocess.run([tmp_path / "bin" / "avow", "sign", "--help"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == ("avow sign: its program avow-sign cannot be run: No such file or directory. "
                           "It belongs into ../libexec/avow, seen from the folder of avow: install "
                           "avow again, as a whole.\n")
    shutil.copy(build / "runtime" / "sign" / "avow-sign", tmp_path / "libexec" / "avow")
    done = subprocess.run([tmp_path / "bin" / "avow", "sign", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("Usage: avow sign --new-key=FILE")
