"""Connections as code finds them: by the key of a config variable (B63)."""

import pytest

from connections.domain.errors import InvalidRequest, NotFound, Problem
from connections.domain.identifiers import InstanceId
from tests.builders_of_instances import a_crm, a_mailbox
from tests.unit.application.configuring import NOWHERE, Scene


@pytest.mark.parametrize("user", [None, "ada"])
def test_what_an_instance_holds_is_found_by_its_key(scene: Scene, user: str | None) -> None:
    made = scene.made()

    assert scene.finder.find(made.id, "CRM", user) == scene.id_of(made, "CRM")


def test_what_a_user_holds_is_found_by_key_and_user(scene: Scene) -> None:
    made = scene.made()
    scene.enter_of(made, "ada")
    scene.enter_of(made, "bob")

    for user in ("ada", "bob"):
        assert scene.finder.find(made.id, "Mailbox", user) == scene.id_of(made, "Mailbox", user)


@pytest.mark.parametrize("key", ["crm", "Nothing", ""])
def test_there_must_be_such_a_variable(scene: Scene, key: str) -> None:
    with pytest.raises(NotFound):
        scene.finder.find(scene.made().id, key, None)


def test_there_must_be_such_an_instance(scene: Scene) -> None:
    made = scene.made()
    scene.book.delete(made.id)

    for identifier in (NOWHERE, made.id):
        with pytest.raises(NotFound):
            scene.finder.find(identifier, "CRM", None)


@pytest.mark.parametrize("wrong", ["", "0", "api-key", "ins_", "int_00000000000000000000000001"])
def test_what_is_no_instances_id_is_not_looked_for(scene: Scene, wrong: str) -> None:
    scene.world.fail("instances.get")

    with pytest.raises(NotFound):
        scene.finder.find(InstanceId(wrong), "CRM", None)


def test_a_user_must_be_named_where_each_has_a_connection(scene: Scene) -> None:
    with pytest.raises(InvalidRequest) as refused:
        scene.finder.find(scene.made().id, "Mailbox", None)

    assert list(refused.value.problems) == [
        Problem("#/query/userId", "is required: each user has a connection of their own")
    ]


def test_a_user_must_have_configured_it(scene: Scene) -> None:
    made = scene.made()
    with pytest.raises(NotFound):
        scene.finder.find(made.id, "Mailbox", "ada")
    scene.enter_of(made)
    scene.publish(a_crm(), a_mailbox(), a_mailbox(id=a_crm().id + "x", key="Post"), number=2)
    scene.world.fail("users.all")
    with pytest.raises(Exception, match="does not answer"):
        scene.move(made, 2)

    assert scene.finder.find(made.id, "Mailbox", "ada") == scene.id_of(made, "Mailbox")
    with pytest.raises(NotFound):
        scene.finder.find(made.id, "Post", "ada")
