"""The contract of `NewGrants`, when the answer to a write was lost and it comes again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.domain.claim import Claim
from connections.domain.connection import Connection, Use, UseOutcome
from connections.domain.grant import Account
from connections.domain.identifiers import GrantId
from tests.builders import (
    ADA,
    CONNECTION,
    HOUR,
    NOW,
    a_customer,
    a_grant,
    a_new_connection,
    a_token_set,
    some_inputs,
)
from tests.integration.contracts.ports import Ports

LATER = NOW + timedelta(seconds=5)
CLAIM = Claim(holder="mine", until=NOW + HOUR)
ANOTHER_GRANT = GrantId("gra_00000000000000000000000002")


@pytest.fixture(autouse=True)
def _connection(ports: Ports) -> None:
    """A connection of Ada's that is connected."""
    ports.customers.add(a_customer())
    ports.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    assert ports.new_grants.connected(a_grant(), NOW + HOUR, NOW)


def state_of(ports: Ports) -> Connection:
    state = ports.connections.get(CONNECTION)
    assert state is not None
    return state


def test_a_grant_that_is_recorded_already_is_recorded_and_changes_nothing(ports: Ports) -> None:
    ports.connections.used(CONNECTION, Use(at=NOW, outcome=UseOutcome.SUCCESS))
    before = state_of(ports)

    assert ports.new_grants.connected(a_grant(), NOW, LATER)

    assert state_of(ports) == before


def test_a_claim_that_was_made_in_between_goes_on(ports: Ports) -> None:
    former = ports.states.claim(CONNECTION, CLAIM, NOW)
    assert former is not None

    assert ports.new_grants.connected(a_grant(), NOW, LATER)

    assert state_of(ports).claim == CLAIM
    assert ports.states.released(former, None)


def test_a_generation_that_was_stored_in_between_stays(ports: Ports) -> None:
    former = ports.states.claim(CONNECTION, CLAIM, NOW)
    assert former is not None
    successor = a_grant().succeeded_by(a_token_set(issued_at=LATER, expires_at=LATER + HOUR))
    ports.states.refreshed(former, successor, None, LATER)
    before = state_of(ports)

    assert ports.new_grants.connected(a_grant(), NOW, LATER)

    assert state_of(ports) == before


def test_another_grant_is_recorded_in_its_place(ports: Ports) -> None:
    assert ports.new_grants.connected(a_grant(grant_id=ANOTHER_GRANT), None, LATER)

    assert state_of(ports).grant_id == ANOTHER_GRANT


def test_a_connection_that_was_deleted_meanwhile_is_gone(ports: Ports) -> None:
    ports.connection_remains.remove_connection(CONNECTION)

    assert not ports.new_grants.connected(a_grant(), NOW, NOW)
    assert not ports.new_grants.connected(a_grant(grant_id=ANOTHER_GRANT), NOW, NOW)

    assert ports.connections.get(CONNECTION) is None


def test_whose_a_connection_is_outlives_grants_and_disconnects(ports: Ports) -> None:
    assert state_of(ports).owner == ADA
    ports.states.disconnected(state_of(ports), LATER)
    assert state_of(ports).owner == ADA
    former = ports.states.claim(CONNECTION, CLAIM, NOW)

    assert former == replace(state_of(ports), claim=None, spending=None, fence=2)
    assert state_of(ports).owner == ADA


@pytest.mark.parametrize("account", [Account(id="ü", name="Ada"), Account(id="7")])
def test_a_state_knows_whose_consent_it_is_until_it_is_disconnected(
    ports: Ports, account: Account
) -> None:
    grant = a_grant(grant_id=ANOTHER_GRANT, account=account)
    ports.new_grants.connected(grant, NOW, NOW)
    assert state_of(ports).account == account

    ports.new_grants.connected(a_grant(grant_id=GrantId("gra_3")), NOW, LATER)
    assert state_of(ports).account is None

    ports.new_grants.connected(replace(grant, grant_id=GrantId("gra_4")), NOW, LATER)
    ports.states.disconnected(state_of(ports), LATER)
    assert state_of(ports).account is None


def test_a_grant_says_which_scopes_were_asked_for_and_nothing_of_it_if_it_does_not(
    ports: Ports,
) -> None:
    ports.new_grants.connected(a_grant(grant_id=ANOTHER_GRANT), NOW, NOW, "read send")
    asked = state_of(ports).requested_scopes
    ports.new_grants.connected(a_grant(grant_id=GrantId("gra_3")), NOW, LATER)

    assert (asked, state_of(ports).requested_scopes) == ("read send", "read send")
