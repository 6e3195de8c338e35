"""Customers: made, read, renamed, listed; and the names by which nobody finds two of them."""

from datetime import datetime
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.sent import Sent
from tests.integration.entrypoints.tenants import Tenants, customer, made

ACME = {"name": "Acme", "externalId": "acme"}


def create(functions: Functions, key: str | None = None, **changes: Any) -> Answer:
    headers = {} if key is None else {"idempotency-key": key}
    return functions.call("POST", "/customers", json={**ACME, **changes}, headers=headers)


def pages(functions: Functions, limit: int) -> list[list[str]]:
    found, cursor = [], None
    while True:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = made(functions.call("GET", "/customers", query=query))
        found.append([each["externalId"] for each in page["items"]])
        cursor = page["nextCursor"]
        if cursor is None:
            return found


@pytest.fixture
def tenants(functions: Functions) -> Tenants:
    return Tenants.founded(functions)


def test_a_customer_is_read_as_it_was_made(functions: Functions) -> None:
    answer = create(functions)

    assert answer.status == 201
    assert {**answer.json, "id": "", "createdAt": "", "updatedAt": ""} == {
        **ACME,
        "id": "",
        "createdAt": "",
        "updatedAt": "",
        "deletingSince": None,
    }
    assert functions.call("GET", f"/customers/{answer.json['id']}").json == answer.json


def test_an_external_id_is_one_customers(aws: Aws, functions: Functions) -> None:
    create(functions)
    before = len(aws.items("Definitions"))

    for other in ({}, {"name": "Acme, again"}):
        taken = create(functions, **other)
        assert (taken.status, taken.json["code"]) == (409, "external-id-taken")

    assert len(aws.items("Definitions")) == before
    assert create(functions, externalId="ACME").status == 201


def test_the_same_idempotency_key_returns_the_same_customer(functions: Functions) -> None:
    first, second = create(functions, "order-01"), create(functions, "order-01")

    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert pages(functions, 50) == [["acme"]]


@pytest.mark.parametrize("change", [{"name": "Another"}, {"externalId": "another"}])
def test_an_idempotency_key_makes_no_second_customer(
    functions: Functions, change: dict[str, str]
) -> None:
    create(functions, "order-01")

    again = create(functions, "order-01", **change)

    assert (again.status, again.json["code"]) == (409, "idempotency-key-reused")
    assert pages(functions, 50) == [["acme"]]


def test_another_idempotency_key_does_not_take_an_external_id(functions: Functions) -> None:
    create(functions, "order-01")

    assert create(functions, "order-02").status == 409


def test_a_customer_is_renamed_and_keeps_its_external_id(functions: Functions) -> None:
    before = create(functions).json
    path = f"/customers/{before['id']}"

    renamed = functions.call("PATCH", path, json={"name": "Acme Inc."})

    assert renamed.status == 200
    later = renamed.json["updatedAt"]
    assert renamed.json == {**before, "name": "Acme Inc.", "updatedAt": later}
    assert datetime.fromisoformat(later) > datetime.fromisoformat(before["updatedAt"])
    assert functions.call("GET", path).json == renamed.json


@pytest.mark.parametrize("nothing", [{}, {"name": None}])
def test_a_patch_of_nothing_is_refused(functions: Functions, nothing: dict[str, None]) -> None:
    before = create(functions).json

    patched = functions.call("PATCH", f"/customers/{before['id']}", json=nothing)

    assert [each["pointer"] for each in patched.json["errors"]] == ["#/name"]
    assert functions.call("GET", f"/customers/{before['id']}").json == before


@pytest.mark.parametrize(
    ("method", "content"),
    [("GET", None), ("PATCH", {"name": "New"}), ("DELETE", None)],
)
def test_a_customer_that_does_not_exist_is_not_found(
    aws: Aws, functions: Functions, method: str, content: dict[str, str] | None
) -> None:
    answer = functions.call(method, "/customers/cus_nobody", json=content)

    assert (answer.status, answer.json["detail"]) == (404, "There is no such customer.")
    assert "cus_nobody" not in str(aws.items("Definitions"))
    assert aws.messages("DeletionsQueue") == []


@pytest.mark.parametrize("external_id", ["a" * 200, "Ünïcödé ✓", "a/b#c d", "cus_1"])
def test_users_come_by_any_external_id(functions: Functions, external_id: str) -> None:
    tenants = Tenants.founded(functions)
    found = made(create(functions, externalId=external_id))["id"]

    read = tenants.call(tenants.token(customer=external_id), "GET", f"/customers/{found}")

    assert (read.status, read.json["externalId"]) == (200, external_id)


def test_customers_are_listed_page_by_page_newest_first(functions: Functions) -> None:
    for number in range(5):
        customer(functions, f"c{number}")

    assert pages(functions, 2) == [["c4", "c3"], ["c2", "c1"], ["c0"]]
    assert pages(functions, 50) == [["c4", "c3", "c2", "c1", "c0"]]


@pytest.fixture
def deleted(tenants: Tenants) -> Tenants:
    """Two customers of which one is being deleted."""
    answer = tenants.functions.call("DELETE", f"/customers/{tenants.acme}")
    assert (answer.status, answer.json["deletingSince"] is None) == (202, False)
    return tenants


def test_nothing_is_added_to_a_customer_that_is_being_deleted(aws: Aws, deleted: Tenants) -> None:
    before = aws.items("Connections")
    by_key = (deleted.functions.key, {"customerId": deleted.acme})
    for credential, whose in (by_key, (deleted.token(), {}), (deleted.token(role="admin"), {})):
        wanted = {"connection": {"component": "plain", "key": "apiKey"}, **whose}

        answer = deleted.call(credential, "POST", "/connections", json=wanted)

        assert (answer.status, answer.json["code"]) == (409, "customer-being-deleted")
    assert aws.items("Connections") == before
    assert deleted.connection(customerId=deleted.globex)["customerId"] == deleted.globex


def test_deleting_again_keeps_the_time_and_takes_the_work_up_again(
    aws: Aws, deleted: Tenants
) -> None:
    path = f"/customers/{deleted.acme}"
    since = deleted.functions.call("GET", path).json["deletingSince"]

    again = deleted.functions.call("DELETE", path)

    assert (again.status, again.json["deletingSince"]) == (202, since)
    assert len(aws.messages("DeletionsQueue")) == 2


def test_a_customer_that_is_marked_between_look_and_write_gets_nothing_more(
    aws: Aws, tenants: Tenants, sent: Sent
) -> None:
    sent.meanwhile["TransactWriteItems"] = lambda: aws.dynamodb.update_item(
        TableName=aws.names["Definitions"],
        Key={"pk": {"S": "customer"}, "sk": {"S": tenants.acme}},
        UpdateExpression="SET deletingSince = :now",
        ExpressionAttributeValues={":now": {"N": "1772366401"}},
    )
    wanted = {"connection": {"component": "plain", "key": "apiKey"}, "customerId": tenants.acme}
    answer = tenants.functions.call("POST", "/connections", json=wanted)

    assert (answer.status, answer.json["code"]) == (409, "customer-being-deleted")
    assert aws.items("Connections") == []


def test_an_external_id_is_taken_while_its_customer_is_being_deleted(deleted: Tenants) -> None:
    assert create(deleted.functions).status == 409
