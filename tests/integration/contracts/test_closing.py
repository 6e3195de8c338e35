"""What is closed takes nothing more, and is there only for who deletes it."""

from datetime import timedelta

import pytest

from connections.domain.claim import Claim
from connections.domain.connection import Use, UseOutcome
from connections.domain.identifiers import ConnectionId, GrantId
from tests.builders import (
    ADA,
    CONNECTION,
    CUSTOMER,
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
ANOTHER = a_grant(grant_id=GrantId("gra_00000000000000000000000002"))
CLAIM = Claim(holder="mine", until=NOW + HOUR)


@pytest.fixture(autouse=True)
def _connection(ports: Ports) -> None:
    """A connection of Ada's that is connected."""
    ports.customers.add(a_customer())
    ports.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    assert ports.new_grants.connected(a_grant(), NOW + HOUR, NOW)


def test_a_closed_connection_takes_no_new_grant(ports: Ports) -> None:
    ports.connection_remains.close_connection(CONNECTION)

    assert not ports.new_grants.connected(ANOTHER, None, LATER)


def test_a_grant_that_was_recorded_before_is_recorded(ports: Ports) -> None:
    ports.connection_remains.close_connection(CONNECTION)

    assert ports.new_grants.connected(a_grant(), None, LATER)


def nobody_finds_it(ports: Ports) -> None:
    assert ports.connections.get(CONNECTION) is None
    assert ports.connections.with_inputs(CONNECTION) is None
    assert ports.held.many([CONNECTION]) == {}
    assert ports.readings.read(CONNECTION)[0] is None
    assert ports.listed.page(CUSTOMER, limit=10, cursor=None) == ([], None)
    assert ports.listed.page(None, limit=10, cursor=None) == ([], None)
    assert not ports.connections.used(CONNECTION, Use(at=LATER, outcome=UseOutcome.SUCCESS))


def test_a_closed_connection_is_found_by_who_deletes_it_alone(ports: Ports) -> None:
    assert not ports.connection_remains.closed(CONNECTION)

    ports.connection_remains.close_connection(CONNECTION)

    nobody_finds_it(ports)
    assert ports.connection_remains.closed(CONNECTION)
    assert list(ports.remains.connections(CUSTOMER)) == [CONNECTION]


def test_who_asks_for_its_deletion_closes_a_connection_too(ports: Ports) -> None:
    assert ports.changed.closed(CONNECTION)

    nobody_finds_it(ports)
    assert ports.connection_remains.closed(CONNECTION)
    assert ports.changed.closed(CONNECTION), "asked again, it is taken up again"


def test_what_is_not_there_cannot_be_closed(ports: Ports) -> None:
    assert not ports.changed.closed(ConnectionId("con_" + "9" * 26))
    assert not ports.connection_remains.closed(ConnectionId("con_" + "9" * 26))


def test_what_was_claimed_before_comes_to_its_end(ports: Ports) -> None:
    former = ports.states.claim(CONNECTION, CLAIM, NOW)
    assert former is not None
    ports.connection_remains.close_connection(CONNECTION)
    successor = a_grant().succeeded_by(a_token_set(issued_at=LATER))

    assert ports.states.refreshed(former, successor, None, LATER)

    assert not ports.new_grants.connected(ANOTHER, None, LATER)


def test_a_connection_may_be_closed_again(ports: Ports) -> None:
    ports.connection_remains.close_connection(CONNECTION)
    ports.connection_remains.close_connection(CONNECTION)

    assert not ports.new_grants.connected(ANOTHER, None, LATER)


def test_closing_what_is_gone_makes_nothing(ports: Ports) -> None:
    ports.connection_remains.remove_connection(CONNECTION)

    ports.connection_remains.close_connection(CONNECTION)

    assert ports.connections.get(CONNECTION) is None
    assert list(ports.remains.connections(CUSTOMER)) == []
    assert ports.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    assert ports.new_grants.connected(a_grant(), None, NOW)


def test_a_closed_connection_is_removed_whole(ports: Ports) -> None:
    ports.connection_remains.close_connection(CONNECTION)

    ports.connection_remains.remove_connection(CONNECTION)

    assert ports.readings.read(CONNECTION) == (None, None)
    assert list(ports.remains.connections(CUSTOMER)) == []
