"""Every event of `events/`, as it stands there, is one that its function answers."""

from typing import Any

import pytest

from tests.integration.entrypoints import events
from tests.integration.entrypoints.calls import FUNCTIONS, Functions
from tests.integration.entrypoints.logged import Logged

HTTP = {
    "authorize.begin": 400,
    "authorize.confirm": 404,
    "callback.code": 400,
    "callback.consent-refused": 400,
    "callback.form-post": 303,
    "credentials.disconnect": 404,
    "credentials.read": 404,
    "credentials.read-by-variable": 404,
    "credentials.refresh": 404,
    "management.create-authorization": 404,
    "management.create-connection": 201,
    "management.create-instance": 400,
    "management.create-integration": 201,
    "management.create-template": 201,
    "management.enter-values": 404,
    "management.health": 200,
    "management.import-definition": 404,
    "management.list-logs": 404,
    "management.publish-component": 200,
    "management.publish-version": 404,
    "management.read-connection": 404,
    "management.read-user-pages": 404,
    "management.report-use": 404,
}
"""What is answered when nothing is there but the component that the events name."""
DIRECT = {
    "delete_connections.connection",
    "delete_connections.customer",
    "delete_connections.instance",
    "lapse_flows.over",
    "management.create-api-key",
    "refresh_connections.due",
    "refresh_connections.reported",
    "refresh_connections.rescued",
    "revoke_tokens.disconnected",
    "schedule_refreshes.every-minute",
}


def function_of(name: str) -> str:
    folder = name.partition(".")[0]
    folders = {own: each for each, own in FUNCTIONS.items()}
    return folders[folder]


def send(functions: Functions, name: str) -> dict[str, Any]:
    event = events.event(name)
    if "authorization" in event.get("headers", {}):
        event["headers"]["authorization"] = f"Bearer {functions.key}"
    return functions.invoke(function_of(name), event)


def test_every_event_is_used() -> None:
    assert events.names() == sorted({*HTTP, *DIRECT})


def test_every_function_has_an_event() -> None:
    assert {name.partition(".")[0] for name in events.names()} == set(FUNCTIONS.values())


@pytest.mark.parametrize("name", sorted(HTTP))
def test_a_request_is_answered(functions: Functions, logged: Logged, name: str) -> None:
    send(functions, "management.publish-component")

    answered = send(functions, name)

    assert answered["statusCode"] == HTTP[name]
    assert logged.of("unhandled-error") == []


@pytest.mark.parametrize("name", sorted(HTTP))
def test_a_request_names_a_route_of_the_template(name: str) -> None:
    event = events.event(name)
    http = event["requestContext"]["http"]

    route, parameters = events.route_of(http["method"], http["path"])

    assert event["routeKey"] == event["requestContext"]["routeKey"] == route.key
    assert route.function == function_of(name)
    assert event.get("pathParameters", {}) == parameters


def test_the_key_that_the_direct_event_asks_for_is_made(functions: Functions) -> None:
    assert set(send(functions, "management.create-api-key")) == {"id", "key"}


def test_the_schedule_finds_nothing_due(functions: Functions) -> None:
    answered = send(functions, "schedule_refreshes.every-minute")

    assert answered == {"queued": 0, "heldBack": 0, "backlog": False, "backlogSeconds": 0}


@pytest.mark.parametrize("meaning", ["due", "reported"])
def test_a_message_about_a_connection_that_is_gone_is_done_with(
    functions: Functions, meaning: str
) -> None:
    assert send(functions, f"refresh_connections.{meaning}") == {"batchItemFailures": []}


def test_a_flow_that_is_gone_is_done_with(functions: Functions) -> None:
    assert send(functions, "lapse_flows.over") == {"batchItemFailures": []}


@pytest.mark.parametrize("kind", ["connection", "customer", "instance"])
def test_what_is_gone_is_done_with(functions: Functions, kind: str) -> None:
    assert send(functions, f"delete_connections.{kind}") == {"batchItemFailures": []}


@pytest.mark.parametrize("name", ["revoke_tokens.disconnected", "refresh_connections.rescued"])
def test_a_grant_that_another_stack_sealed_comes_back(
    functions: Functions, logged: Logged, name: str
) -> None:
    wanted = events.event(name)
    (record,) = wanted["Records"]
    queue = functions.aws.names["RescuesQueue"].rpartition("/")[2]
    record["eventSourceARN"] = record["eventSourceARN"].replace("connections-Rescues", queue)

    failed = functions.invoke(function_of(name), wanted)

    assert failed == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert [line["error"] for line in logged.of("unhandled-error")] == ["SealBroken"]
