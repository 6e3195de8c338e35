"""The schedule: everything due goes to the queue, page by page, and nothing else."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.application.schedule_refreshes import LEAST_TIME, MOST_QUEUED, Scheduler, Sweep
from connections.domain.client_registration import PROBES, Breaker, Registration
from connections.domain.due import DueConnection
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId, RegistrationId
from connections.domain.refresh import Cause, Need, Wish
from tests.builders import HOUR, NOW, a_connection
from tests.doubles.clock import ManualClock
from tests.doubles.world import World

INSTANT = timedelta(microseconds=1)
IN_TIME = NOW + timedelta(seconds=50)
REGISTRATION, ANOTHER = RegistrationId("reg_1"), RegistrationId("reg_2")


def numbered(number: int) -> ConnectionId:
    return ConnectionId(f"con_{number:026}")


def wish(number: int, since: datetime = NOW, registration: RegistrationId | None = None) -> Wish:
    need = Need(cause=Cause.DUE, since=since)
    return Wish(connection_id=numbered(number), need=need, registration=registration)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def scheduler(world: World, clock: ManualClock) -> Scheduler:
    return scheduler_of(world, clock)


def scheduler_of(world: World, clock: ManualClock) -> Scheduler:
    return Scheduler(
        index=world.due_index,
        cursor=world.cursor,
        queue=world.refreshes,
        registrations=world.registrations,
        clock=clock,
    )


def due(
    world: World, *moments: datetime | None, registration: RegistrationId | None = None
) -> None:
    """Store connections whose refresh time is each of these, numbered from 1."""
    for number, moment in enumerate(moments, 1):
        state = a_connection(id=numbered(number), refresh_at=moment, registration=registration)
        world.holding(state)


def leave_room(world: World, room: int) -> None:
    """Let the queue hold so many messages of others that there is room for so many more."""
    world.queued_by_others = MOST_QUEUED - room - len(world.to_refresh)


def sent(world: World) -> list[int]:
    """Return the numbers of the connections that were queued, in order."""
    return [int(each.connection_id[4:]) for each in world.to_refresh]


def hold_back(world: World, registration: RegistrationId, probe_at: datetime) -> None:
    breaker = Breaker(opened_at=NOW, probe_at=probe_at)
    world.registrations_by_id[registration] = Registration(
        id=registration, host="acme.example", breaker=breaker
    )


def test_what_is_due_is_queued_in_pages_with_the_time_of_asking(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5, registration=REGISTRATION)

    swept = scheduler.schedule(IN_TIME)

    assert (swept.queued, swept.held_back, swept.complete) == (5, 0, True)
    assert world.to_refresh == [wish(number, NOW, REGISTRATION) for number in range(1, 6)]
    assert world.calls.count("refreshes.send") == 3


def test_what_is_not_due_is_not_queued(scheduler: Scheduler, world: World) -> None:
    due(world, NOW + INSTANT, NOW, None, NOW - timedelta(days=1))

    assert scheduler.schedule(IN_TIME).queued == 2

    assert sent(world) == [4, 2]


def test_a_minute_in_which_nothing_is_due_sends_and_writes_nothing(
    scheduler: Scheduler, world: World
) -> None:
    assert scheduler.schedule(IN_TIME) == Sweep(room=MOST_QUEUED, reached=None, complete=True)
    assert world.calls == ["cursor.load", "refreshes.waiting", "due_index.due"]


def test_a_sweep_that_sends_all_writes_no_cursor(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 5)

    scheduler.schedule(IN_TIME)

    assert "cursor.save" not in world.calls


def test_each_page_has_its_own_time_of_asking(
    scheduler: Scheduler, world: World, clock: ManualClock
) -> None:
    due(world, *[NOW] * 3)
    world.meanwhile("due_index.due", lambda: clock.sleep(3), after=1)

    scheduler.schedule(IN_TIME)

    later = NOW + timedelta(seconds=3)
    assert world.to_refresh == [wish(1), wish(2), wish(3, later)]


def test_the_queue_is_filled_so_far_and_the_next_sweep_goes_on_there(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5)
    leave_room(world, 3)
    first = scheduler.schedule(IN_TIME)
    assert (first.queued, first.complete, sent(world)) == (3, False, [1, 2, 3])

    leave_room(world, 1)
    assert scheduler.schedule(IN_TIME).queued == 1
    leave_room(world, 1)
    last = scheduler.schedule(IN_TIME)

    assert (last.queued, last.complete, sent(world)) == (1, True, [1, 2, 3, 4, 5])
    assert world.reached is None


def test_a_sweep_that_came_to_the_end_starts_over(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 3)
    leave_room(world, 2)
    scheduler.schedule(IN_TIME)
    leave_room(world, MOST_QUEUED)
    scheduler.schedule(IN_TIME)

    scheduler.schedule(IN_TIME)

    assert sent(world) == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize("queued", [MOST_QUEUED, MOST_QUEUED + 1, 10 * MOST_QUEUED])
def test_a_full_queue_gets_nothing_and_the_cursor_stays(
    scheduler: Scheduler, world: World, queued: int
) -> None:
    due(world, *[NOW] * 3)
    world.queued_by_others = queued
    world.reached = reached = DueConnection(id=numbered(1), due_at=NOW)

    swept = scheduler.schedule(IN_TIME)

    assert (swept.queued, swept.complete) == (0, False)
    assert (world.to_refresh, world.reached) == ([], reached)
    assert not {"refreshes.send", "cursor.save"} & set(world.calls)


def test_a_sweep_that_ends_just_where_the_room_does_came_to_the_end(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 4)
    leave_room(world, 4)

    swept = scheduler.schedule(IN_TIME)

    assert (swept.queued, swept.complete, world.reached) == (4, True, None)


def test_a_cursor_whose_connection_was_refreshed_or_deleted_still_marks_its_place(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5)
    leave_room(world, 3)
    scheduler.schedule(IN_TIME)
    del world.connections_by_id[numbered(3)]
    leave_room(world, MOST_QUEUED)

    scheduler.schedule(IN_TIME)

    assert sent(world) == [1, 2, 3, 4, 5]


def test_no_page_is_begun_when_time_runs_low(
    scheduler: Scheduler, world: World, clock: ManualClock
) -> None:
    due(world, *[NOW] * 5)
    world.meanwhile("due_index.due", lambda: clock.sleep(1), after=1)

    swept = scheduler.schedule(NOW + LEAST_TIME)

    assert (swept.queued, swept.complete, sent(world)) == (2, False, [1, 2])
    scheduler.schedule(IN_TIME)
    assert sent(world) == [1, 2, 3, 4, 5]


def test_a_sweep_without_time_changes_nothing(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 5)

    swept = scheduler.schedule(NOW + LEAST_TIME - INSTANT)

    assert (swept.queued, swept.complete) == (0, False)
    assert (world.to_refresh, world.reached) == ([], None)


def test_a_queue_that_takes_nothing_is_not_passed_over(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 5)
    world.fail("refreshes.send", after=1)

    with pytest.raises(Unavailable, match=r"refreshes\.send"):
        scheduler.schedule(IN_TIME)

    assert sent(world) == [1, 2]
    scheduler.schedule(IN_TIME)
    assert sent(world) == [1, 2, 3, 4, 5]


def test_an_index_that_fails_half_way_is_gone_on_with(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 5)
    world.fail("due_index.due", after=2)

    with pytest.raises(Unavailable, match=r"due_index\.due"):
        scheduler.schedule(IN_TIME)

    scheduler.schedule(IN_TIME)
    assert sent(world) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "port", ["cursor.load", "refreshes.waiting", "due_index.due", "refreshes.send"]
)
def test_what_fails_at_once_is_done_in_the_next_minute(
    scheduler: Scheduler, world: World, port: str
) -> None:
    due(world, *[NOW] * 3)
    world.fail(port)

    with pytest.raises(Unavailable, match=port):
        scheduler.schedule(IN_TIME)

    assert (world.to_refresh, world.reached) == ([], None)
    scheduler.schedule(IN_TIME)
    assert sent(world) == [1, 2, 3]


def test_a_cursor_that_cannot_be_stored_leaves_nothing_out(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5)
    leave_room(world, 3)
    world.fail("cursor.save")

    with pytest.raises(Unavailable, match=r"cursor\.save"):
        scheduler.schedule(IN_TIME)

    leave_room(world, MOST_QUEUED)
    scheduler.schedule(IN_TIME)
    assert sent(world) == [1, 2, 3, 1, 2, 3, 4, 5]


def test_connections_whose_registration_is_held_back_stay_due(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5, registration=REGISTRATION)
    world.holding(replace(world.connections_by_id[numbered(3)], registration=ANOTHER))
    world.holding(replace(world.connections_by_id[numbered(4)], registration=None))
    hold_back(world, REGISTRATION, probe_at=NOW + INSTANT)

    swept = scheduler.schedule(IN_TIME)

    assert (swept.queued, swept.held_back, swept.complete) == (2, 3, True)
    assert sent(world) == [3, 4]
    assert world.reached is None


@pytest.mark.parametrize(("breaker", "age"), [(False, HOUR), (True, timedelta())])
def test_what_waits_for_its_rate_counts_for_the_age_of_the_backlog(
    scheduler: Scheduler, world: World, breaker: bool, age: timedelta
) -> None:
    """That a rate is too low for what there is, nobody else would notice."""
    due(world, NOW - HOUR, registration=REGISTRATION)
    if breaker:
        hold_back(world, REGISTRATION, probe_at=NOW + INSTANT)
    else:
        taken = Registration(id=REGISTRATION, revision=1, next_at=NOW + HOUR)
        world.registrations_by_id[REGISTRATION] = taken

    swept = scheduler.schedule(IN_TIME)

    assert (swept.queued, swept.held_back, swept.longest_due) == (0, 1, age)


def test_when_its_time_has_come_only_probes_are_sent(scheduler: Scheduler, world: World) -> None:
    due(world, *[NOW] * 9, registration=REGISTRATION)
    hold_back(world, REGISTRATION, probe_at=NOW)

    swept = scheduler.schedule(IN_TIME)

    assert (swept.queued, swept.held_back) == (PROBES, 9 - PROBES)
    assert sent(world) == [1, 2, 3]


def test_what_is_held_back_is_passed_by_and_looked_at_again_after_the_rest(
    scheduler: Scheduler, world: World, clock: ManualClock
) -> None:
    due(world, *[NOW] * 4, registration=REGISTRATION)
    world.holding(a_connection(id=numbered(5), refresh_at=NOW))
    hold_back(world, REGISTRATION, probe_at=NOW + timedelta(minutes=1))
    assert scheduler.schedule(IN_TIME).complete
    assert sent(world) == [5]
    clock.sleep(60)
    del world.connections_by_id[numbered(5)]

    scheduler.schedule(IN_TIME + timedelta(minutes=1))

    assert sent(world) == [5, 1, 2, 3]


def test_registrations_are_read_once_a_sweep_and_none_where_there_are_none(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 5)
    scheduler.schedule(IN_TIME)
    assert "registrations.many" not in world.calls

    due(world, *[NOW] * 5, registration=REGISTRATION)
    world.holding(a_connection(id=numbered(5), refresh_at=NOW, registration=ANOTHER))
    scheduler.schedule(IN_TIME)

    assert world.calls.count("registrations.many") == 2


def test_registrations_that_cannot_be_read_hold_nothing_back(
    scheduler: Scheduler, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    due(world, *[NOW] * 5, registration=REGISTRATION)
    hold_back(world, REGISTRATION, probe_at=NOW + INSTANT)
    world.fail("registrations.many")

    assert scheduler.schedule(IN_TIME).queued == 5

    assert world.calls.count("registrations.many") == 1
    assert caplog.messages == ["registrations-not-read"]


def test_a_sweep_tells_how_long_the_longest_due_has_waited(
    scheduler: Scheduler, world: World
) -> None:
    minutes = timedelta(minutes=1)
    due(world, NOW, NOW - 7 * minutes, NOW - 5 * minutes)
    held = a_connection(id=numbered(4), refresh_at=NOW - 9 * minutes, registration=REGISTRATION)
    world.holding(held)
    hold_back(world, REGISTRATION, probe_at=NOW + INSTANT)

    assert scheduler.schedule(IN_TIME).longest_due == 7 * minutes


def test_what_waits_for_room_is_counted_among_what_waits(
    scheduler: Scheduler, world: World
) -> None:
    due(world, NOW - timedelta(minutes=7), NOW)
    leave_room(world, 0)

    assert scheduler.schedule(IN_TIME).longest_due == timedelta(minutes=7)


def test_a_schedule_changes_no_connection(scheduler: Scheduler, world: World) -> None:
    due(world, NOW)
    before = dict(world.connections_by_id)

    scheduler.schedule(IN_TIME)

    assert world.connections_by_id == before


def test_of_2500_that_are_due_each_is_sent_once_before_any_is_sent_again(
    scheduler: Scheduler, world: World
) -> None:
    due(world, *[NOW] * 2500)
    sweeps = []
    for _ in range(3):
        leave_room(world, 1000)
        sweeps.append(scheduler.schedule(IN_TIME))

    assert [each.queued for each in sweeps] == [1000, 1000, 500]
    assert sent(world) == list(range(1, 2501))


class PassingClock(ManualClock):
    """A second passes whenever somebody looks."""

    def now(self) -> datetime:
        self.advance(timedelta(seconds=1))
        return super().now()


@given(
    sweeps=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 6), st.none() | st.integers(0, 3)), min_size=1
    ),
    count=st.integers(1, 12),
)
def test_whatever_room_and_time_there_are_and_whatever_fails_all_get_their_turn(
    sweeps: list[tuple[int, int, int | None]], count: int
) -> None:
    clock = PassingClock()
    world = World()
    due(world, *[NOW] * count)
    for room, pages, good_sends in sweeps:
        # What is to happen goes with each sweep; what is stored stays.
        world = World(
            connections_by_id=world.connections_by_id,
            to_refresh=world.to_refresh,
            reached=world.reached,
        )
        before = len(world.to_refresh)
        leave_room(world, room)
        if good_sends is not None:
            world.fail("refreshes.send", after=good_sends)

        with suppress(Unavailable):
            scheduler_of(world, clock).schedule(
                clock.now() + LEAST_TIME + timedelta(seconds=1 + pages)
            )

        times = Counter(sent(world))
        assert max(times.values(), default=0) - min(times[each + 1] for each in range(count)) <= 1
        assert (len(world.to_refresh) > before) is bool(room and pages and good_sends != 0)
