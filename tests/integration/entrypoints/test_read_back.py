"""Which of the values that were entered are read back, and by whom."""

from typing import Any

import pytest

from connections.entrypoints.read_back import read_back
from connections_sdk.definitions import ConnectionDefinition
from tests.builders import a_definition

CHOICES = [{"label": "Europe", "value": "eu"}]
FREE_TEXT: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "text"},
    {"type": "data"},
    {"type": "template"},
    {"type": "template", "model": CHOICES},
    {"type": "string", "collection": "valuelist"},
    {"type": "boolean", "collection": "valuelist"},
    {"type": "string", "collection": "keyvaluelist", "model": CHOICES},
]
SECRETS: list[dict[str, Any]] = [
    {"type": "password"},
    {"type": "password", "model": CHOICES},
    {"type": "boolean", "writeOnly": True},
]


def readers(field: dict[str, Any], *, oauth: bool) -> list[str]:
    inputs = {**(a_definition()["inputs"] if oauth else {}), "input": field}
    kind = a_definition()["oauth2Type"] if oauth else None
    definition = ConnectionDefinition.model_validate(a_definition(inputs=inputs, oauth2Type=kind))
    return [
        reader
        for reader, organization in (("organization", True), ("customer", False))
        if read_back(definition, definition.inputs["input"], to_organization=organization)
    ]


@pytest.mark.parametrize("field", FREE_TEXT, ids=str)
def test_free_text_is_the_organizations_and_only_of_oauth_connections(
    field: dict[str, Any],
) -> None:
    assert readers(field, oauth=True) == ["organization"]
    assert readers(field, oauth=False) == []


@pytest.mark.parametrize("oauth", [True, False])
@pytest.mark.parametrize("field", [{"type": "boolean"}, {"type": "string", "model": CHOICES}])
def test_a_choice_of_what_is_listed_is_read_by_everybody(
    field: dict[str, Any], oauth: bool
) -> None:
    assert readers(field, oauth=oauth) == ["organization", "customer"]


@pytest.mark.parametrize("oauth", [True, False])
@pytest.mark.parametrize("field", SECRETS)
def test_a_secret_is_read_by_nobody(field: dict[str, Any], oauth: bool) -> None:
    assert readers(field, oauth=oauth) == []
