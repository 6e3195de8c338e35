"""A client registration that its server refuses, as its connections show it over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.adapters.aws import to_item
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.state_items import state_key
from connections.domain.client_registration import Breaker, Registration
from connections.domain.identifiers import ConnectionId, RegistrationId
from connections.domain.log_entry import Event, LogEntry, Severity
from tests.integration.aws import Aws
from tests.integration.entrypoints.stage import Stage, path_of
from tests.integration.entrypoints.tenants import made

REFUSED = RegistrationId("reg_" + "1" * 26)
Show = Callable[[Stage, str, dict[str, Any]], dict[str, Any]]


def connection_of(instance: dict[str, Any]) -> str:
    return str(instance["configVariables"][0]["connectionId"])


@pytest.fixture
def instance(stage: Stage, aws: Aws) -> dict[str, Any]:
    """An instance whose CRM worked, under a registration that is refused by now."""
    now = datetime.now(UTC)
    breaker = Breaker(opened_at=now, probe_at=now + timedelta(hours=1))
    registration = Registration(id=REFUSED, host="crm.example", breaker=breaker, fault=True)
    assert DynamoRegistrations(aws.dynamodb, aws.names["Connections"]).save(registration, now)
    instance = stage.instance()
    let_work(aws, connection_of(instance))
    return instance


def let_work(aws: Aws, connection: str) -> None:
    evidence = {"at": 0, "generation": 1, "httpStatus": 401}
    aws.dynamodb.update_item(
        TableName=aws.names["Connections"],
        Key=to_item(state_key(ConnectionId(connection))),
        UpdateExpression="SET #s = :active, registration = :id, lastError = :e REMOVE reason",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues=to_item({":active": "active", ":id": REFUSED, ":e": evidence}),
    )


def read(stage: Stage, caller: str, instance: dict[str, Any]) -> dict[str, Any]:
    return made(stage.call(caller, "GET", f"/connections/{connection_of(instance)}"))


def listed(stage: Stage, caller: str, instance: dict[str, Any]) -> dict[str, Any]:
    query = {"status": "degraded"}
    (found,) = made(stage.call(caller, "GET", "/connections", query=query))["items"]
    assert found["id"] == connection_of(instance)
    return dict(found)


def on_its_page(stage: Stage, caller: str, instance: dict[str, Any]) -> dict[str, Any]:
    return stage.shown(caller, path_of(instance))["CRM"]


def where_values_are_entered(stage: Stage, caller: str, instance: dict[str, Any]) -> dict[str, Any]:
    page = made(stage.enter(caller, path_of(instance)))["pages"][0]
    return dict(page["configVariables"][0])


@pytest.mark.parametrize("show", [read, listed, on_its_page, where_values_are_entered])
@pytest.mark.parametrize(
    ("caller", "reason"),
    [("organization", "operator-action-required"), ("admin", None), ("embedding", None)],
)
def test_it_shows_wherever_a_connection_is_read_and_whose_business_it_is_to_the_organization(
    stage: Stage, instance: dict[str, Any], show: Show, caller: str, reason: str | None
) -> None:
    shown = show(stage, caller, instance)

    assert (shown["status"], shown["reason"]) == ("degraded", reason)


def test_the_evidence_is_for_the_organization_alone(stage: Stage, instance: dict[str, Any]) -> None:
    assert read(stage, "organization", instance)["lastError"]["httpStatus"] == 401
    assert read(stage, "admin", instance)["lastError"] is None


def test_a_connection_that_is_renamed_answers_as_it_shows_itself(
    stage: Stage, instance: dict[str, Any], aws: Aws
) -> None:
    alone = stage.tenants.connection(component="oauth")["id"]
    let_work(aws, alone)

    answer = stage.call("organization", "PATCH", f"/connections/{alone}", json={"name": "New"})

    shown = made(answer)
    assert (shown["name"], shown["status"]) == ("New", "degraded")


def test_its_log_tells_the_cause_to_the_organization_alone(
    stage: Stage, instance: dict[str, Any], aws: Aws
) -> None:
    connection = ConnectionId(connection_of(instance))
    entry = LogEntry(
        connection_id=connection,
        at=datetime.now(UTC),
        event=Event.REFRESH_FAILED,
        severity=Severity.WARNING,
        detail="The app is refused.",
        http_status=401,
        provider_error="invalid_client",
        for_operator=True,
    )
    DynamoLogbook(aws.dynamodb, aws.names["Connections"]).write(entry)

    def newest(caller: str) -> dict[str, Any]:
        return dict(made(stage.call(caller, "GET", f"/connections/{connection}/logs"))["items"][0])

    told, hidden = newest("organization"), newest("admin")
    assert (told["detail"], told["httpStatus"], told["providerError"]) == (
        "The app is refused.",
        401,
        "invalid_client",
    )
    assert (hidden["httpStatus"], hidden["providerError"]) == (None, None)
    assert hidden["detail"].startswith("The refresh failed for now")
