"""Instances as they move to another version: what stays, what comes, and what goes."""

from dataclasses import replace
from typing import Any

import pytest

from connections.domain.caller import Caller
from connections.domain.connection import Reason, Status
from connections.domain.errors import Conflict, InvalidRequest, NotFound, Problem, Unavailable
from connections.domain.identifiers import TemplateId
from connections.domain.instance import HeldVariable
from tests.builders import HOUR, NOW, a_definition, a_template
from tests.builders_of_instances import (
    CUSTOMERS,
    INTEGRATION,
    STORE,
    STORE_KEY,
    Variable,
    a_crm,
    a_store,
    an_integration,
)
from tests.unit.application.configuring import ADMIN, EMBEDDING, NOWHERE, STORE_VALUES, USER, Scene
from tests.unit.application.moving import a_made, moved

NEW_TEMPLATE = a_template(
    id=TemplateId("tpl_00000000000000000000000002"),
    name="Acme app of 2027",
    values={"clientId": "another-client", "clientSecret": "the-secret"},
)


def test_a_moved_instance_is_at_the_version_and_to_be_deployed_again(scene: Scene) -> None:
    made = a_made(scene, a_crm())
    deployed = scene.deploy(made)

    found = moved(scene, made, a_crm())

    assert found == scene.now(made)
    assert found == replace(
        deployed, version=2, deployed_at=None, revision=3, updated_at=NOW + HOUR
    )


def test_connections_stay_where_their_variables_do(scene: Scene) -> None:
    made = a_made(scene, a_crm(), a_store())
    scene.enter(made, Store=STORE_VALUES)
    before = scene.held(made, "Store")
    scene.world.entries.clear()

    moved(scene, made, a_store(), a_crm())

    assert scene.held(made, "Store") == before
    assert [each.key for each in scene.now(made).variables] == ["Store", "CRM"]
    assert scene.world.entries == []
    assert scene.world.to_delete == []


def test_a_renamed_variable_keeps_its_connection(scene: Scene) -> None:
    made = a_made(scene, a_crm())
    former = scene.id_of(made, "CRM")

    moved(scene, made, a_crm(key="Salesforce"))

    connection, inputs = scene.held(made, "Salesforce")
    assert (connection.id, connection.name, inputs.variable_key) == (
        former, "Salesforce", "Salesforce",
    )  # fmt: skip
    assert connection.place is not None
    assert connection.place.variable_key == "Salesforce"


def test_a_new_variable_gets_a_connection(scene: Scene) -> None:
    made = a_made(scene, a_crm())

    moved(scene, made, a_crm(), a_store())

    assert scene.held(made, "Store")[0].created_at == NOW + HOUR
    assert set(scene.world.connections_by_id) == {
        scene.id_of(made, key) for key in ("CRM", "Store")
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [("customer", "organization"), ("organization", "customer")],
)
def test_what_was_entered_does_not_outlive_who_may_enter_it(
    scene: Scene, before: str, after: str
) -> None:
    made = a_made(scene, a_store(values={"host": {"visibility": before}}))
    scene.enter(made, Store={"host": "store.example", "team": "blue"})

    moved(scene, made, a_store(values={"host": {"visibility": after}}))

    assert scene.held(made, "Store")[1].values == {"team": "blue"}


def test_what_no_variable_holds_any_more_is_closed_and_deleted(scene: Scene) -> None:
    made = a_made(scene, a_crm(), a_store())
    gone = scene.id_of(made, "Store")

    found = moved(scene, made, a_crm())

    assert scene.world.closed == {gone}
    assert scene.world.to_delete == [(gone, 30), (gone, 0)]
    assert found.leaving == (gone,)
    assert [each.key for each in found.variables] == ["CRM"]


@pytest.mark.parametrize(
    "variable",
    [
        a_store(component="other"),
        a_store(definition={**STORE_KEY, "key": "token"}),
        a_store(definition=a_definition(key="apiKey"), values={}),
    ],
    ids=["component", "definition", "consent"],
)
def test_a_variable_of_another_connection_gets_a_new_one(scene: Scene, variable: Variable) -> None:
    made = a_made(scene, a_store())
    scene.enter(made, Store={"host": "store.example"})
    former = scene.id_of(made, "Store")

    moved(scene, made, variable)

    connection, inputs = scene.held(made, "Store")
    assert connection.id != former
    assert (connection.component, inputs.values) == (variable.component, {})
    assert scene.world.closed == {former}


def test_a_variable_that_becomes_each_users_own_leaves_the_instances(scene: Scene) -> None:
    made = a_made(scene, a_store())
    former = scene.id_of(made, "Store")

    found = moved(scene, made, a_store(level="user"))

    assert found.variables == (
        HeldVariable(id=STORE, key="Store", level="user", connection_id=None),
    )
    assert scene.world.closed == {former}


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"host": {"shown": False, "type": "string", "default": "x"}}, {"plan", "apiKey"}),
        ({"host": None}, {"plan", "apiKey"}),
        ({"host": {"type": "boolean"}}, {"plan", "apiKey"}),
        ({"host": {"type": "string", "pattern": "[0-9]+"}}, {"plan", "apiKey"}),
        ({"host": {"type": "string", "label": "Another"}}, {"plan", "apiKey", "host"}),
    ],
    ids=["hidden", "removed", "another type", "another pattern", "another label"],
)
def test_what_was_entered_stays_where_it_is_asked_for_and_fits(
    scene: Scene, changes: dict[str, Any], kept: set[str]
) -> None:
    made = a_made(scene, a_store())
    scene.enter(made, Store=STORE_VALUES)
    inputs = {name: each for name, each in {**STORE_KEY["inputs"], **changes}.items() if each}

    moved(scene, made, a_store(definition={**STORE_KEY, "inputs": inputs}))

    assert set(scene.held(made, "Store")[1].values) == kept


def test_what_a_template_fills_now_is_not_entered_any_more(scene: Scene) -> None:
    """B77."""
    made = a_made(scene, a_crm(template=None))
    scene.enter(made, CRM={"clientId": "mine", "clientSecret": "secret", "scopes": "read"})
    scene.connect(made, "CRM")

    moved(scene, made, a_crm())

    connection, inputs = scene.held(made, "CRM")
    assert inputs.values == {"scopes": "read"}
    assert inputs.effective == {"scopes": "read", **a_template().values}
    assert connection.template_id == a_template().id
    assert connection.told_reason is Reason.INPUTS_CHANGED


def test_a_moved_instance_has_the_template_of_its_version(scene: Scene) -> None:
    """B83 and B84."""
    made, other = a_made(scene, a_crm()), scene.made()
    for each in (made, other):
        scene.connect(each, "CRM")

    moved(scene, made, a_crm(template=NEW_TEMPLATE))

    connection, inputs = scene.held(made, "CRM")
    assert inputs.template == NEW_TEMPLATE.fill
    assert (connection.status, connection.told_reason) == (Status.ACTIVE, Reason.INPUTS_CHANGED)
    assert connection.template_id == NEW_TEMPLATE.id
    assert scene.world.entries[-1].detail == (
        "It moved to another version. The grant goes on with the inputs that it was issued under;"
        " CONNECT again to take up the new ones."
    )
    connection, inputs = scene.held(other, "CRM")
    assert inputs.template == a_template().fill
    assert connection.told_reason is None


def test_a_move_to_the_same_client_needs_no_new_consent(scene: Scene) -> None:
    made = a_made(scene, a_crm())
    scene.connect(made, "CRM")

    moved(scene, made, a_crm(template=replace(NEW_TEMPLATE, values=a_template().values)))

    assert scene.held(made, "CRM")[0].told_reason is None
    assert scene.world.entries[-1].detail == "It moved to another version."


def test_a_connection_that_lacks_something_at_its_new_version_says_so(scene: Scene) -> None:
    made = a_made(scene, a_store())
    scene.enter(made, Store=STORE_VALUES)
    text = {"type": "string", "required": True}
    definition = {**STORE_KEY, "inputs": {**STORE_KEY["inputs"], "zone": text}}

    moved(scene, made, a_store(definition=definition))

    connection, _ = scene.held(made, "Store")
    assert (connection.status, connection.reason) == (Status.PENDING, Reason.NOT_CONFIGURED)


def test_an_instance_moves_back(scene: Scene) -> None:
    made = a_made(scene, a_crm())
    moved(scene, made, a_crm(template=NEW_TEMPLATE))

    assert scene.move(made, 1).version == 1
    assert scene.held(made, "CRM")[1].template == a_template().fill


def test_there_must_be_such_a_version_and_such_an_instance(scene: Scene) -> None:
    made = scene.made()

    with pytest.raises(InvalidRequest) as refused:
        scene.move(made, 2)
    assert list(refused.value.problems) == [
        Problem("#/version", "must be a published version of the integration")
    ]
    with pytest.raises(NotFound):
        scene.move(replace(made, id=NOWHERE), 1)


def test_a_value_that_is_entered_meanwhile_moves_as_well(scene: Scene) -> None:
    made = a_made(scene, a_store())
    scene.world.meanwhile("instances.saved", lambda: scene.enter(made, Store={"host": "mine"}))

    moved(scene, made, a_store(key="Shop"))

    assert scene.held(made, "Shop")[1].values == {"host": "mine"}


def test_what_is_changed_all_the_time_does_not_move(scene: Scene) -> None:
    made = a_made(scene, a_crm())
    for _ in range(4):
        scene.world.meanwhile("instances.saved", lambda: scene.touch(made))

    with pytest.raises(Conflict):
        moved(scene, made, a_crm(key="Salesforce"))

    assert scene.now(made).version == 1


@pytest.mark.parametrize("after", [0, 1])
def test_what_is_to_go_is_sent_before_it_is_closed(scene: Scene, after: int) -> None:
    made = a_made(scene, a_crm(), a_store())
    gone = scene.id_of(made, "Store")
    scene.world.fail("deletions.send_connection", after=after)

    with pytest.raises(Unavailable):
        moved(scene, made, a_crm())

    assert scene.now(made).version == 1 + after
    assert scene.world.to_delete == [(gone, 30)] * after


def test_what_was_gone_before_is_neither_closed_nor_deleted(scene: Scene) -> None:
    made = a_made(scene, a_crm(), a_store())
    scene.world.closed.add(scene.id_of(made, "Store"))

    found = moved(scene, made, a_crm())

    assert (found.version, found.leaving, scene.world.to_delete) == (2, (), [])


def test_what_left_stays_on_record_until_it_is_deleted(scene: Scene) -> None:
    made = a_made(scene, a_crm(), a_store())
    first = scene.id_of(made, "Store")
    assert moved(scene, made, a_crm()).leaving == (first,)
    scene.publish(a_crm(key="Salesforce"), number=3)
    assert scene.move(made, 3).leaving == (first,)
    second = scene.id_of(made, "Salesforce")
    scene.publish(a_crm(component="other"), number=4)
    assert scene.move(made, 4).leaving == (first, second)
    third = scene.id_of(made, "CRM")
    del scene.world.connections_by_id[first]
    scene.publish(a_crm(), number=5)

    assert scene.move(made, 5).leaving == (second, third)


@pytest.mark.parametrize("caller", [ADMIN, EMBEDDING, USER])
def test_customers_move_to_the_newest_version_of_what_the_organization_offers(
    scene: Scene, caller: Caller
) -> None:
    scene.publish(number=2)
    made = scene.made()
    scene.publish(number=3)

    for version in (1, 4):
        with pytest.raises(InvalidRequest) as refused:
            scene.move(made, version, caller)
        assert [each.pointer for each in refused.value.problems] == ["#/version"]
        assert refused.value.problems[0].detail.startswith("must be the newest version")
    assert scene.now(made).version == scene.move(made, 2, caller).version == 2
    assert scene.move(made, 3, caller).version == 3


def test_customers_move_among_the_versions_of_what_they_build(scene: Scene) -> None:
    scene.publish(number=2)
    scene.world.integrations_by_id[INTEGRATION] = an_integration(
        owner=CUSTOMERS, offered=False, latest_version=2
    )
    made = scene.made(ADMIN)

    assert scene.move(made, 1, ADMIN).version == 1


def test_nobody_on_the_customers_side_moves_an_instance_whose_integration_is_gone(
    scene: Scene,
) -> None:
    scene.publish(number=2)
    made = scene.made()
    scene.world.integrations_by_id.clear()

    with pytest.raises(InvalidRequest):
        scene.move(made, 1, ADMIN)


def test_between_attempts_it_waits_a_little(scene: Scene) -> None:
    made = a_made(scene, a_crm())
    for _ in range(2):
        scene.world.meanwhile("instances.saved", lambda: scene.touch(made))

    moved(scene, made, a_crm(key="Salesforce"))

    assert scene.clock.slept == [0.125, 0.125]
