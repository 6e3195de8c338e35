"""Token revocation (RFC 7009)."""

import pytest

from connections.domain.failure import Failure, FailureKind
from connections.oauth.client import OAuthClient
from connections.oauth.revocation import revocation_failure, revocation_requests
from tests.builders import a_definition, a_token_set, an_issuance
from tests.unit.oauth.answers import a_client, an_answer


def test_the_refresh_token_is_revoked_first_and_then_the_access_token() -> None:
    requests = revocation_requests(a_client(), a_token_set())

    assert [request.url for request in requests] == ["https://acme.example/revoke"] * 2
    assert [request.form for request in requests] == [
        {
            "token": token,
            "token_type_hint": hint,
            "client_id": "the-client",
            "client_secret": "the-secret",
        }
        for hint, token in (("refresh_token", "refresh-1"), ("access_token", "access-1"))
    ]


def test_the_client_authenticates_as_the_facts_say() -> None:
    client = a_client(clientAuthentication="client_secret_basic")

    for request in revocation_requests(client, a_token_set()):
        assert request.headers["authorization"].startswith("Basic ")
        assert set(request.form) == {"token", "token_type_hint"}


def test_without_a_refresh_token_only_the_access_token_is_revoked() -> None:
    requests = revocation_requests(a_client(), a_token_set(refresh_token=None))

    assert [request.form["token"] for request in requests] == ["access-1"]


def test_without_a_revocation_endpoint_nothing_is_sent() -> None:
    inputs = a_definition()["inputs"]
    del inputs["revokeUrl"]

    assert revocation_requests(OAuthClient.of(an_issuance(inputs=inputs)), a_token_set()) == []


@pytest.mark.parametrize("status", [200, 204, 299])
def test_any_2xx_is_a_success_whatever_it_says(status: int) -> None:
    assert revocation_failure(an_answer({"error": "invalid_token"}, status)) is None


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("error", ["invalid_token", "unsupported_token_type"])
def test_a_refusal_that_no_second_try_would_change_is_as_good_as_a_success(
    error: str, status: int
) -> None:
    assert revocation_failure(an_answer({"error": error}, status)) is None


@pytest.mark.parametrize("error", [None, "", "invalid_client", "Invalid_token", ["invalid_token"]])
def test_any_other_refusal_is_tried_again(error: object) -> None:
    assert revocation_failure(an_answer({"error": error}, 400)) is not None


@pytest.mark.parametrize("status", [199, 300, 302, 400, 401, 503])
def test_any_other_answer_is_tried_again_later(status: int) -> None:
    assert revocation_failure(an_answer({"error": "the-secret"}, status)) == Failure(
        kind=FailureKind.WAIT,
        explanation=f"the revocation endpoint answered HTTP {status}",
        http_status=status,
    )
