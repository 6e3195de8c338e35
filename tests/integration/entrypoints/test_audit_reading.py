"""The audit is read of everything, a customer or a connection; and readings stand in the log."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connections.domain.audit import Action, Actor, ActorKind, AuditEntry
from connections.domain.identifiers import AuditEntryId
from connections.entrypoints import management
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.demo import Demo
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.sent import Sent
from tests.integration.entrypoints.tenants import Tenants, key_of, made


@pytest.fixture
def tenants(functions: Functions) -> Tenants:
    return Tenants.founded(functions)


def page(functions: Functions, **query: str) -> dict[str, Any]:
    return made(functions.call("GET", "/audit", query=query))


def pages(functions: Functions, **query: str) -> list[list[str]]:
    """Return the ids of the entries, page by page."""
    found, cursor = [], None
    while True:
        read = page(functions, **query, **({"cursor": cursor} if cursor else {}))
        found.append([each["id"] for each in read["items"]])
        cursor = read["nextCursor"]
        if cursor is None:
            return found


def flat(found: list[list[str]]) -> list[str]:
    return [each for ids in found for each in ids]


def test_the_audit_is_read_of_everything_newest_first(tenants: Tenants) -> None:
    tenants.connection(customerId=tenants.acme)

    entries = page(tenants.functions)["items"]

    assert [each["action"] for each in entries] == [
        "connection.created",
        "customer.created",
        "customer.created",
        "component.published",
        "component.published",
        "signing-key.created",
        "api-key.created",
    ]
    assert [each["at"] for each in entries] == sorted((e["at"] for e in entries), reverse=True)


def test_the_audit_is_read_of_a_customer_and_of_a_connection(tenants: Tenants) -> None:
    acmes = tenants.connection(customerId=tenants.acme)["id"]
    own = tenants.connection()["id"]
    acme = {"customerId": tenants.acme}

    def actions(**query: str) -> list[tuple[str, str]]:
        items = page(tenants.functions, **query)["items"]
        return [(each["action"], each["target"]) for each in items]

    made_acme = ("customer.created", tenants.acme)
    assert actions(**acme) == [("connection.created", acmes), made_acme]
    assert actions(connectionId=acmes) == [("connection.created", acmes)]
    assert actions(connectionId=acmes, **acme) == [("connection.created", acmes)]
    assert actions(connectionId=own) == [("connection.created", own)]
    assert actions(connectionId=own, **acme) == []
    assert actions(customerId="cus_nobody") == actions(connectionId="con_nobody") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_the_audit_is_read_page_by_page(tenants: Tenants, limit: int) -> None:
    connection = tenants.connection(customerId=tenants.acme, component="oauth")["id"]
    for _ in range(3):
        assert (
            tenants.functions.call("POST", f"/connections/{connection}/authorizations").status
            == 201
        )

    queries: tuple[dict[str, str], ...] = (
        {"connectionId": connection},
        {"customerId": tenants.acme},
        {},
    )
    for query, count in zip(queries, (4, 5, 10), strict=True):
        whole = [each["id"] for each in page(tenants.functions, limit="200", **query)["items"]]
        found = pages(tenants.functions, limit=str(limit), **query)
        assert flat(found) == whole == sorted(whole, reverse=True)
        assert {len(ids) for ids in found[:-1]} <= {limit}
        assert len(whole) == count


def test_older_months_follow(aws: Aws, tenants: Tenants) -> None:
    stored = sorted(aws.items("Audit"), key=lambda each: each["sk"]["S"])
    for item, month in zip(stored, ("2026-01", "2026-01", "2026-03", "2026-03"), strict=False):
        aws.dynamodb.delete_item(
            TableName=aws.names["Audit"], Key={"pk": item["pk"], "sk": item["sk"]}
        )
        aws.dynamodb.put_item(TableName=aws.names["Audit"], Item={**item, "pk": {"S": month}})
    newest_first = [each["sk"]["S"] for each in reversed(stored)]

    for limit in (1, 2, 3, 200):
        assert flat(pages(tenants.functions, limit=str(limit))) == newest_first


@pytest.mark.parametrize("path", ["/customers", "/api-keys", "/connections"])
def test_a_cursor_of_another_list_is_refused(tenants: Tenants, path: str) -> None:
    key_of(tenants.functions)
    for _ in range(2):
        tenants.connection()
    other = tenants.functions.call("GET", path, query={"limit": "1"}).json["nextCursor"]
    ours = page(tenants.functions, limit="1")["nextCursor"]
    assert other
    assert ours

    for list_of, cursor in (("/audit", other), (path, ours)):
        answer = tenants.functions.call("GET", list_of, query={"cursor": cursor})
        assert (answer.status, answer.json["code"]) == (400, "invalid-request")
        assert [each["pointer"] for each in answer.json["errors"]] == ["#/query/cursor"]


def test_an_entry_is_never_overwritten(aws: Aws, functions: Functions) -> None:
    entry = AuditEntry(
        id=AuditEntryId("adt_" + "0" * 26),
        at=datetime.now(UTC),
        action=Action.CUSTOMER_CREATED,
        actor=Actor(kind=ActorKind.API_KEY, id="key_1"),
        target="cus_1",
        request_id="request",
        http_status=201,
    )
    trail = management.services().doors.recorder.trail
    trail.write(entry)
    before = aws.items("Audit")

    trail.write(replace(entry, target="cus_2"))

    assert aws.items("Audit") == before


def test_a_change_that_cannot_be_audited_is_made_and_stands_in_the_log(
    functions: Functions, sent: Sent, logged: Logged
) -> None:
    sent.failing_at(1, fails="PutItem")

    answer = functions.call("POST", "/customers", json={"name": "Acme", "externalId": "acme"})

    assert answer.status == 201
    (line,) = logged.of("audit-entry-lost")
    assert line["level"] == "ERROR"
    assert {name: line["entry"][name] for name in ("action", "target", "httpStatus")} == {
        "action": "customer.created",
        "target": answer.json["id"],
        "httpStatus": "201",
    }
    sent.failing_at(0)
    assert answer.json["id"] not in str(page(functions))


def test_a_try_whose_end_is_not_known_stands_in_the_audit(functions: Functions, sent: Sent) -> None:
    functions.call("GET", "/customers")
    sent.failing_at(1, fails="TransactWriteItems")

    failed = functions.call("POST", "/customers", json={"name": "Acme", "externalId": "acme"})

    assert failed.status == 503
    entry = page(functions)["items"][0]
    assert (entry["action"], entry["target"], entry["httpStatus"]) == (
        "customer.created", None, 503,
    )  # fmt: skip


def test_a_reading_of_credentials_leaves_a_line_and_costs_one_request(
    demo: Demo, sent: Sent, logged: Logged
) -> None:
    customer = demo.connection().connected()
    reader = key_of(demo.functions, "credentials:read")
    demo.functions.key = reader["key"]
    customer.credentials()
    sent.anew()
    before = len(logged.of("credentials-read"))

    (token, *_) = [customer.credentials()["token"]["access_token"] for _ in range(3)]

    assert sent.operations == ["BatchGetItem"] * 3
    line = logged.of("credentials-read")[before:][0]
    assert len(logged.of("credentials-read")) == before + 3
    told = {name: line[name] for name in ("apiKeyId", "connectionId", "sourceIp", "generation")}
    assert told == {
        "apiKeyId": reader["id"],
        "connectionId": customer.id,
        "sourceIp": "198.51.100.23",
        "generation": 1,
    }
    assert token not in logged.text


def test_a_reading_that_was_refused_leaves_no_line(demo: Demo, logged: Logged) -> None:
    customer = demo.connection()

    assert customer.call("GET", "/credentials").status == 409
    demo.functions.key = key_of(demo.functions, "connections:read")["key"]
    assert customer.call("GET", "/credentials").status == 403

    assert logged.of("credentials-read") == []
