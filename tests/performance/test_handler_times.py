"""Medians of what was measured, and what is left out of it."""

from tests.performance.clock import Lap
from tests.performance.handler_times import quietest


def laps(*walls: float) -> list[Lap]:
    return [Lap(wall=wall, cpu=0.0, waited=0.0) for wall in walls]


def test_the_quietest_part_of_the_time_counts_by_its_median() -> None:
    noisy, quiet = [9.0, 9.0, 9.0], [1.0, 2.0, 8.0]

    found = quietest(laps(*noisy, *noisy, *quiet, *noisy, *noisy), lambda lap: lap.wall)

    assert found == 2.0


def test_one_quick_call_does_not_make_a_quiet_time() -> None:
    found = quietest(laps(*[9.0, 9.0, 1.0] * 5), lambda lap: lap.wall)

    assert found == 9.0
