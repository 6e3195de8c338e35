"""The API's document: valid, written down, and of just the routes that the template has."""

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from connections import __version__
from connections.entrypoints.openapi import document
from connections.entrypoints.problems import KINDS
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.events import ROUTES
from tests.integration.entrypoints.test_callers import OPEN
from tests.openapi_document import WRITTEN, generated

HTML = {
    "GET /problems/{code}", "GET /authorize", "POST /authorize", "GET /callback",
    "POST /callback", "GET /authorization-complete",
}  # fmt: skip


def operations() -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, described in document()["paths"].items()
        for method, operation in described.items()
    }


def test_the_document_is_a_valid_one() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_the_document_in_the_repository_is_this_one() -> None:
    assert WRITTEN.read_text() == generated()


def test_paths_and_methods_are_those_of_the_template() -> None:
    assert sorted(operations()) == sorted(route.key for route in ROUTES)


def test_just_the_open_routes_ask_for_no_key() -> None:
    keyless = {name for name, operation in operations().items() if "security" not in operation}

    assert keyless == OPEN
    assert {str(each["security"]) for each in operations().values() if "security" in each} == {
        "[{'apiKey': []}]"
    }


@pytest.mark.parametrize("name", sorted({route.key for route in ROUTES}))
def test_an_operation_promises_what_is_answered(name: str) -> None:
    responses = operations()[name]["responses"]

    assert not {"422", "500"} & set(responses)
    if name in HTML:
        assert "default" not in responses
        assert {"200", "303", "400", "404"} <= set(responses)
    else:
        assert responses["default"]["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        }


def test_what_has_no_content_promises_none() -> None:
    responses = operations()["POST /connections/{connection}/reports"]["responses"]

    assert "content" not in responses["204"]


def test_a_problem_has_one_of_the_codes() -> None:
    problem = document()["components"]["schemas"]["Problem"]

    assert problem["properties"]["code"]["enum"] == sorted(KINDS)
    assert problem["required"] == ["type", "code", "title", "status", "detail"]


def test_the_routers_own_errors_are_not_described() -> None:
    names = set(document()["components"]["schemas"])

    assert not names & {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
    assert "servers" not in document()


def test_every_operation_says_what_it_does_and_where_it_belongs() -> None:
    for operation in operations().values():
        assert operation["summary"]
        assert operation["tags"]


def test_the_service_hands_the_document_out(functions: Functions) -> None:
    answer = functions.call("GET", "/openapi.json")

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert json.loads(answer.body) == document()
    assert answer.json["info"]["version"] == __version__
    assert answer.json["openapi"].startswith("3.1")
