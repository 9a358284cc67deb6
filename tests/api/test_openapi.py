"""The OpenAPI document is whole: what a client is made from says every answer, with an example of each."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.operations import openapi, operations

PROBLEM = {"$ref": "#/components/schemas/Problem"}
HTTP_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture(scope="module")
def described(calm: Api) -> dict[str, Any]:
    return openapi(calm)


def every_object(found: object, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document with its place."""
    if isinstance(found, dict):
        yield where, found
        for name, inner in found.items():
            yield from every_object(inner, f"{where}/{name}")
    elif isinstance(found, list):
        for place, inner in enumerate(found):
            yield from every_object(inner, f"{where}/{place}")


def test_it_is_an_openapi_document_of_version_3_1(described: dict[str, Any]) -> None:
    """The parts that the specification (3.1.0, section 4.8) demands, object by object."""
    assert re.fullmatch(r"3\.1\.\d+", described["openapi"])
    assert {"title", "version"} <= set(described["info"])
    assert set(described) <= {"openapi", "info", "paths", "components", "tags", "servers", "security"}
    for path, item in described["paths"].items():
        assert path.startswith("/v1/")
        assert set(item) <= HTTP_METHODS
        names = re.findall(r"{(\w+)}", path)
        assert len(names) == len(set(names))
        for operation in item.values():
            stated = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
            assert stated == names
            assert operation["responses"]
            for parameter in operation.get("parameters", []):
                assert parameter["in"] in ("query", "header", "path", "cookie")
                assert parameter["in"] != "path" or parameter["required"] is True
                assert "schema" in parameter
            for status, response in operation["responses"].items():
                assert re.fullmatch(r"[1-5]\d\d", status)
                assert response["description"]
    for name in (name for group in described["components"].values() for name in group):
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for where, one in every_object(described):
        if isinstance(one.get("$ref"), str):
            found: Any = described
            assert one["$ref"].startswith("#/"), where
            for part in one["$ref"][2:].split("/"):
                found = found[part]


def test_nothing_lies_in_it_that_nobody_refers_to(described: dict[str, Any]) -> None:
    referred = {
        one["$ref"].rpartition("/")[2] for _, one in every_object(described) if isinstance(one.get("$ref"), str)
    }
    assert set(described["components"]["schemas"]) == referred


def test_operations_have_short_names_and_no_two_the_same(calm: Api) -> None:
    names = [one.described["operationId"] for one in operations(calm)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_operation_says_what_it_is_for_and_asks_for_a_key(calm: Api) -> None:
    schemes = openapi(calm)["components"]["securitySchemes"]
    assert [(one["type"], one["scheme"]) for one in schemes.values()] == [("http", "bearer")]
    for one in operations(calm):
        assert one.described["summary"], one
        assert one.described["description"], one
        assert one.described["security"] == [{name: []} for name in schemes], one


def test_every_operation_documents_its_errors_as_problem_documents_with_an_example(calm: Api) -> None:
    for one in operations(calm):
        errors = {status: said for status, said in one.described["responses"].items() if status >= "400"}
        assert {"401", "422", "429", "500", "503"} <= set(errors), one
        assert ("404" in errors) == ("{" in one.path and one.method != "PUT"), one
        assert ("413" in errors) == ("requestBody" in one.described), one
        for status, said in errors.items():
            assert list(said["content"]) == ["application/problem+json"], one
            content = said["content"]["application/problem+json"]
            assert content["schema"] == PROBLEM
            assert content["example"]["status"] == int(status)


def test_every_body_and_answer_has_an_example_or_fields_that_have_one(calm: Api) -> None:
    described = openapi(calm)
    for one in operations(calm):
        contents = [said.get("content", {}) for said in one.described["responses"].values()]
        contents.append(one.described.get("requestBody", {}).get("content", {}))
        for media_type, content in ((name, inner) for group in contents for name, inner in group.items()):
            raw = content["schema"].get("contentMediaType") == "application/octet-stream"
            assert raw or "example" in content or refers(content["schema"]), (str(one), media_type)
    for name, schema in described["components"]["schemas"].items():
        if name.endswith("Shape") or name in {"Problem", "ResendOrder", "Said", "Imported"}:
            for field, stated in schema["properties"].items():
                assert "examples" in stated or refers(stated), f"{name}.{field}"


def refers(schema: dict[str, Any]) -> bool:
    """Whether it is another schema, or a list of it, with examples of its own."""
    return "$ref" in schema or "$ref" in schema.get("items", {})


def test_the_example_of_every_body_is_one_that_the_api_takes(api: Api) -> None:
    """A program is often begun by sending the example as it stands."""
    tried = set()
    for one in operations(api):
        for media_type, content in one.described.get("requestBody", {}).get("content", {}).items():
            if "example" not in content:
                continue
            raw = content["example"]
            answer = api.ask(
                one.method,
                one.at(reference="atelier-du-lac"),
                headers={"Content-Type": media_type},
                content=raw if isinstance(raw, str) else json.dumps(raw),
            )
            assert answer.status_code in (200, 202), (str(one), media_type, answer.text)
            if one.path == "/v1/check":
                (verdict,) = answer.json()
                assert (verdict["valid"], verdict["findings"]) == (True, []), (media_type, verdict)
            tried.add((one.path, media_type))
    files = {"application/xml", "application/json", "text/csv"}
    assert tried >= {(path, kind) for path in ("/v1/check", "/v1/submissions") for kind in files}
    assert tried >= {("/v1/rules", "application/yaml"), ("/v1/recipients/{reference}", "application/json")}


def test_every_part_of_an_address_has_an_example(calm: Api) -> None:
    for one in operations(calm):
        for parameter in one.described.get("parameters", []):
            if parameter["in"] == "path":
                assert parameter["schema"].get("examples") or parameter.get("examples"), (str(one), parameter["name"])


def test_examples_are_what_their_schema_says(calm: Api) -> None:
    """As far as a type goes: a null where null may stand, a number where a number stands."""
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "boolean": (bool,),
        "null": (type(None),),
        "object": (dict,),
        "array": (list,),
    }
    for where, one in every_object(openapi(calm)["components"]["schemas"]):
        if "examples" not in one or not isinstance(one["examples"], list):
            continue
        stated = [one, *one.get("anyOf", [])]
        allowed = tuple(kind for schema in stated for kind in kinds.get(schema.get("type", ""), ()))
        allowed += (str,) if any("$ref" in schema for schema in stated) else ()  # one of a list of words
        assert not allowed or all(isinstance(example, allowed) for example in one["examples"]), where


def test_the_application_serves_no_page_that_runs_foreign_scripts(calm: Api) -> None:
    for path in ("/docs", "/redoc", "/v1/docs", "/openapi.json"):
        assert calm.get(path).status_code == 404


def test_what_is_not_for_callers_is_not_in_it(described: dict[str, Any]) -> None:
    assert not {"/metrics", "/health"} & set(described["paths"])


def test_figures_count_calls_by_route_and_nothing_by_tenant(calm: Api) -> None:
    calm.get("/v1/documents/d-7KQ2M9TX")
    calm.ask("GNU", "/v1/documents")
    said = calm.get("/metrics", key="").text
    assert 'route="/v1/documents/{document}",status="404"' in said
    assert 'method="other"' in said
    assert "d-7KQ2M9TX" not in said
    assert "GNU" not in said
