"""Changing and deleting a connection that was made for itself."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.access_ports import SURELY_CLOSED
from connections.application.change_connection import TRIES, ConnectionEditor, WantedChange
from connections.application.issuing import inputs_digest
from connections.domain.connection import Connection, Inputs, Place, Reason, Status
from connections.domain.errors import (
    Conflict,
    InUse,
    InvalidRequest,
    NotFound,
    Unavailable,
)
from connections.domain.identifiers import ConnectionId, InstanceId, VariableId
from connections.domain.log_entry import Event
from connections.oauth.addresses import AllowedHosts
from tests.builders import (
    CONNECTION,
    NOW,
    a_connection,
    a_new_connection,
    a_template,
    some_inputs,
)
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.creating import CUSTOM
from tests.unit.application.parts import same_bytes

ENTERED = frozenset({"clientId", "clientSecret"})
SALTED = some_inputs(salt="the-salt", revision=3, by_organization=ENTERED)
DIGEST = inputs_digest(SALTED)
CONNECTED = a_connection(inputs_digest=DIGEST, grant_inputs_digest=DIGEST)
PLACE = Place(
    instance_id=InstanceId("ins_" + "1" * 26),
    variable_id=VariableId("var_" + "1" * 26),
    variable_key="Acme",
)


def an_editor(world: World) -> ConnectionEditor:
    return ConnectionEditor(
        connections=world.connections,
        changed=world.held,
        deletions=world.deletions,
        logbook=world.logbook,
        clock=ManualClock(),
        hosts=AllowedHosts.parse(""),
        randomness=same_bytes,
    )


@pytest.fixture
def world() -> World:
    return World().holding(CONNECTED, SALTED)


def changed(world: World, name: str | None = None, **values: Any) -> tuple[Connection, Inputs]:
    wanted = WantedChange(name=name, values=values)
    answered = an_editor(world).change(CONNECTION, wanted)
    assert world.connections.with_inputs(CONNECTION) == answered
    return answered


def refused(world: World, **values: Any) -> dict[str, str]:
    before = world.connections.with_inputs(CONNECTION)
    with pytest.raises(InvalidRequest) as error:
        an_editor(world).change(CONNECTION, WantedChange(values=values))
    assert world.connections.with_inputs(CONNECTION) == before
    return {each.pointer: each.detail for each in error.value.problems}


def test_a_new_name_is_kept_and_the_values_stay(world: World) -> None:
    connection, inputs = changed(world, "Another")

    assert connection == replace(CONNECTED, name="Another", updated_at=NOW)
    assert inputs == replace(SALTED, revision=4)
    assert [each.detail for each in world.entries] == ["It was renamed."]


def test_a_value_on_which_the_grant_depends_marks_it_and_the_grant_goes_on(world: World) -> None:
    connection, inputs = changed(world, clientId="another")

    assert inputs.values == {"clientId": "another", "clientSecret": "the-secret"}
    assert connection.status is Status.ACTIVE
    assert connection.told_reason is Reason.INPUTS_CHANGED
    assert connection.grant_inputs_digest == DIGEST
    (entry,) = world.entries
    assert entry.event is Event.CHANGED
    assert entry.detail.startswith("Values were changed: clientId. The grant goes on")


def test_a_value_that_is_brought_back_takes_the_mark_away(world: World) -> None:
    changed(world, clientId="another")

    connection, _ = changed(world, clientId="the-client")

    assert connection.told_reason is None


def test_null_takes_away_what_was_entered(world: World) -> None:
    changed(world, scopes="other")

    connection, inputs = changed(world, scopes=None)

    assert "scopes" not in inputs.values
    assert connection.requested_scopes == "read write"


def test_the_scopes_that_are_asked_for_follow(world: World) -> None:
    connection, _ = changed(world, scopes="other")

    assert connection.requested_scopes == "other"
    assert connection.granted_scopes == "read write"


def test_what_is_as_it_was_writes_nothing(world: World) -> None:
    connection, inputs = changed(world, "Acme of Ada", clientId="the-client", refreshUrl=None)

    assert (connection, inputs) == (CONNECTED, SALTED)
    assert "held.saved" not in world.calls
    assert world.entries == []


def test_a_required_value_cannot_be_taken_away(world: World) -> None:
    assert refused(world, clientId=None) == {"#/connection/values/clientId": "is required"}


def test_a_value_that_does_not_fit_is_refused_at_its_place(world: World) -> None:
    assert refused(world, clientId="", odd="x", tokenUrl="http://acme.example/token") == {
        "#/connection/values/clientId": "is required and must not be empty",
        "#/connection/values/odd": "is not an input of this connection",
        "#/connection/values/tokenUrl": "must be an https URL",
    }


def test_what_was_missing_before_keeps_no_change_away(world: World) -> None:
    world.inputs_by_id[CONNECTION] = replace(SALTED, values={"clientId": "the-client"})

    assert changed(world, "Another")[0].name == "Another"


def test_what_a_template_fills_is_not_entered(world: World) -> None:
    fill = replace(a_template().fill, values={"clientId": "of-template"})
    world.inputs_by_id[CONNECTION] = replace(SALTED, template=fill)

    for value in ("another", None):
        assert refused(world, clientId=value) == {
            "#/connection/values/clientId": "is filled by the connection template: it is asked of"
            " nobody"
        }


def test_a_customer_does_not_say_where_a_templates_secrets_are_sent(world: World) -> None:
    fill = replace(a_template().fill, values={"clientSecret": "of-template"})
    world.inputs_by_id[CONNECTION] = replace(SALTED, template=fill)
    elsewhere = {"tokenUrl": "https://elsewhere.example/token"}

    with pytest.raises(InvalidRequest) as error:
        an_editor(world).change(CONNECTION, WantedChange(values=elsewhere, by_customer=True))

    assert [each.pointer for each in error.value.problems] == ["#/connection/values/tokenUrl"]
    assert changed(world, **elsewhere)[1].values["tokenUrl"] == elsewhere["tokenUrl"]


def test_one_without_oauth_stays_active(world: World) -> None:
    plain = a_new_connection(oauth=False, status=Status.ACTIVE, reason=None, requested_scopes=None)
    world.holding(plain, some_inputs(definition=CUSTOM, values={"apiKey": "k"}))

    connection, inputs = changed(world, apiKey="another")

    assert connection == replace(plain, updated_at=NOW)
    assert inputs.salt == ""
    assert world.entries[-1].detail == "Values were changed: apiKey."


def test_one_without_a_salt_gets_it_when_a_grant_depends_on_what_changes(world: World) -> None:
    world.holding(a_connection(), some_inputs())

    renamed, unsalted = changed(world, "Another")
    assert (renamed.told_reason, unsalted.salt) == (None, "")

    connection, inputs = changed(world, clientId="another")
    assert connection.told_reason is Reason.INPUTS_CHANGED
    assert inputs.salt == same_bytes(16).hex()


def test_a_lost_race_is_tried_again(world: World) -> None:
    world.meanwhile("held.saved", lambda: changed(world, "Of another"))

    connection, inputs = changed(world, clientId="another")

    assert (connection.name, inputs.revision) == ("Of another", 5)


def test_a_race_that_is_lost_again_and_again_is_a_conflict(world: World) -> None:
    def another() -> None:
        inputs = world.inputs_by_id[CONNECTION]
        world.inputs_by_id[CONNECTION] = replace(inputs, revision=inputs.revision + 1)

    for _ in range(TRIES):
        world.meanwhile("held.saved", another)

    with pytest.raises(Conflict):
        an_editor(world).change(CONNECTION, WantedChange(name="Another"))


def test_what_is_not_there_is_neither_changed_nor_deleted(world: World) -> None:
    gone = ConnectionId("con_" + "9" * 26)

    with pytest.raises(NotFound):
        an_editor(world).change(gone, WantedChange(name="Another"))
    with pytest.raises(NotFound):
        an_editor(world).delete(gone)

    assert world.to_delete == []


def test_an_instances_connection_is_changed_and_deleted_at_the_instance(world: World) -> None:
    world.holding(replace(CONNECTED, place=PLACE))

    with pytest.raises(InUse, match=PLACE.instance_id):
        an_editor(world).change(CONNECTION, WantedChange(name="Another"))
    with pytest.raises(InUse):
        an_editor(world).delete(CONNECTION)

    assert world.to_delete == []
    assert world.connections.get(CONNECTION) is not None


def test_a_deleted_connection_is_gone_and_sent_to_the_deleting_function(world: World) -> None:
    an_editor(world).delete(CONNECTION)

    assert world.connections.get(CONNECTION) is None
    assert world.to_delete == [(CONNECTION, SURELY_CLOSED), (CONNECTION, 0)]


def test_a_deletion_that_is_cut_short_is_on_its_way_already(world: World) -> None:
    world.fail("deletions.send_connection", after=1)

    with pytest.raises(Unavailable):
        an_editor(world).delete(CONNECTION)

    assert world.to_delete == [(CONNECTION, SURELY_CLOSED)]


def test_a_deletion_can_be_asked_for_again_while_it_is_under_way(world: World) -> None:
    an_editor(world).delete(CONNECTION)
    world.to_delete.clear()

    an_editor(world).delete(CONNECTION)

    assert world.to_delete == [(CONNECTION, 0)]


def test_the_scopes_that_a_grant_was_asked_for_stay_until_inputs_change_on_which_it_depends(
    world: World,
) -> None:
    (connection,) = world.connections_by_id.values()
    inputs = replace(world.inputs_by_id[connection.id], salt="the-salt")
    digest = inputs_digest(inputs)
    asked = replace(connection, requested_scopes="read write send", inputs_digest=digest)
    world.holding(asked, inputs)

    renamed, _ = changed(world, name="Another")
    moved, _ = changed(world, scopes="read")

    assert renamed.requested_scopes == "read write send"
    assert moved.requested_scopes == "read"
