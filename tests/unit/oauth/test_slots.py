"""Slots in the texts of parameters, headers and URLs: what is put in, and what never is."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.errors import Misconfigured
from connections.domain.failure import FailureKind
from connections.oauth.client import OAuthClient
from connections.oauth.token_request import code_request, refresh_request
from tests.builders import NOW, a_definition, a_token_set, an_issuance

INPUTS = {
    **a_definition()["inputs"],
    "shop": {"type": "string"},
    "pin": {"type": "password"},
}


def a_client(
    values: dict[str, Any], context: dict[str, str] | None = None, **facts: Any
) -> OAuthClient:
    return OAuthClient.of(an_issuance(values, inputs=INPUTS, provider=facts), context)


def form(
    values: dict[str, Any], context: dict[str, str] | None = None, **facts: Any
) -> dict[str, Any]:
    client = a_client(values, context, **facts)
    request = code_request(client, code="c", redirect_uri="u", code_verifier=None, now=NOW)
    return dict(request.form)


def test_values_stand_in_the_slots_of_token_parameters() -> None:
    texts = {"audience": "shop:{{#shop}}", "pin": "{{#pin}}", "scope": "{{#scopes}}"}

    sent = form({"shop": "tea & co", "pin": "s3cret"}, tokenParams=texts, scopeSeparator=",")

    assert (sent["audience"], sent["pin"], sent["scope"]) == (
        "shop:tea & co",
        "s3cret",
        "read,write",
    )


def test_a_parameter_that_becomes_empty_is_left_out() -> None:
    assert "audience" not in form({}, tokenParams={"audience": "{{#shop}}"})


def test_what_the_callback_told_stands_in_token_parameters() -> None:
    facts: dict[str, Any] = {
        "contextParameters": ["realmId"],
        "tokenParams": {"realm": "{{#realmId}}"},
        "refreshParams": {"realm": "{{#realmId}}"},
    }
    client = a_client({}, {"realmId": "9"}, **facts)

    assert form({}, {"realmId": "9"}, **facts)["realm"] == "9"
    assert refresh_request(client, a_token_set(), now=NOW).form["realm"] == "9"


def test_no_callback_writes_an_input() -> None:
    texts = {"a": "{{#shop}}", "b": "{{#pin}}", "c": "{{#clientSecret}}"}
    evil = dict.fromkeys(["shop", "pin", "clientSecret", "scopes"], "evil")

    for wanted in (None, [], list(evil)):
        sent = form({"pin": "s3cret"}, evil, tokenParams=texts, contextParameters=wanted)
        assert "evil" not in sent.values()
        assert (sent["b"], sent["c"]) == ("s3cret", "the-secret")


def test_no_callback_writes_what_is_not_asked_for() -> None:
    client = a_client({}, {"realmId": "9", "other": "x"}, contextParameters=["realmId"])

    assert client.slots["realmId"] == "9"
    assert "other" not in client.slots


def refused(use: Any) -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        use()
    assert caught.value.failure.kind is FailureKind.CLIENT
    return caught.value


@pytest.mark.parametrize("evil", ["a\r\nX-Evil: b", "a\nb", "a\rb", "a\x00b", "a\x7f", "a\u2028b"])
@pytest.mark.parametrize("fact", ["tokenRequestHeaders", "tokenParams"])
def test_no_value_begins_another_line(fact: str, evil: str) -> None:
    error = refused(lambda: form({"shop": evil}, **{fact: {"X-Shop": "{{#shop}}"}}))

    assert str(error) == (
        "Nothing was sent: the value of shop must not contain control characters. "
        "Enter another value of shop."
    )


def test_a_header_is_ascii_also_when_a_value_is_in_it() -> None:
    error = refused(
        lambda: form({"shop": "caf\u00e9"}, tokenRequestHeaders={"X-Shop": "{{#shop}}"})
    )

    assert error.failure.explanation == "the value for the header x-shop is not ASCII"
    assert error.failure.remedy == "Enter another value."


def test_a_value_that_is_no_text_stands_in_no_slot() -> None:
    error = refused(lambda: form({"shop": 5}, tokenParams={"a": "{{#shop}}"}))

    assert error.failure.explanation == "the value of shop must be a string"


def test_what_is_refused_does_not_quote_the_value() -> None:
    error = refused(lambda: form({"pin": "hunter2\r\n"}, tokenRequestHeaders={"X-A": "{{#pin}}"}))

    assert "hunter2" not in f"{error} {error.failure!r}"


@given(st.text(max_size=20), st.text(max_size=20))
@settings(deadline=None)
def test_whatever_is_entered_headers_are_lines_and_parameters_whole(shop: str, pin: str) -> None:
    facts = {"tokenRequestHeaders": {"X-Shop": "{{#shop}}"}, "tokenParams": {"p": "a{{#pin}}"}}
    client = a_client({"shop": shop, "pin": pin}, **facts)
    try:
        request = refresh_request(client, a_token_set(), now=NOW)
    except Misconfigured:
        return

    header = request.headers.get("x-shop", "")
    assert header.isascii()
    assert header.isprintable()
    assert set(request.headers) <= {"accept", "x-shop"}
