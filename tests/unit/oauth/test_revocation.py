"""Token revocation (RFC 7009), and the question whether it took place (RFC 7662)."""

from typing import Any

import pytest

from connections.domain.failure import Failure, FailureKind
from connections.oauth.client import OAuthClient
from connections.oauth.revocation import (
    introspection_requests,
    revocation_failure,
    revocation_requests,
    works,
)
from connections_sdk.provider_facts import ProviderFacts
from tests.builders import NOW, a_definition, a_token_set, an_issuance
from tests.unit.oauth.answers import a_client, an_answer


def test_the_refresh_token_is_revoked_first_and_then_the_access_token() -> None:
    requests = revocation_requests(a_client(), a_token_set(), now=NOW)

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

    for request in revocation_requests(client, a_token_set(), now=NOW):
        assert request.headers["authorization"].startswith("Basic ")
        assert set(request.form) == {"token", "token_type_hint"}


def test_without_a_refresh_token_only_the_access_token_is_revoked() -> None:
    requests = revocation_requests(a_client(), a_token_set(refresh_token=None), now=NOW)

    assert [request.form["token"] for request in requests] == ["access-1"]


def test_without_a_revocation_endpoint_nothing_is_sent() -> None:
    inputs = a_definition()["inputs"]
    del inputs["revokeUrl"]

    assert (
        revocation_requests(OAuthClient.of(an_issuance(inputs=inputs)), a_token_set(), now=NOW)
        == []
    )


def failure(answered: object, status: int = 200, **facts: Any) -> Failure | None:
    return revocation_failure(ProviderFacts.model_validate(facts), an_answer(answered, status))


@pytest.mark.parametrize("status", [200, 204, 299])
def test_any_2xx_is_a_success_that_does_not_say_otherwise(status: int) -> None:
    assert failure({"answered": "the-secret"}, status) is None


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize("error", ["invalid_token", "unsupported_token_type", "invalid_grant"])
def test_a_refusal_that_no_second_try_would_change_is_as_good_as_a_success(
    error: str, status: int
) -> None:
    assert failure({"error": error}, status) is None


@pytest.mark.parametrize("error", [None, "", "invalid_client", "Invalid_token", ["invalid_token"]])
def test_any_other_refusal_is_tried_again(error: object) -> None:
    assert failure({"error": error}, 400) is not None


@pytest.mark.parametrize("status", [199, 300, 302, 400, 401, 503])
def test_any_other_answer_is_tried_again_later(status: int) -> None:
    assert failure({"error": "the-secret"}, status) == Failure(
        kind=FailureKind.WAIT,
        explanation=f"the revocation endpoint answered HTTP {status}",
        http_status=status,
    )


@pytest.mark.parametrize(
    ("answered", "facts"),
    [
        ({"ok": False}, {}),
        ({"ok": False, "error": "ratelimited"}, {}),
        ({"error": "server_error"}, {}),
        (
            {"code": 1, "message": "no"},
            {"tokenResponse": {"failure": {"path": "code", "equals": 1}}},
        ),
        ({"fault": {"code": "no"}}, {"tokenResponse": {"errorPath": "fault.code"}}),
    ],
)
def test_a_2xx_that_says_that_it_is_a_failure_is_tried_again_later(
    answered: object, facts: dict[str, Any]
) -> None:
    assert failure(answered, **facts) == Failure(
        kind=FailureKind.WAIT,
        explanation="the revocation endpoint answered HTTP 200 and a failure",
        http_status=200,
    )


def test_what_the_server_calls_a_dead_grant_needs_no_revocation() -> None:
    answered = {"ok": False, "error": "token_revoked"}

    assert failure(answered) is not None
    assert failure(answered, invalidGrantSynonyms=["token_revoked"]) is None


@pytest.mark.parametrize("revoked", ["both", "refresh_token", "access_token"])
def test_the_access_token_itself_is_the_authorization_where_the_facts_say_bearer(
    revoked: str,
) -> None:
    client = a_client(
        revokeAuthentication="bearer",
        revokeTokenParameter="access",
        revokeTokens=revoked,
        revokeMethod="DELETE",
        tokenRequestHeaders={"X-Version": "7"},
    )

    (request,) = revocation_requests(client, a_token_set(), now=NOW)

    assert dict(request.headers) == {
        "accept": "application/json",
        "authorization": "Bearer access-1",
        "x-version": "7",
    }
    assert (request.method, request.form, request.content) == ("DELETE", {}, ({}, b""))


@pytest.mark.parametrize(
    ("revoked", "ended"),
    [
        ("both", ["refresh-1", "access-1"]),
        ("refresh_token", ["refresh-1"]),
        ("access_token", ["access-1"]),
    ],
)
def test_the_facts_may_say_which_of_the_tokens_is_revoked(revoked: str, ended: list[str]) -> None:
    client = a_client(revokeTokens=revoked, revokeTokenParameter="t")

    requests = revocation_requests(client, a_token_set(), now=NOW)

    assert [each.form["t"] for each in requests] == ended
    assert {"token_type_hint" in each.form for each in requests} == {revoked == "both"}


def test_without_the_token_that_is_revoked_the_other_one_is() -> None:
    client = a_client(revokeTokens="refresh_token")

    (request,) = revocation_requests(client, a_token_set(refresh_token=None), now=NOW)

    assert request.form["token"] == "access-1"


@pytest.mark.parametrize("of_tokens", ["form", "json"])
@pytest.mark.parametrize("of_revocations", [None, "form", "json"])
def test_a_revocation_has_the_format_of_token_requests_or_its_own(
    of_tokens: str, of_revocations: str | None
) -> None:
    client = a_client(tokenRequestFormat=of_tokens, revokeRequestFormat=of_revocations)

    for request in revocation_requests(client, a_token_set(), now=NOW):
        assert request.method == "POST"
        assert request.json is ((of_revocations or of_tokens) == "json")


def test_revocations_and_introspections_have_the_headers_that_the_server_wants() -> None:
    client = a_client(
        tokenRequestHeaders={"X-Version": "7"}, tokenRequestFormat="json", **INTROSPECTED
    )
    requests = [
        *revocation_requests(client, a_token_set(), now=NOW),
        *introspection_requests(client, a_token_set(), now=NOW),
    ]

    assert len(requests) == 4
    assert {each.headers["x-version"] for each in requests} == {"7"}
    assert all(each.json for each in requests)


def test_the_client_can_authenticate_otherwise_for_revoking_than_for_tokens() -> None:
    client = a_client(
        clientAuthentication="client_secret_basic",
        revokeAuthentication="none",
        parameterNames={"client_id": "client_key"},
    )

    for request in revocation_requests(client, a_token_set(), now=NOW):
        assert "authorization" not in request.headers
        assert set(request.form) == {"token", "token_type_hint", "client_key"}


INTROSPECTED: dict[str, Any] = {"introspectUrl": "https://acme.example/introspect"}


def test_every_token_is_asked_for_where_there_is_an_introspection() -> None:
    client = a_client(revokeTokenParameter="t", revokeAuthentication="bearer", **INTROSPECTED)

    requests = introspection_requests(client, a_token_set(), now=NOW)

    assert {each.url for each in requests} == {"https://acme.example/introspect"}
    assert [(each.form["token_type_hint"], each.form["token"]) for each in requests] == [
        ("refresh_token", "refresh-1"),
        ("access_token", "access-1"),
    ]
    assert {each.form["client_id"] for each in requests} == {"the-client"}


def test_without_an_introspection_nothing_is_asked() -> None:
    assert introspection_requests(a_client(), a_token_set(), now=NOW) == []


@pytest.mark.parametrize(
    ("answered", "status", "said"),
    [
        ({"active": True}, 200, True),
        ({"active": False}, 200, False),
        ({"active": "false"}, 200, None),
        ({}, 200, None),
        (b"<html>", 200, None),
        ({"active": False}, 401, None),
        ({"active": True}, 500, None),
    ],
)
def test_only_an_introspection_that_says_it_is_believed(
    answered: object, status: int, said: bool | None
) -> None:
    assert works(an_answer(answered, status)) is said
