"""The audit as it is kept: month by month, never overwritten, cleared away in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connections.adapters.audit_table import DynamoAudit
from connections.domain.audit import Action, AuditEntry
from connections.domain.errors import Unavailable
from connections.domain.identifiers import AuditEntryId
from tests.builders import CONNECTION, CUSTOMER, NOW, an_audit_entry
from tests.integration.aws import Aws

DAY = timedelta(days=1)
KEPT_FOR = 100 * DAY


@pytest.fixture
def audit(aws: Aws) -> DynamoAudit:
    return DynamoAudit(aws.dynamodb, aws.names["Audit"], KEPT_FOR)


@pytest.fixture
def asked(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The queries that are made, as they are asked."""
    made: list[dict[str, Any]] = []
    query = aws.dynamodb.query

    def noted(**request: Any) -> Any:
        made.append(request)
        return query(**request)

    monkeypatch.setattr(aws.dynamodb, "query", noted)
    return made


def months(asked: list[dict[str, Any]]) -> list[str]:
    return [each["ExpressionAttributeValues"][":pk"]["S"] for each in asked]


def entry_of(at: datetime, **changes: Any) -> AuditEntry:
    number = int(at.timestamp())
    return an_audit_entry(id=AuditEntryId(f"adt_{number:026}"), at=at, **changes)


def page(
    audit: DynamoAudit, limit: int = 10, cursor: str | None = None, **changes: Any
) -> tuple[list[AuditEntry], str | None]:
    wanted: dict[str, Any] = {"customer_id": None, "connection_id": None, "now": NOW}
    found, following = audit.page(limit=limit, cursor=cursor, **{**wanted, **changes})
    return list(found), following


def test_an_entry_is_one_item_of_its_month_and_is_cleared_away_in_time(
    audit: DynamoAudit, aws: Aws, requests: list[str]
) -> None:
    audit.write(entry_of(NOW))
    assert requests == ["PutItem"]
    (item,) = aws.items("Audit")
    assert item["pk"]["S"] == "2026-03"
    assert int(item["ttl"]["N"]) == int((NOW + KEPT_FOR).timestamp())


def test_an_entry_is_never_overwritten_and_trying_is_no_failure(
    audit: DynamoAudit, aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    audit.write(entry_of(NOW))
    before = aws.items("Audit")
    audit.write(entry_of(NOW, action=Action.CUSTOMER_DELETED, target="another"))
    assert aws.items("Audit") == before
    assert caplog.records == []


def test_an_entry_that_cannot_be_written_stands_in_the_log_whole(
    audit: DynamoAudit,
    aws: Aws,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    monkeypatch.setattr(aws.dynamodb, "put_item", refuse)
    audit.write(entry_of(NOW, customer_id=CUSTOMER))
    (record,) = caplog.records
    assert (record.message, record.levelname) == ("audit-entry-lost", "ERROR")
    lost: dict[str, str] = record.__dict__["entry"]
    assert lost["sk"] == entry_of(NOW).id
    assert (lost["customerId"], lost["target"]) == (CUSTOMER, CUSTOMER)
    assert (lost["action"], lost["httpStatus"]) == ("customer.created", "201")
    assert "connectionId" not in lost


def test_months_are_walked_until_a_page_is_full(
    audit: DynamoAudit, asked: list[dict[str, Any]]
) -> None:
    entries = [entry_of(NOW - days * DAY) for days in (0, 5, 33, 70)]
    for entry in entries:
        audit.write(entry)
    first, cursor = page(audit, 2)
    assert (first, months(asked)) == (entries[:2], ["2026-03", "2026-02"])
    assert [each["Limit"] for each in asked] == [2, 1]
    asked.clear()
    second, following = page(audit, 2, cursor)
    assert second == entries[2:]
    assert months(asked) == ["2026-02", "2026-01", "2025-12"]
    assert "ExclusiveStartKey" in asked[0]
    assert not [each for each in asked[1:] if "ExclusiveStartKey" in each]
    assert page(audit, 2, following) == ([], None)


def test_the_walk_ends_with_the_oldest_month_that_is_kept(
    audit: DynamoAudit, asked: list[dict[str, Any]]
) -> None:
    oldest = (NOW - KEPT_FOR).replace(day=1)
    too_old = oldest - DAY
    audit.write(entry_of(oldest))
    audit.write(entry_of(too_old))
    assert page(audit) == ([entry_of(oldest)], None)
    assert months(asked) == ["2026-03", "2026-02", "2026-01", "2025-12", "2025-11"]


@pytest.mark.parametrize(
    ("now", "kept_for", "walked"),
    [
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), 31 * DAY, ["2026-03", "2026-02"]),
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), 30 * DAY, ["2026-03"]),
        (datetime(2026, 1, 1, tzinfo=UTC), DAY, ["2026-01", "2025-12"]),
        (datetime(2024, 3, 1, tzinfo=UTC), DAY, ["2024-03", "2024-02"]),
    ],
)
def test_each_month_is_walked_once(
    aws: Aws,
    asked: list[dict[str, Any]],
    now: datetime,
    kept_for: timedelta,
    walked: list[str],
) -> None:
    audit = DynamoAudit(aws.dynamodb, aws.names["Audit"], kept_for)
    assert page(audit, now=now) == ([], None)
    assert months(asked) == walked


def test_a_page_that_goes_on_in_another_month_skips_those_that_were_read(
    audit: DynamoAudit, asked: list[dict[str, Any]]
) -> None:
    entries = [entry_of(NOW - days * DAY) for days in (33, 34)]
    for entry in entries:
        audit.write(entry)
    _, cursor = page(audit, 1)
    asked.clear()
    audit.write(entry_of(NOW))
    assert page(audit, 1, cursor)[0] == [entries[1]]
    assert months(asked) == ["2026-01"]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"customer_id": CUSTOMER}, "customer"),
        ({"connection_id": CONNECTION}, "connection"),
        ({"customer_id": CUSTOMER, "connection_id": CONNECTION}, "connection"),
    ],
)
def test_the_entries_of_one_are_found_by_index_in_one_request_a_page(
    audit: DynamoAudit, asked: list[dict[str, Any]], wanted: dict[str, str], index: str
) -> None:
    entries = [
        entry_of(NOW - days * DAY, customer_id=CUSTOMER, connection_id=CONNECTION)
        for days in (0, 40, 90)
    ]
    for entry in entries:
        audit.write(entry)
    first, cursor = page(audit, 2, **wanted)
    second, following = page(audit, 2, cursor, **wanted)
    assert [*first, *second] == entries
    assert following is None
    assert [each["IndexName"] for each in asked] == [index] * 2
    assert set(asked[1]["ExclusiveStartKey"]) == {"pk", "sk", f"{index}Id"}


def test_the_entries_of_one_are_read_also_where_a_page_of_all_ended(audit: DynamoAudit) -> None:
    for days in (0, 1, 40):
        audit.write(entry_of(NOW - days * DAY, customer_id=CUSTOMER))
    _, cursor = page(audit, 1)
    assert page(audit, 10, cursor, customer_id=CUSTOMER)[0] == page(audit, 10, cursor)[0]


def test_a_page_that_cannot_be_read_is_unavailable(
    audit: DynamoAudit, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")

    monkeypatch.setattr(aws.dynamodb, "query", refuse)
    with pytest.raises(Unavailable):
        page(audit)
