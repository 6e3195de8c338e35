"""What each user of an instance has: made at the first entry, and theirs alone."""

import pytest

from connections.domain.caller import Owner
from connections.domain.connection import Place, Reason, Status
from connections.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from connections.domain.log_entry import Event
from tests.builders import CUSTOMER
from tests.builders_of_instances import MAILBOX, a_crm, a_mailbox, a_store, some_variables
from tests.unit.application.configuring import ADMIN, NOWHERE, ORGANIZATION, USER, Scene

EXTRA = a_store(id="var_" + "5" * 26, level="user")


def test_the_first_entry_makes_a_users_connections(scene: Scene) -> None:
    scene.publish(a_crm(), a_mailbox(), EXTRA)
    made = scene.made()

    scene.enter_of(made, caller=USER, Mailbox={"scopes": "read"})

    connection, inputs = scene.held(made, "Mailbox")
    assert inputs.values == {"scopes": "read"}
    assert inputs.builder == {"clientId": "the-app", "clientSecret": "the-app-secret"}
    assert connection.owner == Owner(customer_id=CUSTOMER, user_id="ada")
    assert connection.place == Place(
        instance_id=made.id, variable_id=MAILBOX, variable_key="Mailbox"
    )
    assert (connection.status, connection.reason) == (Status.PENDING, Reason.NOT_CONNECTED)
    assert scene.held(made, "Store")[1].values == {}
    assert scene.now(made) == made


def test_an_entry_of_nothing_makes_them_too_and_the_next_changes_nothing(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made)
    connection = scene.id_of(made, "Mailbox")
    stored = scene.world.users_of_instances[made.id]["ada"]
    assert stored == some_variables(instance_id=made.id, connections={MAILBOX: connection})

    scene.enter_of(made, Mailbox={"scopes": None})

    assert scene.world.users_of_instances[made.id] == {"ada": stored}
    assert scene.world.calls.count("users.saved") == 1


def test_users_have_connections_of_their_own(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made, "ada", Mailbox={"scopes": "read"})
    scene.enter_of(made, "bob", ADMIN, Mailbox={"scopes": "write"})

    assert scene.held(made, "Mailbox", "ada")[1].values == {"scopes": "read"}
    assert scene.held(made, "Mailbox", "bob")[1].values == {"scopes": "write"}


def test_a_change_is_logged_and_a_first_entry_is_none(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made, Mailbox={"scopes": "read"})
    assert scene.world.entries == []

    scene.enter_of(made, Mailbox={"scopes": "write"})

    assert scene.world.events == [Event.CHANGED]
    assert scene.world.entries[0].connection_id == scene.id_of(made, "Mailbox")


@pytest.mark.parametrize("name", ["clientSecret"])
def test_a_user_enters_what_they_are_asked_for(scene: Scene, name: str) -> None:
    made = scene.made()

    with pytest.raises(Forbidden):
        scene.enter_of(made, caller=USER, Mailbox={name: "mine"})

    assert scene.world.users_of_instances[made.id] == {}


def test_what_is_the_instances_is_not_entered_for_a_user(scene: Scene) -> None:
    made = scene.made()

    with pytest.raises(InvalidRequest) as refused:
        scene.enter_of(made, Store={"host": "x"}, None_={})

    assert [f"{each.pointer} {each.detail}" for each in refused.value.problems] == [
        "#/Store is the instance's: send it to /instances/{id}/config-variables",
        "#/None_ is not a config variable of this instance",
    ]


def test_two_first_entries_at_once_make_one_connection(scene: Scene) -> None:
    made = scene.made()
    scene.world.meanwhile("users.saved", lambda: scene.enter_of(made, Mailbox={"scopes": "read"}))

    scene.enter_of(made, Mailbox={"clientId": "mine"})

    assert scene.held(made, "Mailbox")[1].values == {"scopes": "read", "clientId": "mine"}
    assert len(scene.world.users_of_instances[made.id]) == 1
    assert len(scene.world.connections_by_id) == 3


def test_what_is_changed_all_the_time_is_a_conflict(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made)
    for _ in range(4):
        scene.world.meanwhile("users.saved", lambda: scene.touch_user(made))

    with pytest.raises(Conflict):
        scene.enter_of(made, Mailbox={"scopes": "read"})


def test_an_instance_without_variables_of_users_stores_nothing(scene: Scene) -> None:
    scene.publish(a_crm())
    made = scene.made()

    scene.enter_of(made)

    assert scene.world.users_of_instances[made.id] == {}


def test_there_must_be_such_an_instance(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.users.enter(NOWHERE, "ada", {}, ORGANIZATION)


def test_what_is_gone_of_a_user_is_made_anew(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made)
    former = scene.id_of(made, "Mailbox")
    scene.world.closed.add(former)

    scene.enter_of(made, Mailbox={"scopes": "read"})

    assert scene.id_of(made, "Mailbox") != former
    assert scene.held(made, "Mailbox")[1].values == {"scopes": "read"}
