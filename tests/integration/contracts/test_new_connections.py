"""The contract of `NewConnections`: a connection comes whole, and to a customer that stays."""

import pytest

from connections.domain.caller import Owner
from connections.domain.connection import Connection
from connections.domain.errors import CustomerBeingDeleted
from connections.domain.identifiers import CustomerId
from tests.builders import (
    ADA,
    CONNECTION,
    CUSTOMER,
    NOW,
    a_customer,
    a_new_connection,
    some_inputs,
)
from tests.integration.contracts.ports import Ports

OTHER = CustomerId("cus_00000000000000000000000002")
OF_CUSTOMER = a_new_connection(owner=Owner(customer_id=CUSTOMER))
OF_ADA = a_new_connection(owner=ADA)


def nothing_was_added(ports: Ports) -> None:
    assert ports.connections.get(CONNECTION) is None
    assert ports.connections.with_inputs(CONNECTION) is None
    assert ports.readings.read(CONNECTION) == (None, None)
    for customer in (None, CUSTOMER):
        assert ports.listed.page(customer, limit=10, cursor=None) == ([], None)


@pytest.mark.parametrize("connection", [OF_CUSTOMER, OF_ADA], ids=["customer", "user"])
def test_a_connection_keeps_whose_it_is(ports: Ports, connection: Connection) -> None:
    ports.customers.add(a_customer())

    assert ports.new_connections.add(connection, some_inputs())

    assert ports.connections.get(CONNECTION) == connection
    assert ports.connections.with_inputs(CONNECTION) == (connection, some_inputs())


def test_the_organizations_connection_needs_no_customer(ports: Ports) -> None:
    assert ports.new_connections.add(a_new_connection(), some_inputs())

    assert ports.connections.get(CONNECTION) == a_new_connection()


def test_nothing_is_added_to_a_customer_that_is_not_there(ports: Ports) -> None:
    ports.customers.add(a_customer(id=OTHER))

    with pytest.raises(CustomerBeingDeleted):
        ports.new_connections.add(OF_CUSTOMER, some_inputs())

    nothing_was_added(ports)


def test_nothing_is_added_to_a_customer_that_is_being_deleted(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.deleting(CUSTOMER, NOW)

    with pytest.raises(CustomerBeingDeleted):
        ports.new_connections.add(OF_ADA, some_inputs())

    nothing_was_added(ports)


def test_nothing_is_added_to_a_customer_that_was_deleted(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.deleting(CUSTOMER, NOW)
    ports.marked_customers.remove_customer(a_customer())

    with pytest.raises(CustomerBeingDeleted):
        ports.new_connections.add(OF_CUSTOMER, some_inputs())

    nothing_was_added(ports)


def test_the_customers_renaming_keeps_nothing_away(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.renamed(CUSTOMER, "Acme Corp.", NOW)

    assert ports.new_connections.add(OF_CUSTOMER, some_inputs())


@pytest.mark.parametrize("second", [OF_CUSTOMER, a_new_connection()])
def test_an_id_that_is_taken_is_refused_whosever_it_would_be(
    ports: Ports, second: Connection
) -> None:
    ports.customers.add(a_customer())
    ports.new_connections.add(OF_ADA, some_inputs())

    assert not ports.new_connections.add(second, some_inputs(values={"clientId": "another"}))

    assert ports.connections.with_inputs(CONNECTION) == (OF_ADA, some_inputs())


def test_an_id_that_is_taken_is_told_also_when_the_customer_is_being_deleted(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.new_connections.add(OF_ADA, some_inputs())
    ports.customers.deleting(CUSTOMER, NOW)

    assert not ports.new_connections.add(OF_ADA, some_inputs())

    assert ports.connections.get(CONNECTION) == OF_ADA


def test_one_that_is_due_when_it_is_made_is_found_due(ports: Ports) -> None:
    fetched = a_new_connection(client_credentials=True, refresh_at=NOW)

    ports.new_connections.add(fetched, some_inputs())

    assert ports.connections.get(CONNECTION) == fetched
    assert ports.due(NOW) == {CONNECTION}
