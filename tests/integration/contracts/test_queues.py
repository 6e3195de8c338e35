"""The contracts of `RefreshQueue` and `RevocationQueue`."""

from collections import Counter
from datetime import timedelta

import pytest

from connections.domain.grant import Account
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId
from connections.domain.refresh import Cause, Need, Wish
from tests.builders import CONNECTION, GRANT, NOW, a_grant, a_token_set
from tests.integration.contracts.ports import Ports


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21])
def test_every_connection_gets_one_message(ports: Ports, count: int) -> None:
    since = NOW + timedelta(microseconds=7)
    need = Need(cause=Cause.DUE, since=since)
    wishes = [
        Wish(connection_id=ConnectionId(f"con_{number}"), need=need) for number in range(count)
    ]

    ports.refresh_queue.send(wishes)

    assert Counter(ports.refresh_messages()) == Counter(wishes)


@pytest.mark.parametrize("cause", [each for each in Cause if each is not Cause.READ])
@pytest.mark.parametrize("seen", [None, (GRANT, 7), (None, 0)])
@pytest.mark.parametrize("registration", [None, RegistrationId("reg_1")])
def test_a_wish_arrives_as_it_was_sent(
    ports: Ports,
    cause: Cause,
    seen: tuple[GrantId | None, int] | None,
    registration: RegistrationId | None,
) -> None:
    need = Need(cause=cause, since=NOW, seen=seen)
    wish = Wish(connection_id=CONNECTION, need=need, registration=registration)

    ports.refresh_queue.send([wish])

    assert ports.refresh_messages() == [wish]


def test_a_queue_tells_how_many_wait(ports: Ports) -> None:
    assert ports.refresh_queue.waiting() == 0
    need = Need(cause=Cause.DUE, since=NOW)

    ports.refresh_queue.send([Wish(connection_id=CONNECTION, need=need)] * 12)

    assert ports.refresh_queue.waiting() == 12


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


def test_a_token_set_to_be_rescued_arrives_as_it_would_have_been_stored(ports: Ports) -> None:
    successor = a_grant(generation=2, since=NOW, account=Account(id="7", name="Ada"))

    ports.rescue_queue.send(successor)

    assert ports.rescue_messages() == [successor]
