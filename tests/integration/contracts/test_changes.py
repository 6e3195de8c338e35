"""The contracts of `HeldConnections` and `ChangedConnections`, and of what new ones refer to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.instance_ports import Change
from connections.domain.claim import Claim
from connections.domain.connection import Connection, Inputs, Place, Reason, Status
from connections.domain.errors import NotFound
from connections.domain.grant import Issuance
from connections.domain.identifiers import ConnectionId, InstanceId, VariableId
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.builders import (
    CONNECTION,
    HOUR,
    NOW,
    REGISTRATION,
    TEMPLATE,
    a_flow,
    a_grant,
    a_new_connection,
    a_template,
    an_issuance,
    some_inputs,
)
from tests.integration.contracts.ports import Ports

LATER = NOW + timedelta(minutes=1)
PLACE = Place(
    instance_id=InstanceId("ins_" + "1" * 26),
    variable_id=VariableId("var_" + "1" * 26),
    variable_key="My Acme",
)
LAYERED = some_inputs(
    by_organization=frozenset({"clientSecret", "clientId"}),
    builder={"scopes": "read"},
    template=a_template().fill,
    visibility={"scopes": "organization"},
    variable_key="My Acme",
    salt="the-salt",
)


def added(ports: Ports, connection: Connection, inputs: Inputs) -> None:
    assert ports.new_connections.add(connection, inputs)


def change_of(
    ports: Ports, inputs: dict[str, Any] | None = None, **changes: Any
) -> tuple[Change, Connection]:
    found = ports.connections.with_inputs(CONNECTION)
    assert found is not None
    connection = replace(found[0], updated_at=LATER, **changes)
    revision = found[1].revision + 1
    changed = replace(found[1], revision=revision, **(inputs or {}))
    change = Change(former=found[0], former_inputs=found[1], connection=connection, inputs=changed)
    return change, connection


def test_every_layer_and_the_place_are_kept(ports: Ports) -> None:
    connection = a_new_connection(place=PLACE, inputs_digest="d")

    added(ports, connection, LAYERED)

    assert ports.connections.with_inputs(CONNECTION) == (connection, LAYERED)
    assert ports.readings.read(CONNECTION)[0] == LAYERED


def test_many_are_read_at_once_and_what_is_missing_is_left_out(ports: Ports) -> None:
    ids = [ConnectionId(f"con_{number:026}") for number in range(60)]
    for each in ids:
        added(ports, a_new_connection(id=each), some_inputs(connection_id=each))
    ports.connection_remains.close_connection(ids[0])
    ports.remove_inputs(ids[1])

    found = ports.held.many([*ids, ConnectionId("con_" + "9" * 26)])

    assert list(found) == ids[2:]
    assert found[ids[2]] == (
        a_new_connection(id=ids[2]), some_inputs(connection_id=ids[2]),
    )  # fmt: skip


def test_a_change_is_stored_with_its_inputs_again_and_again(ports: Ports) -> None:
    added(ports, a_new_connection(), some_inputs())
    for number in range(2):
        values = {"clientId": f"client {number}"}
        change, connection = change_of(
            ports,
            {"values": values, "salt": "the-salt"},
            name=f"Name {number}",
            place=PLACE,
            inputs_digest="d",
        )

        assert ports.changed.saved(change)

        assert ports.connections.with_inputs(CONNECTION) == (connection, change.inputs)


def test_what_has_no_value_any_more_is_removed(ports: Ports) -> None:
    added(ports, a_new_connection(place=PLACE, inputs_digest="d"), some_inputs())

    change, connection = change_of(
        ports, place=None, inputs_digest=None, requested_scopes=None, reason=None
    )
    assert ports.changed.saved(change)
    assert ports.connections.get(CONNECTION) == connection

    change, connection = change_of(ports, requested_scopes="read", reason=Reason.NOT_CONNECTED)
    assert ports.changed.saved(change)
    assert ports.connections.get(CONNECTION) == connection


def test_of_two_changes_at_once_the_second_changes_nothing(ports: Ports) -> None:
    added(ports, a_new_connection(), some_inputs())
    first, _ = change_of(ports, name="First")
    second, _ = change_of(ports, name="Second", inputs={"values": {"clientId": "second"}})
    assert ports.changed.saved(first)

    assert not ports.changed.saved(second)

    found = ports.connections.with_inputs(CONNECTION)
    assert found is not None
    assert (found[0].name, found[1]) == ("First", first.inputs)


def test_a_change_leaves_alone_what_refreshes_write(ports: Ports) -> None:
    added(ports, a_new_connection(), some_inputs())
    assert ports.new_grants.connected(a_grant(), NOW + HOUR, NOW)
    change, _ = change_of(ports, name="Another")
    former = ports.states.claim(CONNECTION, Claim(holder="h", until=NOW + HOUR), NOW)
    assert former is not None

    assert ports.changed.saved(change)

    state = ports.connections.get(CONNECTION)
    assert state is not None
    assert (state.name, state.fence, state.claim) == ("Another", former.fence + 1, state.claim)
    assert state.claim is not None


def test_a_status_that_changed_meanwhile_is_not_overwritten(ports: Ports) -> None:
    added(ports, a_new_connection(reason=Reason.NOT_CONFIGURED), some_inputs())
    change, _ = change_of(ports, reason=Reason.NOT_CONNECTED)
    assert ports.new_grants.connected(a_grant(), None, NOW)

    assert not ports.changed.saved(change)

    state = ports.connections.get(CONNECTION)
    assert state is not None
    assert (state.status, state.reason) == (Status.ACTIVE, None)


def test_what_is_closed_or_gone_does_not_change(ports: Ports) -> None:
    added(ports, a_new_connection(), some_inputs())
    change, _ = change_of(ports, name="Another")
    ports.connection_remains.close_connection(CONNECTION)
    assert not ports.changed.saved(change)

    ports.connection_remains.remove_connection(CONNECTION)
    assert not ports.changed.saved(change)
    assert not ports.connection_remains.closed(CONNECTION)


def test_the_digest_goes_with_the_flow_and_the_grant_into_the_state(ports: Ports) -> None:
    issuance: Issuance = replace(an_issuance(), inputs_digest="d")
    flow, grant = a_flow(issuance=issuance), a_grant(issuance=issuance)
    added(ports, a_new_connection(inputs_digest="d"), some_inputs())
    ports.flows.begin(flow)
    ports.tokens.begin(grant)

    assert ports.flows.take(flow.state_digest, NOW) == flow
    assert ports.tokens.get(CONNECTION) == grant
    assert ports.new_grants.connected(grant, None, NOW)
    state = ports.connections.get(CONNECTION)
    assert state is not None
    assert (state.grant_inputs_digest, state.inputs_changed) == ("d", False)

    assert ports.states.disconnected(state, LATER)
    state = ports.connections.get(CONNECTION)
    assert state is not None
    assert state.grant_inputs_digest is None


def test_a_new_connection_refers_until_it_is_removed(ports: Ports) -> None:
    ports.template_book.add(a_template())
    connection = a_new_connection(template_id=TEMPLATE)
    assert ports.new_connections.add(connection, LAYERED, own_component=True)

    by = Referrer(kind=ReferrerKind.CONNECTION, id=CONNECTION, name=connection.name)
    referred = [Referred(template_id=TEMPLATE), Referred(component="acme")]
    assert [ports.referrers.of(each) for each in referred] == [[by], [by]]
    assert not ports.template_book.removed(a_template())

    ports.connection_remains.close_connection(CONNECTION)
    ports.connection_remains.remove_connection(CONNECTION)
    ports.connection_remains.remove_connection(CONNECTION)

    assert [ports.referrers.of(each) for each in referred] == [[], []]
    assert ports.template_book.removed(a_template())


def test_an_instances_connection_refers_to_nothing(ports: Ports) -> None:
    ports.template_book.add(a_template())
    by = Referrer(kind=ReferrerKind.CONNECTION, id=CONNECTION, name="Another")
    assert ports.refer(TEMPLATE, by, None)
    added(ports, a_new_connection(place=PLACE), LAYERED)

    ports.connection_remains.remove_connection(CONNECTION)

    assert ports.connections.get(CONNECTION) is None


def test_a_template_that_is_gone_fills_nothing(ports: Ports) -> None:
    with pytest.raises(NotFound):
        ports.new_connections.add(a_new_connection(template_id=TEMPLATE), LAYERED)

    assert ports.connections.get(CONNECTION) is None


def test_a_change_makes_due_what_it_says(ports: Ports) -> None:
    added(ports, a_new_connection(), some_inputs())
    change, _ = change_of(ports, refresh_at=LATER)

    assert ports.changed.saved(change)

    assert ports.due(LATER) == {CONNECTION}
    assert ports.connections.get(CONNECTION) == change.connection


def test_a_change_that_says_nothing_of_it_leaves_when_it_is_due(ports: Ports) -> None:
    added(ports, a_new_connection(), some_inputs())
    renamed, _ = change_of(ports, inputs={"salt": "the-salt"})
    claim = Claim(holder="mine", until=LATER)
    former = ports.states.claim(CONNECTION, claim, NOW)
    assert former is not None
    assert ports.states.released(former, NOW)

    assert ports.changed.saved(renamed)

    assert ports.due(NOW) == {CONNECTION}


def test_a_change_may_end_that_something_is_due(ports: Ports) -> None:
    added(ports, a_new_connection(refresh_at=NOW), some_inputs())
    change, _ = change_of(ports, refresh_at=None)

    assert ports.changed.saved(change)

    assert ports.due(LATER) == set()


def test_a_change_can_take_a_connection_out_of_its_registration_and_else_leaves_it(
    ports: Ports,
) -> None:
    added(ports, a_new_connection(), some_inputs())
    ports.new_grants.connected(a_grant(), NOW, NOW, registration=REGISTRATION)
    another, _ = change_of(ports, place=PLACE)
    assert ports.changed.saved(another)
    kept = ports.connections.get(CONNECTION)

    change, wanted = change_of(ports, registration=None)
    assert ports.changed.saved(change)

    assert kept is not None
    assert kept.registration == REGISTRATION
    assert ports.connections.get(CONNECTION) == wanted
