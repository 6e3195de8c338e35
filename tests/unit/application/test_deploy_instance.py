"""Instances as they are deployed: refused, naming what has no value, while something has none."""

from dataclasses import replace

import pytest

from connections.domain.errors import (
    ConfigurationIncomplete,
    Conflict,
    InvalidRequest,
    NotFound,
    Problem,
)
from tests.builders import HOUR, NOW, a_definition
from tests.builders_of_instances import CRM, MAILBOX, a_crm, a_mailbox, a_store
from tests.unit.application.configuring import NOWHERE, STORE_VALUES, Scene


def test_an_instance_is_deployed_when_all_that_is_required_has_a_value(scene: Scene) -> None:
    """B11."""
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    scene.clock.advance(HOUR)

    deployed = scene.configurator.deploy(made.id)

    assert deployed == scene.now(made)
    assert (deployed.deployed_at, deployed.updated_at, deployed.revision) == (
        NOW + HOUR, NOW + HOUR, 3,
    )  # fmt: skip


def test_what_is_missing_is_named_for_each_variable(scene: Scene) -> None:
    scene.publish(a_crm(key="C/R~M", template=None), a_store(), a_mailbox())
    made = scene.made()
    scene.enter(made, Store={"host": "store.example"})

    with pytest.raises(ConfigurationIncomplete) as refused:
        scene.configurator.deploy(made.id)

    assert list(refused.value.problems) == [
        Problem("#/C~1R~0M/values/clientId", "is required"),
        Problem("#/C~1R~0M/values/clientSecret", "is required"),
        Problem("#/Store/values/apiKey", "is required"),
        Problem("#/Store/values/plan", "is required"),
    ]
    assert scene.now(made).deployed_at is None


def test_what_was_taken_away_is_missing_again(scene: Scene) -> None:
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    scene.enter(made, Store={"apiKey": None})

    with pytest.raises(ConfigurationIncomplete):
        scene.configurator.deploy(made.id)


def test_what_the_builder_or_a_template_gives_is_not_asked_for(scene: Scene) -> None:
    values = {name: {"value": value} for name, value in STORE_VALUES.items()}
    scene.publish(a_crm(), a_store(values=values))

    assert scene.configurator.deploy(scene.made().id).deployed_at == NOW


def test_consents_are_not_asked_for(scene: Scene) -> None:
    scene.publish(a_crm())

    assert scene.configurator.deploy(scene.made().id).deployed_at == NOW


def test_an_instance_without_variables_is_deployed(scene: Scene) -> None:
    version = scene.world.versions_by_number.popitem()[1]
    empty = {**version.draft.document, "configPages": []}
    draft = replace(version.draft, document=empty, variables={})
    scene.world.versions_by_number[version.integration_id, 1] = replace(
        version, draft=draft, connections={}
    )

    assert scene.configurator.deploy(scene.made().id).deployed_at == NOW


def test_an_instance_that_is_changed_meanwhile_is_not_deployed(scene: Scene) -> None:
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    scene.world.meanwhile("instances.saved", lambda: scene.enter(made, Store={"apiKey": None}))

    with pytest.raises(Conflict) as refused:
        scene.configurator.deploy(made.id)

    assert refused.value.code == "conflict"
    assert scene.now(made).deployed_at is None


def test_an_instance_that_is_moved_between_two_readings_is_not_deployed(scene: Scene) -> None:
    scene.publish(a_crm())
    made = scene.made()
    scene.publish(a_crm(component="other"), number=2)
    scene.world.meanwhile("held.many", lambda: scene.move(made, 2))

    with pytest.raises(Conflict):
        scene.configurator.deploy(made.id)
    scene.world.closed.add(scene.id_of(made, "CRM"))
    with pytest.raises(Conflict):
        scene.configurator.deploy(made.id)


def test_there_must_be_such_an_instance(scene: Scene) -> None:
    for deploy in (scene.configurator.deploy, lambda each: scene.users.deploy(each, "ada")):
        with pytest.raises(NotFound):
            deploy(NOWHERE)


def test_a_user_is_deployed_by_themselves(scene: Scene) -> None:
    made = scene.made()
    scene.clock.advance(HOUR)

    deployed = scene.users.deploy(made.id, "ada")

    assert deployed == scene.world.users_of_instances[made.id]["ada"]
    assert (deployed.deployed_at, deployed.revision) == (NOW + HOUR, 1)
    assert set(deployed.connections) == {MAILBOX}
    assert scene.now(made) == made


def test_what_is_missing_of_a_user_is_named(scene: Scene) -> None:
    definition = a_definition()
    scene.publish(a_crm(template=None), a_mailbox(definition=definition, values={}))
    made = scene.made()

    with pytest.raises(ConfigurationIncomplete) as refused:
        scene.users.deploy(made.id, "ada")

    assert [each.pointer for each in refused.value.problems] == [
        "#/Mailbox/values/clientId",
        "#/Mailbox/values/clientSecret",
    ]
    assert scene.world.users_of_instances[made.id] == {}


def test_a_user_who_is_changed_meanwhile_is_not_deployed(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made)
    scene.world.meanwhile("users.saved", lambda: scene.touch_user(made))

    with pytest.raises(Conflict):
        scene.users.deploy(made.id, "ada")


def test_a_variable_of_level_user_is_not_asked_for_by_the_instance(scene: Scene) -> None:
    scene.publish(a_mailbox(values={}))
    made = scene.made()

    assert scene.configurator.deploy(made.id).deployed_at == NOW
    with pytest.raises(InvalidRequest) as refused:
        scene.enter_of(made, CRM={})
    assert refused.value.problems[0].detail == "is not a config variable of this instance"
    assert CRM not in {each.id for each in made.variables}
