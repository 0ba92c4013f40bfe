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


def make_seeds(build, folder):
    """folder/compiler, folder/question, folder/bundle: small files each."""
    folder = pathlib.Path(folder)
    for target in ("compiler", "question", "bundle"):
        (folder / target).mkdir(parents=True, exist_ok=True)
    for number, question in enumerate(QUESTIONS):
        (folder / "question" / str(number)).write_text(question)
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
