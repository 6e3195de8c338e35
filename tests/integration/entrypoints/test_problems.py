"""What is wrong with a request is said in problem documents (RFC 9457), which echo nothing."""

from typing import Any

import pytest

from connections.entrypoints.problems import KINDS
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.demo import Demo

SENT = "value-that-must-not-come-back"
INVALID = {
    "type": "/problems/invalid-request",
    "code": "invalid-request",
    "title": "The request is not valid",
    "status": 400,
}
NOT_FOUND = {
    "type": "/problems/not-found",
    "code": "not-found",
    "title": "There is no such thing",
    "status": 404,
}


def assert_problem(answer: Answer, document: dict[str, Any]) -> None:
    assert answer.json == document
    assert answer.status == document["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


def pointers(answer: Answer) -> list[str]:
    assert answer.status == 400
    assert SENT not in answer.body
    return [each["pointer"] for each in answer.json["errors"]]


def test_an_invalid_body_is_pointed_at(functions: Functions) -> None:
    answer = functions.call("POST", "/connections", json={"connection": {"component": "acme"}})

    errors = [{"pointer": "#/connection/key", "detail": "Field required"}]
    detail = "Some places of the request are wrong."
    assert_problem(answer, {**INVALID, "detail": detail, "errors": errors})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"connection": SENT}, ["#/connection"]),
        ({"connection": {"component": "a", "key": f"{SENT} "}}, ["#/connection/key"]),
        ({"connection": {"component": "a", "key": "b"}, SENT: SENT}, None),
        ({"connection": {"component": "", "key": "b"}}, ["#/connection/component"]),
        ({"connection": {"component": "a" * 101, "key": "b"}}, ["#/connection/component"]),
        ({"connection": {"component": "a", "key": "b"}, "name": ""}, ["#/name"]),
        ([SENT], ["#"]),
    ],
)
def test_every_wrong_place_is_named_and_no_value_comes_back(
    functions: Functions, body: Any, expected: list[str] | None
) -> None:
    answer = functions.call("POST", "/connections", json=body)

    if expected is None:
        assert [each["pointer"] for each in answer.json["errors"]] == [f"#/{SENT}"]
    else:
        assert pointers(answer) == expected


def test_a_name_with_a_slash_is_escaped_in_its_pointer(functions: Functions) -> None:
    wanted = {"component": "a", "key": "b", "values": {"a/b~c": 5}}

    answer = functions.call("POST", "/connections", json={"connection": wanted})

    assert set(pointers(answer)) == {"#/connection/values/a~1b~0c"}


def test_a_rule_of_ours_is_told_in_our_words(demo: Demo) -> None:
    document = demo.component("acme")
    document["connections"] = [document["connections"][0]] * 2

    answer = demo.functions.call("PUT", "/components/acme", json=document)

    assert answer.json["errors"] == [
        {"pointer": "#/connections/1/key", "detail": "is the key of another connection too"}
    ]


def test_what_is_wrong_with_a_definition_is_pointed_at(demo: Demo) -> None:
    document = demo.component("acme")
    inputs = document["connections"][0]["inputs"]
    del inputs["clientSecret"]
    inputs["hidden"] = {"type": "string", "required": True, "shown": False}
    inputs["flag"] = {"type": "boolean", "default": "maybe"}
    at = "#/connections/0/inputs"

    answer = demo.functions.call("PUT", "/components/acme", json=document)

    assert pointers(answer) == [f"{at}/hidden/default", f"{at}/flag/default"]
    del inputs["hidden"], inputs["flag"]
    answer = demo.functions.call("PUT", "/components/acme", json=document)
    assert pointers(answer) == [f"{at}/clientSecret"]


def test_a_value_that_does_not_fit_its_input_is_pointed_at(demo: Demo) -> None:
    assert demo.functions.call("PUT", "/components/acme", json=demo.component("acme")).status == 200
    values = {"clientId": "a", "clientSecret": SENT, "tokenUrl": f"http://{SENT}.example"}
    wanted = {"component": "acme", "key": "oauth2", "values": values}

    answer = demo.functions.call("POST", "/connections", json={"connection": wanted})

    assert pointers(answer) == ["#/connection/values/tokenUrl"]
    assert answer.json["detail"] == "Some values do not fit the connection's inputs."


@pytest.mark.parametrize("body", [f'{{"{SENT}', SENT, f"[{SENT}"])
def test_broken_json_is_refused_without_quoting_it(functions: Functions, body: str) -> None:
    answer = functions.call("POST", "/connections", body=body, content_type="application/json")

    assert SENT not in answer.body
    assert_problem(answer, {**INVALID, "detail": "The body cannot be read as JSON."})


@pytest.mark.parametrize("content_type", ["application/xml", "text/plain"])
def test_a_body_of_another_type_is_refused(functions: Functions, content_type: str) -> None:
    answer = functions.call("POST", "/connections", body="{}", content_type=content_type)

    assert_problem(
        answer, {**INVALID, "detail": "Send the body as `Content-Type: application/json`."}
    )


def test_json_with_a_charset_is_read(functions: Functions) -> None:
    answer = functions.call(
        "POST", "/connections", body="{}", content_type="application/json; charset=utf-8"
    )

    assert pointers(answer) == ["#/connection"]


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        ("GET", "/components/none", "There is no such component."),
        ("GET", "/connections/none", "There is no such connection."),
        ("GET", "/connections/none/logs", "There is no such connection."),
        ("POST", "/connections/none/authorizations", "There is no such connection."),
        ("GET", "/connections/none/credentials", "There is no such connection."),
        ("POST", "/connections/none/refresh", "There is no such connection."),
        ("POST", "/connections/none/disconnect", "There is no such connection."),
    ],
)
def test_what_does_not_exist_is_not_found(
    functions: Functions, method: str, path: str, detail: str
) -> None:
    assert_problem(functions.call(method, path), {**NOT_FOUND, "detail": detail})


def test_a_problem_is_never_taken_for_another_type(functions: Functions) -> None:
    answer = functions.call("GET", "/connections/none")

    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("body", ["{}", ""])
def test_an_authorization_takes_an_empty_body(demo: Demo, body: str) -> None:
    made = demo.connection().call(
        "POST", "/authorizations", body=body, content_type="application/json"
    )

    assert made.status == 201


@pytest.mark.parametrize(
    ("options", "at"),
    [
        ({"scopes": "all"}, "#/scopes"),
        ({"confirm": None}, "#/confirm"),
        ({"returnUrl": ""}, "#/returnUrl"),
        ({"returnUrl": "https://elsewhere.example"}, "#/returnUrl"),
    ],
)
def test_an_authorization_takes_its_own_options_alone(
    demo: Demo, options: dict[str, Any], at: str
) -> None:
    answer = demo.connection().call("POST", "/authorizations", json=options)

    assert answer.status == 400
    assert pointers(answer) == [at]


@pytest.mark.parametrize("name", ["con#1", 'con"1'])
def test_a_path_that_the_router_does_not_know_is_not_found(functions: Functions, name: str) -> None:
    answer = functions.call("GET", f"/connections/{name}")

    assert_problem(answer, {**NOT_FOUND, "detail": "There is no such route."})


def test_a_report_about_no_connection_is_not_found(functions: Functions) -> None:
    answer = functions.call("POST", "/connections/none/reports", json={"outcome": "success"})

    assert_problem(answer, {**NOT_FOUND, "detail": "There is no such connection."})


@pytest.mark.parametrize(("length", "status"), [(100, 404), (101, 400)])
def test_an_id_has_at_most_a_hundred_characters(
    functions: Functions, length: int, status: int
) -> None:
    answer = functions.call("GET", f"/connections/{'a' * length}")

    assert answer.status == status
    if status == 400:
        assert pointers(answer) == ["#/path/connection"]


@pytest.mark.parametrize(
    ("query", "status"), [("0", 404), ("86400", 404), ("-1", 400), ("86401", 400), ("x", 400)]
)
def test_min_ttl_is_between_nothing_and_a_day(
    functions: Functions, query: str, status: int
) -> None:
    answer = functions.call("GET", "/connections/none/credentials", query={"minTtl": query})

    assert answer.status == status
    if status == 400:
        assert pointers(answer) == ["#/query/minTtl"]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_problem_has_its_page(functions: Functions, code: str) -> None:
    page = functions.call("GET", f"/problems/{code}")

    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{KINDS[code].title.replace(chr(39), '&#x27;')}</h1>" in page.body


def test_an_unknown_problem_code_is_not_found(functions: Functions) -> None:
    answer = functions.call("GET", "/problems/none")

    assert_problem(answer, {**NOT_FOUND, "detail": "There is no problem of this code."})
