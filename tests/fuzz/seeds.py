"""Seeds of the fuzzing targets, made from the policies of the tree: seeds.py BUILD FOLDER."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
QUESTIONS = [
    "may we email licensee about notify.expiry if opted-out?",
    "we share order.phone with couriers",
    "May shop store order in eu-cloud if region.eu and not stopped and leap-year?",
    "may us show issue.email to us",
]
ADDRESSES = [
    "joe@shop.example", "Joe.Doe+tag@SHOP.example.", '"a b\\\"c"@x', "josé@bücher.example",
    "Straße@xn--bcher-kva.example", "用户@例子。广告", "joe@[IPv6:2001:db8::1]", "joe@[192.0.2.1]",
    "+49 (30) 123-4567", "tel:+4930123456", "id:7", "record:order:7", "Joe <joe@x>",
]
# Edits of a signed bundle: none, one, a byte more; lines of keys.
KEY = "avow-key 1N3sRKsf6PU8AcKciIhvzoNPkvaJctSajaaLduCS0vs="
SIGNATURES = [b"\0\0", b"\0\0\1\0\1", b"\0\1", b"avowsig1\1\0\0\0\0\0\0\0" + bytes(96), KEY.encode(),
              f"{KEY} until 2027-12-31 # whose".encode(), b"# nothing"]
# A token under the keys of the target, and forms.
LINKS = [
    b"AQJ1XUOiO_Eo9fhKdWhkgnUjQzrWKLjPFkw91gk-xWuexAKPRBto2E24YPGf8ycOmlIn1FvRIrgX6jdukv0mPWVw",
    b"\nList-Unsubscribe=One-Click&do=a+b%20c",
    b'multipart/form-data; boundary="x1"\n--x1\r\nContent-Disposition: form-data; name="do"\r\n\r\n'
    b"leave\r\n--x1--\r\n", b"multipart/form-data; boundary=x\n--x\nContent-Disposition:;name=a\n\nb\n--x--",
]


def make_seeds(build, folder):
    """folder/TARGET for each target: small files."""
    folder = pathlib.Path(folder)
    for target in ("compiler", "question", "bundle", "address", "signature", "link"):
        (folder / target).mkdir(parents=True, exist_ok=True)
    for number, question in enumerate(QUESTIONS):
        (folder / "question" / str(number)).write_text(question)
    for number, address in enumerate(ADDRESSES):
        (folder / "address" / str(number)).write_text(address, encoding="utf-8")
    for number, link in enumerate(LINKS):
        (folder / "link" / str(number)).write_bytes(link)
    for number, edits in enumerate(SIGNATURES):
        (folder / "signature" / str(number)).write_bytes(edits)
    here = ROOT / "tests" / "fuzz" / "corpus"
    policies = [*sorted((ROOT / "policies").glob("*.policy")), *sorted(here.glob("*.policy"))]
    for path in policies:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^calendar:.*$", "calendar: calendar.yaml", text, flags=re.MULTILINE)
        (folder / "compiler" / path.stem).write_text(text, encoding="utf-8")
        # Clause by clause as well: small seeds change faster.
        for number, part in enumerate(re.split(r"\n(?=clause |section |example )", text)[1:30]):
            (folder / "compiler" / f"{path.stem}-{number}").write_text(part, encoding="utf-8")
        subprocess.run([str(pathlib.Path(build) / "compiler" / "avow"), "build", str(path), "--out",
                        str(folder / "bundle"), "--only=avow"], check=True, capture_output=True)
    return folder


if __name__ == "__main__":
    make_seeds(*sys.argv[1:3])
