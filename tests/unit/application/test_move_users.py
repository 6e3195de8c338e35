"""What users have of an instance as it moves to another version after it."""

import pytest

from connections.domain.errors import Conflict, Unavailable
from connections.domain.log_entry import Event
from tests.builders_of_instances import a_mailbox, a_store
from tests.unit.application.configuring import Scene
from tests.unit.application.moving import a_made, moved


def test_what_users_have_moves_after_the_instance(scene: Scene) -> None:
    made = a_made(scene, a_mailbox())
    for user in ("ada", "bob"):
        scene.enter_of(made, user, Mailbox={"scopes": "read"})
    scene.deploy_of(made, "bob")
    ids = [scene.id_of(made, "Mailbox", user) for user in ("ada", "bob")]

    moved(scene, made, a_mailbox(key="Post"), a_store(level="user"))

    for user, former in zip(("ada", "bob"), ids, strict=True):
        connection, inputs = scene.held(made, "Post", user)
        assert (connection.id, inputs.values) == (former, {"scopes": "read"})
        assert inputs.variable_key == "Post"
        assert scene.held(made, "Store", user)[0].owner.user_id == user
        stored = scene.world.users_of_instances[made.id][user]
        assert (stored.version, stored.deployed_at) == (2, None)
    assert scene.world.events == [Event.CHANGED, Event.CHANGED]


def test_what_a_user_holds_no_more_is_closed_and_deleted(scene: Scene) -> None:
    made = a_made(scene, a_mailbox(), a_store(level="user"))
    scene.enter_of(made)
    gone = scene.id_of(made, "Store")

    moved(scene, made, a_mailbox())

    assert scene.world.users_of_instances[made.id]["ada"].leaving == (gone,)
    assert scene.world.closed == {gone}
    assert scene.world.to_delete == [(gone, 30), (gone, 0)]


def test_what_a_user_held_stays_on_record_until_it_is_deleted(scene: Scene) -> None:
    made = a_made(scene, a_mailbox(), a_store(level="user"))
    scene.enter_of(made)
    first, second = scene.id_of(made, "Store"), scene.id_of(made, "Mailbox")
    moved(scene, made, a_mailbox())
    scene.publish(a_mailbox(component="other"), number=3)

    scene.move(made, 3)

    assert scene.world.users_of_instances[made.id]["ada"].leaving == (first, second)


def test_a_move_that_was_cut_short_is_taken_up_by_the_same_call(scene: Scene) -> None:
    made = a_made(scene, a_mailbox())
    for user in ("ada", "bob", "cleo"):
        scene.enter_of(made, user)
    scene.world.fail("users.saved", after=1)
    with pytest.raises(Unavailable):
        moved(scene, made, a_mailbox(key="Post"))
    users = scene.world.users_of_instances[made.id]
    assert [users[each].version for each in sorted(users)] == [2, 1, 1]
    before, scene.world.calls[:] = scene.now(made), []

    assert scene.move(made, 2) == before

    assert [users[each].version for each in sorted(users)] == [2, 2, 2]
    assert scene.world.calls.count("users.saved") == 2
    assert "instances.saved" not in scene.world.calls


def test_a_user_who_comes_before_the_move_is_done_moves_by_themselves(scene: Scene) -> None:
    made = a_made(scene, a_mailbox())
    scene.enter_of(made)
    scene.world.fail("users.all")
    with pytest.raises(Unavailable):
        moved(scene, made, a_mailbox(key="Post"))

    scene.enter_of(made, Post={"scopes": "read"})

    assert scene.held(made, "Post")[1].values == {"scopes": "read"}
    assert scene.world.users_of_instances[made.id]["ada"].version == 2


def test_a_user_whose_connections_need_no_change_is_brought_to_the_version(scene: Scene) -> None:
    made = a_made(scene, a_mailbox())
    scene.enter_of(made)
    scene.world.fail("users.all")
    with pytest.raises(Unavailable):
        moved(scene, made, a_mailbox())

    scene.enter_of(made)

    assert scene.world.users_of_instances[made.id]["ada"].version == 2


def test_a_user_who_moves_at_the_same_moment_is_left_alone(scene: Scene) -> None:
    made = a_made(scene, a_mailbox())
    scene.enter_of(made)
    scene.world.meanwhile("users.saved", lambda: scene.enter_of(made, Post={"scopes": "read"}))

    moved(scene, made, a_mailbox(key="Post"))

    assert scene.held(made, "Post")[1].values == {"scopes": "read"}
    assert scene.world.users_of_instances[made.id]["ada"].revision == 2


def test_a_user_who_is_changed_all_the_time_does_not_move(scene: Scene) -> None:
    made = a_made(scene, a_mailbox())
    scene.enter_of(made)
    for _ in range(4):
        scene.world.meanwhile("users.saved", lambda: scene.touch_user(made))

    with pytest.raises(Conflict):
        moved(scene, made, a_mailbox(key="Post"))

    assert scene.now(made).version == 2
