"""The contracts of `Instances`, `KnownInstances`, `UserConnections` and `HeldByUser`."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.instance_ports import Change
from connections.domain.caller import Owner
from connections.domain.connection import Connection, Inputs, Place, TemplateFill
from connections.domain.errors import CustomerBeingDeleted, NotFound
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId, VariableId
from connections.domain.instance import HeldVariable, Instance
from connections.domain.integration import Draft
from tests.builders import (
    ADA,
    CONNECTION,
    CUSTOMER,
    HOUR,
    NOW,
    TEMPLATE,
    a_customer,
    a_new_connection,
    some_inputs,
)
from tests.builders_of_instances import (
    CRM,
    CUSTOMERS,
    INSTANCE,
    INTEGRATION,
    MAILBOX,
    an_instance,
    an_integration,
    some_variables,
)
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

OTHER = CustomerId("cus_00000000000000000000000002")
SECOND = ConnectionId("con_00000000000000000000000002")
THIRD = ConnectionId("con_00000000000000000000000003")
PLACE = Place(instance_id=INSTANCE, variable_id=CRM, variable_key="CRM")
Made = list[tuple[Connection, Inputs]]


def a_made(identifier: ConnectionId = CONNECTION, **inputs: Any) -> tuple[Connection, Inputs]:
    connection = a_new_connection(
        id=identifier, owner=CUSTOMERS, place=PLACE, template_id=TEMPLATE, inputs_digest="digest"
    )
    fill = TemplateFill(id=TEMPLATE, name="Acme app", values={"clientId": "x", "flag": True})
    layers: dict[str, Any] = {
        "builder": {"scopes": "read"},
        "template": fill,
        "visibility": {"scopes": "customer"},
        "variable_key": "CRM",
        "salt": "salt",
    }
    return connection, some_inputs(connection_id=identifier, **{**layers, **inputs})


def founded(ports: Ports) -> Ports:
    ports.customers.add(a_customer())
    assert ports.integrations.add(an_integration(), Draft(document={"name": "Sync"}))
    return ports


def holding(ports: Ports, *made: tuple[Connection, Inputs], **changes: Any) -> Instance:
    """Store an instance with its connections."""
    instance = an_instance(**changes)
    assert founded(ports).instances.add(instance, list(made or [a_made()]))
    return instance


def following(instance: Instance, **changes: Any) -> Instance:
    return replace(instance, revision=instance.revision + 1, **changes)


def a_change(ports: Ports, identifier: ConnectionId = CONNECTION) -> Change:
    """Return the change of a connection as it is stored now."""
    connection, inputs = ports.held.many([identifier])[identifier]
    return Change(
        former=connection,
        former_inputs=inputs,
        connection=replace(connection, name="Renamed", updated_at=NOW + HOUR),
        inputs=replace(inputs, values={"scopes": "write"}, revision=inputs.revision + 1),
    )


def test_an_instance_is_read_back_with_its_connections(ports: Ports) -> None:
    made = [a_made(), a_made(SECOND)]
    held = (
        HeldVariable(id=CRM, key="Ünïcode ☃", level="instance", connection_id=CONNECTION),
        HeldVariable(id=MAILBOX, key="Mailbox", level="user", connection_id=None),
    )

    instance = holding(
        ports, *made, owner=ADA, variables=held, deployed_at=NOW + HOUR, enabled=False,
        leaving=(THIRD,),
    )  # fmt: skip

    assert ports.instances.get(INSTANCE) == ports.known_instances.get(INSTANCE) == instance
    assert ports.held.many([CONNECTION, SECOND]) == {each[0].id: each for each in made}
    assert ports.connections.with_inputs(SECOND) == made[1]
    assert ports.listed.page(CUSTOMER, limit=9, cursor=None)[0][0].id == SECOND


def test_an_instance_may_hold_nothing(ports: Ports) -> None:
    assert founded(ports).instances.add(an_instance(variables=()), [])

    assert ports.instances.get(INSTANCE) == an_instance(variables=())


def test_what_was_never_stored_is_not_there(ports: Ports) -> None:
    assert ports.instances.get(INSTANCE) is None
    assert ports.users.get(INSTANCE, "ada") is None
    assert list(ports.users.all(INSTANCE)) == []
    assert not ports.instances.saved(an_instance(revision=2))
    assert ports.instances.deleting(INSTANCE, NOW) is None
    assert ports.instances.get(INSTANCE) is None


def test_an_id_that_is_taken_is_refused_and_nothing_changes(ports: Ports) -> None:
    instance = holding(ports)

    assert not ports.instances.add(an_instance(name="Another"), [a_made(SECOND)])

    assert ports.instances.get(INSTANCE) == instance
    assert ports.held.many([SECOND]) == {}


def test_a_connection_whose_id_is_taken_makes_no_instance(ports: Ports) -> None:
    holding(ports)
    other = InstanceId("ins_00000000000000000000000002")

    assert not ports.instances.add(an_instance(id=other), [a_made(SECOND), a_made()])

    assert ports.instances.get(other) is None
    assert ports.held.many([SECOND]) == {}


@pytest.mark.parametrize("state", ["none", "deleting"])
def test_nothing_is_added_to_a_customer_that_does_not_stay(ports: Ports, state: str) -> None:
    ports.integrations.add(an_integration(), Draft(document={"name": "Sync"}))
    if state == "deleting":
        ports.customers.add(a_customer())
        ports.customers.deleting(CUSTOMER, NOW)

    with pytest.raises(CustomerBeingDeleted):
        ports.instances.add(an_instance(), [a_made()])

    assert ports.instances.get(INSTANCE) is None
    assert ports.held.many([CONNECTION]) == {}


@pytest.mark.parametrize("state", ["none", "closed"])
def test_nothing_is_added_to_an_integration_that_does_not_stay(ports: Ports, state: str) -> None:
    ports.customers.add(a_customer())
    if state == "closed":
        ports.integrations.add(an_integration(), Draft(document={"name": "Sync"}))
        assert ports.deleted_integrations.closed(an_integration())

    with pytest.raises(NotFound):
        ports.instances.add(an_instance(), [a_made()])

    assert ports.instances.get(INSTANCE) is None


def test_an_integration_with_an_instance_has_one(ports: Ports) -> None:
    founded(ports)
    assert not ports.deleted_integrations.has_instances(INTEGRATION)
    ports.instances.add(an_instance(), [a_made()])

    assert ports.deleted_integrations.has_instances(INTEGRATION)


def test_an_instance_is_saved_with_all_that_changes(ports: Ports) -> None:
    instance = holding(ports, a_made(), a_made(SECOND))
    change, new = a_change(ports), a_made(THIRD)
    changed = following(instance, version=2, name="Another", leaving=(SECOND,))

    assert ports.instances.saved(changed, [change], [new], [SECOND])

    assert ports.instances.get(INSTANCE) == changed
    assert ports.held.many([CONNECTION, SECOND, THIRD]) == {
        CONNECTION: (change.connection, change.inputs),
        THIRD: new,
    }
    assert ports.connections.get(SECOND) is None


@pytest.mark.parametrize("revision", [1, 3])
def test_an_instance_that_was_changed_meanwhile_is_not_saved(ports: Ports, revision: int) -> None:
    instance = holding(ports)
    before = ports.held.many([CONNECTION])

    assert not ports.instances.saved(
        replace(instance, revision=revision), [a_change(ports)], [a_made(SECOND)]
    )

    assert ports.instances.get(INSTANCE) == instance
    assert ports.held.many([CONNECTION, SECOND]) == before


def test_a_connection_that_was_changed_meanwhile_stops_all(ports: Ports) -> None:
    instance = holding(ports)
    change = a_change(ports)
    assert ports.changed.saved(a_change(ports))
    before = ports.held.many([CONNECTION])

    assert not ports.instances.saved(following(instance), [change], [a_made(SECOND)])

    assert ports.instances.get(INSTANCE) == instance
    assert ports.held.many([CONNECTION, SECOND]) == before


def test_what_an_instance_holds_no_more_gives_no_credentials(ports: Ports) -> None:
    instance = holding(ports, a_made(), a_made(SECOND))

    assert ports.instances.saved(following(instance), closed=[SECOND])

    assert ports.readings.read(SECOND) == (None, None)
    assert ports.readings.read(CONNECTION)[0] is not None


def test_what_is_not_deleted_yet_remains(ports: Ports) -> None:
    instance = holding(ports, a_made(), a_made(SECOND))
    assert ports.instances.saved(following(instance), closed=[SECOND])
    asked = [THIRD, SECOND, CONNECTION]
    assert list(ports.held.remaining(asked)) == [SECOND, CONNECTION]

    ports.connection_remains.remove_connection(SECOND)

    assert list(ports.held.remaining(asked)) == [CONNECTION]
    assert list(ports.held.remaining([])) == []


def test_what_an_instance_that_is_being_deleted_holds_is_closed(ports: Ports) -> None:
    holding(ports)

    assert ports.instances.deleting(INSTANCE, NOW)

    assert ports.connection_remains.closed(CONNECTION)


def test_a_deletion_is_asked_for_again_while_something_is_deleted(ports: Ports) -> None:
    second = HeldVariable(
        id=VariableId("var_2"), key="Store", level="instance", connection_id=SECOND
    )
    instance = replace(an_instance(), variables=(*an_instance().variables, second))
    assert founded(ports).instances.add(instance, [a_made(), a_made(SECOND)])
    marked = ports.instances.deleting(INSTANCE, NOW)
    ports.connection_remains.remove_connection(CONNECTION)

    assert ports.instances.deleting(INSTANCE, NOW + HOUR) == marked

    assert not ports.connection_remains.closed(CONNECTION)
    assert ports.connection_remains.closed(SECOND)


def test_an_instance_that_holds_nothing_is_deleted(ports: Ports) -> None:
    instance = an_instance(variables=())
    founded(ports).instances.add(instance, [])

    marked = replace(instance, deleting_since=NOW)
    assert ports.instances.deleting(INSTANCE, NOW) == marked


def test_what_is_not_there_cannot_be_closed(ports: Ports) -> None:
    instance = holding(ports)

    assert not ports.instances.saved(following(instance), closed=[CONNECTION, SECOND])

    assert CONNECTION in ports.held.many([CONNECTION])


def test_an_instance_that_is_being_deleted_is_gone_for_everybody(ports: Ports) -> None:
    instance = holding(ports)

    marked = replace(instance, deleting_since=NOW)
    assert ports.instances.deleting(INSTANCE, NOW) == marked
    assert ports.instances.deleting(INSTANCE, NOW + HOUR) == marked

    assert ports.instances.get(INSTANCE) is None
    assert ports.known_instances.get(INSTANCE) is None
    assert ports.instances.page(None, limit=9, cursor=None) == ([], None)
    assert not ports.instances.saved(following(instance))
    assert not ports.users.saved(some_variables(), made=[a_made(SECOND)])
    assert ports.users.get(INSTANCE, "ada") is None
    assert ports.marked_instances.instance(INSTANCE) == marked


@pytest.mark.parametrize("user", ["ada", "a/b c%2F?#", "👩‍💻" * 60, "Ünïcode"])
def test_what_a_user_has_is_read_back(ports: Ports, user: str) -> None:
    holding(ports)
    connections = {MAILBOX: SECOND, VariableId("var_2"): THIRD}
    variables = some_variables(
        user_id=user, connections=connections, leaving=(CONNECTION,), deployed_at=NOW
    )

    assert ports.users.saved(variables, made=[a_made(SECOND), a_made(THIRD)])

    assert ports.users.get(INSTANCE, user) == ports.held_by_user.get(INSTANCE, user) == variables
    assert list(ports.users.all(INSTANCE)) == [variables]
    assert set(ports.held.many([SECOND, THIRD])) == {SECOND, THIRD}


def test_what_a_user_has_is_saved_with_all_that_changes(ports: Ports) -> None:
    holding(ports)
    ports.users.saved(some_variables(), made=[a_made(SECOND)])
    change, new = a_change(ports, SECOND), a_made(THIRD)
    changed = some_variables(connections={MAILBOX: THIRD}, revision=2)

    assert ports.users.saved(changed, [change], [new], [CONNECTION])

    assert ports.users.get(INSTANCE, "ada") == changed
    assert ports.held.many([CONNECTION, SECOND, THIRD]) == {
        SECOND: (change.connection, change.inputs),
        THIRD: new,
    }


@pytest.mark.parametrize("revision", [1, 3])
def test_of_two_changes_of_what_a_user_has_one_is_refused(ports: Ports, revision: int) -> None:
    holding(ports)
    first = some_variables()
    assert ports.users.saved(first, made=[a_made(SECOND)])

    second = some_variables(connections={}, revision=revision)
    assert not ports.users.saved(second, made=[a_made(THIRD)])

    assert ports.users.get(INSTANCE, "ada") == first
    assert ports.held.many([THIRD]) == {}


def test_what_a_user_has_follows_the_instances_version(ports: Ports) -> None:
    instance = holding(ports)
    assert ports.users.saved(some_variables(), made=[a_made(SECOND)])
    assert ports.instances.saved(following(instance, version=2))

    assert not ports.users.saved(some_variables(revision=2))
    assert ports.users.saved(some_variables(version=2, revision=2))


def test_there_must_be_an_instance_for_what_a_user_has(ports: Ports) -> None:
    assert not ports.users.saved(some_variables(), made=[a_made(SECOND)])
    assert ports.held.many([SECOND]) == {}


def test_all_users_of_an_instance_are_found_and_no_other(ports: Ports) -> None:
    other = InstanceId("ins_00000000000000000000000002")
    holding(ports)
    ports.instances.add(an_instance(id=other), [])
    names = ["ada", "bob", "cleo"]
    for name in names:
        ports.users.saved(some_variables(user_id=name))
    ports.users.saved(some_variables(user_id="dan", instance_id=other))

    assert [each.user_id for each in ports.users.all(INSTANCE)] == names


def numbered(number: int, customer: CustomerId = CUSTOMER) -> Instance:
    return an_instance(
        id=InstanceId(f"ins_{number:026}"), owner=Owner(customer_id=customer), variables=()
    )


def page_of(ports: Ports, customer: CustomerId | None) -> Page[Instance]:
    return lambda limit, cursor: ports.instances.page(customer, limit=limit, cursor=cursor)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("customer", [None, CUSTOMER])
def test_following_the_cursors_reads_every_instance_once_newest_first(
    ports: Ports, customer: CustomerId | None, limit: int
) -> None:
    founded(ports)
    ports.customers.add(a_customer(id=OTHER, external_id="other"))
    theirs = an_integration(id="int_" + "7" * 26, owner=Owner(customer_id=CUSTOMER))
    ports.integrations.add(theirs, Draft(document={"name": "Theirs"}))
    instances = [numbered(number) for number in range(7)]
    for each in (*instances[3:], *instances[:3]):
        assert ports.instances.add(each, [])
    others = numbered(8, OTHER)
    ports.instances.add(others, [])

    found = followed(page_of(ports, customer), limit)

    assert found == [*([others] if customer is None else []), *instances[::-1]]


def test_a_page_of_two_hundred_is_one_page(ports: Ports) -> None:
    founded(ports)
    instances = [numbered(number) for number in range(103)]
    for each in instances:
        ports.instances.add(each, [])

    assert ports.instances.page(None, limit=200, cursor=None) == (instances[::-1], None)


@pytest.mark.parametrize("cursor", NO_CURSORS)
@pytest.mark.parametrize("customer", [None, CUSTOMER])
def test_what_is_no_cursor_of_this_list_is_refused(
    ports: Ports, customer: CustomerId | None, cursor: str
) -> None:
    refuses(page_of(ports, customer), cursor)
