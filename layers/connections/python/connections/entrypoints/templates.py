"""Connection templates: the organization's; customers' users see which shared ones there are."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from connections.domain.caller import Organization
from connections.domain.errors import NotFound
from connections.domain.identifiers import TemplateId
from connections.entrypoints.http import API_KEY, caller_of, new_router
from connections.entrypoints.management_services import services
from connections.entrypoints.parameters import Cursor, IdempotencyKey, Limit
from connections.entrypoints.template_bodies import (
    CreateTemplate,
    ListedTemplate,
    PatchTemplate,
    ReadTemplate,
    SharedTemplate,
    TemplatePage,
)

router = new_router()
TemplatePath = Annotated[str, Path(alias="template", min_length=1, max_length=100)]


@router.post(
    "/connection-templates",
    summary="Create a connection template",
    tags=["Definitions"],
    security=API_KEY,
    status_code=201,
)
def create_template(wanted: CreateTemplate, idempotency_key: IdempotencyKey = None) -> ReadTemplate:
    """It fills some inputs of a component's connection beforehand; its name is unique."""
    templates = services().templates
    return ReadTemplate.of(templates.shown(templates.create(wanted.wanted, idempotency_key)))


@router.get(
    "/connection-templates",
    summary="List connection templates",
    tags=["Definitions"],
    security=API_KEY,
)
def list_templates(
    component: Annotated[str | None, Query(max_length=100)] = None,
    connection: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> TemplatePage:
    """Newest first. A page is filtered after it is cut: it may be short and have a next one."""
    found, following = services().templates.page(limit=limit, cursor=cursor)
    wanted = [
        each
        for each in found
        if component in (None, each.component) and connection in (None, each.definition_key)
    ]
    if isinstance(caller_of(router), Organization):
        listed = [ListedTemplate.of(each) for each in wanted]
        return TemplatePage(items=listed, next_cursor=following)
    shared = [SharedTemplate.of(each) for each in wanted if each.shared]
    return TemplatePage(items=shared, next_cursor=following)


@router.get(
    "/connection-templates/<template>",
    summary="Read a connection template",
    tags=["Definitions"],
    security=API_KEY,
)
def read_template(template: TemplatePath) -> ReadTemplate | SharedTemplate:
    """Secrets read back only as set; customers' users see none of the values."""
    templates = services().templates
    found = templates.read(TemplateId(template))
    if isinstance(caller_of(router), Organization):
        return ReadTemplate.of(templates.shown(found))
    if not found.shared:
        raise NotFound("There is no such connection template.")
    return SharedTemplate.of(found)


@router.patch(
    "/connection-templates/<template>",
    summary="Change a connection template",
    tags=["Definitions"],
    security=API_KEY,
)
def patch_template(template: TemplatePath, changes: PatchTemplate) -> ReadTemplate:
    """A JSON merge patch. Once a version that uses it is published, values and name stay."""
    templates = services().templates
    return ReadTemplate.of(templates.shown(templates.change(TemplateId(template), changes.change)))


@router.delete(
    "/connection-templates/<template>",
    summary="Delete a connection template",
    tags=["Definitions"],
    security=API_KEY,
    status_code=204,
)
def delete_template(template: TemplatePath) -> Response[None]:
    """Only one to which nothing refers."""
    services().templates.delete(TemplateId(template))
    return Response(status_code=204)
