"""The state item under refresh: who may write what, and what it reads back as."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.domain.claim import Claim, Spending
from connections.domain.connection import Connection, Evidence, Reason, Status, Use, UseOutcome
from connections.domain.failed_refresh import FailureRecord
from connections.domain.identifiers import ConnectionId, GrantId
from tests.builders import CONNECTION, GRANT, HOUR, NOW, a_grant, a_new_connection, some_inputs
from tests.integration.storage.conftest import Adapters

LATER = NOW + timedelta(minutes=1)
CLAIM = Claim(holder="one", until=LATER)
EVIDENCE = Evidence(at=LATER, generation=1, http_status=503, provider_error=None)


def a_record(**changes: object) -> FailureRecord:
    record = FailureRecord(
        status=Status.DEGRADED,
        reason=Reason.PROVIDER_UNAVAILABLE,
        failures=1,
        refresh_at=LATER,
        evidence=EVIDENCE,
        outcome_unknown=False,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


@pytest.fixture
def connected(adapters: Adapters) -> Connection:
    """A connection that was connected just now and is due in an hour."""
    adapters.new_connections.add(a_new_connection(), some_inputs())
    assert adapters.states.connected(a_grant(), NOW + HOUR, NOW)
    return state(adapters)


def state(adapters: Adapters) -> Connection:
    found = adapters.connections.get(CONNECTION)
    assert found is not None
    return found


def claimed(adapters: Adapters, claim: Claim = CLAIM) -> Connection:
    former = adapters.states.claim(CONNECTION, claim, NOW)
    assert former is not None
    return former


def test_a_new_grant_makes_the_state_active(adapters: Adapters, connected: Connection) -> None:
    assert connected == replace(
        a_new_connection(),
        status=Status.ACTIVE,
        reason=None,
        granted_scopes="read write",
        grant_id=GRANT,
        generation=1,
        expires_at=NOW + HOUR,
        refresh_at=NOW + HOUR,
        fence=1,
        updated_at=NOW,
    )


def test_a_connection_that_is_gone_takes_no_grant(adapters: Adapters) -> None:
    assert not adapters.states.connected(a_grant(), None, NOW)
    assert adapters.connections.get(CONNECTION) is None


def test_a_claim_returns_the_state_before_and_records_what_it_spends(
    adapters: Adapters, connected: Connection, requests: list[str]
) -> None:
    requests.clear()
    assert claimed(adapters) == connected
    assert requests == ["UpdateItem"]
    assert state(adapters) == replace(
        connected, fence=2, claim=CLAIM, spending=Spending(grant_id=GRANT, generation=1)
    )


def test_a_claim_that_stands_keeps_others_away_until_it_ends(
    adapters: Adapters, connected: Connection
) -> None:
    claimed(adapters)
    other = Claim(holder="two", until=LATER + HOUR)
    just_before = LATER - timedelta(microseconds=1)
    assert adapters.states.claim(CONNECTION, other, just_before) is None
    former = adapters.states.claim(CONNECTION, other, LATER)
    assert former is not None
    assert former.claim == CLAIM
    assert former.spending == Spending(grant_id=GRANT, generation=1)
    assert state(adapters).claim == other


def test_a_claim_whose_write_was_tried_again_is_its_holders_with_the_outcome_unknown(
    adapters: Adapters, connected: Connection
) -> None:
    claimed(adapters)
    again = adapters.states.claim(CONNECTION, CLAIM, NOW)
    assert again is not None
    assert again.fence == connected.fence
    assert again.spending == Spending(grant_id=GRANT, generation=1)
    assert adapters.states.released(again, None)


def test_nothing_can_be_claimed_where_there_is_no_connection(adapters: Adapters) -> None:
    assert adapters.states.claim(ConnectionId("con_none"), CLAIM, NOW) is None
    assert adapters.aws.items("Connections") == []


def test_a_connection_without_a_grant_can_be_claimed(adapters: Adapters) -> None:
    adapters.new_connections.add(a_new_connection(), some_inputs())
    assert claimed(adapters) == a_new_connection()
    assert state(adapters).spending == Spending(grant_id=GrantId(""), generation=0)


def test_a_refresh_brings_the_state_up_and_ends_the_claim(
    adapters: Adapters, connected: Connection, requests: list[str]
) -> None:
    first = claimed(adapters)
    assert adapters.states.failed(first, a_record(), NOW)
    former = claimed(adapters)
    requests.clear()
    successor = a_grant(generation=2)
    assert adapters.states.refreshed(former, successor, NOW + 2 * HOUR, LATER)
    assert requests == ["UpdateItem"]
    assert state(adapters) == replace(
        connected,
        generation=2,
        refresh_at=NOW + 2 * HOUR,
        last_refreshed_at=NOW,
        fence=3,
        updated_at=LATER,
    )


def test_a_failure_is_recorded_with_its_evidence(adapters: Adapters, connected: Connection) -> None:
    former = claimed(adapters)
    assert adapters.states.failed(former, a_record(), LATER)
    assert state(adapters) == replace(
        connected,
        status=Status.DEGRADED,
        reason=Reason.PROVIDER_UNAVAILABLE,
        failures=1,
        refresh_at=LATER,
        last_error=EVIDENCE,
        fence=2,
        updated_at=LATER,
    )


def test_an_unknown_outcome_stays_on_record_without_a_claim(
    adapters: Adapters, connected: Connection
) -> None:
    former = claimed(adapters)
    evidence = replace(EVIDENCE, http_status=None, provider_error="invalid_grant")
    record = a_record(outcome_unknown=True, refresh_at=None, evidence=evidence)
    assert adapters.states.failed(former, record, LATER)
    now = state(adapters)
    assert (now.claim, now.spending) == (None, Spending(grant_id=GRANT, generation=1))
    assert (now.refresh_at, now.last_error) == (None, evidence)


@pytest.mark.parametrize("refresh_at", [None, LATER])
def test_a_release_leaves_what_was_being_spent_as_it_was(
    adapters: Adapters, connected: Connection, refresh_at: object
) -> None:
    former = claimed(adapters)
    assert adapters.states.released(former, LATER)
    assert state(adapters) == replace(connected, fence=2, refresh_at=LATER)
    former = claimed(adapters)
    assert adapters.states.failed(former, a_record(outcome_unknown=True), LATER)
    former = claimed(adapters)
    assert adapters.states.released(former, None)
    now = state(adapters)
    assert (now.claim, now.refresh_at) == (None, None)
    assert now.spending == Spending(grant_id=GRANT, generation=1)


def test_a_release_with_nothing_to_say_still_ends_the_claim(
    adapters: Adapters, connected: Connection
) -> None:
    former = claimed(adapters)
    assert adapters.states.released(former, None)
    assert state(adapters) == replace(connected, fence=2, refresh_at=None)


def test_whoever_lost_the_claim_writes_nothing(adapters: Adapters, connected: Connection) -> None:
    loser = claimed(adapters)
    winner = adapters.states.claim(CONNECTION, Claim(holder="two", until=LATER + HOUR), LATER)
    before = state(adapters)
    assert not adapters.states.refreshed(loser, a_grant(generation=2), None, LATER)
    assert not adapters.states.failed(loser, a_record(), LATER)
    assert not adapters.states.released(loser, None)
    assert state(adapters) == before
    assert winner is not None
    assert adapters.states.released(winner, NOW)


def test_a_disconnect_forgets_the_grant_and_overtakes_the_holder_of_a_claim(
    adapters: Adapters, connected: Connection
) -> None:
    adapters.connections.used(CONNECTION, Use(at=NOW, outcome=UseOutcome.SUCCESS))
    former = claimed(adapters)
    assert adapters.states.disconnected(former, LATER)
    assert not adapters.states.refreshed(former, a_grant(generation=2), LATER, LATER)
    assert state(adapters) == replace(
        a_new_connection(), reason=Reason.DISCONNECTED, fence=3, updated_at=LATER
    )


def test_a_disconnect_leaves_a_grant_that_came_in_between(
    adapters: Adapters, connected: Connection
) -> None:
    assert adapters.states.connected(a_grant(grant_id=GrantId("gra_new")), NOW, NOW)
    assert not adapters.states.disconnected(connected, LATER)
    assert state(adapters).grant_id == "gra_new"


def test_a_new_grant_overtakes_the_holder_of_a_claim_and_forgets_the_use(
    adapters: Adapters, connected: Connection
) -> None:
    use = Use(at=NOW, outcome=UseOutcome.CONNECTION_ERROR)
    assert adapters.connections.used(CONNECTION, use)
    assert state(adapters).last_use == use
    former = claimed(adapters)
    assert adapters.states.connected(a_grant(grant_id=GrantId("gra_new")), NOW, NOW)
    assert not adapters.states.failed(former, a_record(), LATER)
    now = state(adapters)
    assert (now.claim, now.spending, now.last_use) == (None, None, None)
    assert (now.grant_id, now.status) == ("gra_new", Status.ACTIVE)


def test_a_use_of_nothing_is_not_recorded(adapters: Adapters) -> None:
    assert not adapters.connections.used(CONNECTION, Use(at=NOW, outcome=UseOutcome.SUCCESS))
    assert adapters.aws.items("Connections") == []
