"""Deleting connections and instances, and a customer's instances and integrations."""

from datetime import timedelta

import pytest

from connections.application.delete_connection import Progress
from connections.application.delete_customer import SETTLED_AFTER
from connections.application.invocation import Invocation
from connections.domain.caller import Owner
from connections.domain.identifiers import ConnectionId, InstanceId, IntegrationId, VariableId
from connections.domain.instance import HeldVariable, Instance, UserVariables
from connections.domain.integration import Integration
from tests.builders import (
    CONNECTION,
    CUSTOMER,
    NOW,
    a_connection,
    a_customer,
    a_grant,
    some_inputs,
)
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.customers import (
    a_connection_deleter,
    a_deleter,
    an_instance_deleter,
    grant_of,
)

HELD = [ConnectionId(f"con_{number:026}") for number in range(1, 6)]
OF_INSTANCE, LEFT, OF_USER, LEFT_BY_USER, OF_NOBODY = HELD
INSTANCE = InstanceId("ins_" + "1" * 26)
INTEGRATION = IntegrationId("int_" + "1" * 26)
RUN = Invocation(id="run-1", deadline=NOW + timedelta(minutes=2))
LATE = Invocation(id="run-2", deadline=NOW + timedelta(seconds=5))


@pytest.fixture
def world() -> World:
    """An instance that holds four connections, and a connection that is nobody's."""
    world = World()
    for each in HELD:
        inputs = some_inputs(connection_id=each)
        owner = Owner(customer_id=CUSTOMER)
        world.holding(a_connection(id=each, owner=owner), inputs, grant_of(each))
    world.instances_by_id[INSTANCE] = an_instance()
    world.users_of_instances[INSTANCE]["ada"] = UserVariables(
        instance_id=INSTANCE,
        user_id="ada",
        version=1,
        connections={VariableId("var_2"): OF_USER},
        leaving=(LEFT_BY_USER,),
    )
    return world


def an_instance() -> Instance:
    variables = (
        HeldVariable(id=VariableId("var_1"), key="A", level="instance", connection_id=OF_INSTANCE),
        HeldVariable(id=VariableId("var_2"), key="B", level="user", connection_id=None),
    )
    return Instance(
        id=INSTANCE,
        name="Acme",
        owner=Owner(customer_id=CUSTOMER),
        integration_id=INTEGRATION,
        version=1,
        variables=variables,
        leaving=(LEFT,),
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_closed_connection_is_handed_over_and_removed(world: World, clock: ManualClock) -> None:
    world.holding(a_connection(), some_inputs(), a_grant())
    world.held.closed(CONNECTION)

    a_connection_deleter(world, clock).delete(CONNECTION)

    assert CONNECTION not in world.connections_by_id
    assert CONNECTION not in world.grants
    assert [each.connection_id for each in world.handed_over] == [CONNECTION]


def test_a_message_deletes_no_connection_that_is_open(world: World, clock: ManualClock) -> None:
    a_connection_deleter(world, clock).delete(OF_NOBODY)

    assert OF_NOBODY in world.connections_by_id
    assert world.handed_over == []


def test_a_marked_instance_goes_with_all_that_it_and_its_users_hold(
    world: World, clock: ManualClock
) -> None:
    world.marked_instances.mark_instance(INSTANCE, NOW)

    assert an_instance_deleter(world, clock).delete(INSTANCE, RUN) is Progress.DONE

    assert list(world.connections_by_id) == [OF_NOBODY]
    assert len(world.handed_over) == 4
    assert world.instances_by_id == {}
    assert world.users_of_instances == {}


def test_a_message_deletes_no_instance_that_is_not_marked(world: World, clock: ManualClock) -> None:
    deleter = an_instance_deleter(world, clock)

    assert deleter.delete(INSTANCE, RUN) is Progress.DONE
    assert deleter.delete(InstanceId("ins_" + "9" * 26), RUN) is Progress.DONE

    assert list(world.connections_by_id) == HELD


def test_an_instance_for_which_there_is_no_time_is_sent_again(
    world: World, clock: ManualClock
) -> None:
    world.marked_instances.mark_instance(INSTANCE, NOW)

    assert an_instance_deleter(world, clock).delete(INSTANCE, LATE) is Progress.UNFINISHED

    assert world.to_delete == [(INSTANCE, 0)]
    assert INSTANCE in world.instances_by_id


def leaving(world: World) -> World:
    world.customers_by_id[CUSTOMER] = a_customer(deleting_since=NOW - SETTLED_AFTER)
    world.integrations_by_id[INTEGRATION] = Integration(
        id=INTEGRATION,
        owner=Owner(customer_id=CUSTOMER),
        name="Acme",
        created_at=NOW,
        updated_at=NOW,
    )
    return world


def test_a_customers_instances_go_first_and_its_integrations_at_the_end(
    world: World, clock: ManualClock
) -> None:
    deleter = a_deleter(leaving(world), clock)

    assert deleter.delete(CUSTOMER, RUN) is Progress.UNFINISHED
    assert (world.instances_by_id, world.connections_by_id) == ({}, {})
    assert INTEGRATION in world.integrations_by_id

    assert deleter.delete(CUSTOMER, RUN) is Progress.DONE
    assert (world.integrations_by_id, world.customers_by_id) == ({}, {})


def test_an_instance_that_goes_meanwhile_is_gone(world: World, clock: ManualClock) -> None:
    leaving(world)
    world.meanwhile("marked_instances.mark_instance", world.instances_by_id.clear)

    assert a_deleter(world, clock).delete(CUSTOMER, RUN) is Progress.UNFINISHED


def test_without_time_for_an_instance_the_customer_is_sent_again(
    world: World, clock: ManualClock
) -> None:
    assert a_deleter(leaving(world), clock).delete(CUSTOMER, LATE) is Progress.UNFINISHED

    assert world.to_delete == [(CUSTOMER, 0)]


def test_without_time_for_an_integration_the_customer_is_sent_again(
    world: World, clock: ManualClock
) -> None:
    deleter = a_deleter(leaving(world), clock)
    deleter.delete(CUSTOMER, RUN)
    world.to_delete.clear()

    assert deleter.delete(CUSTOMER, LATE) is Progress.UNFINISHED

    assert world.to_delete == [(CUSTOMER, 0)]
    assert CUSTOMER in world.customers_by_id
