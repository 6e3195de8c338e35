"""The short form of the fuzzing: what the tests can afford. `make fuzz` is the full one."""

from collections.abc import Iterator

import pytest

from tests import stack
from tests.fuzz.campaign import Budget
from tests.fuzz.run import LEAST_SUCCESSES, Outcome, fuzz
from tests.fuzz.scene import ORGANIZATION

SHORT = Budget(examples=1, covering=False, histories=0)
LONGER = Budget(examples=4, covering=False, histories=3)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """A run against a stack of its own: the other tests' connections are not for guessing."""
    with stack.running(tmp_path_factory.mktemp("fuzzed")) as running:
        budgets = dict.fromkeys(LEAST_SUCCESSES, SHORT) | {ORGANIZATION: LONGER}
        yield fuzz(running, budgets)


def test_no_answer_breaks_the_document(outcome: Outcome) -> None:
    assert outcome.faults == []


def test_every_kind_of_caller_sent_cases(outcome: Outcome) -> None:
    assert [tally.caller for tally in outcome.tallies] == list(LEAST_SUCCESSES)
    assert min(tally.cases for tally in outcome.tallies) > 30
    assert outcome.cases > 250
