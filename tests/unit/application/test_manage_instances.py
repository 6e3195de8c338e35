"""Instances as they are read, listed, changed and deleted."""

from dataclasses import replace
from typing import Any

import pytest

from connections.domain.errors import Conflict, NotFound, Unavailable
from tests.builders import CUSTOMER, HOUR, NOW
from tests.builders_of_instances import a_crm
from tests.unit.application.configuring import NOWHERE, Scene


def test_an_instance_is_read(scene: Scene) -> None:
    made = scene.made()

    assert scene.book.read(made.id) == made
    with pytest.raises(NotFound):
        scene.book.read(NOWHERE)


def test_instances_are_listed(scene: Scene) -> None:
    first = scene.made()
    scene.clock.advance(HOUR)
    second = scene.made()

    assert scene.book.page(CUSTOMER, limit=1, cursor=None) == ([second], second.id)
    assert scene.book.page(None, limit=1, cursor=second.id) == ([first], None)


def test_an_instance_is_renamed_and_switched_off(scene: Scene) -> None:
    made = scene.made()
    scene.clock.advance(HOUR)

    changed = scene.change(made, name="Another", enabled=False)

    assert changed == scene.now(made)
    assert changed == replace(
        made, name="Another", enabled=False, revision=2, updated_at=NOW + HOUR
    )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"name": "Sync of Acme", "enabled": True},
        {"version": 1},
    ],
)
def test_nothing_is_written_when_nothing_changes(scene: Scene, change: dict[str, Any]) -> None:
    made = scene.made()
    scene.clock.advance(HOUR)

    assert scene.change(made, **change) == scene.now(made) == made
    assert "instances.saved" not in scene.world.calls


def test_an_instance_is_renamed_and_moved_at_once(scene: Scene) -> None:
    made = scene.made()
    scene.publish(a_crm(), number=2)

    changed = scene.change(made, name="Another", version=2)

    assert (changed.name, changed.version, changed.revision) == ("Another", 2, 2)


def test_a_deleted_instance_is_sent_before_it_is_marked_and_after(scene: Scene) -> None:
    made = scene.made()

    assert scene.book.delete(made.id) == replace(made, deleting_since=NOW)

    assert scene.now(made).deleting_since == NOW
    assert scene.world.to_delete == [(made.id, 30), (made.id, 0)]
    with pytest.raises(NotFound):
        scene.book.read(made.id)
    assert scene.book.page(CUSTOMER, limit=9, cursor=None) == ([], None)


@pytest.mark.parametrize("after", [0, 1])
def test_a_deletion_that_cannot_be_sent_is_not_forgotten(scene: Scene, after: int) -> None:
    made = scene.made()
    scene.world.fail("deletions.send_instance", after=after)

    with pytest.raises(Unavailable):
        scene.book.delete(made.id)

    assert (scene.now(made).deleting_since is not None) == bool(after)
    assert scene.world.to_delete == [(made.id, 30)] * after


def test_a_deletion_that_stands_still_is_taken_up_when_it_is_asked_for_again(scene: Scene) -> None:
    made = scene.made()
    first = scene.book.delete(made.id)
    scene.world.to_delete.clear()
    scene.clock.advance(HOUR)

    assert scene.book.delete(made.id) == first

    assert scene.world.to_delete == [(made.id, 0)]
    scene.world.instances_by_id.clear()
    with pytest.raises(NotFound):
        scene.book.delete(made.id)
    assert scene.world.to_delete == [(made.id, 0)]


def test_what_a_deleted_instance_holds_takes_no_consent_any_more(scene: Scene) -> None:
    made = scene.made()
    held = {scene.id_of(made, key) for key in ("CRM", "Store")}

    scene.book.delete(made.id)

    assert scene.world.closed == held


def test_what_is_not_there_or_gone_meanwhile_is_not_deleted(scene: Scene) -> None:
    made = scene.made()
    scene.world.meanwhile("instances.deleting", scene.world.instances_by_id.clear)

    for identifier in (NOWHERE, made.id):
        with pytest.raises(NotFound):
            scene.book.delete(identifier)


def test_nothing_is_added_to_an_instance_that_is_being_deleted(scene: Scene) -> None:
    made = scene.made()
    scene.world.meanwhile("instances.saved", lambda: scene.book.delete(made.id))

    with pytest.raises(NotFound):
        scene.enter(made, Store={"host": "mine"})

    made = scene.made()
    scene.world.meanwhile("users.saved", lambda: scene.book.delete(made.id))
    with pytest.raises(NotFound):
        scene.enter_of(made)
    assert scene.world.users_of_instances[made.id] == {}


def test_an_instance_that_is_changed_all_the_time_is_a_conflict(scene: Scene) -> None:
    made = scene.made()
    for _ in range(4):
        scene.world.meanwhile("instances.saved", lambda: scene.touch(made))

    with pytest.raises(Conflict):
        scene.change(made, name="Another")
