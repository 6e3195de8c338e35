"""The contract of `DueIndex`: all that is due, once, and nothing else."""

from datetime import datetime, timedelta

import pytest

from connections.adapters.state_items import shard
from connections.domain.claim import Claim
from connections.domain.due import DueConnection
from connections.domain.identifiers import ConnectionId, RegistrationId
from tests.builders import CONNECTION, HOUR, NOW, a_grant, a_new_connection, some_inputs
from tests.integration.contracts.ports import Ports

INSTANT = timedelta(microseconds=1)


def connect(ports: Ports, number: int, refresh_at: datetime | None) -> ConnectionId:
    connection_id = numbered(number)
    ports.new_connections.add(
        a_new_connection(id=connection_id), some_inputs(connection_id=connection_id)
    )
    ports.new_grants.connected(a_grant(connection_id=connection_id), refresh_at, NOW)
    return connection_id


def test_nothing_is_due_where_nothing_is(ports: Ports) -> None:
    assert ports.due(NOW) == set()


def test_a_connection_is_due_from_its_time_on(ports: Ports) -> None:
    due = connect(ports, 1, NOW)

    assert ports.due(NOW - INSTANT) == set()
    assert ports.due(NOW) == {due}
    assert ports.due(NOW + HOUR) == {due}


def test_all_that_is_due_is_found_and_nothing_else(ports: Ports) -> None:
    due = {connect(ports, number, NOW - number * INSTANT) for number in range(30)}
    connect(ports, 30, NOW + INSTANT)
    connect(ports, 31, None)
    ports.new_connections.add(
        a_new_connection(id=ConnectionId("con_x")), some_inputs(connection_id="con_x")
    )

    assert ports.due(NOW) == due


@pytest.mark.parametrize("refresh_at", [NOW + HOUR, None])
def test_a_connection_that_was_refreshed_is_not_due(
    ports: Ports, refresh_at: datetime | None
) -> None:
    connect(ports, 1, NOW)
    former = ports.states.claim(CONNECTION, Claim(holder="me", until=NOW + HOUR), NOW)
    assert former is not None
    assert ports.due(NOW) == {CONNECTION}

    ports.states.refreshed(former, a_grant(generation=2), refresh_at, NOW)

    assert ports.due(NOW) == set()


def test_a_connection_that_was_disconnected_is_not_due(ports: Ports) -> None:
    connect(ports, 1, NOW)
    state = ports.connections.get(CONNECTION)
    assert state is not None

    ports.states.disconnected(state, NOW)

    assert ports.due(NOW) == set()


def test_a_connection_released_without_a_time_is_not_due_until_it_gets_one(ports: Ports) -> None:
    connect(ports, 1, NOW)
    claim = Claim(holder="me", until=NOW + HOUR)
    former = ports.states.claim(CONNECTION, claim, NOW)
    assert former is not None
    ports.states.released(former, None)
    assert ports.due(NOW) == set()
    former = ports.states.claim(CONNECTION, claim, NOW)
    assert former is not None

    ports.states.released(former, NOW)

    assert ports.due(NOW) == {CONNECTION}


def test_what_is_due_is_named_with_its_time_and_its_registration(ports: Ports) -> None:
    without = connect(ports, 1, NOW)
    named = numbered(2)
    ports.new_connections.add(a_new_connection(id=named), some_inputs(connection_id=named))
    moment, registration = NOW - 123457 * INSTANT, RegistrationId("reg_1")
    ports.new_grants.connected(a_grant(connection_id=named), moment, NOW, registration=registration)

    assert sorted(ports.due_in_order(NOW), key=lambda each: each.id) == [
        DueConnection(id=without, due_at=NOW),
        DueConnection(id=named, due_at=moment, registration=registration),
    ]


def test_what_is_due_goes_on_after_each_of_its_connections(ports: Ports) -> None:
    for number in range(30):
        # Some are due at the same moment.
        connect(ports, number, NOW - number // 3 * INSTANT)
    whole = ports.due_in_order(NOW)

    for number, each in enumerate(whole, 1):
        assert ports.due_in_order(NOW, after=each) == whole[number:]


@pytest.mark.parametrize("gone", [5, 29])
def test_what_is_due_goes_on_after_one_that_is_not_due_any_more(ports: Ports, gone: int) -> None:
    for number in range(30):
        connect(ports, number, NOW - number * INSTANT)
    whole = ports.due_in_order(NOW)
    claim = Claim(holder="me", until=NOW + HOUR)
    former = ports.states.claim(whole[gone].id, claim, NOW)
    assert former is not None
    ports.states.released(former, NOW + HOUR)

    assert ports.due_in_order(NOW, after=whole[gone]) == whole[gone + 1 :]


def test_each_of_what_is_due_comes_at_its_time_after_those_of_its_shard(ports: Ports) -> None:
    # All of one shard of the index: the longest due comes first.
    same = [each for each in map(numbered, range(100)) if shard(each) == "3"][:5]
    for age, connection_id in enumerate(same):
        ports.new_connections.add(
            a_new_connection(id=connection_id), some_inputs(connection_id=connection_id)
        )
        ports.new_grants.connected(a_grant(connection_id=connection_id), NOW - age * INSTANT, NOW)

    assert [each.id for each in ports.due_in_order(NOW)] == same[::-1]


def numbered(number: int) -> ConnectionId:
    return ConnectionId(f"con_{number:026}")
