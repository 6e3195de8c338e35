"""The schedule: one message a connection that is due, ten in a request."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connections.entrypoints.schedule_refreshes import services
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.logged import Logged

FUNCTION, EVENT = "ScheduleRefreshesFunction", "schedule_refreshes.every-minute"


def store(aws: Aws, number: int, *, refresh_at: float, shard: str | None = "0") -> str:
    """Store so much of a connection's state as the index has."""
    key = f"con_{number:026}"
    item: Any = {"pk": {"S": key}, "sk": {"S": "state"}, "refreshAt": {"N": str(refresh_at)}}
    if shard is not None:
        item["dueShard"] = {"S": shard}
    aws.dynamodb.put_item(TableName=aws.names["Connections"], Item=item)
    return key


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
    keys = [store(aws, number, refresh_at=number + 1) for number in range(25)]
    sizes = count_requests(functions)
    before = datetime.now(UTC)

    answered = functions.invoke(FUNCTION, event(EVENT))

    messages = [json.loads(body) for body in aws.messages("RefreshesQueue")]
    assert answered == {"queued": 25}
    assert sizes == [10, 10, 5]
    assert sorted(each["connectionId"] for each in messages) == keys
    assert all(
        before <= datetime.fromisoformat(each["since"]) <= datetime.now(UTC) for each in messages
    )
    (line,) = logged.of("refreshes-scheduled")
    assert (line["level"], line["queued"]) == ("INFO", 25)
    assert len(line["correlation_id"]) == 36


def test_what_is_not_due_or_not_in_the_index_stays(functions: Functions, aws: Aws) -> None:
    later = datetime.now(UTC).timestamp() + 60
    store(aws, 1, refresh_at=later)
    store(aws, 2, refresh_at=1, shard=None)
    due = store(aws, 3, refresh_at=1, shard="1")

    assert functions.invoke(FUNCTION, event(EVENT)) == {"queued": 1}
    assert [json.loads(each)["connectionId"] for each in aws.messages("RefreshesQueue")] == [due]


def test_a_queue_that_is_gone_fails_the_invocation(
    functions: Functions, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(aws, 1, refresh_at=1)
    url = aws.names["RefreshesQueue"]
    monkeypatch.setitem(aws.names, "RefreshesQueue", url + "-gone")
    functions.start(FUNCTION)

    with pytest.raises(Exception, match="Storage does not answer"):
        functions.invoke(FUNCTION, event(EVENT))
