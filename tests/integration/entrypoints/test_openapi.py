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

REDIRECTS = {"POST /authorize", "GET /callback", "POST /callback"}
MAY_REDIRECT = {"GET /authorize"}
PAGES = {*MAY_REDIRECT, *REDIRECTS}


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
    refusals = {status: each for status, each in responses.items() if status[0] in "45"}

    assert not {"422", "500", "default"} & set(responses)
    answered = {"3" if name in REDIRECTS else "2"} | ({"3"} if name in MAY_REDIRECT else set())
    assert {status[0] for status in responses} - {"4", "5"} == answered
    for status, refusal in refusals.items():
        page = name in PAGES and status not in ("413", "429")
        media_type = "text/html" if page else "application/problem+json"
        assert list(refusal["content"]) == ["application/json" if status == "429" else media_type]
    assert ("401" in responses) is (name not in OPEN)


def test_a_redirect_promises_where_it_leads() -> None:
    for name in REDIRECTS | MAY_REDIRECT:
        redirect = operations()[name]["responses"]["303"]
        assert "content" not in redirect
        assert redirect["headers"]["Location"]["required"]


def test_who_must_wait_is_told_how_long() -> None:
    busy = [each["responses"].get("503") for each in operations().values()]

    assert {str(each["headers"]["Retry-After"]["schema"]) for each in busy if each} == {
        "{'type': 'integer', 'minimum': 1}"
    }


@pytest.mark.parametrize("name", sorted(OPEN))
def test_an_open_route_refuses_nobody(name: str) -> None:
    assert not {"401", "403"} & set(operations()[name]["responses"])


def test_conflicts_are_described_by_their_codes() -> None:
    described = [
        each["responses"].get("409") for name, each in operations().items() if name not in PAGES
    ]
    codes = {
        code
        for each in described
        if each
        for code in each["description"].removeprefix("One of: ").split(", ")
    }

    assert codes == {code for code, kind in KINDS.items() if kind.status == 409}


def test_what_was_made_leads_on() -> None:
    made = operations()["POST /connections"]["responses"]["201"]["links"]
    below = {
        each["operationId"]
        for name, each in operations().items()
        if name.partition(" ")[2].startswith("/connections/{connection}")
    }

    assert set(made) == below
    assert all(
        each["parameters"] == {"path.connection": "$response.body#/id"} for each in made.values()
    )


def test_no_parameter_is_sent_as_null() -> None:
    parameters = [each for op in operations().values() for each in op.get("parameters", [])]

    assert len(parameters) > 30
    assert "null" not in str([each["schema"] for each in parameters])


def maps(document: Any) -> list[Any]:
    if isinstance(document, list):
        return [found for each in document for found in maps(each)]
    if not isinstance(document, dict):
        return []
    own = [document] if "patternProperties" in document else []
    return [*own, *maps(list(document.values()))]


def test_a_map_has_no_names_but_those_of_its_pattern() -> None:
    found = maps(document())

    assert len(found) > 5
    assert [each["additionalProperties"] for each in found] == [False] * len(found)


def test_a_user_has_an_id_of_one_length_everywhere() -> None:
    lengths = {
        parameter["schema"]["maxLength"]
        for operation in operations().values()
        for parameter in operation.get("parameters", [])
        if parameter["name"] in ("user", "userId")
    }

    assert lengths == {200}


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
