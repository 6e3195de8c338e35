"""Client registrations in their table: how few requests, and what DynamoDB makes of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connections.adapters.registrations_table import DynamoRegistrations
from connections.domain.client_registration import Registration
from connections.domain.errors import Unavailable
from connections.domain.identifiers import registration_id
from tests.builders import NOW
from tests.integration.aws import Aws

IDS = [registration_id("acme.example", str(number)) for number in range(101)]
NEW = Registration(id=IDS[0], host="acme.example")


@pytest.fixture
def registrations(aws: Aws) -> DynamoRegistrations:
    return DynamoRegistrations(aws.dynamodb, aws.names["Connections"])


@pytest.mark.parametrize(("number", "made"), [(0, 0), (1, 1), (100, 1), (101, 2)])
def test_a_hundred_are_read_in_one_request(
    registrations: DynamoRegistrations, requests: list[str], number: int, made: int
) -> None:
    registrations.many(IDS[:number])

    assert requests == ["BatchGetItem"] * made


def test_one_is_stored_in_one_request(
    registrations: DynamoRegistrations, requests: list[str]
) -> None:
    assert registrations.save(NEW, NOW)

    assert requests == ["PutItem"]


def test_what_nobody_changes_is_cleared_away_after_thirty_days(
    registrations: DynamoRegistrations, aws: Aws
) -> None:
    registrations.save(NEW, NOW)

    (item,) = aws.items("Connections")
    assert item["ttl"] == {"N": str(int((NOW + timedelta(days=30)).timestamp()))}


def test_what_is_on_record_of_a_registration_is_in_no_index(
    registrations: DynamoRegistrations, aws: Aws
) -> None:
    registrations.save(NEW, NOW)

    (item,) = aws.items("Connections")
    assert not {"listed", "dueShard", "customerId"} & item.keys()


def test_keys_that_were_not_processed_are_no_absence(
    registrations: DynamoRegistrations, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer: dict[str, Any] = {"Responses": {}, "UnprocessedKeys": {"table": {}}}
    monkeypatch.setattr(aws.dynamodb, "batch_get_item", lambda **_: answer)

    with pytest.raises(Unavailable):
        registrations.many(IDS[:1])


@pytest.fixture
def lost_answers(aws: Aws) -> Iterator[list[str]]:
    """The writes whose answers get lost once each, so that the client makes them again."""
    lost: list[str] = []

    def again(attempts: int, **_: object) -> int | None:
        if attempts > 1:
            return None
        lost.append("PutItem")
        return 0

    # What a handler returns is how many seconds the client waits before it tries again.
    events: Any = aws.dynamodb.meta.events
    events.register_first("needs-retry.dynamodb.PutItem", again)
    yield lost
    events.unregister("needs-retry.dynamodb.PutItem", again)


def test_a_write_whose_answer_was_lost_knows_itself_again(
    registrations: DynamoRegistrations, lost_answers: list[str]
) -> None:
    assert registrations.save(NEW, NOW)

    assert lost_answers == ["PutItem"]
    assert registrations.many([NEW.id])[NEW.id].revision == 1


def test_the_same_written_by_two_is_written_by_one_of_them(
    registrations: DynamoRegistrations,
) -> None:
    assert registrations.save(NEW, NOW)

    assert not registrations.save(NEW, NOW)
