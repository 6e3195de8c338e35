"""Instances: a customer's use of an integration, configured and deployed."""

from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.openapi.params import Body as InBody
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from connections.application.create_instance import NewInstance
from connections.application.manage_instances import InstanceChange
from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import InstanceId, IntegrationId
from connections.domain.user_text import LONGEST_TEXT, fits
from connections.entrypoints.access import owner_of_new, visible, within_reach
from connections.entrypoints.config_page_bodies import ReadConfigPages
from connections.entrypoints.connections import same_caller
from connections.entrypoints.http import API_KEY, caller_of, new_router
from connections.entrypoints.instance_bodies import (
    CreateInstance,
    EnteredValues,
    InstancePage,
    PatchInstance,
    ReadInstance,
    ReadUserVariables,
)
from connections.entrypoints.integration_services import instance_services
from connections.entrypoints.parameters import Cursor, CustomerIdText, IdempotencyKey, Limit
from connections_sdk.forms import VariableKey
from connections_sdk.integrations import MOST_VARIABLES

router = new_router()
InstancePath = Annotated[str, Path(alias="instance", min_length=1, max_length=100)]
UserPath = Annotated[str, Path(alias="user", min_length=1, max_length=12 * LONGEST_TEXT)]
"""Percent-encoded, as the router leaves it: a character is at most twelve then."""
Entered = Annotated[dict[VariableKey, EnteredValues], Field(max_length=MOST_VARIABLES), InBody()]


@router.post(
    "/instances",
    summary="Create an instance of an integration",
    tags=["Customers"],
    security=API_KEY,
    status_code=201,
)
def create_instance(wanted: CreateInstance, idempotency_key: IdempotencyKey = None) -> ReadInstance:
    """For a customer; a customer's user enables for themselves what is offered."""
    caller = caller_of(router)
    new = NewInstance(
        name=wanted.name,
        integration_id=IntegrationId(wanted.integration_id),
        version=wanted.version,
        owner=owner_of_new(caller, wanted.customer_id),
    )
    made = instance_services().creator.create(new, caller, idempotency_key, by=same_caller(caller))
    return ReadInstance.of(made)


@router.get("/instances", summary="List instances", tags=["Customers"], security=API_KEY)
def list_instances(
    customer_id: Annotated[CustomerIdText | None, Query(alias="customerId")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> InstancePage:
    """Newest first. A page is filtered after it is cut: it may be short and have a next one."""
    caller = caller_of(router)
    found, following = instance_services().book.page(
        within_reach(caller, customer_id), limit=limit, cursor=cursor
    )
    items = [ReadInstance.of(each) for each in found if visible(caller, each.owner)]
    return InstancePage(items=items, next_cursor=following)


@router.get(
    "/instances/<instance>", summary="Read an instance", tags=["Customers"], security=API_KEY
)
def read_instance(instance: InstancePath) -> ReadInstance:
    """With its config variables and the connections that they hold."""
    return ReadInstance.of(instance_services().book.read(InstanceId(instance)))


@router.patch(
    "/instances/<instance>",
    summary="Change an instance, or move it to another version",
    tags=["Customers"],
    security=API_KEY,
)
def patch_instance(instance: InstancePath, changes: PatchInstance) -> ReadInstance:
    """Connections stay where their config variables do; what no variable holds is deleted."""
    change = InstanceChange(name=changes.name, enabled=changes.enabled, version=changes.version)
    changed = instance_services().book.change(InstanceId(instance), change, caller_of(router))
    return ReadInstance.of(changed)


@router.delete(
    "/instances/<instance>",
    summary="Delete an instance with what it holds",
    tags=["Customers"],
    security=API_KEY,
    status_code=202,
)
def delete_instance(instance: InstancePath) -> ReadInstance:
    """Its connections are disconnected, their tokens revoked, and everything of it is removed."""
    return ReadInstance.of(instance_services().book.delete(InstanceId(instance)))


@router.get(
    "/instances/<instance>/config-pages",
    summary="Read what the caller is asked for",
    tags=["Customers"],
    security=API_KEY,
)
def read_config_pages(instance: InstancePath) -> ReadConfigPages:
    """Pages of config variables, each with its inputs, its status and what can be done."""
    caller = caller_of(router)
    found = instance_services().pages.of_instance(InstanceId(instance), caller)
    return ReadConfigPages.of(*found, caller)


@router.patch(
    "/instances/<instance>/config-variables",
    summary="Enter values",
    tags=["Customers"],
    security=API_KEY,
)
def patch_variables(instance: InstancePath, entered: Entered) -> ReadConfigPages:
    """By the config variables' keys; what is left out stays, null takes away what was entered."""
    caller = caller_of(router)
    configured = instance_services().configurator.enter(
        InstanceId(instance), _values(entered), caller
    )
    pages = instance_services().pages.shown(configured, caller)
    return ReadConfigPages.of(configured.instance, pages, caller)


@router.post(
    "/instances/<instance>/deploy",
    summary="Deploy an instance",
    tags=["Customers"],
    security=API_KEY,
)
def deploy_instance(instance: InstancePath) -> ReadInstance:
    """Refused while required inputs have no value, naming those that the caller is asked for."""
    deployed = instance_services().configurator.deploy(InstanceId(instance), caller_of(router))
    return ReadInstance.of(deployed)


@router.get(
    "/instances/<instance>/users/<user>/config-pages",
    summary="Read what a user is asked for",
    tags=["Customers"],
    security=API_KEY,
)
def read_user_config_pages(instance: InstancePath, user: UserPath) -> ReadConfigPages:
    """The config variables of level `user`, with what this one has."""
    caller = caller_of(router)
    found = instance_services().pages.of_user(InstanceId(instance), _user(user), caller)
    return ReadConfigPages.of(*found, caller)


@router.patch(
    "/instances/<instance>/users/<user>/config-variables",
    summary="Enter a user's values",
    tags=["Customers"],
    security=API_KEY,
)
def patch_user_variables(
    instance: InstancePath, user: UserPath, entered: Entered
) -> ReadConfigPages:
    """The first call, also an empty one, makes the user's connections."""
    caller = caller_of(router)
    configured = instance_services().users.enter(
        InstanceId(instance), _user(user), _values(entered), caller
    )
    pages = instance_services().pages.shown(configured, caller)
    return ReadConfigPages.of(configured.instance, pages, caller)


@router.post(
    "/instances/<instance>/users/<user>/deploy",
    summary="Deploy an instance for a user",
    tags=["Customers"],
    security=API_KEY,
)
def deploy_for_user(instance: InstancePath, user: UserPath) -> ReadUserVariables:
    """Refused while inputs that are required of the user have no value; as for an instance."""
    deployed = instance_services().users.deploy(
        InstanceId(instance), _user(user), caller_of(router)
    )
    return ReadUserVariables.of(deployed)


def _values(entered: dict[str, EnteredValues]) -> dict[str, dict[str, object]]:
    return {
        key: each.model_dump(mode="json", by_alias=True)["values"] for key, each in entered.items()
    }


def _user(encoded: str) -> str:
    """Return the user's id that a path names.

    Raises:
        InvalidRequest: no user has such an id.
    """
    user_id = unquote(encoded)
    if not fits(user_id):
        problem = Problem("#/path/user", "must be a user's id: 1 to 200 printable characters")
        raise InvalidRequest("There is no such user.", [problem])
    return user_id
