"""The contracts of `Logbook` and `Logs`."""

from datetime import timedelta
from typing import Any

import pytest

from connections.domain.errors import InvalidRequest
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.builders import AUTHORIZATION, CONNECTION, NOW, a_new_connection, some_inputs
from tests.integration.contracts.ports import Ports

INSTANT = timedelta(microseconds=1)
OTHER = ConnectionId("con_00000000000000000000000002")
NEVER = ConnectionId("con_00000000000000000000000003")


def an_entry(number: int = 0, **changes: Any) -> LogEntry:
    defaults: dict[str, Any] = {
        "connection_id": CONNECTION,
        "at": NOW + number * INSTANT,
        "event": Event.CREATED,
        "severity": Severity.INFO,
        "detail": f"Entry {number}.",
    }
    return LogEntry(**{**defaults, **changes})


@pytest.fixture(autouse=True)
def two_connections(request: pytest.FixtureRequest) -> None:
    """There are the connections that the entries are of."""
    of_this_test = {"ports", "adapter_ports"} & set(request.fixturenames)
    for name in of_this_test:
        ports: Ports = request.getfixturevalue(name)
        for connection_id in (CONNECTION, OTHER):
            connection = a_new_connection(id=connection_id)
            ports.new_connections.add(connection, some_inputs(connection_id=connection_id))


def test_of_what_is_not_there_nothing_is_kept(ports: Ports) -> None:
    ports.logbook.write(an_entry(connection_id=NEVER))

    assert ports.logs.page(NEVER, limit=10, cursor=None) == ([], None)


def test_of_what_is_being_deleted_nothing_more_is_kept(ports: Ports) -> None:
    ports.logbook.write(an_entry(1))
    ports.connection_remains.close_connection(CONNECTION)
    ports.logbook.write(an_entry(2))

    assert ports.logs.page(CONNECTION, limit=10, cursor=None) == ([an_entry(1)], None)


def test_an_entry_is_read_back_as_it_was_written(ports: Ports) -> None:
    entry = an_entry(
        event=Event.AUTHORIZATION_FAILED,
        severity=Severity.ERROR,
        http_status=401,
        provider_error="invalid_client",
        authorization_id=AUTHORIZATION,
    )
    ports.logbook.write(entry)

    assert ports.logs.page(CONNECTION, limit=10, cursor=None) == ([entry], None)


def test_a_log_is_one_connections(ports: Ports) -> None:
    ports.logbook.write(an_entry())
    ports.logbook.write(an_entry(connection_id=OTHER))

    entries, _ = ports.logs.page(CONNECTION, limit=10, cursor=None)

    assert entries == [an_entry()]


def test_the_newest_entry_comes_first(ports: Ports) -> None:
    for number in range(3):
        ports.logbook.write(an_entry(number))

    entries, _ = ports.logs.page(CONNECTION, limit=10, cursor=None)

    assert entries == [an_entry(2), an_entry(1), an_entry(0)]


def test_entries_are_in_the_order_of_their_times_also_when_one_comes_late(
    adapter_ports: Ports,
) -> None:
    for number in (2, 0, 1):
        adapter_ports.logbook.write(an_entry(number))

    entries, _ = adapter_ports.logs.page(CONNECTION, limit=10, cursor=None)

    assert entries == [an_entry(2), an_entry(1), an_entry(0)]


def test_entries_of_one_moment_are_all_kept(ports: Ports) -> None:
    for _ in range(5):
        ports.logbook.write(an_entry())

    entries, _ = ports.logs.page(CONNECTION, limit=10, cursor=None)

    assert entries == [an_entry()] * 5


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 8])
def test_following_the_cursors_reads_every_entry_once(ports: Ports, limit: int) -> None:
    for number in range(7):
        ports.logbook.write(an_entry(number))

    read: list[LogEntry] = []
    page, cursor = ports.logs.page(CONNECTION, limit=limit, cursor=None)
    while cursor is not None:
        assert len(page) == limit
        read += page
        page, cursor = ports.logs.page(CONNECTION, limit=limit, cursor=cursor)

    assert [*read, *page] == [an_entry(number) for number in range(6, -1, -1)]


def test_an_empty_log_has_one_empty_page(ports: Ports) -> None:
    assert ports.logs.page(CONNECTION, limit=10, cursor=None) == ([], None)


@pytest.mark.parametrize(
    "cursor", ["", "x", "!!!!", "é", "abcde", "bm90LWEtdGltZQ", "_____w", "MjAyNi0wMy0wMQ==="]
)
def test_what_is_no_cursor_of_this_list_is_refused(adapter_ports: Ports, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        adapter_ports.logs.page(CONNECTION, limit=10, cursor=cursor)

    assert [each.pointer for each in refused.value.problems] == ["#/query/cursor"]
