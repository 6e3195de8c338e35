"""Integrations: built in drafts, published as versions."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from connections.domain.caller import Organization, Owner
from connections.domain.identifiers import IntegrationId, StepId, VariableId
from connections.domain.integration import Draft, Integration
from connections.entrypoints.access import visible, within_reach
from connections.entrypoints.connections import same_caller
from connections.entrypoints.http import API_KEY, caller_of, new_router
from connections.entrypoints.integration_answers import (
    Asking,
    IntegrationPage,
    ListedIntegration,
    ReadIntegration,
    ReadStep,
    ReadVariable,
)
from connections.entrypoints.integration_bodies import (
    CreateIntegration,
    CreateStep,
    CreateVariable,
    PatchIntegration,
    PatchStep,
    PatchVariable,
)
from connections.entrypoints.integration_services import integration_services
from connections.entrypoints.parameters import Cursor, CustomerIdText, IdempotencyKey, Limit

router = new_router()
IntegrationPath = Annotated[str, Path(alias="integration", min_length=1, max_length=100)]
StepPath = Annotated[str, Path(alias="step", min_length=1, max_length=100)]
VariablePath = Annotated[str, Path(alias="variable", min_length=1, max_length=100)]


@router.post(
    "/integrations",
    summary="Create an integration",
    tags=["Definitions"],
    security=API_KEY,
    status_code=201,
)
def create_integration(
    wanted: CreateIntegration, idempotency_key: IdempotencyKey = None
) -> ReadIntegration:
    """The organization's, or one that a customer builds; its draft is empty."""
    caller = caller_of(router)
    owner = Owner(customer_id=within_reach(caller, wanted.customer_id))
    made = integration_services().creator.create(
        owner,
        wanted.name,
        wanted.description,
        idempotency_key,
        offered=wanted.offered,
        by=same_caller(caller),
    )
    return told(*made)


@router.get("/integrations", summary="List integrations", tags=["Definitions"], security=API_KEY)
def list_integrations(
    customer_id: Annotated[CustomerIdText | None, Query(alias="customerId")] = None,
    offered: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter has its default
    limit: Limit = 50,
    cursor: Cursor = None,
) -> IntegrationPage:
    """The organization's, or a customer's own; with `offered`, those that customers can enable."""
    customer = within_reach(caller_of(router), customer_id)
    reader = integration_services().reader
    if offered:
        found, following = reader.offered(limit=limit, cursor=cursor)
    else:
        found, following = reader.page(customer, limit=limit, cursor=cursor)
    return IntegrationPage(
        items=[ListedIntegration.of(each) for each in found], next_cursor=following
    )


@router.get(
    "/integrations/<integration>",
    summary="Read an integration",
    tags=["Definitions"],
    security=API_KEY,
)
def read_integration(integration: IntegrationPath) -> ReadIntegration:
    """With its draft; of an offered one customers read no draft."""
    caller = caller_of(router)
    head, draft = integration_services().editor.read(IntegrationId(integration))
    if isinstance(caller, Organization) or visible(caller, head.owner):
        return told(head, draft)
    return ReadIntegration(**dict(ListedIntegration.of(head)), draft=None)


@router.patch(
    "/integrations/<integration>",
    summary="Change an integration",
    tags=["Definitions"],
    security=API_KEY,
)
def patch_integration(integration: IntegrationPath, changes: PatchIntegration) -> ReadIntegration:
    """Name, description, and whether customers may enable it themselves."""
    changed = changes.model_dump(exclude_unset=True)
    return told(*integration_services().editor.change(IntegrationId(integration), changed))


@router.delete(
    "/integrations/<integration>",
    summary="Delete an integration",
    tags=["Definitions"],
    security=API_KEY,
    status_code=204,
)
def delete_integration(integration: IntegrationPath) -> Response[None]:
    """With all its versions; not while an instance of it stands."""
    integration_services().deleter.delete(IntegrationId(integration))
    return Response(status_code=204)


@router.post(
    "/integrations/<integration>/steps",
    summary="Add a step to the draft",
    tags=["Definitions"],
    security=API_KEY,
    status_code=201,
)
def create_step(integration: IntegrationPath, wanted: CreateStep) -> ReadStep:
    """Bound to a config variable of its component, which is made if there is none."""
    draft, step = integration_services().editor.add_step(IntegrationId(integration), wanted.step)
    return ReadStep.of_step(step, draft.steps[step.name])


@router.patch(
    "/integrations/<integration>/steps/<step>",
    summary="Change a step of the draft",
    tags=["Definitions"],
    security=API_KEY,
)
def patch_step(integration: IntegrationPath, step: StepPath, changes: PatchStep) -> ReadStep:
    """A JSON merge patch (RFC 7396)."""
    patch = changes.model_dump(mode="json", by_alias=True, exclude_unset=True)
    _, changed = integration_services().editor.change_step(
        IntegrationId(integration), StepId(step), patch
    )
    return ReadStep.of_step(changed, StepId(step))


@router.delete(
    "/integrations/<integration>/steps/<step>",
    summary="Remove a step from the draft",
    tags=["Definitions"],
    security=API_KEY,
    status_code=204,
)
def delete_step(integration: IntegrationPath, step: StepPath) -> Response[None]:
    """The config variable that it was bound to stays."""
    integration_services().editor.remove_step(IntegrationId(integration), StepId(step))
    return Response(status_code=204)


@router.post(
    "/integrations/<integration>/config-variables",
    summary="Add a config variable to the draft",
    tags=["Definitions"],
    security=API_KEY,
    status_code=201,
)
def create_variable(integration: IntegrationPath, wanted: CreateVariable) -> ReadVariable:
    """At the end of the last config page."""
    identifier, variable = integration_services().editor.add_variable(
        IntegrationId(integration), wanted.variable
    )
    return ReadVariable.of_variable(variable, identifier)


@router.patch(
    "/integrations/<integration>/config-variables/<variable>",
    summary="Change a config variable of the draft",
    tags=["Definitions"],
    security=API_KEY,
)
def patch_variable(
    integration: IntegrationPath, variable: VariablePath, changes: PatchVariable
) -> ReadVariable:
    """A JSON merge patch (RFC 7396); steps follow a changed key."""
    patch = changes.model_dump(mode="json", by_alias=True, exclude_unset=True)
    changed = integration_services().editor.change_variable(
        IntegrationId(integration), VariableId(variable), patch
    )
    return ReadVariable.of_variable(changed, VariableId(variable))


@router.delete(
    "/integrations/<integration>/config-variables/<variable>",
    summary="Remove a config variable from the draft",
    tags=["Definitions"],
    security=API_KEY,
    status_code=204,
)
def delete_variable(integration: IntegrationPath, variable: VariablePath) -> Response[None]:
    """Not while a step works with it."""
    integration_services().editor.remove_variable(IntegrationId(integration), VariableId(variable))
    return Response(status_code=204)


def told(integration: Integration, draft: Draft) -> ReadIntegration:
    """Return what an integration's builder reads of it."""
    document = integration_services().reader.draft(draft)
    return ReadIntegration(
        **dict(ListedIntegration.of(integration)), draft=Asking.of(document, draft)
    )
