"""The schedule: everything due goes to the queue, page by page, and nothing else."""

from datetime import datetime, timedelta

import pytest

from connections.application.schedule_refreshes import Scheduler
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId
from tests.builders import NOW, a_connection
from tests.doubles.clock import ManualClock
from tests.doubles.world import World


def numbered(number: int) -> ConnectionId:
    return ConnectionId(f"con_{number:026}")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def scheduler(world: World, clock: ManualClock) -> Scheduler:
    return Scheduler(index=world.due_index, queue=world.refreshes, clock=clock)


def due(world: World, *moments: datetime | None) -> None:
    """Store connections whose refresh time is each of these, numbered from 1."""
    for number, moment in enumerate(moments, 1):
        world.holding(a_connection(id=numbered(number), refresh_at=moment))


def test_what_is_due_is_queued_in_pages_with_the_time_of_asking(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5)

    assert scheduler.schedule() == 5

    assert world.to_refresh == [
        ((numbered(1), numbered(2)), NOW),
        ((numbered(3), numbered(4)), NOW),
        ((numbered(5),), NOW),
    ]


def test_what_is_not_due_is_not_queued(scheduler: Scheduler, world: World) -> None:
    later = NOW + timedelta(microseconds=1)
    due(world, later, NOW, None, NOW - timedelta(days=1))

    assert scheduler.schedule() == 2

    assert world.to_refresh == [((numbered(2), numbered(4)), NOW)]


def test_a_minute_in_which_nothing_is_due_sends_nothing(scheduler: Scheduler, world: World) -> None:
    assert scheduler.schedule() == 0
    assert world.calls == ["due_index.due"]


def test_a_queue_that_takes_nothing_is_not_passed_over(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 5)
    world.fail("refreshes.send", after=1)

    with pytest.raises(Unavailable, match=r"refreshes\.send"):
        scheduler.schedule()

    assert world.to_refresh == [((numbered(1), numbered(2)), NOW)]


def test_a_schedule_changes_no_connection(scheduler: Scheduler, world: World) -> None:
    due(world, NOW)

    scheduler.schedule()

    assert world.connections_by_id == {numbered(1): a_connection(id=numbered(1))}
