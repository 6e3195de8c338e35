"""Reading credentials while somebody else refreshes: looked at again, within a budget."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connections.application.read_credentials import CredentialsReader
from connections.domain.errors import Unavailable
from tests.builders import CONNECTION, HOUR, NOW, a_connection, a_grant
from tests.doubles.clock import ManualClock
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.parts import (
    INSTANT,
    RUN,
    claimed_by_another,
    issued_earlier,
    new_tokens,
    state,
    the_second_generation,
)

STEP = 0.125
"""Seconds: 0.05, and half of what chance adds."""


def after_sleeping(clock: ManualClock, times: int, action: Callable[[], object]) -> None:
    """Let something happen once the reader has slept so often."""

    def slept() -> None:
        if len(clock.slept) == times:
            action()

    clock.on_sleep = slept


def test_a_reader_hands_out_what_another_refreshed(
    reader: CredentialsReader, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    winner = the_second_generation()
    after_sleeping(clock, 2, lambda: world.holding(state(world), grant=winner))

    credentials = reader.read(CONNECTION, HOUR + INSTANT, RUN)

    assert (credentials.generation, credentials.token) == (2, winner.tokens.response)
    assert clock.slept == [STEP, STEP]
    assert server.requests == []


def test_a_token_issued_after_the_call_is_handed_out_however_short_it_lives(
    reader: CredentialsReader, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    tokens = issued_earlier(issued_at=NOW, expires_at=NOW)
    winner = a_grant(generation=2, tokens=tokens)
    after_sleeping(clock, 1, lambda: world.holding(state(world), grant=winner))

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN).generation == 2


def test_a_reader_refreshes_itself_when_the_other_gives_up(
    reader: CredentialsReader, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    after_sleeping(clock, 3, lambda: world.holding(a_connection(fence=1)))
    server.answers.append(new_tokens())

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN).generation == 2
    assert clock.slept == [STEP] * 3
    assert len(server.requests) == 1


def test_a_reader_who_mended_the_state_and_needs_more_refreshes_next(
    reader: CredentialsReader, server: ScriptedServer, world: World
) -> None:
    second = a_grant(generation=2, tokens=issued_earlier(refresh_token="refresh-2"))
    world.holding(a_connection(), grant=second)
    server.answers.append(new_tokens(refresh_token="refresh-3"))

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN).generation == 3
    assert [request.form["refresh_token"] for request in server.requests] == ["refresh-2"]


def test_a_reader_who_waited_long_enough_hands_out_what_works(
    reader: CredentialsReader, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)

    assert reader.read(CONNECTION, HOUR + INSTANT, RUN).generation == 1
    assert clock.now() == NOW + timedelta(seconds=20)


def test_a_reader_who_waited_long_enough_hands_out_nothing_that_has_ended(
    reader: CredentialsReader, world: World, clock: ManualClock
) -> None:
    claimed_by_another(world)
    tokens = issued_earlier(expires_at=NOW + timedelta(seconds=20))
    world.holding(state(world), grant=a_grant(tokens=tokens))

    with pytest.raises(Unavailable) as caught:
        reader.read(CONNECTION, HOUR + INSTANT, RUN)

    assert caught.value.retry_after == 1
    assert clock.now() == NOW + timedelta(seconds=20)


def test_a_reader_keeps_time_to_answer_before_its_own_deadline(
    reader: CredentialsReader, server: ScriptedServer, world: World, clock: ManualClock
) -> None:
    invocation = replace(RUN, deadline=NOW + timedelta(seconds=10))

    assert reader.read(CONNECTION, HOUR + INSTANT, invocation).generation == 1
    assert clock.now() == NOW + timedelta(seconds=8)
    assert server.requests == []
    assert set(world.calls) == {"readings.read"}


@pytest.mark.parametrize(("chance", "slept"), [(0.0, 0.05), (1.0, 0.2)])
def test_readers_come_apart_by_chance(
    reader: CredentialsReader, world: World, clock: ManualClock, chance: float, slept: float
) -> None:
    claimed_by_another(world)
    after_sleeping(clock, 1, lambda: world.holding(state(world), grant=the_second_generation()))

    replace(reader, chance=lambda: chance).read(CONNECTION, HOUR + INSTANT, RUN)

    assert clock.slept == pytest.approx([slept])
