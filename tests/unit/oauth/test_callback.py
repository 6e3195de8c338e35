"""The authorization response: what is refused, and in which order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.authorization import (
    AuthorizationResponse,
    CallbackRejected,
    ConsentRefused,
    authorization_code,
    error_code,
    parse_authorization_response,
)
from connections.oauth.digests import digest
from connections.oauth.server_metadata import ISS_PROMISED
from tests.builders import NOW, a_flow, an_issuance

INSTANT = timedelta(microseconds=1)
ISSUER = "https://acme.example"


def refusal(raw_query: str) -> str:
    with pytest.raises(CallbackRejected) as caught:
        parse_authorization_response(raw_query)
    assert str(caught.value) == caught.value.code
    return caught.value.code


def test_a_callback_is_read_from_its_raw_query() -> None:
    response = parse_authorization_response("code=a%20b%2Bc&state=the+state&realmId=&x")

    assert response.state == "the state"
    assert response.parameters == {"code": "a b+c", "state": "the state", "realmId": "", "x": ""}


def test_a_callback_of_8_kb_is_read_and_a_longer_one_refused() -> None:
    longest = "state=s&code=" + "c" * (8192 - 13)

    assert parse_authorization_response(longest).state == "s"
    assert refusal(longest + "c") == "callback-too-large"


@pytest.mark.parametrize(
    "raw_query",
    [
        "state=s&state=s",
        "state=s&code=a&code=a",
        "state=s&code=a&code=",
        "state=s&code=a&%63ode=b",
        "state=s&x&x",
        "state=&state=s",
    ],
)
def test_a_repeated_parameter_is_refused(raw_query: str) -> None:
    assert refusal(raw_query) == "repeated-parameter"


@pytest.mark.parametrize("raw_query", ["", "code=c", "state=&code=c", "state&code=c", "STATE=s"])
def test_a_callback_without_a_state_is_refused(raw_query: str) -> None:
    assert refusal(raw_query) == "state-missing"


def test_length_is_checked_before_repetition_and_repetition_before_the_state() -> None:
    assert refusal("x=1&x=2&" + "y" * 8192) == "callback-too-large"
    assert refusal("x=1&x=2") == "repeated-parameter"


@given(st.text())
@settings(deadline=None)
def test_any_query_is_read_or_refused(raw_query: str) -> None:
    try:
        response = parse_authorization_response(raw_query)
    except CallbackRejected:
        return
    assert response.state == response.parameters["state"] != ""


@given(st.dictionaries(st.text(), st.text(), max_size=6), st.text(min_size=1, max_size=40))
@settings(deadline=None)
def test_what_a_server_encodes_comes_back_as_it_was(others: dict[str, str], state: str) -> None:
    sent = {**others, "state": state}

    assert parse_authorization_response(urlencode(sent)).parameters == sent


def test_neither_state_nor_code_is_in_the_representation_of_a_response() -> None:
    shown = repr(parse_authorization_response("state=the-state&code=the-code"))

    assert "the-state" not in shown
    assert "the-code" not in shown


def test_the_digest_is_sha_256() -> None:
    assert digest("Ada é") == sha256("Ada é".encode()).hexdigest()


def code_of(
    *,
    parameters: Mapping[str, str] | None = None,
    browser: str | None = "the-browser",
    now: datetime = NOW,
    **flow: Any,
) -> str:
    sent = {"code": "the-code"} if parameters is None else parameters
    response = AuthorizationResponse(state="the-state", parameters=sent)
    return authorization_code(response, a_flow(**flow), browser=browser, now=now)


def rejection(**changes: Any) -> str:
    with pytest.raises(CallbackRejected) as caught:
        code_of(**changes)
    return caught.value.code


def test_the_code_of_a_flow_that_keeps_every_rule_is_returned() -> None:
    assert code_of() == "the-code"


def test_a_flow_ends_at_its_expiry() -> None:
    assert code_of(expires_at=NOW + INSTANT) == "the-code"
    assert rejection(expires_at=NOW) == "flow-expired"
    assert rejection(expires_at=NOW - INSTANT) == "flow-expired"


@pytest.mark.parametrize("browser", [None, "", "another", "THE-BROWSER", "the-browser "])
def test_another_browser_does_not_finish_what_this_one_began(browser: str | None) -> None:
    assert rejection(browser=browser) == "other-browser"


def test_a_browsers_digest_is_not_as_good_as_its_cookie() -> None:
    assert rejection(browser=digest("the-browser")) == "other-browser"


def test_another_issuer_is_refused() -> None:
    answer = {"code": "the-code", "iss": "https://evil.example"}

    assert rejection(issuer=ISSUER, parameters=answer) == "issuer-mismatch"


@pytest.mark.parametrize(
    "unverified_iss", ["", ISSUER + "/", ISSUER.upper(), "http://acme.example"]
)
def test_the_issuer_is_compared_exactly(unverified_iss: str) -> None:
    answer = {"code": "the-code", "iss": unverified_iss}

    assert rejection(issuer=ISSUER, parameters=answer) == "issuer-mismatch"


@pytest.mark.parametrize("parameters", [{"code": "c"}, {"error": "access_denied"}])
def test_a_server_that_promised_to_name_itself_must(parameters: dict[str, str]) -> None:
    promised = replace(an_issuance(), metadata={"issuer": ISSUER, ISS_PROMISED: True})
    known: dict[str, Any] = {"issuer": ISSUER, "issuance": promised}

    assert rejection(parameters=parameters, **known) == "issuer-missing"
    other = {**parameters, "iss": "https://evil.example"}
    assert rejection(parameters=other, **known) == "issuer-mismatch"
    assert code_of(parameters={"code": "c", "iss": ISSUER}, **known) == "c"


def test_the_issuer_is_accepted_where_it_is_right_absent_or_unknown() -> None:
    assert code_of(issuer=ISSUER, parameters={"code": "c", "iss": ISSUER}) == "c"
    assert code_of(issuer=ISSUER, parameters={"code": "c"}) == "c"
    assert code_of(issuer=None, parameters={"code": "c", "iss": "https://any.example"}) == "c"


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "c", "error": "access_denied"},
        {"code": "", "error": "access_denied"},
        {"code": "c", "error": ""},
    ],
)
def test_code_and_error_together_are_refused(answer: dict[str, str]) -> None:
    assert rejection(parameters=answer) == "code-and-error"


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"Code": "c"}])
def test_neither_code_nor_error_is_refused(answer: dict[str, str]) -> None:
    assert rejection(parameters=answer) == "code-missing"


def consent_refused(error: str, **flow: Any) -> str:
    with pytest.raises(ConsentRefused) as caught:
        code_of(parameters={"error": error, "error_description": "words"}, **flow)
    assert str(caught.value) == caught.value.provider_error
    return caught.value.provider_error


STANDARD_ERRORS = [
    "access_denied", "account_selection_required", "consent_required", "interaction_required",
    "invalid_request", "invalid_scope", "invalid_target", "login_required", "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_response_type",
]  # fmt: skip


@pytest.mark.parametrize("error", STANDARD_ERRORS)
def test_an_error_of_the_standards_is_told(error: str) -> None:
    assert consent_refused(error) == error
    assert error_code(error) == error


@pytest.mark.parametrize("error", ["", "ACCESS_DENIED", "access_denied ", "<script>", "the-secret"])
def test_any_other_error_is_not_repeated(error: str) -> None:
    assert consent_refused(error) == "unknown_error"


def test_each_check_comes_before_the_next() -> None:
    both = {"code": "c", "error": "access_denied", "iss": "https://evil.example"}
    everything = {"parameters": both, "issuer": ISSUER}

    assert rejection(**everything, expires_at=NOW, browser="another") == "flow-expired"
    assert rejection(**everything, browser="another") == "other-browser"
    assert rejection(**everything) == "issuer-mismatch"
    assert rejection(parameters=both) == "code-and-error"


def test_an_error_of_another_issuer_or_browser_is_no_refusal_of_consent() -> None:
    refused = {"error": "access_denied", "iss": "https://evil.example"}

    assert rejection(parameters=refused, issuer=ISSUER) == "issuer-mismatch"
    assert rejection(parameters=refused, browser=None) == "other-browser"
