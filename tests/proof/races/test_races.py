"""The races in their quick form, and that what is broken is noticed by them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.proof.races.breakages import WRITES, LookingStates, drop_conditions
from tests.proof.races.races_for_states import claims
from tests.proof.races.refresh_races import race
from tests.proof.races.running import QUICK
from tests.proof.races.slow_answers import lose_an_answer
from tests.proof.races.storage import Storage, running_storage
from tests.proof.races.storage_races import RACES, Race, results
from tests.proof.races.worker import UNCLAIMED


@pytest.fixture
def storage() -> Iterator[Storage]:
    with running_storage() as storage:
        yield storage


def until_noticed(storage: Storage, noticing: Race) -> None:
    """Run rounds until one does not end as it must, or there were enough."""
    for number in range(30):
        noticing(storage, f"broken_{number}")


def test_sixteen_workers_send_a_refresh_token_once() -> None:
    report = race(QUICK.refreshes, crews=QUICK.crews)

    report.check()
    assert report.refreshes >= QUICK.refreshes
    assert str(report).startswith(f"{QUICK.refreshes} rounds of 16 workers: ")


def test_a_refresh_token_whose_answer_was_lost_waits_for_its_time() -> None:
    lose_an_answer().check()


def test_workers_that_all_have_a_claim_are_noticed_as_double_spends() -> None:
    report = race(1, UNCLAIMED)

    assert report.double_spends > 0
    assert report.dead_grants == 1
    with pytest.raises(AssertionError, match="double spends"):
        report.check()


def test_every_race_for_items_ends_as_it_must(storage: Storage) -> None:
    names = [result.race for result in results(storage, QUICK.items)]

    assert names == [each.__name__.replace("_", " ") for each in RACES]


@pytest.mark.parametrize("noticing", RACES, ids=lambda each: each.__name__)
def test_a_race_for_items_notices_writes_without_conditions(
    storage: Storage, noticing: Race
) -> None:
    for operation in WRITES:
        drop_conditions(storage.client, operation)

    # A flow that is taken twice has nothing left in it for the second.
    with pytest.raises((AssertionError, KeyError)):
        until_noticed(storage, noticing)


def test_a_claim_that_looks_first_and_takes_then_has_more_winners_than_one(
    storage: Storage,
) -> None:
    drop_conditions(storage.client, "UpdateItem")
    looking = LookingStates(storage.states.client, storage.states.table)

    with pytest.raises(AssertionError, match="of 8 succeeded"):
        until_noticed(replace(storage, states=looking), claims)
