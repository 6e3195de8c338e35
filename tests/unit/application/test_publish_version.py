"""Versions as they are published, also while draft and templates change (B80, B81)."""

from dataclasses import replace

import pytest

from connections.domain.errors import Conflict, NotFound
from connections.domain.integration import ListedVersion, ResolvedConnection
from connections_sdk.definitions import Component
from tests.builders import HOUR, NOW, TEMPLATE, a_definition, a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_reference, with_template
from tests.unit.application.building import OF_ACME, STORE, Studio, places_of

CHANGED = a_template(values={"clientId": "another"}, revision=2)


@pytest.fixture
def studio() -> Studio:
    studio = Studio().begun()
    studio.with_variable(with_template())
    return studio


def change_template(studio: Studio) -> None:
    assert studio.world.templates.changed(a_template(), CHANGED)


def test_a_version_holds_the_draft_and_what_it_resolves_to(studio: Studio) -> None:
    studio.with_step()
    draft = studio.draft
    studio.clock.advance(HOUR)

    version = studio.publisher.publish(INTEGRATION)

    assert (version.number, version.published_at, version.draft) == (1, NOW + HOUR, draft)
    component = studio.world.components_by_key["acme"]
    assert version.connections == {
        draft.variables["Acme"]: ResolvedConnection(
            definition=component.connections[0].document(),
            component_label="Acme",
            documentation_url=None,
            template=a_reference(),
        )
    }
    assert studio.publisher.read(INTEGRATION, 1) == version
    assert studio.world.integrations_by_id[INTEGRATION].latest_version == 1
    assert studio.world.templates_by_id[TEMPLATE].locked


def test_versions_are_numbered_and_never_change(studio: Studio) -> None:
    first = studio.publisher.publish(INTEGRATION)
    studio.with_step()
    studio.world.components_by_key["acme"] = Component.model_validate(
        {"key": "acme", "label": "New", "connections": [a_definition(label="New")]}
    )

    second = studio.publisher.publish(INTEGRATION)

    assert second.number == 2
    assert studio.publisher.read(INTEGRATION, 1) == first
    listed = [ListedVersion(number=number, published_at=NOW) for number in (2, 1)]
    assert studio.publisher.page(INTEGRATION, limit=5, cursor=None) == (listed, None)
    with pytest.raises(NotFound):
        studio.publisher.read(INTEGRATION, 3)


def test_a_template_that_changes_while_it_is_published_is_read_again(studio: Studio) -> None:
    studio.world.meanwhile("versions.publish", lambda: change_template(studio))

    version = studio.publisher.publish(INTEGRATION)

    (resolved,) = version.connections.values()
    assert resolved.template == a_reference(inputs=("clientId",), revision=2)
    assert studio.world.templates_by_id[TEMPLATE] == replace(CHANGED, locked=True)


def test_a_template_that_is_shared_no_more_is_not_published_by_a_customer() -> None:
    studio = Studio().begun(owner=OF_ACME)
    shared, unshared = a_template(shared=True), a_template()
    studio.world.templates_by_id[TEMPLATE] = shared
    studio.with_variable(with_template())
    studio.world.meanwhile(
        "versions.publish", lambda: studio.world.templates.changed(shared, unshared)
    )

    assert places_of(lambda: studio.publisher.publish(INTEGRATION)) == [
        (
            "#/configPages/0/elements/0/connection/template",
            "is not the name of a connection template",
        )
    ]
    assert studio.world.templates_by_id[TEMPLATE] == unshared
    assert studio.world.versions_by_number == {}


def test_a_template_does_not_change_once_it_is_published(studio: Studio) -> None:
    studio.publisher.publish(INTEGRATION)

    assert not studio.world.templates.changed(a_template(), CHANGED)


def test_a_draft_that_changes_while_it_is_published_is_read_again(studio: Studio) -> None:
    studio.world.meanwhile("versions.publish", studio.with_step)

    version = studio.publisher.publish(INTEGRATION)

    assert list(version.draft.steps) == ["Fetch"]
    assert version.number == 1


def test_what_is_changed_all_the_time_is_not_published(studio: Studio) -> None:
    names = iter(range(4))
    for _ in range(4):
        studio.world.meanwhile("versions.publish", lambda: studio.with_step(f"Step {next(names)}"))

    with pytest.raises(Conflict):
        studio.publisher.publish(INTEGRATION)

    assert studio.world.versions_by_number == {}


def test_an_integration_that_is_being_deleted_is_not_published(studio: Studio) -> None:
    studio.world.closed_integrations.add(INTEGRATION)

    with pytest.raises(Conflict):
        studio.publisher.publish(INTEGRATION)


def test_what_does_not_fit_any_more_is_told(studio: Studio) -> None:
    studio.with_step("Send", component="store")
    store = studio.document.variables["Store Connection"]
    del studio.world.components_by_key["store"]
    studio.world.components_by_key["acme"] = Component.model_validate(STORE | {"key": "acme"})

    assert store.connection.key == "keys"
    at = "#/configPages/0/elements"
    assert places_of(lambda: studio.publisher.publish(INTEGRATION)) == [
        (f"{at}/0/connection/key", "must be one of: keys"),
        (f"{at}/1/connection/component", "is not a published component"),
        ("#/steps/0/component", "is not a published component"),
    ]
    assert studio.world.versions_by_number == {}


def test_an_empty_draft_is_published() -> None:
    version = Studio().begun().publisher.publish(INTEGRATION)

    assert (version.number, version.connections) == (1, {})
