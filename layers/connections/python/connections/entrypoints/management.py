"""The management function: definitions, customers, connections, access. It cannot reach tokens."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connections.domain.audit import Action, Actor, ActorKind
from connections.entrypoints import (
    around,
    audit,
    components,
    customers,
    instances,
    integration_definitions,
    integrations,
    keys,
    organization,
    templates,
)
from connections.entrypoints import connections as connections_routes
from connections.entrypoints.access_bodies import FirstApiKey
from connections.entrypoints.http import answer, resolver
from connections.entrypoints.management_services import ManagementSettings, services

__all__ = ["ROUTERS", "ManagementSettings", "app", "handle", "services"]

ROUTERS = (
    around.router,
    components.router,
    templates.router,
    integrations.router,
    integration_definitions.router,
    customers.router,
    instances.router,
    connections_routes.router,
    keys.router,
    organization.router,
    audit.router,
)
app = resolver(*ROUTERS)


def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request, or make an API key for whoever may invoke the function by IAM.

    No request over HTTP has a top-level `createApiKey`: API Gateway makes those events.
    """
    if "createApiKey" in event:
        return _create_api_key(event["createApiKey"], context)
    return answer(app, event, context, lambda: services().doors)


def _create_api_key(wanted: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Make a key for the account's owner.

    Raises:
        pydantic.ValidationError: what is asked for is no key; it says where.
    """
    asked = FirstApiKey.model_validate(wanted)
    made = services().keyring.create(asked.name, asked.scopes)
    services().doors.recorder.record(
        Action.API_KEY_CREATED,
        Actor(kind=ActorKind.OPERATOR),
        target=made.api_key.id,
        request_id=context.aws_request_id,
        status=201,
    )
    return {"id": made.api_key.id, "key": made.key}
