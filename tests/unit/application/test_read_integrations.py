"""Integrations as they are listed, told without secrets, and deleted."""

import pytest

from connections.domain.errors import Conflict, InUse, NotFound
from connections_sdk.definitions import Component
from connections_sdk.integrations import ConfigValue, ConfigVariable
from tests.builders import CUSTOMER, a_template
from tests.builders_of_instances import INSTANCE, INTEGRATION, an_instance
from tests.builders_of_integrations import a_variable, with_template
from tests.unit.application.building import OF_ACME, STORE, Studio

TOLD = {
    "clientId": ConfigValue(value="the-client"),
    "clientSecret": ConfigValue(set=True),
    "scopes": ConfigValue(visibility="organization"),
}


@pytest.fixture
def studio() -> Studio:
    studio = Studio().begun()
    studio.with_variable(a_variable())
    return studio


def told(studio: Studio) -> dict[str, ConfigValue]:
    document = studio.reader.draft(studio.draft)
    return dict(document.variables["Acme"].connection.values)


def test_a_secret_that_was_entered_is_only_set(studio: Studio) -> None:
    assert told(studio) == TOLD
    assert studio.document.variables["Acme"].connection.values["clientSecret"].value


def test_a_variable_that_was_added_or_changed_is_told_without_its_secret(studio: Studio) -> None:
    another = ConfigVariable.model_validate(a_variable() | {"key": "Another"})

    identifier, added = studio.editor.add_variable(INTEGRATION, another)
    changed = studio.editor.change_variable(INTEGRATION, identifier, {"key": "New"})

    assert (added.key, added.connection.values) == ("Another", TOLD)
    assert (changed.key, changed.connection.values) == ("New", TOLD)
    assert studio.document.variables["New"].connection.values["clientSecret"].value


def test_a_secret_that_was_not_entered_is_not_set(studio: Studio) -> None:
    said = {"clientSecret": {"visibility": "organization"}, "scopes": {"value": ""}}
    variable = ConfigVariable.model_validate(a_variable(values=said))

    studio.with_variable(variable.model_dump() | {"key": "Open"})

    document = studio.reader.draft(studio.draft)
    assert document.variables["Open"].connection == variable.connection


@pytest.mark.parametrize("gone", ["component", "connection", "input"])
def test_what_is_not_known_any_more_is_taken_for_a_secret(studio: Studio, gone: str) -> None:
    if gone == "component":
        del studio.world.components_by_key["acme"]
    else:
        key = "oauth2" if gone == "input" else "keys"
        definition = {**STORE["connections"][0], "key": key}
        studio.world.components_by_key["acme"] = Component.model_validate(
            {**STORE, "key": "acme", "connections": [definition]}
        )

    assert told(studio) == {**TOLD, "clientId": ConfigValue(set=True)}


def test_a_version_is_told_by_the_definition_that_it_was_published_with(studio: Studio) -> None:
    version = studio.publisher.publish(INTEGRATION)
    studio.world.components_by_key.clear()

    document = studio.reader.version(version)

    assert document.variables["Acme"].connection.values == TOLD


def test_a_template_is_told_by_its_name_alone(studio: Studio) -> None:
    studio.with_variable(with_template() | {"key": "Filled"})

    document = studio.reader.draft(studio.draft)

    assert document.variables["Filled"].connection.template == "Acme app"
    assert document.variables["Filled"].connection.values == {}


def test_lists_are_of_one_customer_or_of_what_is_offered(studio: Studio) -> None:
    offered, _ = studio.creator.create(OF_ACME, "Theirs", None)
    ours, _ = studio.editor.change(INTEGRATION, {"offered": True})

    assert studio.reader.page(None, limit=5, cursor=None) == ([ours], None)
    assert studio.reader.page(CUSTOMER, limit=5, cursor=None) == ([offered], None)
    assert studio.reader.offered(limit=5, cursor=None) == ([ours], None)


def test_an_integration_is_deleted_with_all_that_refers(studio: Studio) -> None:
    studio.with_variable(with_template() | {"key": "Filled"})
    studio.publisher.publish(INTEGRATION)

    studio.deleter.delete(INTEGRATION)

    assert studio.world.integrations_by_id == {}
    assert studio.world.versions_by_number == {}
    assert studio.world.templates.removed(a_template())
    with pytest.raises(NotFound):
        studio.deleter.delete(INTEGRATION)


def test_an_integration_of_which_an_instance_stands_stays(studio: Studio) -> None:
    studio.world.instances_by_id[INSTANCE] = an_instance()

    with pytest.raises(InUse):
        studio.deleter.delete(INTEGRATION)

    assert studio.with_step()
    del studio.world.instances_by_id[INSTANCE]
    studio.deleter.delete(INTEGRATION)


def test_an_integration_that_changed_meanwhile_stays(studio: Studio) -> None:
    studio.world.meanwhile("integrations.closed", studio.with_step)

    with pytest.raises(Conflict):
        studio.deleter.delete(INTEGRATION)

    assert studio.with_step("Another")


def test_a_deletion_that_stood_still_is_taken_up(studio: Studio) -> None:
    studio.world.fail("integrations.removed")
    with pytest.raises(Exception, match="does not answer"):
        studio.deleter.delete(INTEGRATION)
    with pytest.raises(Conflict):
        studio.with_step()

    studio.deleter.delete(INTEGRATION)

    assert studio.world.integrations_by_id == {}
