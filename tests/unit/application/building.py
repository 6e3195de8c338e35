"""What the tests of building integrations say again and again."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from connections.application.create_integration import IntegrationCreator
from connections.application.edit_integration import IntegrationEditor
from connections.application.publish_version import VersionPublisher
from connections.application.read_integrations import IntegrationDeleter, IntegrationReader
from connections.application.resolve_draft import DraftResolver
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.errors import InvalidRequest
from connections.domain.identifiers import StepId, VariableId
from connections.domain.integration import Draft
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component
from connections_sdk.integrations import ConfigVariable, Integration, Step
from tests.builders import CUSTOMER, a_customer, a_definition, a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_new_integration
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.creating import CUSTOM, publish

OF_ACME = Owner(customer_id=CUSTOMER)
STORE: dict[str, Any] = {
    "key": "store",
    "label": "Store",
    "connections": [{"key": "keys", "label": "Keys", "inputs": {"apiKey": {"type": "string"}}}],
}


@dataclass
class Studio:
    """An integration in a world with two components and a template, and the use cases over it."""

    world: World = field(default_factory=World)
    clock: ManualClock = field(default_factory=ManualClock)
    built_in: Iterable[str] = ("store",)

    def __post_init__(self) -> None:
        publish(self.world, a_definition(), CUSTOM)
        self.world.components_by_key["store"] = Component.model_validate(STORE)
        self.world.templates.add(a_template())
        self.world.customers.add(a_customer())
        numbers = itertools.count(1)
        self.randomness: Callable[[int], bytes] = lambda size: next(numbers).to_bytes(size)

    @property
    def resolver(self) -> DraftResolver:
        return DraftResolver(
            components=self.world.components,
            built_in=self.built_in,
            templates=self.world.templates,
            hosts=AllowedHosts.parse("localhost:8080"),
        )

    @property
    def creator(self) -> IntegrationCreator:
        return IntegrationCreator(
            integrations=self.world.integrations, clock=self.clock, randomness=self.randomness
        )

    @property
    def editor(self) -> IntegrationEditor:
        return IntegrationEditor(
            integrations=self.world.integrations,
            resolver=self.resolver,
            clock=self.clock,
            randomness=self.randomness,
        )

    @property
    def publisher(self) -> VersionPublisher:
        return VersionPublisher(
            integrations=self.world.integrations,
            versions=self.world.versions,
            resolver=self.resolver,
            clock=self.clock,
        )

    @property
    def reader(self) -> IntegrationReader:
        return IntegrationReader(listed=self.world.integrations, components=self.world.components)

    @property
    def deleter(self) -> IntegrationDeleter:
        return IntegrationDeleter(
            integrations=self.world.integrations, deleted=self.world.deleted_integrations
        )

    @property
    def draft(self) -> Draft:
        """The draft as it is stored."""
        return self.world.drafts_by_id[INTEGRATION][0]

    @property
    def document(self) -> Integration:
        return Integration.model_validate(self.draft.document)

    def begun(self, owner: Owner = ORGANIZATION) -> "Studio":
        """Begin an integration."""
        draft = Draft(document={"name": "Sync", "configPages": [], "steps": []})
        self.world.integrations.add(a_new_integration(owner=owner), draft)
        self.world.calls.clear()
        return self

    def with_variable(self, document: dict[str, Any]) -> VariableId:
        """Add a config variable."""
        variable = ConfigVariable.model_validate(document)
        return self.editor.add_variable(INTEGRATION, variable)[0]

    def with_step(self, name: str = "Fetch", **changes: Any) -> StepId:
        """Add a step."""
        draft, step = self.editor.add_step(INTEGRATION, a_step(name, **changes))
        return draft.steps[step.name]

    def imported(self, document: dict[str, Any]) -> None:
        """Put a document in the draft's place."""
        self.editor.replace_definition(INTEGRATION, Integration.model_validate(document))


def a_step(name: str = "Fetch", **changes: Any) -> Step:
    """Return a step of the component acme."""
    return Step.model_validate({"name": name, "component": "acme", "action": "fetch", **changes})


def places_of(call: Callable[[], object]) -> list[tuple[str, str]]:
    """Return the places that a refused call names, and what it says of each."""
    with pytest.raises(InvalidRequest) as refused:
        call()
    return [(each.pointer, each.detail) for each in refused.value.problems]
