"""Changes of templates, integrations and instances, and what their entries in the audit say."""

from typing import Any

from connections.domain.audit import Action
from tests.integration.entrypoints.audited import ACME, MADE, Change, World
from tests.integration.entrypoints.tenants import made


def a_template(world: World) -> str:
    wanted = {**TEMPLATE, "name": f"Template {len(world.entries())}"}
    return str(made(world.call("POST", "/connection-templates", wanted))["id"])


def an_integration(world: World) -> str:
    identifier = str(made(world.call("POST", "/integrations", {"name": "Sync"}))["id"])
    variable = {"key": "Plain", "connection": {"component": "plain", "key": "apiKey"}}
    made(world.call("POST", f"/integrations/{identifier}/config-variables", variable))
    return identifier


def an_instance(world: World) -> str:
    integration = an_integration(world)
    made(world.call("POST", f"/integrations/{integration}/versions"))
    wanted = {"name": "I", "customerId": world.tenants.acme, "integrationId": integration}
    return str(made(world.call("POST", "/instances", wanted))["id"])


ENTERED = {"Plain": {"values": {"host": "eu.example"}}}
TEMPLATE = {
    "name": "Template",
    "connection": {"component": "oauth", "key": "oauth2", "values": {"clientId": "of-template"}},
}
OF_AN_INSTANCE: dict[str, Any] = {"about": an_instance, "customer": ACME}
DEFINITIONS = {
    Action.TEMPLATE_CREATED: Change("POST /connection-templates", 201, TEMPLATE, target=MADE),
    Action.TEMPLATE_CHANGED: Change(
        "PATCH /connection-templates/{}", 200, {"shared": True}, about=a_template
    ),
    Action.TEMPLATE_DELETED: Change("DELETE /connection-templates/{}", 204, about=a_template),
    Action.INTEGRATION_CREATED: Change("POST /integrations", 201, {"name": "Sync"}, target=MADE),
    Action.INTEGRATION_CHANGED: Change(
        "PATCH /integrations/{}", 200, {"name": "Another"}, about=an_integration
    ),
    Action.INTEGRATION_PUBLISHED: Change(
        "POST /integrations/{}/versions", 201, about=an_integration
    ),
    Action.INTEGRATION_DELETED: Change("DELETE /integrations/{}", 204, about=an_integration),
    Action.INSTANCE_CHANGED: Change(
        "PATCH /instances/{}", 200, {"enabled": False}, **OF_AN_INSTANCE
    ),
    Action.INSTANCE_CONFIGURED: Change(
        "PATCH /instances/{}/config-variables", 200, ENTERED, **OF_AN_INSTANCE
    ),
    Action.INSTANCE_DEPLOYED: Change("POST /instances/{}/deploy", 200, **OF_AN_INSTANCE),
    Action.INSTANCE_DELETED: Change("DELETE /instances/{}", 202, **OF_AN_INSTANCE),
}
