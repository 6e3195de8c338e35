"""What DynamoDB counts, by examples of its developer guide and the template's own tables."""

from typing import Any

import pytest

from tests.integration.aws import TEMPLATE
from tests.performance.capacity import Table, Units, item_bytes, read_units, write_units

CONNECTIONS = Table.of(TEMPLATE["Resources"]["Connections"]["Properties"])
STATE: dict[str, Any] = {"pk": {"S": "con_1"}, "sk": {"S": "state"}, "fence": {"N": "1"}}
DUE = {**STATE, "dueShard": {"S": "1"}, "refreshAt": {"N": "100"}}


def of_size(size: int) -> dict[str, Any]:
    return {"a": {"S": "x" * (size - 1)}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"B": b"abc"}, 3),
        ({"N": "1764410000.123456"}, 9),
        ({"N": "-1200"}, 2),
        ({"N": "0"}, 1),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": [{"S": "ab"}, {"N": "7"}]}, 3 + 3 + 3),
        ({"M": {"key": {"S": "ab"}}}, 3 + 1 + 5),
    ],
)
def test_a_value_has_the_size_that_the_developer_guide_says(
    value: dict[str, Any], size: int
) -> None:
    assert item_bytes({"name": value}) == len("name") + size


@pytest.mark.parametrize(("size", "units"), [(1, 1), (1024, 1), (1025, 2), (3072, 3), (3073, 4)])
def test_a_write_takes_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    assert write_units(None, of_size(size)) == units


def test_a_write_takes_what_the_larger_of_before_and_after_takes() -> None:
    assert write_units(of_size(2000), of_size(10)) == 2
    assert write_units(of_size(10), of_size(2000)) == 2
    assert write_units(of_size(2000), None) == 2
    assert write_units(None, None) == 1


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [(0, True, 1), (4096, True, 1), (4097, True, 2), (0, False, 0.5), (4097, False, 1)],
)
def test_a_read_takes_a_unit_for_each_four_kilobytes_or_half_of_it(
    size: int, consistent: bool, units: float
) -> None:
    assert read_units(size, consistent=consistent) == units


def test_what_is_not_due_is_not_in_the_index() -> None:
    assert CONNECTIONS.written(None, STATE) == 1
    assert CONNECTIONS.written(None, DUE) == 2


def test_a_claim_does_not_write_to_the_index() -> None:
    assert CONNECTIONS.written(DUE, {**DUE, "fence": {"N": "2"}}) == 1


def test_another_time_is_two_writes_to_the_index() -> None:
    assert CONNECTIONS.written(DUE, {**DUE, "refreshAt": {"N": "200"}}) == 3


def test_what_an_index_holds_beside_its_keys_is_one_write() -> None:
    registered = {**DUE, "registration": {"S": "reg_1"}}

    assert CONNECTIONS.written(DUE, registered) == 2


def test_what_leaves_the_index_is_one_write_there() -> None:
    assert CONNECTIONS.written(DUE, STATE) == 2


def test_a_deletion_is_one_write_and_one_in_each_index() -> None:
    assert CONNECTIONS.written({**DUE, "listed": {"S": "connection"}}, None) == 3


def test_an_index_of_everything_holds_everything() -> None:
    audit = Table.of(TEMPLATE["Resources"]["Audit"]["Properties"])
    item: dict[str, Any] = {
        "pk": {"S": "a"}, "sk": {"S": "b"}, "customerId": {"S": "c"}, "more": {"S": "x" * 1500},
    }  # fmt: skip

    assert audit.indexes["customer"].entry(item) == item
    assert audit.written(None, item) == 4


def test_storage_is_an_item_and_its_index_entries_with_an_overhead_each() -> None:
    entry = item_bytes({name: value for name, value in DUE.items() if name != "fence"})

    assert CONNECTIONS.stored(STATE) == item_bytes(STATE) + 100
    assert CONNECTIONS.stored(DUE) == item_bytes(DUE) + 100 + entry + 100


def test_units_add_up() -> None:
    assert Units(1, 0.5) + Units(2, 1) == Units(3, 1.5)
