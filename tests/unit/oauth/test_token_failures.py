"""Why the token endpoint gave no token: each answer falls into one class, by evidence."""

from typing import Any

import pytest

from connections.domain.failure import Failure, FailureKind
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerResponse
from connections.oauth.token_failure import provider_error, told_error
from connections.oauth.token_response import TokenRequestFailed, token_set
from connections_sdk.composite_facts import TokenResponse
from connections_sdk.provider_facts import ProviderFacts
from tests.builders import NOW, a_token_set
from tests.unit.oauth.answers import a_client, an_answer

GRANT, CLIENT, WAIT, UNKNOWN = FailureKind
REFUSED = "the authorization server refused the app"
ENDED = "the authorization server ended the grant"
UNREADABLE = "the token endpoint's answer cannot be read"
PAGE = "the token endpoint answered with a web page in place of a token"


def failure_of(answer: ServerResponse, client: OAuthClient | None = None) -> Failure:
    with pytest.raises(TokenRequestFailed) as caught:
        token_set(client or a_client(), answer, a_token_set())
    assert str(caught.value) == caught.value.failure.explanation
    return caught.value.failure


@pytest.mark.parametrize("status", [200, 400, 401, 403, 302])
@pytest.mark.parametrize(
    ("error", "kind", "explanation"),
    [
        ("invalid_grant", GRANT, ENDED),
        ("invalid_client", CLIENT, REFUSED),
        ("unauthorized_client", CLIENT, REFUSED),
        ("invalid_request", CLIENT, REFUSED),
        ("unsupported_grant_type", CLIENT, REFUSED),
        ("invalid_scope", CLIENT, REFUSED),
    ],
)
def test_an_error_of_the_standard_says_who_must_act(
    status: int, error: str, kind: FailureKind, explanation: str
) -> None:
    answer = an_answer({"error": error, "error_description": "words"}, status)

    assert failure_of(answer) == Failure(
        kind=kind, explanation=explanation, http_status=status, provider_error=error
    )


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize("error", ["slow_down", "temporarily_unavailable", "invalid_grants", "x"])
def test_any_other_error_is_no_reason_to_end_anything(status: int, error: str) -> None:
    assert failure_of(an_answer({"error": error}, status)) == Failure(
        kind=WAIT,
        explanation=f"the token endpoint answered HTTP {status}",
        http_status=status,
        provider_error=error,
    )


@pytest.mark.parametrize("error", ["INVALID_GRANT", "invalid-grant", " invalid_grant"])
def test_error_codes_are_compared_exactly(error: str) -> None:
    assert failure_of(an_answer({"error": error}, 400)).kind is WAIT


def test_the_facts_may_name_other_words_for_a_dead_grant() -> None:
    client = a_client(invalidGrantSynonyms=["token_expired", "bad_refresh_token"])

    for error in ("token_expired", "bad_refresh_token", "invalid_grant"):
        assert failure_of(an_answer({"ok": False, "error": error}), client).kind is GRANT
    assert failure_of(an_answer({"error": "token_expires"}, 400), client).kind is WAIT


def test_a_synonym_counts_for_more_than_the_standards_own_meaning() -> None:
    client = a_client(invalidGrantSynonyms=["invalid_request"])

    assert failure_of(an_answer({"error": "invalid_request"}, 400), client).kind is GRANT


@pytest.mark.parametrize("status", [408, 429])
@pytest.mark.parametrize("body", [{"error": "invalid_grant"}, {"error": "invalid_client"}, {}, b""])
def test_a_server_that_asks_to_wait_says_nothing_about_the_grant(
    status: int, body: dict[str, Any] | bytes
) -> None:
    failure = failure_of(an_answer(body, status))

    assert failure.kind is WAIT
    assert failure.explanation == f"the token endpoint asked to wait (HTTP {status})"


@pytest.mark.parametrize("status", [500, 501, 503, 505, 519, 521, 523, 525, 599])
@pytest.mark.parametrize("body", [{"error": "invalid_grant"}, {"error": "invalid_client"}, {}, b""])
def test_a_server_that_fails_says_nothing_about_the_grant(
    status: int, body: dict[str, Any] | bytes
) -> None:
    failure = failure_of(an_answer(body, status))

    assert failure.kind is WAIT
    assert failure.explanation == f"the token endpoint failed (HTTP {status})"


@pytest.mark.parametrize("status", [502, 504, 520, 524])
@pytest.mark.parametrize("body", [{"error": "invalid_grant"}, {"access_token": "a"}, {}, b""])
def test_after_a_gateways_word_the_outcome_is_unknown(
    status: int, body: dict[str, Any] | bytes
) -> None:
    failure = failure_of(an_answer(body, status))

    assert failure.kind is UNKNOWN
    assert failure.explanation == (
        f"a gateway answered in the token endpoint's place (HTTP {status})"
    )


def test_an_error_under_500_is_believed() -> None:
    assert failure_of(an_answer({"error": "invalid_grant"}, 499)).kind is GRANT


@pytest.mark.parametrize("status", [200, 302, 404])
@pytest.mark.parametrize(
    "media_type", ["text/html", "TEXT/HTML; charset=x", "application/xhtml+xml"]
)
def test_a_web_page_is_a_reason_to_wait(status: int, media_type: str) -> None:
    assert failure_of(an_answer(b"<html>", status, media_type=media_type)) == Failure(
        kind=WAIT, explanation=PAGE, http_status=status
    )


def test_an_error_that_calls_itself_a_web_page_is_believed() -> None:
    assert failure_of(an_answer({"error": "invalid_grant"}, 400, media_type="text/html")).kind is (
        GRANT
    )


@pytest.mark.parametrize("status", [200, 201, 204, 299])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"access_token=a",
        b"\xff\xfe",
        b'{"access_token": "a"',
        b"null",
        b'["access_token"]',
        b'"access_token"',
        b"{}",
        b'{"access_token": ""}',
        b'{"access_token": "a", "ok": false}',
        b'{"token": "a", "error": null}',
        b'{"token": "a", "error": ""}',
        b"1" * 5000,
        b"[" * 100_000,
    ],
)
def test_after_a_2xx_that_cannot_be_read_the_outcome_is_unknown(status: int, body: bytes) -> None:
    assert failure_of(an_answer(body, status)) == Failure(
        kind=UNKNOWN, explanation=UNREADABLE, http_status=status
    )


def test_after_a_2xx_that_does_not_say_what_it_is_the_outcome_is_unknown() -> None:
    answer = ServerResponse(status=200, headers={}, body=b"", sent_at=NOW)

    assert failure_of(answer).kind is UNKNOWN


@pytest.mark.parametrize("status", [199, 300, 302, 400, 401, 404, 499])
@pytest.mark.parametrize("body", [b"", b"no", b"{}", b"[]", b'{"access_token": "a"}'])
def test_any_other_answer_without_an_error_is_a_reason_to_wait(status: int, body: bytes) -> None:
    assert failure_of(an_answer(body, status)) == Failure(
        kind=WAIT,
        explanation=f"the token endpoint answered HTTP {status}",
        http_status=status,
    )


def test_an_error_in_a_form_is_read() -> None:
    answer = an_answer(
        b"error=invalid_grant&error_description=x",
        media_type="application/x-www-form-urlencoded",
    )

    assert failure_of(answer).kind is GRANT


@pytest.mark.parametrize(
    "error",
    ["a", "Z", "invalid_grant", "Some.Error-code_", "x" * 40],
)
def test_an_error_code_with_the_form_of_one_is_told(error: str) -> None:
    assert provider_error(error) == error


@pytest.mark.parametrize("error", [None, "", 0, "0", False])
def test_an_answer_without_an_error_has_no_code(error: object) -> None:
    for path in (None, "code"):
        facts = ProviderFacts(token_response=TokenResponse(error_path=path))
        assert provider_error(told_error(facts, {"error": error, "code": error})) is None
        assert told_error(facts, {}) is None


@pytest.mark.parametrize(
    "error",
    [
        "x" * 41,
        "_error",
        ".error",
        "-error",
        "error code",
        "error\n",
        "error:code",
        "refresh-1",
        "error_2",
        "é",
        "<b>",
        7,
        True,
        {"code": "invalid_grant"},
        ["invalid_grant"],
    ],
)
def test_an_error_without_the_form_of_a_code_is_not_repeated(error: object) -> None:
    assert provider_error(error) == "unknown_error"


def test_an_error_that_repeats_a_token_is_not_told() -> None:
    echo = failure_of(an_answer({"error": "refresh-1", "error_description": "refresh-1"}, 400))

    assert "refresh-1" not in repr(echo)
    assert echo.provider_error == "unknown_error"
