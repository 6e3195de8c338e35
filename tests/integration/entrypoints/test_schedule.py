"""The schedule: one message a connection that is due, ten in a request, and each in its turn."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.state_items import shard
from connections.domain.client_registration import Breaker, Registration
from connections.domain.identifiers import ConnectionId, RegistrationId
from connections.entrypoints.schedule_refreshes import services
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.logged import Logged

FUNCTION, EVENT = "ScheduleRefreshesFunction", "schedule_refreshes.every-minute"


def named(number: int) -> ConnectionId:
    return ConnectionId(f"con_{number:026}")


def store(
    aws: Aws, number: int, *, refresh_at: float, indexed: bool = True, registration: str = ""
) -> str:
    """Store so much of a connection's state as the index has."""
    key = named(number)
    item: Any = {"pk": {"S": key}, "sk": {"S": "state"}, "refreshAt": {"N": str(refresh_at)}}
    if indexed:
        item["dueShard"] = {"S": shard(key)}
    if registration:
        item["registration"] = {"S": registration}
    aws.dynamodb.put_item(TableName=aws.names["Connections"], Item=item)
    return key


def queued(aws: Aws) -> list[str]:
    """Take all messages, and return which connections they name."""
    return [json.loads(body)["connectionId"] for body in aws.messages("RefreshesQueue")]


def count_requests(functions: Functions) -> list[int]:
    """Return a list that gets the number of messages of each request to the queue."""
    functions.start(FUNCTION)
    sizes: list[int] = []

    def count(params: Any, **_: Any) -> None:
        sizes.append(len(params["Entries"]))

    client: Any = services().queue
    client.client.meta.events.register("provide-client-params.sqs.SendMessageBatch", count)
    return sizes


def test_twenty_five_that_are_due_are_queued_in_three_requests(
    functions: Functions, aws: Aws, logged: Logged
) -> None:
    of_one_shard = [number for number in range(400) if shard(named(number)) == "0"]
    keys = [store(aws, number, refresh_at=number + 1) for number in of_one_shard[:25]]
    sizes = count_requests(functions)
    before = datetime.now(UTC)

    answered = functions.invoke(FUNCTION, event(EVENT))

    messages = [json.loads(body) for body in aws.messages("RefreshesQueue")]
    assert answered.pop("backlogSeconds") == pytest.approx(before.timestamp(), abs=400)
    assert answered == {"queued": 25, "heldBack": 0, "backlog": False}
    assert sizes == [10, 10, 5]
    assert sorted(each["connectionId"] for each in messages) == keys
    assert all(
        before <= datetime.fromisoformat(each["since"]) <= datetime.now(UTC) for each in messages
    )
    (line,) = logged.of("refreshes-scheduled")
    assert {name: line[name] for name in answered} == answered
    assert line["level"] == "INFO"
    assert line["backlogSeconds"] == pytest.approx(before.timestamp(), abs=400)
    assert len(line["correlation_id"]) == 36


def test_what_is_not_due_or_not_in_the_index_stays(functions: Functions, aws: Aws) -> None:
    later = datetime.now(UTC).timestamp() + 60
    store(aws, 1, refresh_at=later)
    store(aws, 2, refresh_at=1, indexed=False)
    due = store(aws, 3, refresh_at=1)

    assert functions.invoke(FUNCTION, event(EVENT))["queued"] == 1
    assert queued(aws) == [due]


def test_a_queue_that_is_gone_fails_the_invocation(
    functions: Functions, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(aws, 1, refresh_at=1)
    url = aws.names["RefreshesQueue"]
    monkeypatch.setitem(aws.names, "RefreshesQueue", url + "-gone")
    functions.start(FUNCTION)

    with pytest.raises(Exception, match="Storage does not answer"):
        functions.invoke(FUNCTION, event(EVENT))


def test_of_120_that_are_due_each_is_sent_once_before_any_is_sent_again(
    functions: Functions, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto's queue takes time in proportion to what waits there.
    monkeypatch.setattr("connections.application.schedule_refreshes.MOST_QUEUED", 50)
    keys = [store(aws, number, refresh_at=1 + number % 7) for number in range(120)]
    sweeps, sent = [], list[str]()
    for _ in range(3):
        sweeps.append(functions.invoke(FUNCTION, event(EVENT)))
        sent += queued(aws)

    assert [each["queued"] for each in sweeps] == [50, 50, 20]
    assert [each["backlog"] for each in sweeps] == [True, True, False]
    assert sorted(sent) == keys
    assert functions.invoke(FUNCTION, event(EVENT))["queued"] == 50
    assert functions.invoke(FUNCTION, event(EVENT))["queued"] == 0
    assert queued(aws) == sent[:50]


def test_a_minute_without_a_backlog_reads_the_cursor_and_writes_nothing(
    functions: Functions, aws: Aws
) -> None:
    store(aws, 1, refresh_at=1)
    functions.start(FUNCTION)
    asked: list[str] = []
    client: Any = services().cursor
    client.client.meta.events.register(
        "provide-client-params.dynamodb.*", lambda model, **_: asked.append(model.name)
    )

    functions.invoke(FUNCTION, event(EVENT))

    assert asked == ["GetItem", *["Query"] * 8]


def test_a_sweep_ends_before_its_invocation_does(functions: Functions, aws: Aws) -> None:
    store(aws, 1, refresh_at=1)

    answered = functions.invoke(FUNCTION, event(EVENT), seconds=9.9)

    assert (answered["queued"], answered["backlog"], queued(aws)) == (0, True, [])
    assert functions.invoke(FUNCTION, event(EVENT), seconds=12)["queued"] == 1


def test_what_its_registration_holds_back_is_not_sent(functions: Functions, aws: Aws) -> None:
    now = datetime.now(UTC)
    held, free = RegistrationId("reg_held"), RegistrationId("reg_free")
    breaker = Breaker(opened_at=now, probe_at=now + timedelta(minutes=1))
    DynamoRegistrations(aws.dynamodb, aws.names["Connections"]).save(
        Registration(id=held, host="acme.example", breaker=breaker), now
    )
    for number in range(3):
        store(aws, number, refresh_at=1, registration=held)
    due = [store(aws, 3, refresh_at=1, registration=free), store(aws, 4, refresh_at=1)]

    answered = functions.invoke(FUNCTION, event(EVENT))

    assert (answered["queued"], answered["heldBack"], answered["backlog"]) == (2, 3, False)
    messages = [json.loads(body) for body in aws.messages("RefreshesQueue")]
    assert {each["connectionId"]: each.get("registration") for each in messages} == {
        due[0]: free,
        due[1]: None,
    }
