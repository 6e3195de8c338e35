"""The meter counts what a client sends, and the units of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.aws import aws_in_memory
from tests.performance.capacity import Units
from tests.performance.metering import Meter, Request, counted, metered, units_of
from tests.performance.scene import credentials

KEY: dict[str, Any] = {"pk": {"S": "con_1"}, "sk": {"S": "state"}}
LARGE: dict[str, Any] = {**KEY, "name": {"S": "x" * 5000}}


@dataclass(frozen=True, slots=True)
class Metered:
    meter: Meter
    client: Any
    table: str

    def put(self, item: dict[str, Any]) -> None:
        self.client.put_item(TableName=self.table, Item=item)
        self.meter.taken()


@pytest.fixture(scope="module")
def running() -> Iterator[Metered]:
    with (
        credentials(),
        aws_in_memory() as aws,
        metered(aws.dynamodb, aws.names) as meter,
    ):
        yield Metered(meter, boto3.client("dynamodb"), aws.names["Connections"])


@pytest.fixture
def cloud(running: Metered) -> Metered:
    running.client.delete_item(TableName=running.table, Key=KEY)
    running.meter.taken()
    return running


def test_a_write_is_counted_by_the_item_that_it_leaves(cloud: Metered) -> None:
    cloud.client.put_item(TableName=cloud.table, Item=LARGE)

    assert cloud.meter.taken() == [Request(name="dynamodb PutItem", units=Units(5, 0))]
    assert cloud.meter.taken() == []


def test_an_update_is_counted_by_the_whole_item(cloud: Metered) -> None:
    cloud.put(LARGE)

    cloud.client.update_item(
        TableName=cloud.table,
        Key=KEY,
        UpdateExpression="SET fence = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )

    assert units_of(cloud.meter.taken()) == Units(5, 0)


def test_a_write_whose_condition_fails_is_counted_all_the_same(cloud: Metered) -> None:
    cloud.put(LARGE)

    with pytest.raises(ClientError):
        cloud.client.put_item(
            TableName=cloud.table, Item=KEY, ConditionExpression="attribute_not_exists(pk)"
        )

    assert units_of(cloud.meter.taken()) == Units(5, 0)


def test_a_transaction_counts_twice(cloud: Metered) -> None:
    put = {"Put": {"TableName": cloud.table, "Item": LARGE}}
    cloud.client.transact_write_items(TransactItems=[put])

    assert units_of(cloud.meter.taken()) == Units(10, 0)


@pytest.mark.parametrize("change", ["PutRequest", "DeleteRequest"])
def test_writes_together_are_counted_each(cloud: Metered, change: str) -> None:
    cloud.put(LARGE)
    wanted = {"Item": LARGE} if change == "PutRequest" else {"Key": KEY}
    other = {**KEY, "pk": {"S": "con_2"}}
    requests = [{change: wanted}, {"PutRequest": {"Item": other}}]

    cloud.client.batch_write_item(RequestItems={cloud.table: requests})

    assert units_of(cloud.meter.taken()) == Units(6, 0)


@pytest.mark.parametrize(("consistent", "units"), [(True, 2), (False, 1)])
def test_a_reading_is_counted_by_its_consistency(
    cloud: Metered, consistent: bool, units: float
) -> None:
    cloud.put(LARGE)

    cloud.client.get_item(TableName=cloud.table, Key=KEY, ConsistentRead=consistent)

    assert cloud.meter.taken() == [Request(name="dynamodb GetItem", units=Units(0, units), items=1)]


def test_readings_together_are_rounded_up_each(cloud: Metered) -> None:
    cloud.put(LARGE)
    missing = {**KEY, "pk": {"S": "con_3"}}

    cloud.client.batch_get_item(
        RequestItems={cloud.table: {"Keys": [KEY, missing], "ConsistentRead": True}}
    )

    assert cloud.meter.taken() == [
        Request(name="dynamodb BatchGetItem", units=Units(0, 3), items=1)
    ]


def test_a_query_is_rounded_up_once(cloud: Metered) -> None:
    cloud.put(LARGE)
    cloud.put({**LARGE, "sk": {"S": "inputs"}, "name": {"S": "x" * 2000}})

    cloud.client.query(
        TableName=cloud.table,
        KeyConditionExpression="pk = :key",
        ExpressionAttributeValues={":key": KEY["pk"]},
    )

    assert cloud.meter.taken() == [Request(name="dynamodb Query", units=Units(0, 1), items=2)]


def test_another_service_is_counted_by_its_name(cloud: Metered) -> None:
    boto3.client("sqs").list_queues()

    assert counted(cloud.meter.taken()) == {"sqs ListQueues": 1}
