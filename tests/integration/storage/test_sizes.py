"""How large versions and drafts are where they are stored: DynamoDB takes no item over 400 KB."""

import json
from dataclasses import replace
from typing import Any

import pytest

from connections.adapters.aws import to_item
from connections.adapters.grant_items import grant_item
from connections.adapters.integration_items import draft_item, version_item
from connections.adapters.item_size import LARGEST_ITEM, size_of
from connections.application.edit_integration import LARGEST_DRAFT
from connections.application.entered_values import LARGEST_LAYER
from connections.application.integration_ports import References
from connections.application.manage_templates import NewTemplate
from connections.application.publish_component import LARGEST_DEFINITION
from connections.domain.errors import InvalidRequest
from connections.domain.grant import Issuance
from connections.domain.identifiers import StepId, TemplateId, VariableId
from connections.domain.integration import Draft, Version
from connections.oauth.token_response import LARGEST_RESPONSE
from connections_sdk.definitions import Component
from connections_sdk.integrations import Integration
from tests.builders import NOW, a_definition, a_grant, a_token_set
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import (
    REFERENCES,
    VARIABLE,
    a_draft,
    a_new_integration,
    a_published_version,
    a_reference,
)
from tests.integration.storage.building import Studio
from tests.integration.storage.conftest import Adapters

MOST_VARIABLES = 30
LONG_NAMES = [f"i{number:02}" + "x" * 97 for number in range(60)]


def a_version_of(size: int, studio: Studio) -> Version:
    """Return a version whose item has that many bytes; the signature of its seal varies by a few.

    A seal has some more bytes for every 4 KB, so that the length is found in two steps.
    """
    version = a_published_version(template=a_reference())

    def padded(length: int) -> Version:
        (resolved,) = version.connections.values()
        return replace(
            version, connections={VARIABLE: replace(resolved, documentation_url="x" * length)}
        )

    def measured(length: int) -> int:
        item = version_item(padded(length), REFERENCES, studio.adapters.sealer)
        return size_of(to_item(item))

    length = size - 10_000
    for _ in range(2):
        length += size - measured(length)
    return padded(length)


def test_a_version_that_is_just_small_enough_is_stored(adapters: Adapters) -> None:
    studio = Studio.of(adapters)
    version = a_version_of(LARGEST_ITEM - 16, studio)

    assert studio.versions.publish(a_new_integration(), version, REFERENCES)

    assert studio.versions.get(INTEGRATION, 1) == version


def test_a_version_that_is_just_too_large_is_refused_and_nothing_is_written(
    adapters: Adapters,
) -> None:
    studio = Studio.of(adapters)
    before = adapters.aws.items("Definitions")
    version = a_version_of(LARGEST_ITEM + 16, studio)

    with pytest.raises(InvalidRequest, match="at most 400 KB") as refused:
        studio.versions.publish(a_new_integration(), version, REFERENCES)

    assert [each.pointer for each in refused.value.problems] == ["#"]
    assert adapters.aws.items("Definitions") == before


def test_the_names_of_what_templates_fill_count(adapters: Adapters) -> None:
    """Each is stored in the definition and in the reference; together they are over 400 KB."""
    studio = Studio.of(adapters)
    inputs = {name: {"type": "string"} for name in LONG_NAMES}
    definition = {"key": "keys", "label": "Keys", "inputs": inputs}
    document = {"key": "wide", "label": "Wide", "connections": [definition]}
    studio.components.put(Component.model_validate(document))
    values = dict.fromkeys(LONG_NAMES, "v")
    studio.manager.create(NewTemplate(name="Wide", component="wide", key="keys", values=values))
    connection = {"component": "wide", "key": "keys", "template": "Wide"}

    def imported(variables: int) -> None:
        elements = [{"key": f"W {number}", "connection": connection} for number in range(variables)]
        pages = [{"name": "Connections", "elements": elements}]
        wanted = {"name": "Sync", "configPages": pages, "steps": []}
        studio.editor.replace_definition(INTEGRATION, Integration.model_validate(wanted))

    imported(MOST_VARIABLES)
    definitions = len(json.dumps(definition)) * MOST_VARIABLES
    assert definitions < LARGEST_ITEM - 100_000

    with pytest.raises(InvalidRequest, match="at most 400 KB"):
        studio.publisher.publish(INTEGRATION)

    imported(MOST_VARIABLES - 5)
    assert studio.publisher.publish(INTEGRATION).number == 1


def test_the_largest_draft_is_stored_whatever_its_names_are(adapters: Adapters) -> None:
    """What is beside the document repeats its names, and refers to what they stand for."""
    letter = "😀"
    variables = {f"{number:02}{letter * 98}": number for number in range(MOST_VARIABLES)}
    steps = {f"{number:03}{letter}" * 2: number for number in range(500)}
    document: dict[str, Any] = {
        "name": "Sync",
        "description": "",
        "configPages": list(variables),
        "steps": list(steps),
    }
    document["description"] = "x" * (LARGEST_DRAFT - len(json.dumps(document)))
    assert len(json.dumps(document)) == LARGEST_DRAFT
    draft = Draft(
        document=document,
        variables={name: VariableId(f"var_{number:026}") for name, number in variables.items()},
        steps={name: StepId(f"stp_{number:026}") for name, number in steps.items()},
    )
    references = References(
        templates={f"t{name}": TemplateId(f"tpl_{n:026}") for name, n in variables.items()},
        components=frozenset(f"{number:02}{letter * 98}" for number in range(30)),
    )

    item = to_item(draft_item(INTEGRATION, draft, references, adapters.sealer))

    assert size_of(item) < LARGEST_ITEM
    studio = Studio.of(adapters)
    changed = a_new_integration(revision=2)
    assert studio.integrations.saved(
        changed, a_draft(document=document), References(), References()
    )


def test_a_grant_is_stored_with_the_largest_of_all_that_it_holds(adapters: Adapters) -> None:
    definition = a_definition(comments="")
    definition["comments"] = "x" * (LARGEST_DEFINITION - len(json.dumps(definition)))
    grant = a_grant(
        issuance=Issuance(
            definition=definition,
            values=dict.fromkeys(("b", "t", "o", "c"), "x" * LARGEST_LAYER),
        ),
        tokens=a_token_set(response={"access_token": "x" * (LARGEST_RESPONSE - 20)}),
    )

    size = size_of(to_item(grant_item(grant, adapters.sealer)))

    assert size < LARGEST_ITEM - 40_000


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({}, 0),
        ({"ü": "ü"}, 4),
        ({"b": b"\x00\xff"}, 3),
        ({"n": 7}, 22),
        ({"now": NOW}, 24),
        ({"t": True, "none": None}, 2),
        ({"l": ["a", "bc"]}, 1 + 3 + (1 + 1) + (1 + 2)),
        ({"m": {"a": "bc", "d": False}}, 1 + 3 + (1 + 1 + 2) + (1 + 1 + 1)),
    ],
)
def test_an_item_has_the_size_that_dynamodb_counts(attributes: dict[str, Any], size: int) -> None:
    assert size_of(to_item(attributes)) == size
