"""The contract of `ConnectionList`."""

import pytest

from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection, Use, UseOutcome
from connections.domain.identifiers import ConnectionId, CustomerId
from tests.builders import (
    ADA,
    AUTHORIZATION,
    CUSTOMER,
    HOUR,
    NOW,
    a_customer,
    a_flow,
    a_grant,
    a_new_connection,
    an_offer,
    some_inputs,
)
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

OTHER = CustomerId("cus_00000000000000000000000002")


def numbered(number: int, owner: Owner = ORGANIZATION) -> Connection:
    return a_new_connection(id=ConnectionId(f"con_{number:026}"), owner=owner)


def added(ports: Ports, *connections: Connection) -> None:
    for connection in connections:
        inputs = some_inputs(connection_id=connection.id)
        assert ports.new_connections.add(connection, inputs)


def pages_of(ports: Ports, customer: CustomerId | None = None) -> Page[Connection]:
    return lambda limit, cursor: ports.listed.page(customer, limit=limit, cursor=cursor)


@pytest.fixture
def _customers(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.add(a_customer(id=OTHER, external_id="other"))


def test_where_no_connection_is_the_list_is_empty(ports: Ports) -> None:
    assert ports.listed.page(None, limit=10, cursor=None) == ([], None)
    assert ports.listed.page(CUSTOMER, limit=10, cursor=None) == ([], None)


@pytest.mark.usefixtures("_customers")
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_following_the_cursors_reads_every_connection_once_newest_first(
    ports: Ports, limit: int
) -> None:
    owners = [ORGANIZATION, ADA, Owner(customer_id=CUSTOMER), Owner(customer_id=OTHER)]
    connections = [numbered(number, owners[number % 4]) for number in range(6)]
    added(ports, *connections[3:], *connections[:3])

    assert followed(pages_of(ports), limit) == connections[::-1]


@pytest.mark.usefixtures("_customers")
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_connections_of_a_customer_are_read_alone(ports: Ports, limit: int) -> None:
    owned = [numbered(1, ADA), numbered(3, Owner(customer_id=CUSTOMER)), numbered(5, ADA)]
    added(ports, *owned, numbered(2), numbered(4, Owner(customer_id=OTHER)))

    assert followed(pages_of(ports, CUSTOMER), limit) == owned[::-1]


@pytest.mark.usefixtures("_customers")
def test_what_else_is_the_customers_is_no_connection(ports: Ports) -> None:
    added(ports, numbered(1, ADA))
    offer = an_offer(
        id=AUTHORIZATION, connection_id=numbered(1).id, owner=ADA, expires_at=NOW + HOUR
    )
    ports.flows.offer(offer)
    ports.flows.begin(a_flow(owner=ADA))

    assert followed(pages_of(ports, CUSTOMER), 1) == [numbered(1, ADA)]


def test_a_connection_is_listed_as_it_stands(ports: Ports) -> None:
    added(ports, numbered(1))
    ports.new_grants.connected(a_grant(connection_id=numbered(1).id), NOW, NOW)
    ports.connections.used(numbered(1).id, Use(at=NOW, outcome=UseOutcome.SUCCESS))

    assert followed(pages_of(ports), 10) == [ports.connections.get(numbered(1).id)]


@pytest.mark.usefixtures("_customers")
def test_a_page_begins_where_the_last_one_ended_also_if_that_connection_is_gone(
    ports: Ports,
) -> None:
    added(ports, *[numbered(number, ADA) for number in range(4)])
    for customer in (None, CUSTOMER):
        _, cursor = ports.listed.page(customer, limit=2, cursor=None)
        ports.connection_remains.remove_connection(numbered(2).id)

        rest, _ = ports.listed.page(customer, limit=10, cursor=cursor)

        assert rest == [numbered(1, ADA), numbered(0, ADA)]
        added(ports, numbered(2, ADA))


@pytest.mark.parametrize("customer", [None, CUSTOMER])
@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_of_this_list_is_refused(
    ports: Ports, cursor: str, customer: CustomerId | None
) -> None:
    refuses(pages_of(ports, customer), cursor)
