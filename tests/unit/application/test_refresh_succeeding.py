"""A refresh that works: claimed, looked at again, spent, stored, and then said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.refresh_outcome import Outcome, Result
from connections.domain.claim import Claim, Spending
from connections.domain.connection import Evidence, Reason, Status
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.messages import ServerResponse
from tests.builders import (
    CONNECTION,
    GRANT,
    HOUR,
    NOW,
    a_connection,
    a_grant,
    a_token_set,
    an_issuance,
)
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    DEADLINE,
    DEMANDED,
    DUE,
    LATER,
    Refresh,
    new_tokens,
    state,
    stored,
)


def test_a_refresh_stores_what_the_server_issued(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens(LATER))

    outcome = refresh(DUE)

    successor = a_grant(
        generation=2,
        tokens=a_token_set(
            response={
                "access_token": "access-2",
                "token_type": "Bearer",
                "scope": "read",
                "expires_in": 7200,
            },
            refresh_token="refresh-2",
            issued_at=LATER,
            expires_at=LATER + 2 * HOUR,
        ),
    )
    assert outcome == Outcome(result=Result.REFRESHED, grant=successor)
    assert stored(world) == successor
    assert world.to_revoke == []


def test_a_refresh_sends_the_stored_refresh_token_once_with_the_grants_own_inputs(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    issuance = an_issuance({"clientId": "the-former-client"})
    world.grants[CONNECTION] = replace(stored(world), issuance=issuance)
    server.answers.append(new_tokens())

    refresh(DUE)

    (request,) = server.requests
    assert request.url == "https://acme.example/token"
    assert request.form == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-1",
        "client_id": "the-former-client",
        "client_secret": "the-secret",
    }
    assert server.deadlines == [DEADLINE]


def test_a_refresh_brings_the_state_up_and_ends_its_claim(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens(LATER))

    refresh(DUE)

    ends = LATER + 2 * HOUR
    assert state(world) == a_connection(
        granted_scopes="read",
        generation=2,
        expires_at=ends,
        # A tenth of two hours before the end, and half of a twentieth that chance spreads.
        refresh_at=ends - timedelta(minutes=12) - timedelta(minutes=3),
        last_refreshed_at=LATER,
        fence=1,
        updated_at=NOW,
    )


def test_a_refresh_asks_storage_four_times_in_this_order(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens())

    refresh(DUE)

    assert world.calls == [
        "states.claim",
        "tokens.get",
        "tokens.ready",
        "registrations.many",
        "tokens.succeed",
        "states.refreshed",
    ]


def test_the_claim_stands_while_the_server_is_asked_and_outlasts_the_invocation(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    def look() -> ServerResponse:
        claimed = state(world)
        assert claimed.claim == Claim(
            holder="run-1/0707070707070707", until=DEADLINE + timedelta(seconds=30)
        )
        assert claimed.spending == Spending(grant_id=GRANT, generation=1)
        return new_tokens()

    server.answers.append(look)

    assert refresh(DUE).result is Result.REFRESHED


def test_a_refresh_of_what_worked_anyway_leaves_no_log_entry(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    server.answers.append(new_tokens())

    refresh(DUE)

    assert world.entries == []


def test_a_refresh_after_failures_says_that_it_works_again(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    evidence = Evidence(at=NOW - HOUR, generation=1, http_status=503, provider_error=None)
    world.holding(
        a_connection(
            status=Status.DEGRADED,
            reason=Reason.PROVIDER_UNAVAILABLE,
            failures=3,
            last_error=evidence,
        )
    )
    server.answers.append(new_tokens())

    refresh(DUE)

    restored = state(world)
    assert (restored.status, restored.reason) == (Status.ACTIVE, None)
    assert (restored.failures, restored.last_error) == (0, None)
    assert world.entries == [
        LogEntry(
            connection_id=CONNECTION,
            at=NOW,
            event=Event.REFRESHED,
            severity=Severity.INFO,
            detail="The tokens are refreshed again.",
        )
    ]


def test_a_refresh_on_demand_spends_also_what_is_not_due(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.holding(a_connection(refresh_at=NOW + HOUR))
    server.answers.append(new_tokens())

    outcome = refresh(DEMANDED)

    assert outcome.result is Result.REFRESHED


@pytest.mark.parametrize("missing", ["", " ", None])
def test_the_refresh_token_stays_where_the_answer_has_none(
    refresh: Refresh, server: ScriptedServer, world: World, missing: str | None
) -> None:
    server.answers.append(new_tokens(refresh_token=missing))

    refresh(DUE)

    assert stored(world).tokens.refresh_token == "refresh-1"
    assert stored(world).tokens.access_token == "access-2"
    assert stored(world).generation == 2


def test_a_refresh_keeps_what_the_callback_brought(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    world.grants[CONNECTION] = replace(stored(world), context={"realmId": "9"})
    server.answers.append(new_tokens())

    refresh(DUE)

    assert (stored(world).generation, stored(world).context) == (2, {"realmId": "9"})


def test_a_refresh_keeps_to_the_buffer_of_the_definition(
    refresh: Refresh, server: ScriptedServer, world: World
) -> None:
    issuance = an_issuance(provider={"refreshBuffer": 60})
    world.grants[CONNECTION] = replace(stored(world), issuance=issuance)
    server.answers.append(new_tokens())

    refresh(DUE)

    assert state(world).refresh_at == NOW + 2 * HOUR - timedelta(minutes=1)
