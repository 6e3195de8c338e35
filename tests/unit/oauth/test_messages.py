"""Requests to an authorization server and its responses, before and after any socket."""

import json
from typing import Any

import pytest

from connections.oauth.messages import ServerRequest, answered_object, sendable
from tests.unit.oauth.answers import an_answer

FORM = {"a": "x & y=z", "é": "ü", "resource": ["1", "2"], "none": []}


def a_request(**changes: Any) -> ServerRequest:
    return ServerRequest(**{"url": "https://acme.example/", "headers": {}, "form": FORM, **changes})


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_form_is_encoded_with_as_many_values_as_there_are(method: str) -> None:
    assert a_request(method=method).content == (
        {"content-type": "application/x-www-form-urlencoded"},
        b"a=x+%26+y%3Dz&%C3%A9=%C3%BC&resource=1&resource=2",
    )


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_json_is_an_object_of_the_same(method: str) -> None:
    headers, body = a_request(method=method, json=True).content

    assert headers == {"content-type": "application/json"}
    assert json.loads(body or b"") == FORM


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_where_there_is_nothing_to_say_the_body_is_empty(method: str, *, as_json: bool) -> None:
    assert a_request(form={}, method=method, json=as_json).content == ({}, b"")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_get_has_no_body(*, as_json: bool) -> None:
    assert a_request(method="GET", json=as_json).content == ({}, None)


def test_a_request_shows_no_secret() -> None:
    shown = repr(a_request(url="https://acme.example/secret-path", headers={"a": "secret"}))

    assert "secret" not in shown
    assert "x & y" not in shown


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b"[1]", {}),
        (b'"a"', {}),
        (b"null", {}),
        (b"<html>", {}),
        (b"", {}),
        (b"\xff\xfe", {}),
        (b"[" * 50_000, {}),
    ],
)
def test_only_an_object_is_an_answer(body: bytes, told: dict[str, Any]) -> None:
    assert answered_object(an_answer(body)) == told


@pytest.mark.parametrize("token", ["a", " a ", "é", "\U0001f600"])
def test_a_text_can_be_sent_again(token: str) -> None:
    assert sendable(token)


@pytest.mark.parametrize("token", [None, "", " ", "\n", 1, True, ["a"], {}, "\ud800", "a\udfff"])
def test_what_cannot_be_sent_again_is_no_token(token: object) -> None:
    assert not sendable(token)
