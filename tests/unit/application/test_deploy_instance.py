"""Instances as they are deployed: refused, naming what has no value, while something has none."""

from dataclasses import replace

import pytest

from connections.domain.caller import Caller
from connections.domain.errors import (
    ConfigurationIncomplete,
    Conflict,
    InvalidRequest,
    NotFound,
    Problem,
)
from tests.builders import HOUR, NOW, a_definition
from tests.builders_of_instances import CRM, MAILBOX, a_crm, a_mailbox, a_store
from tests.unit.application.configuring import (
    ADMIN,
    EMBEDDING,
    NOWHERE,
    ORGANIZATION,
    STORE_VALUES,
    Scene,
)

UNFIT = "Some inputs that are required have no value, or one that does not fit."


def test_an_instance_is_deployed_when_all_that_is_required_has_a_value(scene: Scene) -> None:
    """B11."""
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    scene.clock.advance(HOUR)

    deployed = scene.deploy(made)

    assert deployed == scene.now(made)
    assert (deployed.deployed_at, deployed.updated_at, deployed.revision) == (
        NOW + HOUR, NOW + HOUR, 3,
    )  # fmt: skip


def test_what_is_missing_is_named_for_each_variable(scene: Scene) -> None:
    scene.publish(a_crm(key="C/R~M", template=None), a_store(), a_mailbox())
    made = scene.made()
    scene.enter(made, Store={"host": "store.example"})

    with pytest.raises(ConfigurationIncomplete) as refused:
        scene.deploy(made)

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
        scene.deploy(made)


def test_what_the_builder_or_a_template_gives_is_not_asked_for(scene: Scene) -> None:
    values = {name: {"value": value} for name, value in STORE_VALUES.items()}
    scene.publish(a_crm(), a_store(values=values))

    assert scene.deploy(scene.made()).deployed_at == NOW


def test_consents_are_not_asked_for(scene: Scene) -> None:
    scene.publish(a_crm())

    assert scene.deploy(scene.made()).deployed_at == NOW


def test_an_instance_without_variables_is_deployed(scene: Scene) -> None:
    version = scene.world.versions_by_number.popitem()[1]
    empty = {**version.draft.document, "configPages": []}
    draft = replace(version.draft, document=empty, variables={})
    scene.world.versions_by_number[version.integration_id, 1] = replace(
        version, draft=draft, connections={}
    )

    assert scene.deploy(scene.made()).deployed_at == NOW


def test_an_instance_that_is_changed_meanwhile_is_not_deployed(scene: Scene) -> None:
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    scene.world.meanwhile("instances.saved", lambda: scene.enter(made, Store={"apiKey": None}))

    with pytest.raises(Conflict) as refused:
        scene.deploy(made)

    assert refused.value.code == "conflict"
    assert scene.now(made).deployed_at is None


def test_an_instance_that_is_moved_between_two_readings_is_not_deployed(scene: Scene) -> None:
    scene.publish(a_crm())
    made = scene.made()
    scene.publish(a_crm(component="other"), number=2)
    scene.world.meanwhile("held.many", lambda: scene.move(made, 2))

    with pytest.raises(Conflict):
        scene.deploy(made)
    scene.world.closed.add(scene.id_of(made, "CRM"))
    with pytest.raises(Conflict):
        scene.deploy(made)


def test_there_must_be_such_an_instance(scene: Scene) -> None:
    nowhere = replace(scene.made(), id=NOWHERE)
    for deploy in (scene.deploy, scene.deploy_of):
        with pytest.raises(NotFound):
            deploy(nowhere)


def test_a_user_is_deployed_by_themselves(scene: Scene) -> None:
    made = scene.made()
    scene.clock.advance(HOUR)

    deployed = scene.deploy_of(made)

    assert deployed == scene.world.users_of_instances[made.id]["ada"]
    assert (deployed.deployed_at, deployed.revision) == (NOW + HOUR, 1)
    assert set(deployed.connections) == {MAILBOX}
    assert scene.now(made) == made


def test_what_is_missing_of_a_user_is_named(scene: Scene) -> None:
    definition = a_definition()
    scene.publish(a_crm(template=None), a_mailbox(definition=definition, values={}))
    made = scene.made()

    with pytest.raises(ConfigurationIncomplete) as refused:
        scene.deploy_of(made)

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
        scene.deploy_of(made)


def test_a_variable_of_level_user_is_not_asked_for_by_the_instance(scene: Scene) -> None:
    scene.publish(a_mailbox(values={}))
    made = scene.made()

    assert scene.deploy(made).deployed_at == NOW
    with pytest.raises(InvalidRequest) as refused:
        scene.enter_of(made, CRM={})
    assert refused.value.problems[0].detail == "is not a config variable of this instance"
    assert CRM not in {each.id for each in made.variables}


@pytest.mark.parametrize(
    ("caller", "detail", "pointers"),
    [
        (
            ORGANIZATION,
            UNFIT,
            ["#/Store/values/host", "#/Store/values/plan"],
        ),
        (
            ADMIN,
            UNFIT + " The organization has to enter more.",
            ["#/Store/values/host"],
        ),
    ],
)
def test_what_is_missing_is_named_to_who_is_asked_for_it(
    scene: Scene, caller: Caller, detail: str, pointers: list[str]
) -> None:
    made = scene.made()
    scene.enter(made, Store={"apiKey": "the-key"})

    with pytest.raises(ConfigurationIncomplete) as refused:
        scene.deploy(made, caller)

    assert str(refused.value) == detail
    assert [each.pointer for each in refused.value.problems] == pointers


@pytest.mark.parametrize("caller", [ADMIN, EMBEDDING])
def test_who_is_asked_for_nothing_that_is_missing_hears_whom_to_turn_to(
    scene: Scene, caller: Caller
) -> None:
    scene.publish(a_store(level="user"), a_store(id=CRM, key="Shop"))
    made = scene.made()
    scene.enter(made, Shop={**STORE_VALUES, "plan": None})
    scene.enter_of(made, Store={**STORE_VALUES, "plan": None})

    for deploy in (scene.deploy, lambda each, caller: scene.deploy_of(each, caller=caller)):
        with pytest.raises(ConfigurationIncomplete) as refused:
            deploy(made, caller)
        assert (str(refused.value), refused.value.problems) == (
            "The organization has to enter more.", (),
        )  # fmt: skip


@pytest.mark.parametrize("visibility", ["customer", "organization"])
def test_values_that_were_entered_before_are_held_against_those_of_the_new_version(
    scene: Scene, visibility: str
) -> None:
    inputs = {**a_definition()["inputs"], "shop": {"type": "string"}}
    said = {"shop": {"visibility": visibility}}
    before = a_crm(template=None, definition=a_definition(inputs=inputs), values=said)
    scene.publish(before)
    made = scene.made()
    scene.enter(made, CRM={"shop": "a/b", "clientId": "mine", "clientSecret": "the-secret"})
    scene.deploy(made)
    url = {"type": "template", "default": "https://{{#shop}}.acme.example/authorize"}
    inputs = {**inputs, "authorizeUrl": {**url, "shown": False}}
    scene.publish(replace(before, definition=a_definition(inputs=inputs)), number=2)
    scene.move(made, 2)

    with pytest.raises(ConfigurationIncomplete) as refused:
        scene.deploy(made)
    with pytest.raises(ConfigurationIncomplete) as refused_of_customer:
        scene.deploy(made, ADMIN)

    assert [each.pointer for each in refused.value.problems] == ["#/CRM/values/shop"]
    shown = visibility == "customer"
    assert refused_of_customer.value.problems == (refused.value.problems if shown else ())
    assert "a/b" not in str(refused.value.problems)
    scene.enter(made, CRM={"shop": "ab"})
    assert scene.deploy(made).deployed_at is not None


def test_what_becomes_incomplete_is_not_deployed_any_more(scene: Scene) -> None:
    made = scene.made()
    scene.enter(made, Store=STORE_VALUES)
    deployed = scene.deploy(made)

    scene.enter(made, Store={"host": "another.example"})
    assert scene.now(made).deployed_at == deployed.deployed_at
    scene.enter(made, CRM={"scopes": "read"})
    assert scene.now(made).deployed_at == deployed.deployed_at
    scene.enter(made, Store={"apiKey": None}, CRM={"scopes": "write"})

    assert scene.now(made).deployed_at is None


def test_a_user_whose_values_become_incomplete_is_not_deployed_any_more(scene: Scene) -> None:
    scene.publish(a_store(level="user"))
    made = scene.made()
    scene.enter_of(made, Store=STORE_VALUES)
    deployed = scene.deploy_of(made)
    users = scene.world.users_of_instances[made.id]

    scene.enter_of(made, Store={"host": "another.example"})
    assert users["ada"].deployed_at == deployed.deployed_at
    scene.enter_of(made, Store={"host": None})

    assert users["ada"].deployed_at is None
