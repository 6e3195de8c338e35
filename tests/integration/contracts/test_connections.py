"""The contract of `Connections`: states and inputs as those who manage them see them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.ports import SealBroken
from connections.domain.claim import Claim
from connections.domain.connection import Status, Use, UseOutcome
from connections.domain.identifiers import ConnectionId
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_new_connection, some_inputs
from tests.integration.contracts.ports import Ports

OTHER = ConnectionId("con_00000000000000000000000002")


def test_a_new_connection_is_read_back_as_it_was_stored(ports: Ports) -> None:
    connection = a_new_connection()

    assert ports.new_connections.add(connection, some_inputs())

    assert ports.connections.get(CONNECTION) == connection
    assert ports.connections.with_inputs(CONNECTION) == (connection, some_inputs())


def test_a_connection_that_is_not_oauth_is_read_back_as_it_was_stored(ports: Ports) -> None:
    connection = a_new_connection(
        oauth=False, status=Status.ACTIVE, reason=None, requested_scopes=None
    )

    assert ports.new_connections.add(connection, some_inputs())

    assert ports.connections.get(CONNECTION) == connection


def test_an_id_that_is_taken_is_refused_and_nothing_changes(ports: Ports) -> None:
    first = a_new_connection()
    ports.new_connections.add(first, some_inputs())

    assert not ports.new_connections.add(
        replace(first, name="Another"), some_inputs(values={"clientId": "another"})
    )

    assert ports.connections.with_inputs(CONNECTION) == (first, some_inputs())


def test_what_was_never_stored_is_not_there(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())

    assert ports.connections.get(OTHER) is None
    assert ports.connections.with_inputs(OTHER) is None


def test_inputs_of_every_kind_are_read_back_as_they_were_entered(ports: Ports) -> None:
    values = {"text": "ünïcode ☃", "empty": "", "flag": False, "list": [{"key": "k", "value": ""}]}
    ports.new_connections.add(a_new_connection(), some_inputs(values=values))

    found = ports.connections.with_inputs(CONNECTION)

    assert found is not None
    assert found[1].values == values


def test_inputs_of_another_connection_do_not_open(adapter_ports: Ports) -> None:
    adapter_ports.new_connections.add(a_new_connection(), some_inputs())
    adapter_ports.new_connections.add(a_new_connection(id=OTHER), some_inputs(connection_id=OTHER))

    adapter_ports.copy_inputs(CONNECTION, OTHER)

    with pytest.raises(SealBroken):
        adapter_ports.connections.with_inputs(OTHER)
    assert adapter_ports.connections.get(OTHER) == a_new_connection(id=OTHER)


@pytest.mark.parametrize("outcome", UseOutcome)
def test_the_last_use_counts_and_nothing_else_changes(ports: Ports, outcome: UseOutcome) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())
    ports.connections.used(CONNECTION, Use(at=NOW, outcome=UseOutcome.SUCCESS))
    last = Use(at=NOW + timedelta(microseconds=1), outcome=outcome)

    former = ports.connections.used(CONNECTION, last)

    first = Use(at=NOW, outcome=UseOutcome.SUCCESS)
    assert former == a_new_connection(last_use=first)
    assert ports.connections.get(CONNECTION) == a_new_connection(last_use=last)


def test_a_use_does_not_touch_a_claim(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())
    former = ports.states.claim(CONNECTION, Claim(holder="me", until=NOW + HOUR), NOW)
    assert former is not None
    use = Use(at=NOW, outcome=UseOutcome.SUCCESS)

    ports.connections.used(CONNECTION, use)

    state = ports.connections.get(CONNECTION)
    assert state is not None
    assert (state.claim, state.fence) == (Claim(holder="me", until=NOW + HOUR), 1)
    assert ports.states.released(former, None)


def test_a_use_of_what_is_not_there_makes_nothing(ports: Ports) -> None:
    use = Use(at=NOW, outcome=UseOutcome.SUCCESS)

    assert ports.connections.used(CONNECTION, use) is None
    assert ports.connections.get(CONNECTION) is None


def test_a_definition_is_read_back_as_its_document(ports: Ports) -> None:
    ports.new_connections.add(a_new_connection(), some_inputs())

    found = ports.connections.with_inputs(CONNECTION)

    assert found is not None
    assert found[1].definition == some_inputs().definition
    assert a_connection().definition_key == found[1].definition["key"]


def test_a_connection_whose_inputs_are_gone_already_is_being_deleted(adapter_ports: Ports) -> None:
    adapter_ports.new_connections.add(a_new_connection(), some_inputs())
    adapter_ports.remove_inputs(CONNECTION)

    assert adapter_ports.connections.with_inputs(CONNECTION) is None
