"""The contract of `SettledRevocations`: up to which generation nothing is left to be revoked."""

import pytest

from connections.domain.identifiers import GrantId
from tests.builders import CONNECTION, NOW, a_connection, a_grant, a_new_connection, some_inputs
from tests.integration.contracts.ports import Ports

LATER_GRANT = GrantId("gra_00000000000000000000000002")


@pytest.fixture(autouse=True)
def _a_connection(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())


def test_what_nobody_settled_is_not(ports: Ports) -> None:
    assert not ports.settlements.settled(a_grant())


def test_a_grant_is_settled_with_the_generations_before(ports: Ports) -> None:
    ports.settlements.settle(a_grant(generation=2))

    settled = [ports.settlements.settled(a_grant(generation=each)) for each in (1, 2, 3)]

    assert settled == [True, True, False]


def test_the_last_grant_that_was_settled_counts(ports: Ports) -> None:
    ports.settlements.settle(a_grant(generation=5))
    ports.settlements.settle(a_grant(grant_id=LATER_GRANT))

    assert ports.settlements.settled(a_grant(grant_id=LATER_GRANT))
    assert not ports.settlements.settled(a_grant())


def test_settling_changes_nothing_of_the_state_and_nothing_changes_it(ports: Ports) -> None:
    ports.new_grants.connected(a_grant(), NOW, NOW)
    before = ports.connections.get(CONNECTION)

    ports.settlements.settle(a_grant())

    assert ports.connections.get(CONNECTION) == before
    assert ports.states.disconnected(a_connection(), NOW)
    assert ports.settlements.settled(a_grant())


def test_of_a_connection_that_is_gone_nothing_is_settled(ports: Ports) -> None:
    ports.connection_remains.close_connection(CONNECTION)
    ports.connection_remains.remove_connection(CONNECTION)

    ports.settlements.settle(a_grant())

    assert not ports.settlements.settled(a_grant())
    assert ports.connections.get(CONNECTION) is None
