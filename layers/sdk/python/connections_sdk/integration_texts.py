"""Integrations as texts: read from YAML or JSON, and written as YAML."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from connections_sdk.definition_texts import Media, UnreadableDefinition, plain_data, yaml_text
from connections_sdk.field_form import from_field_form, has_field_form
from connections_sdk.integrations import Integration
from connections_sdk.own_form import from_own_form
from connections_sdk.places import Remark, faults_of
from connections_sdk.tolerance import Tolerance

__all__ = [
    "Media",
    "ReadIntegration",
    "Remark",
    "UnreadableDefinition",
    "read_integration",
    "written",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadIntegration:
    """An integration as it was read from a text."""

    integration: Integration
    notes: tuple[Remark, ...]
    """What was read differently from how it stands there, or left out."""


def read_integration(text: str, media: Media = Media.YAML) -> ReadIntegration:
    """Return the integration that a text describes, and what was read differently.

    A text in the form of `Integration.document()` may have no member that is not known. One with
    `requiredConfigVars`, `flows` or a `definitionVersion` is in the form that such files have
    elsewhere: what has no place here is left out of it with a note.

    Raises:
        UnreadableDefinition: the text is malformed, or what it describes is no integration.
    """
    return integration_of(plain_data(text, media))


def integration_of(data: Any) -> ReadIntegration:
    """Return the integration that plain data, such as parsed JSON, describes.

    Raises:
        UnreadableDefinition: what it describes is no integration.
    """
    if not isinstance(data, dict):
        raise UnreadableDefinition(Remark("#", "must be an object"))
    tolerance = Tolerance()
    convert = from_field_form if has_field_form(data) else from_own_form
    document = convert(data, tolerance)
    try:
        integration = Integration.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        for place, detail in faults_of(told):
            tolerance.refuse(tolerance.origin(place), detail)
        integration = None
    if integration is None or tolerance.refused:
        raise UnreadableDefinition(*tolerance.refused)
    return ReadIntegration(integration=integration, notes=tolerance.told)


def written(integration: Integration) -> str:
    """Return the integration as YAML, which reads back as an equal one without a note."""
    return yaml_text(integration.document())
