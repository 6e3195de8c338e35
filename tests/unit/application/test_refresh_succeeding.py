"""A refresh that works: claimed, looked at again, spent, stored, and then said."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.invocation import Invocation
from connections.application.refresh import Outcome, Refresher, Result
from connections.domain.claim import Claim, Spending
from connections.domain.connection import Evidence, Reason, Status
from connections.domain.errors import Unavailable
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
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import DEADLINE, DEMANDED, DUE, new_tokens, state, stored

LATER = NOW + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def issued_before(world: World) -> None:
    """The stored tokens are older than the wish for a refresh."""
    world.holding(a_connection(), grant=a_grant(tokens=a_token_set(issued_at=NOW - HOUR)))


def test_a_refresh_stores_what_the_server_issued(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(new_tokens(LATER))

    outcome = refresher.refresh(CONNECTION, DUE, invocation)

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
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    issuance = an_issuance({"clientId": "the-former-client"})
    world.grants[CONNECTION] = replace(stored(world), issuance=issuance)
    server.answers.append(new_tokens())

    refresher.refresh(CONNECTION, DUE, invocation)

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
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(new_tokens(LATER))

    refresher.refresh(CONNECTION, DUE, invocation)

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
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(new_tokens())

    refresher.refresh(CONNECTION, DUE, invocation)

    assert world.calls == [
        "states.claim",
        "tokens.get",
        "tokens.ready",
        "tokens.succeed",
        "states.refreshed",
    ]


def test_the_claim_stands_while_the_server_is_asked_and_outlasts_the_invocation(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    def look() -> ServerResponse:
        claimed = state(world)
        assert claimed.claim == Claim(
            holder="run-1/0707070707070707", until=DEADLINE + timedelta(seconds=30)
        )
        assert claimed.spending == Spending(grant_id=GRANT, generation=1)
        return new_tokens()

    server.answers.append(look)

    assert refresher.refresh(CONNECTION, DUE, invocation).result is Result.REFRESHED


def test_a_refresh_of_what_worked_anyway_leaves_no_log_entry(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(new_tokens())

    refresher.refresh(CONNECTION, DUE, invocation)

    assert world.entries == []


def test_a_refresh_after_failures_says_that_it_works_again(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
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

    refresher.refresh(CONNECTION, DUE, invocation)

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


@pytest.mark.parametrize("failing", range(1, 5))
def test_a_write_that_fails_is_tried_again_until_the_tokens_are_stored(
    refresher: Refresher,
    server: ScriptedServer,
    world: World,
    clock: ManualClock,
    invocation: Invocation,
    failing: int,
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", failing)

    outcome = refresher.refresh(CONNECTION, DUE, invocation)

    assert outcome.result is Result.REFRESHED
    assert stored(world).generation == state(world).generation == 2
    assert clock.slept == pytest.approx([0.2, 0.4, 0.8, 1.6][:failing])
    assert len(server.requests) == 1


def test_tokens_that_cannot_be_stored_leave_their_spending_on_record(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(new_tokens())
    world.fail("tokens.succeed", 5)

    with pytest.raises(Unavailable, match=r"tokens\.succeed"):
        refresher.refresh(CONNECTION, DUE, invocation)

    assert world.calls.count("tokens.succeed") == 5
    left = state(world)
    assert left.claim is not None
    assert left.claim.until == DEADLINE + timedelta(seconds=30)
    assert left.spending == Spending(grant_id=GRANT, generation=1)
    assert (left.status, left.generation, left.refresh_at) == (Status.ACTIVE, 1, NOW)
    assert stored(world).tokens.refresh_token == "refresh-1"
    assert world.entries == []


def test_a_state_that_cannot_be_written_does_not_undo_a_refresh(
    refresher: Refresher,
    server: ScriptedServer,
    world: World,
    invocation: Invocation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.answers.append(new_tokens())
    world.fail("states.refreshed")

    outcome = refresher.refresh(CONNECTION, DUE, invocation)

    assert (outcome.result, outcome.grant) == (Result.REFRESHED, stored(world))
    assert (stored(world).generation, state(world).generation) == (2, 1)
    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.WARNING, "state-not-brought-up")
    assert vars(record)["connectionId"] == CONNECTION


def test_a_refresh_on_demand_spends_also_what_is_not_due(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    world.holding(a_connection(refresh_at=NOW + HOUR))
    server.answers.append(new_tokens())

    outcome = refresher.refresh(CONNECTION, DEMANDED, invocation)

    assert outcome.result is Result.REFRESHED


def test_the_refresh_token_stays_where_the_answer_has_none(
    refresher: Refresher, server: ScriptedServer, world: World, invocation: Invocation
) -> None:
    server.answers.append(new_tokens(refresh_token=""))

    refresher.refresh(CONNECTION, DUE, invocation)

    assert stored(world).tokens.refresh_token == "refresh-1"
    assert stored(world).generation == 2


def test_each_claim_has_a_holder_of_its_own(world: World, server: ScriptedServer) -> None:
    holders = []
    for name in ("one", "two"):
        world.holding(a_connection(grant_id=None, generation=0))
        world.meanwhile("tokens.get", lambda: holders.append(state(world).claim))
        Refresher(
            states=world.states,
            tokens=world.tokens,
            servers=server,
            revocations=world.revocations,
            logbook=world.logbook,
            clock=ManualClock(),
        ).refresh(CONNECTION, DUE, Invocation(id="run-1", deadline=DEADLINE))
        assert name
    assert len({claim.holder for claim in holders if claim}) == 2
