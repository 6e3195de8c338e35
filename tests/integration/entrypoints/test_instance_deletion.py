"""Deleting an instance, and a customer with instances and integrations of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.deleting import a_minute_ago
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.tenants import Tenants, customer, made, running_functions

MOST_PASSES = 5


@pytest.fixture(scope="module")
def tenants(_running_aws: Aws) -> Iterator[Tenants]:
    with running_functions(_running_aws) as functions:
        yield Tenants.founded(functions)


def an_instance(tenants: Tenants, customer_id: str, template: str) -> dict[str, Any]:
    """Make an instance of an integration that the customer builds, with a shared template."""
    call = tenants.functions.call
    values = {"clientSecret": "of-template"}
    shared = {"component": "oauth", "key": "oauth2", "values": values}
    wanted = {"name": template, "connection": shared, "shared": True}
    made(call("POST", "/connection-templates", json=wanted))
    wanted = {"name": "Acme", "customerId": customer_id}
    integration = made(call("POST", "/integrations", json=wanted))["id"]
    for level in ("instance", "user"):
        holds = {"component": "oauth", "key": "oauth2", "template": template}
        variable = {"key": f"CRM of {level}", "level": level, "connection": holds}
        path = f"/integrations/{integration}/config-variables"
        made(call("POST", path, json={"dataType": "connection", **variable}))
    made(call("POST", f"/integrations/{integration}/versions", json={}))
    wanted = {"name": "Acme", "customerId": customer_id, "integrationId": integration}
    instance = made(call("POST", "/instances", json=wanted))
    path = f"/instances/{instance['id']}/users/ada/config-variables"
    entered = {"CRM of user": {"values": {"scopes": "x"}}}
    made(call("PATCH", path, json=entered))
    return instance


def deliver(tenants: Tenants) -> int:
    bodies = tenants.functions.aws.messages("DeletionsQueue")
    for body in bodies:
        wanted = event("delete_connections.instance")
        wanted["Records"][0]["body"] = body
        done = tenants.functions.invoke("DeleteConnectionsFunction", wanted, seconds=120)
        assert done == {"batchItemFailures": []}
    return len(bodies)


def naming(tenants: Tenants, identifier: str) -> list[str]:
    items = [
        *tenants.functions.aws.items("Definitions"),
        *tenants.functions.aws.items("Connections"),
    ]
    return [str(item) for item in items if identifier in str(item)]


def test_a_deleted_instance_goes_with_its_connections(tenants: Tenants) -> None:
    acme = customer(tenants.functions, "initech")["id"]
    instance = an_instance(tenants, acme, "Of initech")
    query = {"instanceId": instance["id"]}
    listed = tenants.functions.call("GET", "/connections", query=query).json["items"]
    assert len(listed) == 2
    path = f"/connections/{listed[0]['id']}"
    assert tenants.functions.call("DELETE", path).json["code"] == "in-use"
    assert tenants.functions.call("PATCH", path, json={"name": "A"}).json["code"] == "in-use"

    answer = tenants.functions.call("DELETE", f"/instances/{instance['id']}")
    assert answer.status < 300, answer.body
    deliver(tenants)

    assert naming(tenants, instance["id"]) == []
    for each in listed:
        assert naming(tenants, each["id"]) == []
    integration = f"/integrations/{instance['integrationId']}"
    assert tenants.functions.call("DELETE", integration).status < 300


def test_a_deleted_customer_goes_with_instances_and_integrations(tenants: Tenants) -> None:
    umbrella = customer(tenants.functions, "umbrella")["id"]
    instance = an_instance(tenants, umbrella, "Of umbrella")
    tenants.functions.call("DELETE", f"/customers/{umbrella}")
    a_minute_ago(tenants.functions.aws, umbrella)

    for _ in range(MOST_PASSES):
        wanted = event("delete_connections.customer")
        wanted["Records"][0]["body"] = f'{{"customerId": "{umbrella}"}}'
        done = tenants.functions.invoke("DeleteConnectionsFunction", wanted, seconds=120)
        assert done == {"batchItemFailures": []}

    assert naming(tenants, umbrella) == []
    assert naming(tenants, instance["id"]) == []
    assert naming(tenants, instance["integrationId"]) == []
    templates = tenants.functions.call("GET", "/connection-templates").json["items"]
    (template,) = [each for each in templates if each["name"] == "Of umbrella"]
    path = f"/connection-templates/{template['id']}"
    assert tenants.functions.call("DELETE", path).status == 204
