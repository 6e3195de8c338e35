"""The contract of `ScheduleCursor`: the place that was stored last, or the beginning."""

from datetime import timedelta

import pytest

from connections.domain.due import DueConnection
from connections.domain.identifiers import RegistrationId
from tests.builders import CONNECTION, NOW
from tests.integration.contracts.ports import Ports


def test_the_first_sweep_begins_at_the_beginning(ports: Ports) -> None:
    assert ports.cursor.load() is None


@pytest.mark.parametrize("registration", [None, RegistrationId("reg_1")])
def test_a_cursor_reads_back_as_it_was_stored(
    ports: Ports, registration: RegistrationId | None
) -> None:
    moment = NOW + timedelta(microseconds=123457)
    reached = DueConnection(id=CONNECTION, due_at=moment, registration=registration)

    ports.cursor.save(reached)

    assert ports.cursor.load() == reached


def test_the_last_cursor_counts(ports: Ports) -> None:
    first = DueConnection(id=CONNECTION, due_at=NOW, registration=RegistrationId("reg_1"))
    second = DueConnection(id=CONNECTION, due_at=NOW + timedelta(minutes=1))
    ports.cursor.save(first)

    ports.cursor.save(second)

    assert ports.cursor.load() == second


def test_at_the_end_nothing_is_left_of_it(ports: Ports) -> None:
    ports.cursor.save(DueConnection(id=CONNECTION, due_at=NOW))

    ports.cursor.save(None)

    assert ports.cursor.load() is None


def test_a_cursor_is_nothing_that_is_due(ports: Ports) -> None:
    ports.cursor.save(DueConnection(id=CONNECTION, due_at=NOW))

    assert ports.due(NOW + timedelta(days=1)) == set()
