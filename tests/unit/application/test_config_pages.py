"""Config pages as the use case makes them: which pages and variables a caller is shown."""

import pytest

from connections.domain.caller import Caller
from connections.domain.errors import NotFound
from tests.builders_of_instances import STORE_KEY, a_crm, a_mailbox, a_store
from tests.unit.application.configuring import (
    ADMIN,
    EMBEDDING,
    NOWHERE,
    ORGANIZATION,
    USER,
    Scene,
)

HIDDEN = {**STORE_KEY, "inputs": {"mode": {"type": "string", "shown": False, "default": "live"}}}


def names(scene: Scene, caller: Caller, user: str | None = None) -> list[str]:
    """Return the names of the pages that a caller is shown of a new instance."""
    made = scene.made()
    if user is None:
        return [page.name for page in scene.pages.of_instance(made.id, caller)[1]]
    return [page.name for page in scene.pages.of_user(made.id, user, caller)[1]]


def test_a_page_with_nothing_of_its_level_is_left_out(scene: Scene) -> None:
    assert names(scene, ADMIN) == ["Connect"]
    assert names(scene, ADMIN, "ada") == ["Personal"]


def test_what_nobody_can_enter_or_connect_is_left_out(scene: Scene) -> None:
    scene.publish(a_store(definition=HIDDEN, values={}), a_crm(page="Consents"))

    assert names(scene, ORGANIZATION) == ["Consents"]


@pytest.mark.parametrize(
    ("caller", "shown"), [(ORGANIZATION, True), (EMBEDDING, True), (ADMIN, False), (USER, False)]
)
def test_a_page_for_the_embedding_application_is_not_the_customers(
    scene: Scene, caller: Caller, shown: bool
) -> None:
    values = {name: {"visibility": "embedded"} for name in STORE_KEY["inputs"]}
    scene.publish(a_store(values=values))

    assert names(scene, caller) == (["Connect"] if shown else [])


@pytest.mark.parametrize(
    ("caller", "instances", "ada", "bob"),
    [
        (ORGANIZATION, True, True, True),
        (ADMIN, True, True, True),
        (USER, False, True, False),
    ],
)
def test_who_may_change_what_is_shown(
    scene: Scene, caller: Caller, instances: bool, ada: bool, bob: bool
) -> None:
    made = scene.made()

    assert scene.shown(made, caller)["Store"].may_change is instances
    assert scene.shown(made, caller, "ada")["Mailbox"].may_change is ada
    assert scene.shown(made, caller, "bob")["Mailbox"].may_change is bob


def test_what_a_user_will_have_to_enter_is_told_before_they_have_anything(scene: Scene) -> None:
    scene.publish(a_mailbox(values={}), a_crm(level="user"))
    made = scene.made()

    shown = scene.shown(made, USER, "ada")

    assert shown["Mailbox"].missing == ["clientId", "clientSecret"]
    assert shown["CRM"].missing == []
    assert shown["CRM"].connection is None
    assert scene.world.users_of_instances[made.id] == {}


def test_reading_pages_writes_nothing_and_reads_no_template(scene: Scene) -> None:
    made = scene.made()
    scene.world.calls.clear()

    scene.shown(made, ADMIN)

    assert scene.world.calls == ["instances.get", "versions.get", "held.many"]


def test_what_was_entered_is_shown_without_another_reading(scene: Scene) -> None:
    made = scene.made()
    values = {"host": "store.example"}

    for configured, user in (
        (scene.configurator.enter(made.id, {"Store": values}, ADMIN), None),
        (scene.configurator.enter(made.id, {"Store": values}, ADMIN), None),
        (scene.users.enter(made.id, "ada", {"Mailbox": {"scopes": "read"}}, ADMIN), "ada"),
        (scene.users.enter(made.id, "ada", {}, ADMIN), "ada"),
    ):
        told = {
            each.of.variable.key: (each.entered, each.may_change, each.missing)
            for page in scene.pages.shown(configured, ADMIN)
            for each in page.variables
        }
        assert told == {
            key: (each.entered, each.may_change, each.missing)
            for key, each in scene.shown(made, ADMIN, user).items()
        }
        assert configured.instance == scene.now(made)


def test_there_must_be_such_an_instance(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.pages.of_instance(NOWHERE, ADMIN)
    with pytest.raises(NotFound):
        scene.pages.of_user(NOWHERE, "ada", ADMIN)
