"""What is stored of a customer: found by index, deleted in batches, passed on unopened."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connections.adapters.authorizations_table import KEPT_AFTER_END
from connections.adapters.connection_remains import DynamoConnectionRemains
from connections.adapters.customer_remains import DynamoCustomerRemains
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.revocation_queue import SqsSealedRevocations
from connections.adapters.tokens_table import DynamoSealedTokens
from connections.domain.caller import Owner
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.digests import digest
from tests.builders import (
    ADA,
    AUTHORIZATION,
    CONNECTION,
    CUSTOMER,
    HOUR,
    NOW,
    a_customer,
    a_flow,
    a_grant,
    a_new_connection,
    an_offer,
    some_inputs,
)
from tests.integration.aws import Aws
from tests.integration.storage.conftest import Adapters


@pytest.fixture(autouse=True)
def _customer(aws: Aws) -> None:
    DynamoCustomers(aws.dynamodb, aws.names["Definitions"]).add(a_customer())


@pytest.fixture
def remains(aws: Aws) -> DynamoCustomerRemains:
    return DynamoCustomerRemains(aws.dynamodb, aws.names["Connections"], aws.names["Definitions"])


@pytest.fixture
def of_connections(aws: Aws) -> DynamoConnectionRemains:
    return DynamoConnectionRemains(aws.dynamodb, aws.names["Connections"], aws.names["Definitions"])


@pytest.fixture
def deleted(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The sort keys that each batch deletes."""
    batches: list[list[str]] = []
    write = aws.dynamodb.batch_write_item

    def noted(**request: Any) -> Any:
        (of_table,) = request["RequestItems"].values()
        batches.append([each["DeleteRequest"]["Key"]["sk"]["S"] for each in of_table])
        return write(**request)

    monkeypatch.setattr(aws.dynamodb, "batch_write_item", noted)
    return batches


def logged(adapters: Adapters, count: int) -> None:
    for number in range(count):
        adapters.logbook.write(
            LogEntry(
                connection_id=CONNECTION,
                at=NOW + timedelta(seconds=number),
                event=Event.CREATED,
                severity=Severity.INFO,
                detail="It was created.",
            )
        )


def remove(of_connections: DynamoConnectionRemains) -> None:
    of_connections.close_connection(CONNECTION)
    of_connections.remove_connection(CONNECTION)


def test_what_ends_by_itself_says_when_and_whose_it_is(adapters: Adapters) -> None:
    offer = an_offer(id=AUTHORIZATION, connection_id=CONNECTION, owner=ADA, expires_at=NOW + HOUR)
    adapters.flows.offer(offer)
    adapters.flows.begin(a_flow(owner=ADA, expires_at=NOW + HOUR))
    adapters.flows.take(digest("the-state"), NOW)
    items = adapters.aws.items("Connections")
    assert {item["sk"]["S"] for item in items} == {"authorization", "flow"}
    for item in items:
        assert int(item["ttl"]["N"]) == int((NOW + HOUR + KEPT_AFTER_END).timestamp())
        assert (item["customerId"]["S"], item["userId"]["S"]) == (CUSTOMER, "ada")


def test_a_state_goes_after_all_that_is_found_by_it(
    adapters: Adapters, of_connections: DynamoConnectionRemains, deleted: list[list[str]]
) -> None:
    adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    logged(adapters, 2)
    of_connections.remove_connection(CONNECTION)
    assert [len(batch) for batch in deleted] == [2, 1, 1]
    assert deleted[1:] == [["inputs"], ["state"]]
    assert adapters.aws.items("Connections") == []


@pytest.mark.parametrize(("count", "batches"), [(0, []), (25, [25]), (26, [25, 1])])
def test_a_batch_deletes_at_most_25(
    adapters: Adapters,
    of_connections: DynamoConnectionRemains,
    deleted: list[list[str]],
    count: int,
    batches: list[int],
) -> None:
    adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    logged(adapters, count)
    of_connections.remove_connection(CONNECTION)
    assert [len(batch) for batch in deleted] == [*batches, 1, 1]


def test_without_flows_nothing_is_written(
    adapters: Adapters, remains: DynamoCustomerRemains, requests: list[str]
) -> None:
    adapters.new_connections.add(a_new_connection(owner=Owner(customer_id=CUSTOMER)), some_inputs())
    requests.clear()
    assert remains.remove_flows(CUSTOMER) == 0
    assert requests == ["Query"]


@pytest.mark.parametrize("step", [0, 1, 2])
def test_what_was_left_undeleted_is_no_success(
    adapters: Adapters,
    remains: DynamoCustomerRemains,
    of_connections: DynamoConnectionRemains,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    logged(adapters, 1)
    write = adapters.aws.dynamodb.batch_write_item
    answers: Iterator[dict[str, Any]] = iter([{}] * step + [{"UnprocessedItems": {"table": [{}]}}])

    def throttled(**request: Any) -> Any:
        answer = next(answers)
        return answer or write(**request)

    monkeypatch.setattr(adapters.aws.dynamodb, "batch_write_item", throttled)
    with pytest.raises(Unavailable):
        of_connections.remove_connection(CONNECTION)
    assert list(remains.connections(CUSTOMER)) == [CONNECTION], "it is found again"


@pytest.mark.parametrize("call", ["query", "batch_write_item", "update_item", "get_item"])
def test_what_aws_refuses_is_unavailable(
    adapters: Adapters,
    of_connections: DynamoConnectionRemains,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    logged(adapters, 1)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, call)

    monkeypatch.setattr(adapters.aws.dynamodb, call, refuse)
    with pytest.raises(Unavailable):
        remove(of_connections)


def test_closing_is_two_requests(
    adapters: Adapters, of_connections: DynamoConnectionRemains, requests: list[str]
) -> None:
    adapters.new_connections.add(a_new_connection(owner=ADA), some_inputs())
    requests.clear()
    of_connections.close_connection(CONNECTION)
    assert requests == ["UpdateItem"] * 2


def test_what_does_not_fit_into_a_page_is_found_in_the_next(
    aws: Aws, remains: DynamoCustomerRemains, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def query(**request: Any) -> dict[str, Any]:
        asked.append(dict(request))
        key = {"pk": {"S": f"con_{len(asked)}"}, "sk": {"S": "state"}}
        # A page may be empty and yet lead to another.
        items = [] if len(asked) == 2 else [{**key, "customerId": {"S": CUSTOMER}}]
        return {"Items": items, **({"LastEvaluatedKey": key} if len(asked) < 3 else {})}

    monkeypatch.setattr(aws.dynamodb, "query", query)
    assert list(remains.connections(CUSTOMER)) == ["con_1", "con_3"]
    assert {each["IndexName"] for each in asked} == {"customer"}
    assert "ExclusiveStartKey" not in asked[0]
    assert [each["ExclusiveStartKey"]["pk"]["S"] for each in asked[1:]] == ["con_1", "con_2"]


def test_a_customer_goes_in_one_request_with_what_finds_it(
    aws: Aws, remains: DynamoCustomerRemains, requests: list[str]
) -> None:
    DynamoCustomers(aws.dynamodb, aws.names["Definitions"]).deleting(CUSTOMER, NOW)
    requests.clear()
    remains.remove_customer(a_customer())
    assert requests == ["TransactWriteItems"]
    assert aws.items("Definitions") == []


def test_the_customer_is_read_consistently(
    remains: DynamoCustomerRemains, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    get = aws.dynamodb.get_item

    def noted(**request: Any) -> Any:
        asked.append(request)
        return get(**request)

    monkeypatch.setattr(aws.dynamodb, "get_item", noted)
    assert remains.customer(CUSTOMER) == a_customer()
    assert DynamoSealedTokens(aws.dynamodb, aws.names["Tokens"]).get(CONNECTION) is None
    assert [each["ConsistentRead"] for each in asked] == [True, True]


def test_a_grant_is_passed_on_without_any_key(adapters: Adapters, requests: list[str]) -> None:
    adapters.tokens.begin(a_grant())
    sealed = DynamoSealedTokens(adapters.aws.dynamodb, adapters.aws.names["Tokens"])
    revocations = SqsSealedRevocations(adapters.aws.sqs, adapters.aws.names["RevocationsQueue"])
    requests.clear()
    grant = sealed.get(CONNECTION)
    assert grant is not None
    revocations.hand_over(grant)
    assert sealed.delete(grant)
    assert requests == ["GetItem", "SendMessage", "DeleteItem"]
    (item,) = [each for each in adapters.aws.messages("RevocationsQueue") if "gra_" in each]
    assert not [secret for secret in ("access-1", "refresh-1", "the-secret") if secret in item]


def test_a_connection_of_another_is_not_found(
    adapters: Adapters, remains: DynamoCustomerRemains
) -> None:
    adapters.new_connections.add(a_new_connection(id=ConnectionId("con_x")), some_inputs())
    assert list(remains.connections(CUSTOMER)) == []
