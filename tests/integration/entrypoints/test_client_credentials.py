"""Client credentials over the functions: fetched by the worker, by a reading and on demand."""

from datetime import UTC, datetime
from typing import Any

from connections.adapters.refresh_queue import wish_message
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Cause, Need, Wish
from tests.integration.entrypoints.demo import SECRET, Customer, Demo
from tests.integration.entrypoints.events import event

MACHINE: dict[str, Any] = {"oauth2Type": "client_credentials"}


def refresh_through_the_queue(customer: Customer) -> None:
    """Do what the queue does when the schedule has found a connection due."""
    need = Need(cause=Cause.DUE, since=datetime.now(UTC))
    body = wish_message(Wish(connection_id=ConnectionId(customer.id), need=need))
    wanted = event("refresh_connections.due")
    wanted["Records"][0]["body"] = body
    answered = customer.functions.invoke("RefreshConnectionsFunction", wanted, seconds=120)
    assert answered == {"batchItemFailures": []}


def fetches(customer: Customer) -> int:
    """Return how often the provider was asked."""
    asked = customer.demo.requests("token")
    return len([each for each in asked if each["client_id"] == customer.client_id])


def test_the_worker_fetches_what_is_complete(demo: Demo) -> None:
    machine = demo.connection(**MACHINE)
    assert machine.read()["refreshAt"] is not None

    refresh_through_the_queue(machine)

    read = machine.read()
    assert (read["status"], read["generation"]) == ("active", 1)
    assert demo.active(machine.credentials()["token"]["access_token"])
    assert fetches(machine) == 1


def test_a_reading_fetches_at_once(demo: Demo) -> None:
    machine = demo.connection(**MACHINE)

    assert demo.active(machine.credentials()["token"]["access_token"])
    assert machine.credentials()["generation"] == 1


def test_a_wrong_secret_is_told_and_a_mended_one_works(demo: Demo) -> None:
    machine = demo.connection(secret="wrong", **MACHINE)

    refused = machine.call("POST", "/refresh")

    assert (refused.status, refused.json["code"]) == (502, "provider-refused")
    read = machine.read()
    assert (read["status"], read["reason"]) == ("pending", "operator-action-required")
    changed = machine.call("PATCH", "", json={"connection": {"values": {"clientSecret": SECRET}}})
    assert (changed.status, changed.json["reason"]) == (200, "not-connected")
    refresh_through_the_queue(machine)
    assert machine.read()["status"] == "active"


def test_a_disconnect_lasts_until_a_refresh(demo: Demo) -> None:
    machine = demo.connection(**MACHINE)
    token = machine.credentials()["token"]["access_token"]

    assert machine.call("POST", "/disconnect").status == 202

    assert not demo.active(token)
    refresh_through_the_queue(machine)
    read = machine.call("GET", "/credentials")
    assert (read.status, read.json["code"]) == (409, "not-connected")
    assert machine.call("POST", "/refresh").status == 200
    assert machine.read()["status"] == "active"


def test_there_is_nothing_to_consent_to(demo: Demo) -> None:
    machine = demo.connection(**MACHINE)

    refused = machine.call("POST", "/authorizations")

    assert (refused.status, refused.json["code"]) == (409, "no-consent")
