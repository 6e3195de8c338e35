"""Integrations as code: imported, exported, published as versions."""

import base64
import json
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from connections.domain.errors import InvalidRequest, Problem
from connections.domain.identifiers import IntegrationId
from connections.entrypoints.http import API_KEY, YAML_TYPES, new_router
from connections.entrypoints.integration_answers import (
    Note,
    ReadIntegration,
    ReadListedVersion,
    ReadVersion,
    VersionPage,
)
from connections.entrypoints.integration_services import integration_services
from connections.entrypoints.integrations import IntegrationPath, told
from connections.entrypoints.parameters import Cursor, Limit
from connections_sdk.integrations import Integration as IntegrationDocument

router = new_router()
VersionPath = Annotated[int, Path(alias="version", ge=1, le=10**9)]
YAML = "application/yaml"
"""RFC 9512."""


@router.put(
    "/integrations/<integration>/definition",
    summary="Replace the draft from YAML or JSON",
    tags=["Definitions"],
    security=API_KEY,
)
def replace_definition(integration: IntegrationPath) -> ReadIntegration:
    """As `Content-Type` says. `notes` tell what was read differently from how it was written."""
    # Imported by the first import: it brings a parser that no other call needs.
    from connections_sdk.integration_texts import (  # noqa: PLC0415
        Media,
        UnreadableDefinition,
        read_integration,
    )

    media = Media.YAML if _media_types("content-type")[0] in YAML_TYPES else Media.JSON
    try:
        read = read_integration(_text(), media)
    except UnreadableDefinition as error:
        raise InvalidRequest(
            "The definition cannot be read.",
            [Problem(each.pointer, each.detail) for each in error.problems],
        ) from None
    head, draft, left_open = integration_services().editor.replace_definition(
        IntegrationId(integration), read.integration
    )
    notes = [Note(pointer=each.pointer, detail=each.detail) for each in read.notes]
    answered = told(head, draft)
    return answered.model_copy(update={"notes": [*notes, *map(Note.of, left_open)]})


@router.get(
    "/integrations/<integration>/definition",
    summary="Export a definition as YAML or JSON",
    tags=["Definitions"],
    security=API_KEY,
)
def export_definition(
    integration: IntegrationPath,
    version: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> Response[str]:
    """The draft, or a version; as `Accept` says. Secrets that were entered stand only as set."""
    identifier = IntegrationId(integration)
    reader = integration_services().reader
    if version is None:
        document = reader.draft(integration_services().editor.read(identifier)[1])
    else:
        document = reader.version(integration_services().publisher.read(identifier, version))
    as_yaml = _asks_for_yaml()
    return Response(
        status_code=HTTPStatus.OK,
        content_type=YAML if as_yaml else "application/json",
        body=_yaml(document) if as_yaml else _json(document),
    )


@router.post(
    "/integrations/<integration>/versions",
    summary="Publish the draft as a version",
    tags=["Definitions"],
    security=API_KEY,
    status_code=201,
)
def publish_version(integration: IntegrationPath) -> ReadListedVersion:
    """It never changes; the connection templates that it uses are locked."""
    version = integration_services().publisher.publish(IntegrationId(integration))
    return ReadListedVersion(version=version.number, published_at=version.published_at)


@router.get(
    "/integrations/<integration>/versions",
    summary="List an integration's versions",
    tags=["Definitions"],
    security=API_KEY,
)
def list_versions(
    integration: IntegrationPath, limit: Limit = 50, cursor: Cursor = None
) -> VersionPage:
    """Newest first."""
    found, following = integration_services().publisher.page(
        IntegrationId(integration), limit=limit, cursor=cursor
    )
    return VersionPage(items=[ReadListedVersion.of(each) for each in found], next_cursor=following)


@router.get(
    "/integrations/<integration>/versions/<version>",
    summary="Read a version",
    tags=["Definitions"],
    security=API_KEY,
)
def read_version(integration: IntegrationPath, version: VersionPath) -> ReadVersion:
    """What it asks for, as it was when it was published."""
    found = integration_services().publisher.read(IntegrationId(integration), version)
    return ReadVersion.of_version(found, integration_services().reader.version(found))


def _header(name: str) -> str:
    headers = router.current_event.raw_event["headers"]
    return str(headers.get(name, "")).lower()


def _media_types(name: str) -> list[str]:
    """Return the media types that a header names, in its order."""
    return [each.split(";")[0].strip() for each in _header(name).split(",")]


def _asks_for_yaml() -> bool:
    """Tell whether `Accept` names YAML, and not JSON before it."""
    known = (each for each in _media_types("accept") if each in {*YAML_TYPES, "application/json"})
    return next(known, "") in YAML_TYPES


def _text() -> str:
    """Return the request's body as text.

    Raises:
        InvalidRequest: there is none, or it is not UTF-8.
    """
    event = router.current_event.raw_event
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body).decode()
        except ValueError:
            raise _wrong("The definition must be UTF-8.") from None
    if not body.strip():
        raise _wrong("Send the definition as the body.")
    return str(body)


def _wrong(detail: str) -> InvalidRequest:
    return InvalidRequest(detail, [Problem("#", "must be a definition, as YAML or JSON")])


def _yaml(document: IntegrationDocument) -> str:
    from connections_sdk.integration_texts import written  # noqa: PLC0415 - as above

    return written(document)


def _json(document: IntegrationDocument) -> str:
    return json.dumps(document.document(), ensure_ascii=False)
