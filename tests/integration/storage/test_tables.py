"""Connections, flows, definitions and queues, as they are kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from connections.adapters.components_table import DynamoComponents
from connections.adapters.due_index import DynamoDueIndex
from connections.adapters.refresh_queue import SqsRefreshQueue, parse_wish
from connections.application.flow_ports import UsedFlow
from connections.domain.errors import Unavailable
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Cause, Need, Wish
from connections.oauth.digests import digest
from connections_sdk.definitions import Component
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    HOUR,
    NOW,
    a_definition,
    a_flow,
    a_grant,
    a_new_connection,
    an_offer,
    some_inputs,
)
from tests.integration.aws import Aws
from tests.integration.storage.conftest import Adapters


def test_a_component_reads_back_as_it_was_put(aws: Aws) -> None:
    components = DynamoComponents(aws.dynamodb, aws.names["Definitions"])
    document = {"key": "acme", "label": "Acme", "connections": [a_definition()]}
    component = Component.model_validate(document)
    assert components.get("acme") is None
    components.put(component)
    assert components.get("acme") == component
    components.put(component.model_copy(update={"label": "Acme 2"}))
    replaced = components.get("acme")
    assert replaced is not None
    assert replaced.label == "Acme 2"


def test_an_id_that_is_taken_changes_nothing(adapters: Adapters) -> None:
    assert adapters.new_connections.add(a_new_connection(), some_inputs())
    other = some_inputs(values={"clientId": "another"})
    assert not adapters.new_connections.add(a_new_connection(name="Another"), other)
    assert adapters.connections.with_inputs(CONNECTION) == (a_new_connection(), some_inputs())


def test_a_new_connection_takes_two_items_in_one_request(
    adapters: Adapters, requests: list[str]
) -> None:
    first = ConnectionId("con_first")
    adapters.new_connections.add(a_new_connection(id=first), some_inputs(connection_id=first))
    requests.clear()
    adapters.new_connections.add(a_new_connection(), some_inputs())
    assert requests == ["TransactWriteItems"]
    assert sorted(
        item["sk"]["S"] for item in adapters.aws.items("Connections")
        if item["pk"]["S"] == CONNECTION
    ) == ["inputs", "state"]  # fmt: skip


def test_a_custom_connection_reads_back(adapters: Adapters) -> None:
    custom = a_new_connection(oauth=False, reason=None, requested_scopes=None)
    adapters.new_connections.add(custom, some_inputs())
    assert adapters.connections.get(CONNECTION) == custom


def test_there_is_nothing_where_nothing_was_made(adapters: Adapters) -> None:
    assert adapters.connections.get(CONNECTION) is None
    assert adapters.connections.with_inputs(CONNECTION) is None


def test_another_failure_of_a_transaction_is_no_taken_id(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"Error": {"Code": "TransactionCanceledException", "Message": "TransactionConflict"}}

    def cancel(**_: object) -> None:
        raise adapters.aws.dynamodb.exceptions.TransactionCanceledException(
            error,  # type: ignore[arg-type]
            "TransactWriteItems",
        )

    monkeypatch.setattr(adapters.aws.dynamodb, "transact_write_items", cancel)
    with pytest.raises(Unavailable):
        adapters.new_connections.add(a_new_connection(), some_inputs())


def test_unprocessed_keys_are_no_absence(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer: dict[str, Any] = {"Responses": {}, "UnprocessedKeys": {"table": {}}}
    monkeypatch.setattr(adapters.aws.dynamodb, "batch_get_item", lambda **_: answer)
    with pytest.raises(Unavailable):
        adapters.readings.read(CONNECTION)


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
)
def test_what_aws_refuses_is_unavailable(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def refuse(**_: object) -> None:
        raise failure

    monkeypatch.setattr(adapters.aws.dynamodb, "get_item", refuse)
    monkeypatch.setattr(adapters.aws.dynamodb, "update_item", refuse)
    with pytest.raises(Unavailable):
        adapters.connections.get(CONNECTION)
    with pytest.raises(Unavailable):
        adapters.states.connected(a_grant(), None, NOW)


def test_an_authorization_is_cleared_away_a_day_after_it_expired_also_if_it_was_closed(
    adapters: Adapters,
) -> None:
    offered = an_offer(id=AUTHORIZATION, connection_id=CONNECTION, expires_at=NOW + HOUR)
    assert adapters.flows.offered(AUTHORIZATION) is None
    adapters.flows.offer(offered)
    assert adapters.flows.offered(AUTHORIZATION) == offered
    (item,) = adapters.aws.items("Connections")
    assert int(item["ttl"]["N"]) == int((NOW + HOUR + timedelta(days=1)).timestamp())
    adapters.flows.close(AUTHORIZATION)
    assert adapters.aws.items("Connections") == [{**item, "taken": {"BOOL": True}}]
    adapters.flows.close(AUTHORIZATION)


@pytest.mark.parametrize("changes", [{}, {"issuer": "https://issuer", "code_verifier": None}])
def test_a_flow_is_taken_once(adapters: Adapters, changes: dict[str, Any]) -> None:
    flow = a_flow(**changes)
    adapters.flows.begin(flow)
    assert adapters.flows.take(flow.state_digest, NOW) == flow
    used = UsedFlow(connection_id=CONNECTION, authorization_id=AUTHORIZATION)
    assert adapters.flows.take(flow.state_digest, NOW) == used
    (item,) = adapters.aws.items("Connections")
    assert not {"sealed", "browserDigest"} & set(item)


def test_a_flow_that_was_never_begun_is_none(adapters: Adapters) -> None:
    assert adapters.flows.take(digest("unknown"), NOW) is None
    assert adapters.aws.items("Connections") == []


def test_what_is_due_comes_in_pages_and_nothing_else(adapters: Adapters, aws: Aws) -> None:
    index = DynamoDueIndex(aws.dynamodb, aws.names["Connections"])
    due = set()
    for number in range(30):
        connection = a_new_connection(id=ConnectionId(f"con_{number:026}"))
        inputs = some_inputs(connection_id=connection.id)
        adapters.new_connections.add(connection, inputs)
        seconds = number - 20
        grant = a_grant(connection_id=connection.id)
        adapters.states.connected(grant, NOW + timedelta(seconds=seconds), NOW)
        if seconds <= 0:
            due.add(connection.id)
    adapters.new_connections.add(a_new_connection(id=ConnectionId("con_never")), some_inputs())
    found = [each.id for page in index.due(NOW) for each in page]
    assert sorted(found) == sorted(due)
    assert all(page for page in index.due(NOW))


def test_a_page_of_what_is_due_leads_to_the_next(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def query(**request: Any) -> dict[str, Any]:
        asked.append(dict(request))
        item = {"pk": {"S": f"con_{len(asked)}"}, "refreshAt": {"N": "1"}}
        # A page may be empty and yet lead to another.
        items = [] if len(asked) == 1 else [item]
        return {"Items": items, **({"LastEvaluatedKey": item} if len(asked) == 1 else {})}

    monkeypatch.setattr(aws.dynamodb, "query", query)
    pages = list(DynamoDueIndex(aws.dynamodb, "table").due(NOW))
    assert [[each.id for each in page] for page in pages[:2]] == [["con_2"], ["con_3"]]
    assert asked[1]["ExclusiveStartKey"] == {"pk": {"S": "con_1"}, "refreshAt": {"N": "1"}}
    assert "ExclusiveStartKey" not in asked[2]
    assert len(asked) == 9


def test_connections_go_to_the_queue_ten_in_a_request(aws: Aws, requests: list[str]) -> None:
    queue = SqsRefreshQueue(aws.sqs, aws.names["RefreshesQueue"])
    wishes = [a_wish(ConnectionId(f"con_{number}")) for number in range(23)]
    queue.send(wishes)
    assert requests == ["SendMessageBatch"] * 3
    received = [parse_wish(body) for body in aws.messages("RefreshesQueue")]
    assert sorted(received, key=lambda each: each.connection_id) == sorted(
        wishes, key=lambda each: each.connection_id
    )


def test_a_message_that_was_refused_is_an_error(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = SqsRefreshQueue(aws.sqs, "url")
    monkeypatch.setattr(aws.sqs, "send_message_batch", lambda **_: {"Failed": [{"Id": "0"}]})
    with pytest.raises(Unavailable):
        queue.send([a_wish(CONNECTION)])


WISH = {"connectionId": "con", "cause": "due", "since": NOW.isoformat()}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        *(
            json.dumps({name: value for name, value in WISH.items() if name != left_out})
            for left_out in WISH
        ),
        json.dumps({**WISH, "cause": "boredom"}),
        json.dumps({**WISH, "since": "at once"}),
        json.dumps({**WISH, "generation": 1}),
        json.dumps({**WISH, "generation": None, "grantId": "gra"}),
    ],
)
def test_a_message_that_asks_for_nothing_is_no_message(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse_wish(body)


def a_wish(connection_id: ConnectionId) -> Wish:
    return Wish(connection_id=connection_id, need=Need(cause=Cause.DUE, since=NOW))
