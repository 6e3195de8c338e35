"""Connections as they are added and listed: what is asked of the tables and their indexes."""

from collections.abc import Callable
from typing import Any

import pytest

from connections.adapters.connection_list import DynamoConnectionList
from connections.adapters.customers_table import DynamoCustomers
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId, CustomerId
from tests.builders import (
    ADA,
    CONNECTION,
    CUSTOMER,
    NOW,
    a_customer,
    a_flow,
    a_new_connection,
    some_inputs,
)
from tests.integration.aws import Aws
from tests.integration.storage.conftest import Adapters


@pytest.fixture
def listed(aws: Aws) -> DynamoConnectionList:
    return DynamoConnectionList(aws.dynamodb, aws.names["Connections"])


@pytest.fixture
def _customer(aws: Aws) -> None:
    DynamoCustomers(aws.dynamodb, aws.names["Definitions"]).add(a_customer())


@pytest.fixture
def asked(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The queries that are made, as they are asked."""
    made: list[dict[str, Any]] = []
    query = aws.dynamodb.query

    def noted(**request: Any) -> Any:
        made.append(request)
        return query(**request)

    monkeypatch.setattr(aws.dynamodb, "query", noted)
    return made


def added(adapters: Adapters, count: int, owner: Owner = ORGANIZATION) -> list[Connection]:
    connections = [
        a_new_connection(id=ConnectionId(f"con_{number:026}"), owner=owner)
        for number in range(count)
    ]
    for each in connections:
        assert adapters.new_connections.add(each, some_inputs(connection_id=each.id))
    return connections


@pytest.mark.usefixtures("_customer")
def test_a_customers_connection_is_added_in_one_request_that_looks_at_the_customer(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch, requests: list[str]
) -> None:
    first = ConnectionId("con_first")
    adapters.new_connections.add(a_new_connection(id=first), some_inputs(connection_id=first))
    requests.clear()
    sent: list[list[dict[str, Any]]] = []
    transact = adapters.aws.dynamodb.transact_write_items

    def noted(*, TransactItems: Any) -> Any:  # noqa: N803  # as boto3 names it
        sent.append(TransactItems)
        return transact(TransactItems=TransactItems)

    monkeypatch.setattr(adapters.aws.dynamodb, "transact_write_items", noted)
    assert adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    assert requests == ["TransactWriteItems"]
    assert [list(part) for part in sent[0]] == [["Put"], ["Put"], ["ConditionCheck"]]


@pytest.mark.usefixtures("_customer")
def test_whose_a_connection_is_stands_in_its_state_alone(adapters: Adapters) -> None:
    adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    inputs, state = sorted(adapters.aws.items("Connections"), key=lambda each: each["sk"]["S"])
    assert (state["customerId"]["S"], state["userId"]["S"]) == (CUSTOMER, "ada")
    assert state["listed"]["S"] == "connection"
    assert set(inputs) == {"pk", "sk", "sealed"}


def test_what_is_nobodys_has_no_place_in_the_index_of_customers(adapters: Adapters) -> None:
    adapters.new_connections.add(a_new_connection(), some_inputs())
    adapters.flows.begin(a_flow())
    assert not [item for item in adapters.aws.items("Connections") if "customerId" in item]
    assert not [item for item in adapters.aws.items("Connections") if "userId" in item]


@pytest.mark.usefixtures("_customer")
@pytest.mark.parametrize(
    ("customer", "index", "name"),
    [(None, "listed", "listed"), (CUSTOMER, "customer", "customerId")],
)
def test_a_page_is_a_query_of_an_index_and_a_reading_of_states(
    adapters: Adapters,
    listed: DynamoConnectionList,
    requests: list[str],
    asked: list[dict[str, Any]],
    customer: CustomerId | None,
    index: str,
    name: str,
) -> None:
    connections = added(adapters, 3, ADA)
    requests.clear()
    _, cursor = listed.page(customer, limit=2, cursor=None)
    assert listed.page(customer, limit=2, cursor=cursor) == ([connections[0]], None)
    assert requests == ["Query", "BatchGetItem"] * 2
    assert [(each["IndexName"], each["Limit"]) for each in asked] == [(index, 2)] * 2
    assert set(asked[1]["ExclusiveStartKey"]) == {"pk", "sk", name}
    assert asked[1]["ExclusiveStartKey"]["sk"] == {"S": "state"}


def test_an_empty_page_reads_no_states(listed: DynamoConnectionList, requests: list[str]) -> None:
    assert listed.page(None, limit=2, cursor=None) == ([], None)
    assert requests == ["Query"]


@pytest.mark.parametrize(("count", "readings"), [(100, 1), (101, 2)])
def test_states_are_read_a_hundred_in_a_request(
    adapters: Adapters,
    listed: DynamoConnectionList,
    requests: list[str],
    count: int,
    readings: int,
) -> None:
    connections = added(adapters, count)
    requests.clear()
    assert listed.page(None, limit=200, cursor=None) == (connections[::-1], None)
    assert requests == ["Query"] + ["BatchGetItem"] * readings


def test_what_is_gone_meanwhile_is_left_out(
    adapters: Adapters, listed: DynamoConnectionList, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = added(adapters, 3)
    query = adapters.aws.dynamodb.query

    def then_gone(**request: Any) -> Any:
        answer = query(**request)
        key: Any = {"pk": {"S": connections[1].id}, "sk": {"S": "state"}}
        adapters.aws.dynamodb.delete_item(TableName=adapters.aws.names["Connections"], Key=key)
        return answer

    monkeypatch.setattr(adapters.aws.dynamodb, "query", then_gone)
    assert listed.page(None, limit=10, cursor=None) == ([connections[2], connections[0]], None)


def test_states_that_come_in_another_order_are_listed_in_that_of_their_ids(
    adapters: Adapters, listed: DynamoConnectionList, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = added(adapters, 3)
    read = adapters.aws.dynamodb.batch_get_item

    def turned(**request: Any) -> Any:
        responses = read(**request)["Responses"]
        return {"Responses": {table: items[::-1] for table, items in responses.items()}}

    monkeypatch.setattr(adapters.aws.dynamodb, "batch_get_item", turned)
    assert listed.page(None, limit=10, cursor=None) == (connections[::-1], None)


def test_states_that_were_left_unread_are_no_absence(
    adapters: Adapters, listed: DynamoConnectionList, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(adapters, 1)
    answer: dict[str, Any] = {"Responses": {}, "UnprocessedKeys": {"table": {}}}
    monkeypatch.setattr(adapters.aws.dynamodb, "batch_get_item", lambda **_: answer)
    with pytest.raises(Unavailable):
        listed.page(None, limit=10, cursor=None)


def canceled_for(aws: Aws, *codes: str) -> Callable[..., None]:
    error: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }

    def cancel(**_: object) -> None:
        raise aws.dynamodb.exceptions.TransactionCanceledException(error, "TransactWriteItems")

    return cancel


@pytest.mark.parametrize("codes", [("TransactionConflict", "None", "None"), ("None",) * 3])
def test_a_conflict_is_neither_a_taken_id_nor_a_customer_that_goes(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch, codes: tuple[str, ...]
) -> None:
    monkeypatch.setattr(
        adapters.aws.dynamodb, "transact_write_items", canceled_for(adapters.aws, *codes)
    )
    with pytest.raises(Unavailable):
        adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())


@pytest.mark.parametrize("taken", [(0,), (1,), (0, 1), (0, 2), (1, 2)])
def test_an_id_is_taken_if_one_of_its_items_is_there(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch, taken: tuple[int, ...]
) -> None:
    codes = ["ConditionalCheckFailed" if part in taken else "None" for part in range(3)]
    monkeypatch.setattr(
        adapters.aws.dynamodb, "transact_write_items", canceled_for(adapters.aws, *codes)
    )
    assert not adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())


def test_a_listed_state_stays_in_its_index_whatever_becomes_of_it(
    adapters: Adapters, listed: DynamoConnectionList
) -> None:
    adapters.new_connections.add(a_new_connection(), some_inputs())
    adapters.states.disconnected(a_new_connection(), NOW)
    ((found,), _) = listed.page(None, limit=10, cursor=None)
    assert found == adapters.connections.get(CONNECTION)
