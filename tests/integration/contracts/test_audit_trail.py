"""The contracts of `AuditTrail` and `Audit`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.domain.audit import Action, Actor, ActorKind, AuditEntry
from connections.domain.identifiers import AuditEntryId, ConnectionId, CustomerId
from tests.builders import CONNECTION, CUSTOMER, NOW, an_audit_entry
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

OTHER_CUSTOMER = CustomerId("cus_00000000000000000000000002")
OTHER_CONNECTION = ConnectionId("con_00000000000000000000000002")
WHOLE = an_audit_entry(
    at=NOW - timedelta(microseconds=1),
    customer_id=CUSTOMER,
    connection_id=CONNECTION,
    source_ip="2001:db8::1",
    http_status=500,
)
BARE = an_audit_entry(actor=Actor(kind=ActorKind.LINK), target=None)


def numbered(number: int, **changes: Any) -> AuditEntry:
    """Return the entry that was made so many days ago or, below zero, before its time."""
    return an_audit_entry(
        id=AuditEntryId(f"adt_{50 - number:026}"), at=NOW - timedelta(days=number), **changes
    )


def pages_of(
    ports: Ports, customer: CustomerId | None = None, connection: ConnectionId | None = None
) -> Page[AuditEntry]:
    def page(limit: int, cursor: str | None) -> Any:
        return ports.audit.page(
            customer_id=customer, connection_id=connection, limit=limit, cursor=cursor, now=NOW
        )

    return page


@pytest.mark.parametrize("entry", [WHOLE, BARE], ids=["whole", "bare"])
def test_an_entry_is_read_back_as_it_was_written(ports: Ports, entry: AuditEntry) -> None:
    ports.audit_trail.write(entry)

    assert followed(pages_of(ports), 10) == [entry]


@pytest.mark.parametrize("action", Action)
def test_every_action_can_be_told(ports: Ports, action: Action) -> None:
    ports.audit_trail.write(an_audit_entry(action=action))

    assert [each.action for each in followed(pages_of(ports), 10)] == [action]


@pytest.mark.parametrize("kind", ActorKind)
def test_every_kind_of_actor_can_be_told(ports: Ports, kind: ActorKind) -> None:
    ports.audit_trail.write(an_audit_entry(actor=Actor(kind=kind, id="somebody")))

    (entry,) = followed(pages_of(ports), 10)
    assert entry.actor == Actor(kind=kind, id="somebody")


def test_an_entry_is_never_overwritten(ports: Ports) -> None:
    ports.audit_trail.write(WHOLE)

    ports.audit_trail.write(WHOLE)
    ports.audit_trail.write(replace(WHOLE, actor=Actor(kind=ActorKind.OPERATOR)))

    assert followed(pages_of(ports), 10) == [WHOLE]


def test_an_audit_without_entries_has_none(ports: Ports) -> None:
    for page in (pages_of(ports), pages_of(ports, CUSTOMER), pages_of(ports, None, CONNECTION)):
        assert page(10, None) == ([], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6, 7])
def test_following_the_cursors_reads_every_entry_once_newest_first_over_months(
    ports: Ports, limit: int
) -> None:
    entries = [numbered(number) for number in (0, 1, 2, 30, 31, 45)]
    for entry in (*entries[3:], *entries[:3]):
        ports.audit_trail.write(entry)

    assert followed(pages_of(ports), limit) == entries


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_the_entries_of_a_customer_are_read_alone(ports: Ports, limit: int) -> None:
    entries = [numbered(number, customer_id=CUSTOMER) for number in (0, 2, 45)]
    for entry in entries:
        ports.audit_trail.write(entry)
    ports.audit_trail.write(numbered(1))
    ports.audit_trail.write(numbered(3, customer_id=OTHER_CUSTOMER))

    assert followed(pages_of(ports, CUSTOMER), limit) == entries


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_the_entries_of_a_connection_are_read_alone(ports: Ports, limit: int) -> None:
    entries = [numbered(number, connection_id=CONNECTION) for number in (0, 2, 45)]
    for entry in entries:
        ports.audit_trail.write(entry)
    ports.audit_trail.write(numbered(1, customer_id=CUSTOMER))
    ports.audit_trail.write(numbered(3, connection_id=OTHER_CONNECTION))

    assert followed(pages_of(ports, None, CONNECTION), limit) == entries


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_the_entries_of_a_connection_are_read_by_its_customer_alone(
    ports: Ports, limit: int
) -> None:
    both = {"customer_id": CUSTOMER, "connection_id": CONNECTION}
    for number in (0, 2):
        ports.audit_trail.write(numbered(number, **both))
    ports.audit_trail.write(numbered(1, connection_id=CONNECTION))
    ports.audit_trail.write(numbered(3, customer_id=CUSTOMER))

    found = followed(pages_of(ports, CUSTOMER, CONNECTION), limit)

    assert found == [numbered(0, **both), numbered(2, **both)]
    assert followed(pages_of(ports, OTHER_CUSTOMER, CONNECTION), limit) == []


@pytest.mark.parametrize(
    "cursor", [*NO_CURSORS, "MjAyNi0xMyNhZHRfMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE"]
)
def test_what_is_no_cursor_of_this_list_is_refused(ports: Ports, cursor: str) -> None:
    refuses(pages_of(ports), cursor)
