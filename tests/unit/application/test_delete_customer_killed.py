"""A deletion that is killed anywhere is taken up, and its end is the same."""

import pytest

from connections.application.delete_connection import Progress
from connections.application.delete_customer import CustomerDeleter
from connections.domain.errors import Unavailable
from tests.builders import CUSTOMER, NOW
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.customers import (
    CONNECTIONS,
    OTHERS,
    a_deleter,
    full,
    grant_of,
    handed_over,
    left,
)
from tests.unit.application.parts import RUN


class Killed(BaseException):
    """The function's time is over."""


def done(deleter: CustomerDeleter) -> int:
    """Delete pass after pass, and return how many it took."""
    for number in range(1, 10):
        if deleter.delete(CUSTOMER, RUN) is Progress.DONE:
            return number
    raise AssertionError("a deletion must come to its end")


def undisturbed() -> list[str]:
    """Return the calls of a whole deletion that nothing disturbs, in order."""
    world = full(World())
    assert done(a_deleter(world, ManualClock(NOW))) == 2
    return world.calls


CALLS = undisturbed()
PLACES = [
    pytest.param(method, CALLS[:index].count(method), id=f"{index}-{method}")
    for index, method in enumerate(CALLS)
]


def the_end_is_the_same(world: World) -> None:
    assert left(world) == OTHERS
    revoked = {repr(each) for each in handed_over(world)}
    assert revoked == {repr(grant_of(each)) for each in CONNECTIONS}


@pytest.mark.parametrize("error", [Unavailable("Storage."), Killed()], ids=["refused", "killed"])
@pytest.mark.parametrize(("method", "after"), PLACES)
def test_killed_at_any_call_and_done_again_the_end_is_the_same(
    method: str, after: int, error: BaseException
) -> None:
    world = full(World())
    deleter = a_deleter(world, ManualClock(NOW))

    def kill() -> None:
        raise error

    world.meanwhile(method, kill, after=after)
    with pytest.raises(type(error)):
        done(deleter)

    done(deleter)

    the_end_is_the_same(world)


@pytest.mark.parametrize(("method", "after"), PLACES)
def test_no_grant_is_ever_gone_before_it_was_handed_over(method: str, after: int) -> None:
    world = full(World())
    deleter = a_deleter(world, ManualClock(NOW))

    def kill() -> None:
        raise Killed

    world.meanwhile(method, kill, after=after)
    with pytest.raises(Killed):
        done(deleter)

    known = {*map(repr, world.grants.values()), *map(repr, handed_over(world))}
    assert {repr(grant_of(each)) for each in CONNECTIONS} <= known


@pytest.mark.parametrize(("method", "after"), PLACES)
def test_a_connection_with_a_grant_is_always_found_again(method: str, after: int) -> None:
    world = full(World())
    deleter = a_deleter(world, ManualClock(NOW))

    def kill() -> None:
        raise Killed

    world.meanwhile(method, kill, after=after)
    with pytest.raises(Killed):
        done(deleter)

    for each in CONNECTIONS:
        kept = {*world.grants, *world.inputs_by_id, *[one.connection_id for one in world.entries]}
        assert each not in kept or each in world.connections_by_id
    assert CUSTOMER in world.customers_by_id or not set(CONNECTIONS) & {*world.connections_by_id}


def test_two_at_once_do_no_harm() -> None:
    world = full(World())
    one, other = a_deleter(world, ManualClock(NOW)), a_deleter(world, ManualClock(NOW))
    world.meanwhile("sealed_tokens.delete", lambda: other.delete(CUSTOMER, RUN))

    done(one)

    the_end_is_the_same(world)
