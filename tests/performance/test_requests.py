"""How many requests things take: what is counted cannot vary from run to run."""

from collections import Counter
from collections.abc import Mapping

import pytest

from tests.integration.entrypoints.events import ROUTES
from tests.performance.operations import counted_operations
from tests.performance.refreshing import Steady, steady
from tests.performance.scene import BATCH
from tests.performance.sweep import Swept, growth, swept_in_memory


@pytest.fixture(scope="module")
def usual() -> Steady:
    return steady()


@pytest.fixture(scope="module")
def operations() -> Mapping[str, Counter[str]]:
    return counted_operations()


@pytest.fixture(scope="module")
def sweeps() -> list[Swept]:
    return swept_in_memory(due=40, sizes=(40, 400))


def test_a_refresh_is_a_claim_a_look_a_commit_and_the_state_and_a_batch_one_reading_more(
    usual: Steady,
) -> None:
    assert usual.requests == {
        "dynamodb UpdateItem": 2 * BATCH,
        "dynamodb GetItem": BATCH,
        "dynamodb PutItem": BATCH,
        "dynamodb BatchGetItem": 1,
    }


def test_a_refresh_writes_to_the_index_of_what_is_due_once(usual: Steady) -> None:
    # The claim 1; the state 1, and 2 in the index; the tokens 3 KB, or 4 with longer names.
    assert usual.units.written / BATCH in {7, 8}


def test_a_refresh_as_usual_exceeds_no_budget(usual: Steady) -> None:
    assert [each.name for each in usual.figures() if each.exceeded] == []


def test_a_refresh_logs_two_lines(usual: Steady) -> None:
    assert len(usual.log_lines) == 2 * BATCH
    assert usual.log_bytes < 700 * BATCH


def test_a_reading_of_credentials_is_one_request(
    operations: Mapping[str, Counter[str]],
) -> None:
    read = operations["GET /connections/{connection}/credentials"]

    assert read == {"dynamodb BatchGetItem": 1}


def test_every_route_is_counted(operations: Mapping[str, Counter[str]]) -> None:
    assert {each.key for each in ROUTES} <= set(operations)


def test_no_operation_asks_kms_once_its_function_is_warm(
    operations: Mapping[str, Counter[str]],
) -> None:
    assert [
        name for name, each in operations.items() if any("kms" in request for request in each)
    ] == []


def test_a_sweep_costs_the_same_whatever_exists_beside_what_is_due(sweeps: list[Swept]) -> None:
    few, many = sweeps

    assert (few.existing, many.existing) == (40, 400)
    assert few.requests == many.requests
    assert few.items == many.items == 40
    assert few.units == many.units
    assert not any(each.exceeded for each in growth(few, many))
