"""What a good answer of the token endpoint becomes (RFC 6749 section 5.1)."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.domain.grant import TokenSet
from connections.oauth.messages import ServerResponse
from connections.oauth.token_response import LARGEST_RESPONSE, TokenRequestFailed, token_set
from tests.builders import HOUR, NOW, a_token_set
from tests.unit.oauth.answers import a_client, an_answer

FORM = "application/x-www-form-urlencoded"
FORMER = a_token_set(
    response={"access_token": "access-1", "instance_url": "https://na1.example", "scope": "read"},
    refresh_token="refresh-1",
    issued_at=NOW - HOUR,
    expires_at=NOW,
)


def tokens_of(answer: ServerResponse, former: TokenSet | None = None) -> TokenSet:
    return token_set(a_client(), answer, former)


def refused(answer: ServerResponse) -> bool:
    try:
        tokens_of(answer, FORMER)
    except TokenRequestFailed:
        return True
    return False


def test_an_answer_becomes_a_token_set() -> None:
    answer = {
        "access_token": "access-2",
        "refresh_token": "refresh-2",
        "token_type": "Bearer",
        "expires_in": 3600,
        "team": {"id": "T1"},
    }

    assert tokens_of(an_answer(answer)) == TokenSet(
        response={name: value for name, value in answer.items() if name != "refresh_token"},
        refresh_token="refresh-2",
        issued_at=NOW,
        expires_at=NOW + HOUR,
    )


def test_time_runs_from_the_moment_that_the_request_was_sent() -> None:
    sent_at = NOW - timedelta(minutes=3)

    tokens = tokens_of(an_answer({"access_token": "a", "expires_in": 60}, sent_at=sent_at))

    assert (tokens.issued_at, tokens.expires_at) == (sent_at, sent_at + timedelta(minutes=1))


def test_an_answer_is_merged_into_the_former_one() -> None:
    tokens = tokens_of(an_answer({"access_token": "access-2", "scope": "write"}), FORMER)

    assert tokens.response == {
        "access_token": "access-2",
        "instance_url": "https://na1.example",
        "scope": "write",
    }


def test_the_former_token_set_stays_as_it_was() -> None:
    tokens_of(an_answer({"access_token": "access-2", "refresh_token": "refresh-2"}), FORMER)

    assert FORMER.response["access_token"] == "access-1"
    assert FORMER.refresh_token == "refresh-1"


def test_a_new_refresh_token_takes_the_place_of_the_former() -> None:
    tokens = tokens_of(an_answer({"access_token": "a", "refresh_token": "refresh-2"}), FORMER)

    assert tokens.refresh_token == "refresh-2"


NO_REFRESH_TOKENS: list[object] = [None, "", False, True, 0, 7, 1.5, [], ["r"], {}]


def test_an_answer_without_a_refresh_token_leaves_the_former_one() -> None:
    assert tokens_of(an_answer({"access_token": "access-2"}), FORMER).refresh_token == "refresh-1"


@pytest.mark.parametrize("value", NO_REFRESH_TOKENS)
def test_a_refresh_token_that_is_no_text_or_empty_leaves_the_former_one(value: object) -> None:
    answer = {"access_token": "access-2", "refresh_token": value}

    tokens = tokens_of(an_answer(answer), FORMER)

    assert tokens.refresh_token == "refresh-1"
    assert "refresh_token" not in tokens.response


def test_the_first_answer_may_have_no_refresh_token() -> None:
    assert tokens_of(an_answer({"access_token": "a", "refresh_token": ""})).refresh_token is None


def test_a_lifetime_that_only_the_former_answer_told_holds_for_the_new_token() -> None:
    tokens = tokens_of(an_answer({"access_token": "access-2"}), FORMER)

    assert FORMER.expires_at is not None
    assert tokens.expires_at == NOW + (FORMER.expires_at - FORMER.issued_at)
    forever = replace(FORMER, expires_at=None)
    assert tokens_of(an_answer({"access_token": "access-2"}), forever).expires_at is None


def a_jwt(claims: object) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.s"


@pytest.mark.parametrize(
    ("token", "ends"),
    [
        (a_jwt({"exp": NOW.timestamp() + 60}), NOW + timedelta(seconds=60)),
        (a_jwt({"exp": "never"}), None),
        (a_jwt([]), None),
        ("e30.%%%.s", None),
        ("no.jwt", None),
    ],
)
def test_a_token_that_is_a_jwt_tells_its_end_itself(token: str, ends: object) -> None:
    assert tokens_of(an_answer({"access_token": token}), None).expires_at == ends


def test_a_token_with_half_a_surrogate_pair_is_none() -> None:
    answer = an_answer({"access_token": "a", "refresh_token": "\ud800"})

    assert tokens_of(answer, FORMER).refresh_token == FORMER.refresh_token


def test_of_an_answer_too_large_to_be_stored_the_token_is_kept() -> None:
    answer = an_answer({"access_token": "access-2", "scope": "s", "extra": "\u2603" * 60_000})

    assert dict(tokens_of(answer, FORMER).response) == {"access_token": "access-2", "scope": "s"}


def test_the_facts_may_tell_the_lifetime() -> None:
    tokens = token_set(a_client(expiresInDefault=7200), an_answer({"access_token": "a"}), None)

    assert tokens.expires_at == NOW + 2 * HOUR


@pytest.mark.parametrize("status", [200, 201, 299])
def test_any_2xx_with_an_access_token_is_a_success(status: int) -> None:
    assert not refused(an_answer({"access_token": "a"}, status))


@pytest.mark.parametrize("status", [100, 199, 300, 302, 400, 500])
def test_an_access_token_under_any_other_status_counts_for_nothing(status: int) -> None:
    assert refused(an_answer({"access_token": "a"}, status))


@pytest.mark.parametrize(
    "access_token", [None, "", " ", "\t\n", 7, 0, True, False, 1.5, ["a"], {"a": "b"}]
)
def test_an_access_token_that_is_no_text_or_blank_is_none(access_token: object) -> None:
    assert refused(an_answer({"access_token": access_token}))


@pytest.mark.parametrize("mark", [{"ok": False}, {"error": "x"}, {"error": {"code": 1}}])
def test_an_access_token_beside_a_mark_of_failure_counts_for_nothing(mark: dict[str, Any]) -> None:
    assert refused(an_answer({"access_token": "a", **mark}))


@pytest.mark.parametrize(
    "mark",
    [{"ok": True}, {"ok": None}, {"ok": 0}, {"error": None}, {"error": ""}, {"error": False}],
)
def test_what_is_no_mark_of_failure_does_not_spoil_a_success(mark: dict[str, Any]) -> None:
    assert not refused(an_answer({"access_token": "a", **mark}))


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/json; charset=utf-8", "text/plain", "text/html", ""],
)
def test_json_is_read_whatever_it_says_that_it_is(media_type: str) -> None:
    assert tokens_of(an_answer({"access_token": "é"}, media_type=media_type)).access_token == "é"


def test_json_is_read_where_the_answer_does_not_say_what_it_is() -> None:
    answer = ServerResponse(status=200, headers={}, body=b'{"access_token": "a"}', sent_at=NOW)

    assert tokens_of(answer).access_token == "a"


@pytest.mark.parametrize("media_type", [FORM, f"{FORM}; charset=utf-8", f" {FORM.upper()} ;x"])
def test_a_form_is_read_where_the_answer_says_so(media_type: str) -> None:
    body = b"access_token=a%20b&expires_in=60&scope=read+write&refresh_token=r&state="

    tokens = tokens_of(an_answer(body, media_type=media_type))

    assert tokens.response == {"access_token": "a b", "expires_in": "60", "scope": "read write"}
    assert tokens.refresh_token == "r"
    assert tokens.expires_at == NOW + timedelta(minutes=1)


def test_a_form_is_not_read_where_the_answer_does_not_say_so() -> None:
    assert refused(an_answer(b"access_token=a"))


def grown(size: int) -> tuple[TokenSet, dict[str, str]]:
    """Return a former token set and an answer that make so many bytes of JSON together."""
    answer = {"access_token": "access-2"}
    empty = len(json.dumps({**FORMER.response, **answer, "old": ""}))
    old = {**FORMER.response, "old": "x" * (size - empty)}
    return a_token_set(response=old), answer


def test_a_merged_answer_may_have_as_many_bytes_as_an_answer() -> None:
    former, answer = grown(256 * 1024)

    merged = tokens_of(an_answer(answer), former).response

    assert merged == {**former.response, **answer}
    assert len(json.dumps(merged)) == LARGEST_RESPONSE == 256 * 1024


def test_a_merged_answer_that_is_too_large_is_the_new_one_alone() -> None:
    former, answer = grown(256 * 1024 + 1)

    tokens = tokens_of(an_answer({**answer, "refresh_token": ""}), former)

    assert tokens.response == answer
    assert tokens.refresh_token == "refresh-1"


def test_answers_that_differ_each_time_do_not_pile_up() -> None:
    tokens = FORMER
    for number in range(12):
        answer = {"access_token": "a", f"extra-{number}": "x" * 50_000}
        tokens = tokens_of(an_answer(answer), tokens)
        assert len(json.dumps(tokens.response)) <= LARGEST_RESPONSE
    assert "extra-11" in tokens.response
