"""All races for items of the tables, by the real adapters over an engine that is atomic."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.proof.races import races_for_items, races_for_states
from tests.proof.races.storage import Storage

Race = Callable[[Storage, str], str]
RACES: Sequence[Race] = (
    races_for_states.claims,
    races_for_states.claims_after_one_that_ended,
    races_for_states.release_and_claims,
    races_for_states.late_failure_and_claim,
    races_for_states.late_failure_and_refresh,
    races_for_states.refresh_and_disconnect,
    races_for_states.refresh_and_reconnection,
    races_for_items.commits,
    races_for_items.commit_and_disconnect,
    races_for_items.commit_and_reconnection,
    races_for_items.first_grants,
    races_for_items.callbacks,
    races_for_items.new_connections,
    races_for_items.registrations,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What so many rounds of one race came to."""

    race: str
    rounds: int
    won: Counter[str]
    """How often who won."""
    seconds: float

    def __str__(self) -> str:
        winners = ", ".join(f"{who}: {times}" for who, times in sorted(self.won.items()))
        return f"{self.race:28}{self.rounds:6} rounds {self.seconds:6.1f} s  {winners}"


def results(storage: Storage, rounds: int) -> Iterator[Result]:
    """Run each race in so many rounds.

    Raises: AssertionError when a round did not end as it must.
    """
    for race in RACES:
        name, began = race.__name__, time.monotonic()
        won = Counter(race(storage, f"{name}_{number}") for number in range(rounds))
        seconds = time.monotonic() - began
        yield Result(race=name.replace("_", " "), rounds=rounds, won=won, seconds=seconds)
