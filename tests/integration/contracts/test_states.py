"""The contract of `States` and `NewGrants`, second part: what comes of a claim."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.domain.claim import Claim, Spending
from connections.domain.connection import Connection, Evidence, Reason, Status, Use, UseOutcome
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Issuance
from connections.domain.identifiers import GrantId, registration_id
from tests.builders import (
    CONNECTION,
    GRANT,
    HOUR,
    NOW,
    REGISTRATION,
    a_grant,
    a_new_connection,
    a_token_set,
    some_inputs,
)
from tests.integration.contracts.ports import Ports

LATER = NOW + timedelta(seconds=5)
CLAIM = Claim(holder="mine", until=NOW + timedelta(seconds=59))
THEIRS = Claim(holder="theirs", until=NOW + HOUR)
ANOTHER_GRANT = GrantId("gra_00000000000000000000000002")
RECORD = FailureRecord(
    status=Status.DEGRADED,
    reason=Reason.RATE_LIMITED,
    failures=3,
    refresh_at=NOW + HOUR,
    evidence=Evidence(at=LATER, generation=1, http_status=429, provider_error="slow_down"),
    outcome_unknown=False,
)
SUCCESSOR = a_grant(
    generation=2,
    tokens=a_token_set(issued_at=LATER, expires_at=LATER + HOUR, response={"access_token": "2"}),
)


@pytest.fixture
def former(ports: Ports) -> Connection:
    """The state before a claim that stands, of a connection that was used."""
    ports.new_connections.add(a_new_connection(), some_inputs())
    ports.new_grants.connected(a_grant(), NOW, NOW)
    ports.connections.used(CONNECTION, Use(at=NOW, outcome=UseOutcome.SUCCESS))
    former = ports.states.claim(CONNECTION, CLAIM, NOW)
    assert former is not None
    return former


def state_of(ports: Ports) -> Connection:
    state = ports.connections.get(CONNECTION)
    assert state is not None
    return state


def test_a_new_grant_makes_the_connection_active(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())

    assert ports.new_grants.connected(a_grant(), NOW + HOUR / 2, LATER)

    assert state_of(ports) == a_new_connection(
        status=Status.ACTIVE,
        reason=None,
        grant_id=GRANT,
        generation=1,
        granted_scopes="read write",
        expires_at=NOW + HOUR,
        refresh_at=NOW + HOUR / 2,
        fence=1,
        updated_at=LATER,
    )


def test_a_new_grant_forgets_use_failure_and_claim_of_the_one_before(
    ports: Ports, former: Connection
) -> None:
    ports.states.failed(former, replace(RECORD, outcome_unknown=True), LATER)
    ports.states.claim(CONNECTION, THEIRS, LATER)
    fence = state_of(ports).fence

    assert ports.new_grants.connected(replace(SUCCESSOR, grant_id=ANOTHER_GRANT), None, LATER)

    assert state_of(ports) == a_new_connection(
        status=Status.ACTIVE,
        reason=None,
        grant_id=ANOTHER_GRANT,
        generation=2,
        expires_at=LATER + HOUR,
        fence=fence + 1,
        updated_at=LATER,
    )


def test_a_new_grant_overtakes_whoever_holds_a_claim(ports: Ports, former: Connection) -> None:
    ports.new_grants.connected(a_grant(grant_id=ANOTHER_GRANT), None, LATER)
    before = state_of(ports)

    assert not ports.states.refreshed(former, SUCCESSOR, NOW, LATER)
    assert not ports.states.failed(former, RECORD, LATER)
    assert not ports.states.released(former, NOW)
    assert not ports.states.disconnected(former, LATER)

    assert state_of(ports) == before


def test_a_new_grant_of_what_is_not_there_makes_nothing(ports: Ports) -> None:
    assert not ports.new_grants.connected(a_grant(), NOW, NOW)
    assert ports.connections.get(CONNECTION) is None


def test_a_refresh_brings_the_state_up_and_ends_the_claim(ports: Ports, former: Connection) -> None:
    assert ports.states.refreshed(former, SUCCESSOR, NOW + HOUR, LATER + HOUR)

    assert state_of(ports) == replace(
        former,
        generation=2,
        granted_scopes=None,
        expires_at=LATER + HOUR,
        refresh_at=NOW + HOUR,
        last_refreshed_at=LATER,
        fence=former.fence + 1,
        updated_at=LATER + HOUR,
    )


def test_a_refresh_forgets_the_failures_before_it_and_keeps_the_use(
    ports: Ports, former: Connection
) -> None:
    ports.states.failed(former, replace(RECORD, outcome_unknown=True), LATER)
    again = ports.states.claim(CONNECTION, THEIRS, LATER)
    assert again is not None

    ports.states.refreshed(again, SUCCESSOR, None, LATER)

    state = state_of(ports)
    assert (state.status, state.reason, state.failures, state.last_error) == (
        Status.ACTIVE, None, 0, None,
    )  # fmt: skip
    assert (state.spending, state.claim, state.refresh_at) == (None, None, None)
    assert state.last_use == Use(at=NOW, outcome=UseOutcome.SUCCESS)


def test_a_grant_without_an_end_leaves_none_in_the_state(ports: Ports, former: Connection) -> None:
    endless = replace(SUCCESSOR, tokens=a_token_set(expires_at=None))

    ports.states.refreshed(former, endless, None, LATER)

    assert (state_of(ports).expires_at, state_of(ports).refresh_at) == (None, None)


def test_a_failure_is_recorded_and_ends_the_claim(ports: Ports, former: Connection) -> None:
    assert ports.states.failed(former, RECORD, LATER)

    assert state_of(ports) == replace(
        former,
        status=Status.DEGRADED,
        reason=Reason.RATE_LIMITED,
        failures=3,
        refresh_at=NOW + HOUR,
        last_error=RECORD.evidence,
        fence=former.fence + 1,
        updated_at=LATER,
    )


def test_a_failure_may_have_no_status_no_error_and_no_next_try(
    ports: Ports, former: Connection
) -> None:
    bare = Evidence(at=LATER, generation=1, http_status=None, provider_error=None)

    ports.states.failed(former, replace(RECORD, evidence=bare, refresh_at=None), LATER)

    assert (state_of(ports).last_error, state_of(ports).refresh_at) == (bare, None)


def test_a_failure_of_unknown_outcome_leaves_the_spending_on_record(
    ports: Ports, former: Connection
) -> None:
    ports.states.failed(former, replace(RECORD, outcome_unknown=True), LATER)

    state = state_of(ports)
    assert (state.claim, state.spending) == (None, Spending(grant_id=GRANT, generation=1))


def test_who_was_overtaken_by_another_claim_records_nothing(
    ports: Ports, former: Connection
) -> None:
    ports.states.claim(CONNECTION, THEIRS, CLAIM.until)
    before = state_of(ports)

    assert not ports.states.refreshed(former, SUCCESSOR, NOW, LATER)
    assert not ports.states.failed(former, RECORD, LATER)

    assert state_of(ports) == before


def test_a_disconnect_forgets_the_grant_and_overtakes_whoever_holds_a_claim(
    ports: Ports, former: Connection
) -> None:
    assert ports.states.disconnected(former, LATER)

    assert state_of(ports) == a_new_connection(
        reason=Reason.DISCONNECTED, fence=former.fence + 2, updated_at=LATER
    )
    assert not ports.states.refreshed(former, SUCCESSOR, NOW, LATER)
    assert not ports.states.failed(former, RECORD, LATER)
    assert not ports.states.released(former, NOW)


def test_a_disconnect_forgets_a_failure(ports: Ports, former: Connection) -> None:
    ports.states.failed(former, replace(RECORD, outcome_unknown=True), LATER)

    assert ports.states.disconnected(former, LATER)

    state = state_of(ports)
    assert (state.failures, state.last_error, state.spending) == (0, None, None)


def test_a_disconnect_may_come_again(ports: Ports, former: Connection) -> None:
    ports.states.disconnected(former, LATER)
    disconnected = state_of(ports)

    assert not ports.states.disconnected(former, LATER)
    assert ports.states.disconnected(disconnected, LATER)

    assert state_of(ports) == replace(disconnected, fence=disconnected.fence + 1)


def test_a_disconnect_of_what_is_not_there_makes_nothing(ports: Ports) -> None:
    assert not ports.states.disconnected(a_new_connection(), NOW)
    assert ports.connections.get(CONNECTION) is None


def test_a_refresh_says_under_which_inputs_the_token_set_was_issued(
    ports: Ports, former: Connection
) -> None:
    issuance = Issuance(definition={}, values={}, inputs_digest="the-digest")
    successor = a_grant().succeeded_by(a_token_set(), issuance)

    assert ports.states.refreshed(former, successor, None, NOW)

    assert state_of(ports).grant_inputs_digest == "the-digest"


def test_the_registration_under_which_a_grant_is_refreshed_is_known_until_it_is_gone(
    ports: Ports, former: Connection
) -> None:
    another = registration_id("acme.example", "another-client")
    grant = a_grant(grant_id=ANOTHER_GRANT)
    ports.states.refreshed(former, SUCCESSOR, NOW, LATER, REGISTRATION)
    refreshed = state_of(ports)
    ports.new_grants.connected(grant, NOW, LATER, registration=another)
    connected = state_of(ports)
    ports.states.disconnected(connected, LATER)

    assert (refreshed.registration, connected.registration) == (REGISTRATION, another)
    assert state_of(ports).registration is None
