"""Messages of a batch: each on its own, and none begun that would not end."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.sqs.models import sqs_backends

from connections.adapters.refresh_queue import wish_message
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Cause, Need, Wish
from tests.integration.entrypoints.calls import forget
from tests.integration.entrypoints.demo import Customer, Demo
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.logged import Logged

POISON = "poison-that-no-log-may-show"
REFRESH, REVOKE = "RefreshConnectionsFunction", "RevokeTokensFunction"
EVENTS = {REFRESH: "refresh_connections.due", REVOKE: "revoke_tokens.disconnected"}


def batch(function: str, *bodies: str) -> dict[str, Any]:
    """Return the event of messages that are called 0, 1 and so on."""
    wanted = event(EVENTS[function])
    (record,) = wanted["Records"]
    wanted["Records"] = [
        {**record, "messageId": str(number), "body": body} for number, body in enumerate(bodies)
    ]
    return wanted


def failed(answered: dict[str, Any]) -> list[str]:
    assert set(answered) == {"batchItemFailures"}
    return [each["itemIdentifier"] for each in answered["batchItemFailures"]]


def refresh_message(
    connection: str, since: datetime | None = None, cause: Cause = Cause.DUE
) -> str:
    moment = since or datetime.now(UTC)
    need = Need(cause=cause, since=moment)
    return wish_message(Wish(connection_id=ConnectionId(connection), need=need))


def due(demo: Demo) -> Customer:
    return demo.connection(provider={"issuer": demo.url, "refreshBuffer": 7200}).connected()


@pytest.mark.parametrize(
    "poison",
    [
        POISON,
        "{}",
        "[]",
        json.dumps({"connectionId": "con_1", "cause": "due", "since": POISON}),
        json.dumps({"connectionId": "con_1", "cause": POISON, "since": "2026-03-01T12:00:00Z"}),
        json.dumps({"cause": "due", "since": "2026-03-01T12:00:00+00:00"}),
    ],
)
def test_a_poison_message_comes_back_alone(demo: Demo, logged: Logged, poison: str) -> None:
    customer = due(demo)
    messages = batch(REFRESH, poison, refresh_message(customer.id), poison)

    answered = demo.functions.invoke(REFRESH, messages, seconds=120)

    assert failed(answered) == ["0", "2"]
    assert customer.read()["generation"] == 2
    assert len(logged.of("unhandled-error")) == 2
    assert POISON not in logged.text
    assert "Traceback" not in logged.text


def test_while_a_table_does_not_answer_a_report_comes_back_and_what_is_due_stays_due(
    demo: Demo, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget()
    monkeypatch.setitem(demo.functions.aws.names, "Connections", "no-such-table")
    reported = refresh_message("con_1", cause=Cause.REPORTED)

    answered = demo.functions.invoke(
        REFRESH, batch(REFRESH, reported, refresh_message("con_2")), seconds=120
    )

    assert failed(answered) == ["0"]
    (line,) = logged.of("message-comes-again")
    assert (line["level"], line["code"]) == ("WARNING", "unavailable")
    (line,) = logged.of("refresh-put-off")
    assert (line["level"], line["connectionId"]) == ("WARNING", "con_2")
    assert logged.of("unhandled-error") + logged.of("refresh-done") == []


def test_what_fails_after_its_claim_comes_back(
    demo: Demo, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = due(demo)
    forget()
    monkeypatch.setitem(demo.functions.aws.names, "Tokens", "no-such-table")

    answered = demo.functions.invoke(
        REFRESH, batch(REFRESH, refresh_message(customer.id)), seconds=120
    )

    assert failed(answered) == ["0"]
    assert logged.of("refresh-put-off") == []


def test_a_batch_of_poison_comes_back_whole(demo: Demo) -> None:
    answered = demo.functions.invoke(REFRESH, batch(REFRESH, "1", "2"), seconds=120)

    assert failed(answered) == ["0", "1"]


def test_a_refresh_is_logged_with_its_result(demo: Demo, logged: Logged) -> None:
    customer = due(demo)

    demo.functions.invoke(REFRESH, batch(REFRESH, refresh_message(customer.id)), seconds=120)

    (line,) = logged.of("refresh-done")
    assert (line["level"], line["connectionId"], line["result"]) == (
        "INFO",
        customer.id,
        "refreshed",
    )
    assert len(line["correlation_id"]) == 36


def test_a_message_from_before_the_last_refresh_changes_nothing(demo: Demo, logged: Logged) -> None:
    customer = due(demo)
    message = refresh_message(customer.id, datetime.now(UTC) - timedelta(minutes=1))

    answered = demo.functions.invoke(REFRESH, batch(REFRESH, message), seconds=120)

    assert failed(answered) == []
    assert [line["result"] for line in logged.of("refresh-done")] == ["current"]
    assert customer.read()["generation"] == 1


def test_a_refresh_that_fails_is_not_a_failed_message(demo: Demo, logged: Logged) -> None:
    customer = due(demo)
    demo.fault("token", "server-error")

    message = batch(REFRESH, refresh_message(customer.id))

    assert failed(demo.functions.invoke(REFRESH, message, seconds=120)) == []
    assert [line["result"] for line in logged.of("refresh-done")] == ["failed"]
    assert customer.log()[0]["event"] == "refresh.failed"


@pytest.mark.parametrize(("seconds", "comes_back"), [(19.999, ["0", "1"]), (20.0, [])])
def test_a_message_is_begun_only_if_there_is_time(
    demo: Demo, logged: Logged, seconds: float, comes_back: list[str]
) -> None:
    first, second = due(demo), due(demo)
    messages = batch(REFRESH, refresh_message(first.id), refresh_message(second.id))

    answered = demo.functions.invoke(REFRESH, messages, seconds=seconds)

    assert failed(answered) == comes_back
    generation = 1 if comes_back else 2
    assert (first.read()["generation"], second.read()["generation"]) == (generation, generation)
    assert logged.of("unhandled-error") == []


def disconnected(demo: Demo) -> tuple[Customer, str, str]:
    """Return a connection that was disconnected while its provider was out of order.

    With it come its former access token, and the message.
    """
    customer = demo.connection().connected()
    token = customer.credentials()["token"]["access_token"]
    demo.fault("revoke", "server-error")
    assert customer.call("POST", "/disconnect").status == 202
    (message,) = demo.functions.aws.messages("RevocationsQueue")
    return customer, token, message


@pytest.mark.parametrize("poison", [POISON, "{}", '{"sealed": "AAAA"}'])
def test_a_poison_message_does_not_keep_tokens_alive(
    demo: Demo, logged: Logged, poison: str
) -> None:
    customer, token, message = disconnected(demo)

    answered = demo.functions.invoke(REVOKE, batch(REVOKE, poison, message), seconds=60)

    assert failed(answered) == ["0"]
    assert not demo.active(token)
    assert customer.log()[0]["event"] == "revocation.succeeded"
    assert POISON not in logged.text
    assert token not in logged.text


def test_a_grant_under_another_name_is_not_revoked(demo: Demo, logged: Logged) -> None:
    _, token, message = disconnected(demo)
    moved = json.dumps({**json.loads(message), "generation": 2})

    answered = demo.functions.invoke(REVOKE, batch(REVOKE, moved), seconds=60)

    assert failed(answered) == ["0"]
    assert demo.active(token)
    assert [line["error"] for line in logged.of("unhandled-error")] == ["SealBroken"]


def test_what_the_provider_did_not_confirm_comes_back(demo: Demo) -> None:
    customer, token, message = disconnected(demo)
    demo.fault("revoke", "server-error")

    first = demo.functions.invoke(REVOKE, batch(REVOKE, message), seconds=60)
    entry = customer.log()[0]
    second = demo.functions.invoke(REVOKE, batch(REVOKE, message), seconds=60)

    assert (failed(first), failed(second)) == (["0"], [])
    assert (entry["event"], entry["severity"], entry["httpStatus"]) == (
        "revocation.failed",
        "warning",
        500,
    )
    assert not demo.active(token)


@pytest.mark.parametrize(("seconds", "comes_back"), [(19.999, ["0"]), (20.0, [])])
def test_a_revocation_is_begun_only_if_there_is_time(
    demo: Demo, seconds: float, comes_back: list[str]
) -> None:
    _, token, message = disconnected(demo)

    answered = demo.functions.invoke(REVOKE, batch(REVOKE, message), seconds=seconds)

    assert failed(answered) == comes_back
    assert demo.active(token) is bool(comes_back)


def test_the_queue_carries_the_grant_sealed(demo: Demo) -> None:
    _, token, message = disconnected(demo)

    assert set(json.loads(message)) == {"pk", "grantId", "generation", "sealed"}
    assert token not in message


@pytest.mark.parametrize(("received", "minutes"), [(1, 5), (2, 15), (3, 60), (7, 360)])
def test_a_revocation_that_fails_comes_back_after_a_delay_that_grows(
    demo: Demo, received: int, minutes: int
) -> None:
    _, token, message = disconnected(demo)
    demo.fault("revoke", "server-error")
    wanted, visible_at = in_flight(demo, message, received)

    began = time.time()
    answered = demo.functions.invoke(REVOKE, wanted, seconds=60)

    assert failed(answered) == ["0"]
    assert visible_at() == pytest.approx(began + minutes * 60, abs=20)
    assert demo.active(token)


def test_after_the_last_try_the_log_says_what_to_do_and_the_message_goes_its_way(
    demo: Demo,
) -> None:
    customer, _, message = disconnected(demo)
    demo.fault("revoke", "server-error")
    wanted, visible_at = in_flight(demo, message, 8)
    before = visible_at()

    answered = demo.functions.invoke(REVOKE, wanted, seconds=60)

    assert (failed(answered), visible_at()) == (["0"], before)
    entry = customer.log()[0]
    assert (entry["event"], entry["severity"]) == ("revocation.failed", "error")
    assert "within a day" in entry["detail"]
    assert "end the app's access" in entry["detail"]


def in_flight(demo: Demo, body: str, received: int) -> tuple[dict[str, Any], Callable[[], float]]:
    """Return the event of a message that the queue holds, and when it is seen again, in seconds."""
    aws = demo.functions.aws
    url = aws.names["RevocationsQueue"]
    aws.sqs.send_message(QueueUrl=url, MessageBody=body)
    (taken,) = aws.sqs.receive_message(QueueUrl=url)["Messages"]
    wanted = batch(REVOKE, body)
    record = wanted["Records"][0]
    record["receiptHandle"] = taken["ReceiptHandle"]
    record["attributes"] = {**record["attributes"], "ApproximateReceiveCount": str(received)}

    def visible_at() -> float:
        queues = sqs_backends["123456789012"]["us-east-2"].queues
        (message,) = queues[url.rpartition("/")[2]]._messages
        return float(message.visible_at) / 1000

    return wanted, visible_at
