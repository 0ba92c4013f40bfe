"""Messages for programs: JSON by the project's schema, SARIF by the one of its makers, both with the
places and words that the terminal shows."""
import json
import pathlib
import re
import subprocess
import urllib.parse

import jsonschema
import pytest

import npm

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DIAGNOSTICS = ROOT / "tests/diagnostics"
CASES = sorted(str(path.relative_to(DIAGNOSTICS)) for path in DIAGNOSTICS.glob("*/*.policy"))


def schema(name):
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sarif_schema():
    """The schema of SARIF 2.1.0 out of an npm package of its makers, got once for a lock file."""
    found, = (npm.modules(HERE) / "@microsoft/jest-sarif/lib/schemas").glob("sarif-2.1.0*.json")
    loaded = json.loads(found.read_text(encoding="utf-8"))
    assert "SARIF" in loaded["title"] and "2.1.0" in loaded["title"]
    return loaded


def run(avow, form, *paths, cwd=DIAGNOSTICS, **options):
    done = avow("check", f"--format={form}", *paths, cwd=cwd, **options)
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def plain(avow):
    """What the terminal says of every case in the tree, and the documents that say it."""
    text = avow("check", *CASES, cwd=DIAGNOSTICS)
    code, own = run(avow, "json", *CASES)
    also, sarif = run(avow, "sarif", *CASES)
    assert text.returncode == code == also
    return text.stderr, own, sarif


def messages_of(own):
    return [message for file in own["files"] for message in file["messages"]]


def as_terminal(message):
    """Head, reason, mend and second place as the terminal writes them."""
    begin = message["place"]["begin"]
    yield (f"{message['place']['path']}:{begin['line']}:{begin['column']}: {message['severity']} "
           f"{message['code']}: {message['message']}")
    if "why" in message:
        yield message["why"]
    if "mend" in message:
        yield f"Mend: {message['mend']}"
    if "see" in message:
        see = message["see"]["place"]
        yield (f"See {see['path']}:{see['begin']['line']}:{see['begin']['column']}: "
               f"{message['see']['message']}")


def test_json_is_valid_and_its_schema_too(plain):
    own = schema("grammar/messages.schema.json")
    jsonschema.Draft7Validator.check_schema(own)
    jsonschema.Draft7Validator(own).validate(plain[1])
    assert [file["path"] for file in plain[1]["files"]] == CASES
    for member in ({"code": "X1"}, {"severity": "note"}, {"place": {}}, {"other": 1}):
        broken = json.loads(json.dumps(plain[1]))
        messages_of(broken)[0].update(member)
        assert list(jsonschema.Draft7Validator(own).iter_errors(broken)), member


def test_json_says_what_the_terminal_says(plain):
    text, own, _ = plain
    text = text.replace("\N{REPLACEMENT CHARACTER}", "?")
    at = 0
    for message in messages_of(own):
        for part in as_terminal(message):
            shown = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "?", part)
            found = text.find(shown.replace("\N{REPLACEMENT CHARACTER}", "?"), at)
            assert found >= at, part
            at = found + 1
    assert len(re.findall(r"^\S.*:\d+:\d+: (?:error|warning) [EW]\d+: ", text, re.M)) == len(
        messages_of(own))
    for file in own["files"]:
        kept = [message["severity"] for message in file["messages"]]
        assert file["errors"] + file["warnings"] == len(kept) + file["omitted"]


def places_of(message):
    yield message["place"]
    for key in ("see", "edit"):
        if key in message:
            yield message[key]["place"]


def point(data, offset):
    """Line, column and column in UTF-16 of a byte, counted by Python."""
    before = data[:offset].decode("utf-8")
    line = before.rpartition("\n")[2]
    return {"line": before.count("\n") + 1, "column": len(line) + 1,
            "utf16": len(line.encode("utf-16-le")) // 2 + 1, "byte": offset}


def test_places(plain):
    seen = 0
    for message in messages_of(plain[1]):
        for place in places_of(message):
            path = DIAGNOSTICS / place["path"]
            if message["code"] in ("E101", "E102", "E103") or not path.is_file():
                continue
            data = path.read_bytes()
            for end in ("begin", "end"):
                offset = place[end]["byte"]
                assert place[end] == point(data, offset), (message, end)
                seen += 1
    assert seen > 1000


def apply(data, edit):
    begin, end = (edit["place"][name]["byte"] for name in ("begin", "end"))
    return data[:begin] + edit["text"].encode() + data[end:]


SLIPS = [case for case in CASES if case.startswith("slips/")]


def test_following_an_edit_mends(plain):
    """The edit of a slip gives exactly its mended policy, of which `avow check` has nothing to say
    (tests/diagnostics/test_slips.py)."""
    followed = 0
    for file in plain[1]["files"]:
        if file["path"] not in SLIPS or not file["messages"]:
            continue
        message, = file["messages"]
        if "edit" not in message:
            continue
        policy = DIAGNOSTICS / file["path"]
        assert message["edit"]["place"]["path"] == file["path"]
        assert apply(policy.read_bytes(), message["edit"]) == policy.with_suffix(
            ".mended").read_bytes(), file["path"]
        followed += 1
    assert followed >= 100


def test_sarif_is_valid(plain, sarif_schema):
    jsonschema.Draft7Validator(sarif_schema).validate(plain[2])
    assert plain[2]["version"] == "2.1.0"
    broken = json.loads(json.dumps(plain[2]))
    broken["runs"][0]["results"][0]["level"] = "fatal"
    assert list(jsonschema.Draft7Validator(sarif_schema).iter_errors(broken))


def test_sarif_says_what_json_says(plain):
    run, = plain[2]["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == len(messages_of(plain[1]))
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result, message in zip(run["results"], messages_of(plain[1])):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == message["code"]
        assert result["level"] == message["severity"]
        assert result["message"]["text"] == "\n".join(filter(None, [
            message["message"], message.get("why"),
            f"Mend: {message['mend']}" if "mend" in message else None]))
        location, = result["locations"]
        same_place(location["physicalLocation"], message["place"])
        assert ("relatedLocations" in result) == ("see" in message)
        if "see" in message:
            related, = result["relatedLocations"]
            same_place(related["physicalLocation"], message["see"]["place"])
            assert related["message"]["text"] == message["see"]["message"]
        assert ("fixes" in result) == ("edit" in message)
        if "edit" in message:
            same_edit(result["fixes"], message)


def same_place(physical, place):
    uri = physical["artifactLocation"]["uri"]
    assert urllib.parse.unquote(uri) == place["path"]
    same_region(physical["region"], place)


def same_region(region, place):
    begin, end = place["begin"], place["end"]
    assert region == {"startLine": begin["line"], "startColumn": begin["column"],
                      "endLine": end["line"], "endColumn": end["column"]}


def same_edit(fixes, message):
    fix, = fixes
    change, = fix["artifactChanges"]
    replacement, = change["replacements"]
    assert fix["description"]["text"] == message["mend"]
    assert urllib.parse.unquote(change["artifactLocation"]["uri"]) == message["place"]["path"]
    same_region(replacement["deletedRegion"], message["edit"]["place"])
    assert replacement["insertedContent"]["text"] == message["edit"]["text"]


def test_the_rules_of_sarif_are_the_pages(avow, plain):
    run, = plain[2]["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) > 40
    for rule in rules:
        page = (ROOT / f"compiler/diag/explain/{rule['id']}.md").read_text(encoding="utf-8")
        assert rule["help"]["markdown"] == page.strip()
        what = page.split("\n\n", 1)[0].replace("\n", " ")
        assert rule["fullDescription"]["text"] == what
    for rule in rules[:3]:
        assert rule["help"]["text"] == avow("explain", rule["id"]).stdout


def test_paths_that_need_escaping(avow, tmp_path, sarif_schema):
    """Names with blanks, signs and bytes that are no UTF-8; absolute ones; standard input."""
    wrong = "---\npolicy: a\n---\n"
    names = [b"a b.policy", b"100%.policy", "ä.policy".encode(), b"c:d.policy", b"q\"\\.policy",
             b"n\nl.policy", b"bad\xff.policy"]
    for name in names:
        (tmp_path / name.decode("utf-8", "surrogateescape")).write_text(wrong)
    paths = [name.decode("utf-8", "surrogateescape") for name in names]
    code, own = run(avow, "json", *paths, cwd=tmp_path)
    assert code == 1
    assert [file["path"] for file in own["files"]] == [
        name.decode("utf-8", "replace") for name in names]
    code, sarif = run(avow, "sarif", *paths, cwd=tmp_path)
    jsonschema.Draft7Validator(sarif_schema).validate(sarif)
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for result in sarif["runs"][0]["results"]]
    assert sorted(set(uris)) == sorted(urllib.parse.quote(name, safe="/-._~") for name in names)
    absolute = tmp_path / "a b.policy"
    code, sarif = run(avow, "sarif", absolute)
    uri = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert uri["uri"] == absolute.as_uri()
    code, own = run(avow, "json", "-", input=wrong)
    assert own["files"][0]["path"] == "-"
    assert own["files"][0]["messages"][0]["place"]["path"] == "standard input"
    code, sarif = run(avow, "sarif", "-", input=wrong)
    jsonschema.Draft7Validator(sarif_schema).validate(sarif)
    uri = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert uri["uri"] == "avow:standard%20input"


HEAD = "---\npolicy: a\ntitle: A\nlanguage: en\neffective: 2026-03-01\n---\n"


def test_words_of_the_author_are_escaped(avow, policy):
    """What a message repeats of a policy cannot break the document, nor a terminal."""
    signs = '\\ \t\x01\x1b\x7f\u0085\u2028\u202e\U0001F600'
    path = policy(f"{HEAD}purpose x \"{signs}\" x \"{signs}\".\nclause c:\n  we MAY use \U0001F600 "
                  "for x.\n")
    done = avow("check", "--format=json", path)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", done.stdout)
    messages = json.loads(done.stdout)["files"][0]["messages"]
    last = messages[-1]["place"]["begin"]
    assert messages[-1]["code"] == "E108" and last["utf16"] == last["column"] == 14
    end = messages[-1]["place"]["end"]
    assert (end["column"], end["utf16"]) == (15, 16)


def test_a_file_that_is_not_there(avow, tmp_path, sarif_schema):
    code, own = run(avow, "json", "missing.policy", cwd=tmp_path)
    assert code == 2 and messages_of(own)[0]["code"] == "E101"
    code, sarif = run(avow, "sarif", "missing.policy", cwd=tmp_path)
    jsonschema.Draft7Validator(sarif_schema).validate(sarif)
    assert code == 2
    assert sarif["runs"][0]["invocations"] == [{"executionSuccessful": False}]


def test_a_file_that_is_no_text(avow, tmp_path):
    (tmp_path / "latin.policy").write_bytes(HEAD.encode() + b"# caf\xe9\n")
    code, own = run(avow, "json", "latin.policy", cwd=tmp_path)
    assert code == 1 and [message["code"] for message in messages_of(own)] == ["E102"]


def test_more_than_are_kept(avow, policy):
    path = policy(HEAD + "clause c:\n" + "  we we.\n" * 1500)
    code, own = run(avow, "json", path)
    file, = own["files"]
    assert code == 1 and file["errors"] == 1500
    assert len(file["messages"]) == 1000 and file["omitted"] == 500
    code, sarif = run(avow, "sarif", path)
    assert len(sarif["runs"][0]["results"]) == 1000


def test_severity_is_that_of_the_command_line(avow, root):
    """-E makes errors of warnings here too, and -W takes them out."""
    for path in sorted((root / "policies").glob("*.policy")):
        code, own = run(avow, "json", "-E", "all", path)
        assert all(message["severity"] == "error" for message in messages_of(own))
        assert code == (1 if messages_of(own) else 0)
        code, own = run(avow, "json", "-W", "all", path)
        assert code == 0 and not messages_of(own)


def test_nothing_wrong(avow, root, sarif_schema):
    code, own = run(avow, "json", "-W", "all", root / "policies/shop.policy")
    assert code == 0 and own["files"][0]["messages"] == []
    code, sarif = run(avow, "sarif", "-W", "all", root / "policies/shop.policy")
    jsonschema.Draft7Validator(sarif_schema).validate(sarif)
    assert code == 0 and sarif["runs"][0]["results"] == []


def test_wrong_use(avow, root):
    done = avow("check", "--format=xml", root / "policies/shop.policy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("avow check: --format is text, json or sarif, not 'xml'\n"
                           "Try 'avow check --help'.\n")
    done = avow("check", "--format=json", "--dump=rules", root / "policies/shop.policy")
    assert (done.returncode, done.stdout) == (2, "")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = avow("check", "--format=json", root / "policies/shop.policy", capture_output=False,
                    stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2 and "cannot write the output" in done.stderr
