"""The races in their sizes, and what is printed of them."""

from dataclasses import dataclass

from tests.proof.races.refresh_races import race
from tests.proof.races.slow_answers import lose_an_answer
from tests.proof.races.storage import running_storage
from tests.proof.races.storage_races import results


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many rounds there are."""

    refreshes: int
    crews: int
    """How many connections are raced for at once, each by sixteen workers."""
    items: int
    """Of each race for items."""


FULL = Size(refreshes=2000, crews=2, items=500)
QUICK = Size(refreshes=30, crews=1, items=20)


def run_all(*, full: bool) -> None:
    """Run them, and print a line for each.

    Raises: AssertionError when anything did not end as it must.
    """
    size = FULL if full else QUICK
    report = race(size.refreshes, crews=size.crews)
    print(f"Against oidc-provider, over dynoxide: {report}")
    report.check()
    lost = lose_an_answer()
    print(f"Against oidc-provider, over dynoxide: {lost}")
    lost.check()
    with running_storage() as storage:
        for result in results(storage, size.items):
            print(result)
