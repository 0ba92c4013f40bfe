"""The OpenAPI document: its examples are asked, and every answer is as its schema says."""
import re

import jsonschema
import pytest
import yaml


@pytest.fixture(scope="module")
def document(root):
    return yaml.safe_load((root / "runtime/agent/openapi.yaml").read_text())


def check(document, schema, value):
    """By JSON Schema 2020-12, which OpenAPI 3.1 uses; references lead into the document."""
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(
        {**schema, "components": document["components"]}).validate(value)


def schema_of(document, operation, answer):
    found = operation["responses"].get(str(answer.status)) or operation["responses"]["default"]
    if "$ref" in found:
        found = document["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    kind = answer.headers["Content-Type"].split(";")[0]
    return found["content"][kind]["schema"]


def test_every_example_and_every_answer(document, daemon):
    one = daemon()
    asked = 0
    for path, operations in document["paths"].items():
        if "get" in operations:
            answer = one.get(path)
            schema = schema_of(document, operations["get"], answer)
            if schema != {"type": "string"}:
                check(document, schema, answer.json)
            assert answer.status == 200
            continue
        operation = operations["post"]
        content = operation["requestBody"]["content"]["application/json"]
        for name, example in content["examples"].items():
            check(document, content["schema"], example["value"])
            answer = one.post(path, example["value"])
            assert answer.status == 200, (name, answer.body)
            check(document, schema_of(document, operation, answer), answer.json)
            asked += 1
        wrong = one.post(path, {"nonsense": 1})
        assert wrong.status == 422
        check(document, schema_of(document, operation, wrong), wrong.json)
        with pytest.raises(jsonschema.ValidationError):
            check(document, content["schema"], {"nonsense": 1})
    assert asked >= 7


def test_the_document_names_every_route(document, root):
    text = "".join((root / "runtime/agent/http" / name).read_text()
                   for name in ("api.c", "health.c"))
    assert set(re.findall(r'\{"(/[^"]+)", METHOD', text)) == set(document["paths"])
    assert document["openapi"] == "3.1.0"
    names = [operation["operationId"] for operations in document["paths"].values()
             for operation in operations.values()]
    assert len(set(names)) == len(names)
