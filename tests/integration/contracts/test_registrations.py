"""The contract of `Registrations`: read together, written only as they were read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connections.domain.client_registration import Breaker, Registration, Tally
from connections.domain.identifiers import registration_id
from tests.builders import HOUR, NOW
from tests.integration.contracts.ports import Ports

HOST = "acme.example"
ID = registration_id(HOST, "the-client")
FULL = Registration(
    id=ID,
    host=HOST,
    since=NOW,
    window=Tally(worked=1, failed=2, refused=3),
    breaker=Breaker(opened_at=NOW, probe_at=NOW + HOUR, rounds=4),
    fault=True,
    next_at=NOW + timedelta(milliseconds=1),
)


def numbered(number: int) -> Registration:
    return Registration(id=registration_id(HOST, str(number)), host=HOST)


def test_of_one_that_was_never_stored_nothing_is_known(ports: Ports) -> None:
    assert ports.registrations.many([ID]) == {}
    assert ports.registrations.many([]) == {}


@pytest.mark.parametrize("registration", [FULL, Registration(id=ID, host=HOST)])
def test_what_was_stored_is_read_one_revision_on(ports: Ports, registration: Registration) -> None:
    assert ports.registrations.save(registration, NOW)

    (stored,) = ports.registrations.many([ID]).values()

    assert stored == _at(registration, 1)


def test_what_is_stored_is_replaced_as_a_whole(ports: Ports) -> None:
    ports.registrations.save(FULL, NOW)

    assert ports.registrations.save(Registration(id=ID, host=HOST, revision=1), NOW)

    assert ports.registrations.many([ID]) == {ID: Registration(id=ID, host=HOST, revision=2)}


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_one_that_is_stored_at_another_revision_stays_as_it_is(ports: Ports, revision: int) -> None:
    ports.registrations.save(FULL, NOW)
    ports.registrations.save(_at(FULL, 1), NOW)

    assert not ports.registrations.save(Registration(id=ID, host=HOST, revision=revision), NOW)

    assert ports.registrations.many([ID]) == {ID: _at(FULL, 2)}


def test_one_that_is_gone_is_not_stored_as_if_it_were_there(ports: Ports) -> None:
    assert not ports.registrations.save(_at(FULL, 1), NOW)

    assert ports.registrations.many([ID]) == {}


def test_many_are_read_together_and_those_that_are_not_there_are_left_out(ports: Ports) -> None:
    there = [numbered(number) for number in range(0, 150, 2)]
    for each in there:
        ports.registrations.save(each, NOW)

    found = ports.registrations.many([numbered(number).id for number in range(150)])

    assert found == {each.id: _at(each, 1) for each in there}


def _at(registration: Registration, revision: int) -> Registration:
    return replace(registration, revision=revision)
