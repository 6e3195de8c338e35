"""Who may call: every route that is not open asks for a known API key."""

import re

import pytest

from connections.entrypoints.rules import RULES
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.events import ROUTES

OPEN = {
    "GET /health", "GET /regions", "GET /openapi.json", "GET /problems/{code}",
    "GET /authorize", "POST /authorize", "GET /callback", "POST /callback",
    "GET /authorization-complete",
}  # fmt: skip
CLOSED = sorted({route.key for route in ROUTES} - OPEN)
SEND = (
    "Send an organization API key or a customer user's signed token as `Authorization: Bearer …`."
)
UNAUTHENTICATED = {
    "type": "/problems/unauthenticated",
    "code": "unauthenticated",
    "title": "The request carries no valid credential",
    "status": 401,
}


def split(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    path = re.sub(r"{(?!code})\w+}", "some", path)
    return method, path.replace("{code}", "not-found")


def assert_refused(answer: Answer) -> None:
    assert answer.status == 401
    assert answer.json == {**UNAUTHENTICATED, "detail": SEND}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["www-authenticate"] == 'Bearer realm="connections"'


@pytest.mark.parametrize("route", CLOSED)
def test_a_closed_route_refuses_whoever_sends_no_known_key(
    functions: Functions, route: str
) -> None:
    functions.key = ""
    unknown = {"authorization": "Bearer cnx_unknown"}

    assert_refused(functions.call(*split(route)))
    assert_refused(functions.call(*split(route), headers=unknown))


@pytest.mark.parametrize("wrong", ["", "Bearer", "Bearer ", "Basic {key}", "{key}", "Bearer{key}"])
def test_what_is_no_bearer_key_is_refused(functions: Functions, wrong: str) -> None:
    key, functions.key = functions.key, ""
    headers = {"authorization": wrong.format(key=key)}

    assert_refused(functions.call("GET", "/components/none", headers=headers))


@pytest.mark.parametrize("wrong", ["{key}x", "x{key}", " {key}", "{key},", "cnx_é"])
def test_what_is_not_just_the_key_is_refused(functions: Functions, wrong: str) -> None:
    key, functions.key = functions.key, ""
    headers = {"authorization": "Bearer " + wrong.format(key=key)}

    refused = functions.call("GET", "/components/none", headers=headers)

    assert_refused(refused)


def test_the_table_has_a_row_for_every_route_and_no_other() -> None:
    assert sorted(RULES) == sorted(route.key for route in ROUTES)


def test_just_the_open_routes_are_open() -> None:
    assert {name for name, rule in RULES.items() if rule.open} == OPEN
    assert len(CLOSED) == 64


@pytest.mark.parametrize("route", sorted(OPEN))
def test_an_open_route_asks_for_no_key(functions: Functions, route: str) -> None:
    functions.key = ""

    assert functions.call(*split(route)).status in {200, 303, 400, 404}


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_is_read_in_any_case(functions: Functions, scheme: str) -> None:
    key, functions.key = functions.key, ""

    found = functions.call("GET", "/components/none", headers={"authorization": f"{scheme} {key}"})

    assert found.status == 404


def test_a_key_is_found_by_its_digest_and_never_stored(functions: Functions) -> None:
    assert functions.key not in str(functions.aws.items("Definitions"))


def test_a_deleted_key_is_refused_by_a_function_that_has_not_seen_it(functions: Functions) -> None:
    functions.aws.empty()

    assert functions.call("GET", "/components/none").status == 401
