"""Connection definitions as authors of components publish them are taken as they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from connections_sdk.definitions import Component, ConnectionDefinition
from tests.unit.sdk.documents import a_component

FIXTURE = Path(__file__).with_name("published_connections.json")
PUBLISHED: list[dict[str, Any]] = json.loads(FIXTURE.read_text())
DEFINITIONS = [
    pytest.param(
        {name: value for name, value in each.items() if name != "component"},
        id=f"{each['component']}-{each['key']}",
    )
    for each in PUBLISHED
]


def test_there_are_21_and_5_of_them_are_oauth_connections() -> None:
    assert len(PUBLISHED) == 21
    assert len([each for each in PUBLISHED if "oauth2Type" in each]) == 5


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_published_definition_is_taken_as_it_is(definition: dict[str, Any]) -> None:
    component = a_component(definition)

    assert [connection.key for connection in component.connections] == [definition["key"]]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_document_of_a_published_definition_comes_back(definition: dict[str, Any]) -> None:
    component = a_component(definition)

    assert component.document()["connections"] == [definition]
    assert ConnectionDefinition.model_validate(definition).document() == definition
    assert Component.model_validate_json(
        component.model_dump_json(by_alias=True, exclude_unset=True)
    ).document() == (component.document())


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_defaults_of_a_published_definition_fit_its_inputs(definition: dict[str, Any]) -> None:
    validated = ConnectionDefinition.model_validate(definition)
    resolved = validated.resolved({})

    assert resolved == {
        name: field["default"] for name, field in definition["inputs"].items() if "default" in field
    }
    assert [name for name, value in resolved.items() if validated.inputs[name].fault(value)] == []


def test_the_definitions_of_one_component_fit_into_one() -> None:
    for name in {each["component"] for each in PUBLISHED}:
        definitions = [
            {key: value for key, value in each.items() if key != "component"}
            for each in PUBLISHED
            if each["component"] == name
        ]
        assert a_component(*definitions, key=name).document()["connections"] == definitions
