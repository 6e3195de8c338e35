"""A refresh that fails: what it does to the connection, and what its log says."""

from datetime import timedelta
from typing import Any

import pytest

from connections.application.ports import NoAnswer, NotSent
from connections.application.refresh_outcome import Outcome, Result
from connections.domain.connection import Evidence, Reason, Status
from connections.domain.failure import Failure, FailureKind
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import CONNECTION, NOW, a_connection, a_grant
from tests.doubles.servers import Answer, ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DUE,
    FIRST_BACKOFF,
    SPENDING,
    Refresh,
    issued_earlier,
    refused,
    state,
    stored,
)
from tests.unit.oauth.answers import an_answer

UNREACHABLE = Failure(kind=FailureKind.WAIT, explanation="the server could not be reached")
UNANSWERED = Failure(kind=FailureKind.UNKNOWN, explanation="the server did not answer in time")
DOWN = Failure(
    kind=FailureKind.WAIT, explanation="the token endpoint failed (HTTP 503)", http_status=503
)
LIMITED = Failure(
    kind=FailureKind.WAIT,
    explanation="the token endpoint asked to wait (HTTP 429)",
    http_status=429,
    retry_after=600,
)
APP_REFUSED = Failure(
    kind=FailureKind.CLIENT,
    explanation="the authorization server refused the app",
    http_status=401,
    provider_error="invalid_client",
)
DEAD = Failure(
    kind=FailureKind.GRANT,
    explanation="the authorization server ended the grant",
    http_status=400,
    provider_error="invalid_grant",
)


def evidence(failure: Failure) -> Evidence:
    return Evidence(
        at=NOW,
        generation=1,
        http_status=failure.http_status,
        provider_error=failure.provider_error,
        request_id="run-1",
    )


TEMPORARY = [
    pytest.param(
        NotSent(UNREACHABLE),
        UNREACHABLE,
        {"reason": Reason.PROVIDER_UNAVAILABLE, "refresh_at": NOW + FIRST_BACKOFF},
        "The refresh failed: the server could not be reached. It is tried again by itself.",
        id="not sent",
    ),
    pytest.param(
        an_answer(None, 503),
        DOWN,
        {"reason": Reason.PROVIDER_UNAVAILABLE, "refresh_at": NOW + FIRST_BACKOFF},
        "The refresh failed: the token endpoint failed (HTTP 503). It is tried again by itself.",
        id="down",
    ),
    pytest.param(
        an_answer(None, 429, retry_after="600"),
        LIMITED,
        {"reason": Reason.RATE_LIMITED, "refresh_at": NOW + timedelta(minutes=10)},
        "The refresh failed: the token endpoint asked to wait (HTTP 429). It is tried again by"
        " itself.",
        id="rate limited",
    ),
    pytest.param(
        refused("invalid_client", 401),
        APP_REFUSED,
        {"reason": Reason.OPERATOR_ACTION_REQUIRED, "refresh_at": NOW + FIRST_BACKOFF},
        "The refresh failed: the authorization server refused the app. The app is refused, not the"
        " customer: check the client id and the client secret at the provider, or enter the new"
        " secret. It is tried again by itself.",
        id="the app refused",
    ),
    pytest.param(
        NoAnswer(UNANSWERED),
        UNANSWERED,
        {"reason": Reason.OUTCOME_UNKNOWN, "refresh_at": NOW + FIRST_BACKOFF, "spending": SPENDING},
        "The refresh failed: the server did not answer in time. Whether the server acted is not"
        " known: the refresh token is tried again when nothing can be lost by it.",
        id="not answered",
    ),
]


@pytest.mark.parametrize(("answer", "failure", "changes", "detail"), TEMPORARY)
def test_a_refresh_that_fails_for_now_is_tried_again_and_says_why(
    refresh: Refresh,
    server: ScriptedServer,
    world: World,
    answer: Answer,
    failure: Failure,
    changes: dict[str, Any],
    detail: str,
) -> None:
    server.answers.append(answer)

    outcome = refresh(DUE)

    unchanged = a_grant(tokens=issued_earlier())
    assert outcome == Outcome(
        result=Result.FAILED,
        grant=unchanged,
        failure=failure,
        status=Status.DEGRADED,
        retry_at=changes["refresh_at"],
    )
    assert stored(world) == unchanged
    assert state(world) == a_connection(
        status=Status.DEGRADED,
        failures=1,
        last_error=evidence(failure),
        updated_at=NOW,
        fence=1,
        **changes,
    )
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REFRESH_FAILED,
            severity=Severity.WARNING,
            detail=detail,
            http_status=failure.http_status,
            provider_error=failure.provider_error,
            for_operator=failure.kind is FailureKind.CLIENT,
        )
    ]
    assert len(server.requests) == 1


def test_a_grant_that_the_server_ended_asks_to_reconnect(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_grant"))

    outcome = refresh(DUE)

    assert outcome == Outcome(
        result=Result.FAILED,
        grant=a_grant(tokens=issued_earlier()),
        failure=DEAD,
        status=Status.RECONNECT_REQUIRED,
    )
    assert state(world) == a_connection(
        status=Status.RECONNECT_REQUIRED,
        reason=Reason.GRANT_REVOKED,
        failures=1,
        last_error=evidence(DEAD),
        refresh_at=None,
        updated_at=NOW,
        fence=1,
    )
    assert stored(world) == a_grant(tokens=issued_earlier())
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.RECONNECT_REQUIRED,
            severity=Severity.ERROR,
            detail="The refresh failed: the authorization server ended the grant. The customer or"
            " the app's administrator ended the consent, or it expired. Press CONNECT again.",
            http_status=400,
            provider_error="invalid_grant",
        )
    ]


def test_a_grant_is_looked_at_again_before_it_is_said_to_be_dead(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(refused("invalid_grant"))

    refresh(DUE)

    looked, recorded = world.calls[-3:-1]
    assert (looked, recorded) == ("tokens.get", "states.failed")
