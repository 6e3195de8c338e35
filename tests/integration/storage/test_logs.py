"""The connections' logs, as they are kept."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connections.domain.errors import InvalidRequest
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import (
    AUTHORIZATION,
    CONNECTION,
    NOW,
    a_new_connection,
    some_inputs,
)
from tests.integration.storage.conftest import Adapters

OTHER = ConnectionId("con_00000000000000000000000002")


def an_entry(minutes: int, **changes: Any) -> LogEntry:
    entry: dict[str, Any] = {
        "connection_id": CONNECTION,
        "at": NOW + timedelta(minutes=minutes, microseconds=minutes),
        "event": Event.REFRESH_FAILED,
        "severity": Severity.WARNING,
        "detail": f"entry {minutes}",
        "http_status": 503,
        "provider_error": "temporarily_unavailable",
        "authorization_id": AUTHORIZATION,
    }
    return LogEntry(**{**entry, **changes})


def test_a_log_is_read_newest_first_in_pages(adapters: Adapters, requests: list[str]) -> None:
    for each in (CONNECTION, OTHER):
        adapters.new_connections.add(a_new_connection(id=each), some_inputs(connection_id=each))
    entries = [an_entry(each) for each in range(5)]
    for entry in (*entries, an_entry(9, connection_id=OTHER)):
        adapters.logbook.write(entry)
    requests.clear()
    first, cursor = adapters.logbook.page(CONNECTION, limit=2, cursor=None)
    second, following = adapters.logbook.page(CONNECTION, limit=2, cursor=cursor)
    third, end = adapters.logbook.page(CONNECTION, limit=2, cursor=following)
    assert [list(first), list(second), list(third)] == [
        entries[:2:-1],
        entries[2:0:-1],
        entries[:1],
    ]
    assert end is None
    assert requests == ["Query"] * 3


def test_an_entry_without_evidence_reads_back(adapters: Adapters) -> None:
    adapters.new_connections.add(a_new_connection(), some_inputs())
    entry = an_entry(0, http_status=None, provider_error=None, authorization_id=None)
    adapters.logbook.write(entry)
    assert adapters.logbook.page(CONNECTION, limit=5, cursor=None) == ([entry], None)


@pytest.mark.parametrize("cursor", ["x", "$$$", "bm90LWEtdGltZQ", "_____", "%00", "é"])
def test_a_cursor_of_another_list_is_refused(adapters: Adapters, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        adapters.logbook.page(CONNECTION, limit=5, cursor=cursor)
    assert [each.pointer for each in caught.value.problems] == ["#/query/cursor"]


def test_an_entry_that_cannot_be_written_does_not_undo_what_it_tells(
    adapters: Adapters, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")

    monkeypatch.setattr(adapters.aws.dynamodb, "transact_write_items", refuse)
    adapters.logbook.write(an_entry(0))
    assert [record.message for record in caplog.records] == ["log-entry-lost"]
