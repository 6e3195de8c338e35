"""Clients with bounded patience, and items as values."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connections.adapters.aws import (
    dynamodb_client,
    from_item,
    kms_client,
    moment,
    number,
    sqs_client,
    to_item,
)
from connections.adapters.clock import SystemClock
from tests.integration.aws import CREDENTIALS

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("make", "service"),
    [(dynamodb_client, "dynamodb"), (kms_client, "kms"), (sqs_client, "sqs")],
)
def test_a_client_gives_up_in_time(
    make: object, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    client = make()  # type: ignore[operator]
    assert client.meta.service_model.service_name == service
    config = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 3)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}


def test_a_time_keeps_its_microseconds() -> None:
    assert moment(number(MOMENT)) == MOMENT
    assert moment(None) is None


def test_an_item_leaves_out_what_is_not_there() -> None:
    values = {"a": None, "b": MOMENT, "c": {"d": 1}, "e": ""}
    item = to_item(values)
    assert from_item(item) == {"b": Decimal("1772366400.123456"), "c": {"d": Decimal(1)}, "e": ""}


def test_the_clock_tells_utc_and_waits() -> None:
    before = datetime.now(UTC)
    SystemClock().sleep(0.001)
    now = SystemClock().now()
    assert now > before
    assert now.tzinfo is UTC
