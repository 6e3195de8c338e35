"""Refreshes that fail: who must act is told, and nothing that still works is given up."""

from typing import Any

import pytest

from tests.answers import problem_code
from tests.e2e.demo_crm import ALWAYS_DUE, CrmConnection, DemoCrm

STANDING = ("status", "reason", "light", "generation")
TOLD = ("event", "severity", "httpStatus", "providerError")


def standing(connection: CrmConnection) -> list[Any]:
    """How the connection stands."""
    now = connection.read()
    return [now[each] for each in STANDING]


@pytest.mark.parametrize(
    ("fault", "answer", "reason", "told", "words"),
    [
        (
            {"fault": "server-error"},
            (503, "unavailable"),
            "provider-unavailable",
            (500, None),
            "the token endpoint failed (HTTP 500). It is tried again by itself.",
        ),
        (
            {"fault": "html"},
            (503, "unavailable"),
            "provider-unavailable",
            (200, None),
            "a web page in place of a token. It is tried again by itself.",
        ),
        (
            {"fault": "rate-limited", "retry_after": 600},
            (503, "unavailable"),
            "rate-limited",
            (429, None),
            "asked to wait (HTTP 429). It is tried again by itself.",
        ),
        (
            {"fault": "invalid-client"},
            (502, "provider-refused"),
            "operator-action-required",
            (401, "invalid_client"),
            "check the client id and the client secret at the provider, or enter the new secret.",
        ),
        (
            {"fault": "answer-lost"},
            (503, "unavailable"),
            "outcome-unknown",
            (502, None),
            "the refresh token is tried again when nothing can be lost by it.",
        ),
        (
            {"fault": "malformed"},
            (503, "unavailable"),
            "outcome-unknown",
            (200, None),
            "the refresh token is tried again when nothing can be lost by it.",
        ),
    ],
    ids=lambda value: value["fault"] if isinstance(value, dict) else "",
)
def test_a_failure_that_may_pass_leaves_the_access_token_in_use(
    crm: DemoCrm,
    fault: dict[str, Any],
    answer: tuple[int, str],
    reason: str,
    told: tuple[int, str | None],
    words: str,
) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()
    crm.fault("token", **fault)

    refused = connection.refresh()

    assert (refused.status_code, problem_code(refused)) == answer
    assert standing(connection) == ["degraded", reason, "yellow", 1]
    error = connection.read()["lastError"]
    assert (error["httpStatus"], error["providerError"], error["generation"]) == (*told, 1)
    entry = connection.log()[0]
    assert [entry[each] for each in TOLD] == ["refresh.failed", "warning", *told]
    assert words in entry["detail"]
    assert connection.access_token() == token
    assert crm.userinfo(token).status_code == 200
    assert len(connection.refreshes()) == 1


def test_the_wait_that_the_server_asks_for_is_passed_on(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    crm.fault("token", "rate-limited", retry_after=600)
    assert 590 <= int(connection.refresh().headers["Retry-After"]) <= 601


def test_without_one_the_caller_is_asked_to_wait_out_the_backoff(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    crm.fault("token", "server-error")
    assert 50 <= int(connection.refresh().headers["Retry-After"]) <= 76


def test_a_refresh_that_works_again_makes_it_active(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    crm.fault("token", "server-error")
    assert connection.refresh().status_code == 503

    assert connection.refresh().status_code == 200

    assert standing(connection) == ["active", None, "yellow", 2]
    assert connection.read()["lastError"] is None
    assert connection.events()[-2:] == ["refresh.failed", "refresh.succeeded"]


def test_a_scheduled_refresh_that_fails_waits_before_the_next(crm: DemoCrm) -> None:
    connection = crm.connection(refreshBuffer=ALWAYS_DUE).connected()
    crm.fault("token", "server-error")

    for _ in range(3):
        crm.stack.tick()

    assert connection.read()["reason"] == "provider-unavailable"
    assert connection.events()[-1] == "refresh.failed"
    assert [entry["status"] for entry in connection.refreshes()][-1] == 500
    assert connection.credentials().status_code == 200


def test_a_lost_answer_leaves_the_outcome_unknown_and_nothing_is_spent_again(
    crm: DemoCrm,
) -> None:
    connection = crm.connection(refresh="lost", refreshBuffer=ALWAYS_DUE).connected()
    token = connection.access_token()

    crm.stack.tick()
    held = connection.refresh()
    crm.stack.tick()

    assert standing(connection) == ["degraded", "outcome-unknown", "yellow", 1]
    assert (held.status_code, problem_code(held)) == (503, "unavailable")
    assert 3400 <= int(held.headers["Retry-After"]) <= 3600
    assert connection.access_token() == token
    assert crm.userinfo(token).status_code == 200
    entry = connection.log()[0]
    assert [entry[each] for each in TOLD] == ["refresh.failed", "warning", None, None]
    assert "Whether the server acted is not known" in entry["detail"]
    [spent] = connection.refreshes()
    assert spent["status"] == 200
    assert crm.ledger()["double_spends"] == 0


def test_an_answer_lost_behind_a_gateway_costs_no_grant(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()
    crm.fault("token", "answer-lost")

    connection.refresh()
    again = connection.refresh()

    assert (again.status_code, problem_code(again)) == (503, "unavailable")
    assert connection.access_token() == token
    assert crm.userinfo(token).status_code == 200


def test_a_lost_answer_is_asked_for_again_when_the_access_token_ends_anyway(crm: DemoCrm) -> None:
    connection = crm.connection(client={"access_token_lifetime": 40}).connected()
    crm.fault("token", "malformed")
    assert connection.refresh().status_code == 503

    assert connection.refresh().status_code == 200

    assert standing(connection) == ["active", None, "yellow", 2]


def test_a_lost_answer_of_a_server_that_does_not_rotate_is_asked_for_at_once(
    crm: DemoCrm,
) -> None:
    connection = crm.connection(client={"rotation": "none"}, rotation="none").connected()
    crm.fault("token", "malformed")

    assert connection.refresh().status_code == 200

    assert standing(connection) == ["active", None, "yellow", 2]
    assert len(connection.refreshes()) == 2
    assert len({entry["token"] for entry in connection.refreshes()}) == 1


def test_a_dead_grant_asks_to_reconnect_while_its_access_token_is_still_handed_out(
    crm: DemoCrm,
) -> None:
    connection = crm.connection().connected()
    token = connection.access_token()
    crm.fault("token", "invalid-grant")

    refused = connection.refresh()

    assert (refused.status_code, problem_code(refused)) == (502, "provider-refused")
    assert standing(connection) == ["reconnect-required", "grant-revoked", "red", 1]
    entry = connection.log()[0]
    assert [entry[each] for each in TOLD] == [
        "refresh.reconnect-required",
        "error",
        400,
        "invalid_grant",
    ]
    assert entry["detail"].endswith("Press CONNECT again.")
    assert connection.access_token() == token
    assert crm.userinfo(token).status_code == 200


def test_a_dead_grant_is_not_tried_again(crm: DemoCrm) -> None:
    connection = crm.connection(refreshBuffer=ALWAYS_DUE).connected()
    crm.fault("token", "invalid-grant")

    for _ in range(3):
        crm.stack.tick()
    refused = connection.refresh()

    assert (refused.status_code, problem_code(refused)) == (409, "reconnect-required")
    assert connection.read()["status"] == "reconnect-required"
    assert [entry.get("error") for entry in connection.refreshes()][-1] == "invalid_grant"


def test_a_dead_grant_whose_access_token_has_ended_is_a_problem(crm: DemoCrm) -> None:
    client = {"extra_token_fields": {"expires_in": 0}}
    connection = crm.connection(client=client).connected()
    crm.fault("token", "invalid-grant")

    for _ in range(2):
        refused = connection.credentials()
        assert (refused.status_code, problem_code(refused)) == (409, "reconnect-required")

    assert standing(connection)[:3] == ["reconnect-required", "grant-revoked", "red"]
    assert len(connection.refreshes()) == 1


def test_an_ended_access_token_that_cannot_be_refreshed_for_now_is_a_problem(crm: DemoCrm) -> None:
    client = {"extra_token_fields": {"expires_in": 0}}
    connection = crm.connection(client=client).connected()
    crm.fault("token", "server-error")

    for _ in range(2):
        refused = connection.credentials()
        assert (refused.status_code, problem_code(refused)) == (503, "unavailable")
        assert int(refused.headers["Retry-After"]) > 1

    assert len(connection.refreshes()) == 1


def test_connecting_again_after_a_dead_grant_starts_anew(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    crm.fault("token", "invalid-grant")
    assert connection.refresh().status_code == 502

    connection.connected()

    assert standing(connection) == ["active", None, "yellow", 1]
    assert crm.userinfo(connection.access_token()).status_code == 200
