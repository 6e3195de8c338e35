"""The contracts of `RefreshQueue` and `RevocationQueue`."""

from collections import Counter
from datetime import timedelta

import pytest

from connections.domain.identifiers import ConnectionId
from tests.builders import NOW, a_grant, a_token_set
from tests.integration.contracts.ports import Ports


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21])
def test_every_connection_gets_one_message(ports: Ports, count: int) -> None:
    since = NOW + timedelta(microseconds=7)
    connections = [ConnectionId(f"con_{number}") for number in range(count)]

    ports.refresh_queue.send(connections, since)

    assert Counter(ports.refresh_messages()) == Counter((each, since) for each in connections)


def test_a_grant_to_be_revoked_arrives_as_it_was_sent(ports: Ports) -> None:
    without = a_grant(generation=2, tokens=a_token_set(refresh_token=None, expires_at=None))
    ports.revocation_queue.send(a_grant())
    ports.revocation_queue.send(without)

    received = sorted(ports.revocation_messages(), key=lambda each: each.generation)

    assert received == [a_grant(), without]


def test_a_grant_can_arrive_later(ports: Ports) -> None:
    ports.revocation_queue.send(a_grant(), after=timedelta(minutes=15))

    assert ports.revocation_messages() == [a_grant()]


def test_a_grant_sent_twice_arrives_at_least_once(ports: Ports) -> None:
    ports.revocation_queue.send(a_grant())
    ports.revocation_queue.send(a_grant())

    assert set(map(repr, ports.revocation_messages())) == {repr(a_grant())}
