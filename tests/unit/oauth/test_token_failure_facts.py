"""Refusals that a server tells its own way: other words, and other places for them."""

from typing import Any

import pytest

from connections.domain.failure import Failure, FailureKind
from tests.unit.oauth.answers import a_client, an_answer
from tests.unit.oauth.test_token_failures import failure_of

GRANT, CLIENT, WAIT, UNKNOWN = FailureKind
REFUSED = "the authorization server refused the app"


def test_the_facts_may_name_other_words_for_a_refused_app() -> None:
    client = a_client(invalidClientSynonyms=["bad_client_secret", "40107"])

    assert failure_of(an_answer({"error": "bad_client_secret"}, 200), client) == Failure(
        kind=CLIENT, explanation=REFUSED, http_status=200, provider_error="bad_client_secret"
    )
    assert failure_of(an_answer({"error": "40107"}, 400), client).kind is CLIENT
    assert failure_of(an_answer({"error": "bad_client_secret"}, 400)).kind is WAIT
    assert failure_of(an_answer({"error": "bad_client_secret"}, 503), client).kind is WAIT


DEEP: dict[str, Any] = {
    "tokenResponse": {"errorPath": "errors.0.code"},
    "invalidGrantSynonyms": ["190", "DEAD"],
}


@pytest.mark.parametrize("code", ["DEAD", "190", 190])
def test_an_error_code_may_stand_anywhere_and_be_a_number(code: object) -> None:
    assert failure_of(an_answer({"errors": [{"code": code}]}, 400), a_client(**DEEP)).kind is GRANT
    assert failure_of(an_answer({"errors": [{"code": code}]}, 400)).kind is WAIT


@pytest.mark.parametrize("code", [1900, 19, True, 190.5, "dead", None])
def test_another_code_is_not_taken_for_it(code: object) -> None:
    answer = an_answer({"errors": [{"code": code}]}, 400)

    assert failure_of(answer, a_client(**DEEP)).kind is WAIT


def test_where_no_code_stands_there_the_standards_own_place_counts() -> None:
    for answer in ({"error": "invalid_grant"}, {"errors": [], "error": "invalid_grant"}):
        assert failure_of(an_answer(answer, 400), a_client(**DEEP)).kind is GRANT


def test_a_code_at_its_own_place_counts_for_more_than_the_standards() -> None:
    answer = an_answer({"errors": [{"code": "slow"}], "error": "invalid_grant"}, 400)

    assert failure_of(answer, a_client(**DEEP)).kind is WAIT


def test_a_mark_of_failure_leaves_open_what_became_of_a_token_beside_it() -> None:
    client = a_client(tokenResponse={"failure": {"path": "meta.status", "equals": "failed"}})
    answer = {"access_token": "a", "meta": {"status": "failed"}}

    failure = failure_of(an_answer(answer), client)

    assert (failure.kind, failure.provider_error) == (UNKNOWN, None)
