"""A refresh whose tokens cannot be stored: they wait sealed in a queue until they can be."""

import json
from typing import Any

import pytest

from connections.adapters.clock import SystemClock
from connections.adapters.tokens_table import DynamoTokens
from connections.domain.errors import Unavailable
from connections.domain.grant import Grant
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.test_batches import batch, due, failed, refresh_message

REFRESH = "RefreshConnectionsFunction"


def rescued(demo: Demo, *bodies: str) -> dict[str, Any]:
    """Return the event of messages of the rescue queue."""
    wanted = event("refresh_connections.rescued")
    (record,) = wanted["Records"]
    queue = demo.functions.aws.names["RescuesQueue"].rpartition("/")[2]
    arn = record["eventSourceARN"].replace("connections-Rescues", queue)
    wanted["Records"] = [
        {**record, "messageId": str(number), "body": body, "eventSourceARN": arn}
        for number, body in enumerate(bodies)
    ]
    return wanted


@pytest.fixture
def customer(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Customer:
    """A connection whose refresh worked at the provider while storage took nothing."""
    customer = due(demo)

    def refuse(self: DynamoTokens, successor: Grant) -> bool:
        raise Unavailable("Storage does not answer.")

    def at_once(self: SystemClock, seconds: float) -> None:
        assert seconds > 0

    with monkeypatch.context() as patched:
        patched.setattr(DynamoTokens, "succeed", refuse)
        patched.setattr(SystemClock, "sleep", at_once)
        demo.functions.invoke(REFRESH, batch(REFRESH, refresh_message(customer.id)), seconds=120)
    return customer


def claim_over(customer: Customer) -> None:
    """Let the claim end that the refresh left."""
    aws = customer.functions.aws
    aws.dynamodb.update_item(
        TableName=aws.names["Connections"],
        Key={"pk": {"S": customer.id}, "sk": {"S": "state"}},
        UpdateExpression="SET claimUntil = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def test_what_was_issued_waits_sealed_in_the_queue(demo: Demo, customer: Customer) -> None:
    (message,) = demo.functions.aws.messages("RescuesQueue")

    assert customer.id in message
    assert "access_token" not in message
    assert customer.credentials()["generation"] == 1


def test_it_is_stored_and_goes_on_as_if_nothing_had_happened(
    demo: Demo, customer: Customer, logged: Logged
) -> None:
    (message,) = demo.functions.aws.messages("RescuesQueue")
    claim_over(customer)

    answered = demo.functions.invoke(REFRESH, rescued(demo, message), seconds=120)

    assert failed(answered) == []
    assert customer.read()["status"] == "active"
    assert demo.active(customer.credentials()["token"]["access_token"])
    assert customer.credentials()["generation"] == 2
    # The refresh token that was rescued is the provider's last: it works.
    assert customer.call("POST", "/refresh").json["generation"] == 3
    assert [line["connectionId"] for line in logged.of("rescue-stored")] == [customer.id]


def test_readers_have_it_before_the_claim_ends(demo: Demo, customer: Customer) -> None:
    (message,) = demo.functions.aws.messages("RescuesQueue")

    answered = demo.functions.invoke(REFRESH, rescued(demo, message), seconds=120)

    assert failed(answered) == ["0"], "it comes again, to bring up the state"
    assert customer.credentials()["generation"] == 2


def test_nothing_of_it_outlives_a_disconnect(demo: Demo, customer: Customer) -> None:
    (message,) = demo.functions.aws.messages("RescuesQueue")
    assert customer.call("POST", "/disconnect").status == 202

    answered = demo.functions.invoke(REFRESH, rescued(demo, message), seconds=120)

    assert failed(answered) == []
    handed_over = map(json.loads, demo.functions.aws.messages("RevocationsQueue"))
    assert sorted(each["generation"] for each in handed_over) == [1, 2]


@pytest.mark.parametrize("poison", ["poison", "{}", '{"sealed": "AAAA"}'])
def test_what_is_no_rescued_token_set_is_kept(demo: Demo, logged: Logged, poison: str) -> None:
    answered = demo.functions.invoke(REFRESH, rescued(demo, poison), seconds=120)

    assert failed(answered) == ["0"]
    assert len(logged.of("unhandled-error")) == 1
