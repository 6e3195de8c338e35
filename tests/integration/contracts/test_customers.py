"""The contracts of `Customers` and `KnownCustomers`."""

from dataclasses import replace

import pytest

from connections.domain.customer import Customer
from connections.domain.identifiers import CustomerId
from tests.builders import CUSTOMER, HOUR, NOW, a_customer
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

OTHER = CustomerId("cus_00000000000000000000000002")
LATER = NOW + HOUR


def a_numbered(number: int) -> Customer:
    return a_customer(id=CustomerId(f"cus_{number:026}"), external_id=f"customer {number}")


def pages_of(ports: Ports) -> Page[Customer]:
    return lambda limit, cursor: ports.customers.page(limit=limit, cursor=cursor)


def test_a_customer_is_read_back_as_it_was_stored(ports: Ports) -> None:
    customer = a_customer(external_id="ünïcode #1", name="☃")

    assert ports.customers.add(customer)

    assert ports.customers.get(CUSTOMER) == customer
    assert ports.customers.page(limit=10, cursor=None)[0] == [customer]


def test_a_customer_is_known_by_its_external_id_exactly(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.add(a_customer(id=OTHER, external_id="Acme"))

    assert ports.known_customers.by_external_id("acme") == CUSTOMER
    assert ports.known_customers.by_external_id("Acme") == OTHER
    assert ports.known_customers.by_external_id("acme ") is None


def test_what_was_never_stored_is_not_there(ports: Ports) -> None:
    ports.customers.add(a_customer())

    assert ports.customers.get(OTHER) is None
    assert ports.known_customers.by_external_id(CUSTOMER) is None


def test_an_id_that_is_taken_is_refused_and_nothing_changes(ports: Ports) -> None:
    ports.customers.add(a_customer())

    assert not ports.customers.add(a_customer(external_id="another"))

    assert ports.customers.get(CUSTOMER) == a_customer()
    assert ports.known_customers.by_external_id("another") is None


def test_an_external_id_that_is_taken_is_refused_and_nothing_changes(ports: Ports) -> None:
    ports.customers.add(a_customer())

    assert not ports.customers.add(a_customer(id=OTHER))

    assert ports.customers.get(OTHER) is None
    assert ports.known_customers.by_external_id("acme") == CUSTOMER
    assert ports.customers.page(limit=10, cursor=None)[0] == [a_customer()]


def test_a_renamed_customer_is_returned_as_it_is_then(ports: Ports) -> None:
    ports.customers.add(a_customer())
    renamed = a_customer(name="Acme Corp.", updated_at=LATER)

    assert ports.customers.renamed(CUSTOMER, "Acme Corp.", LATER) == renamed

    assert ports.customers.get(CUSTOMER) == renamed


def test_a_customer_is_being_deleted_since_it_was_first_asked_for(ports: Ports) -> None:
    ports.customers.add(a_customer())
    deleting = a_customer(deleting_since=NOW)

    assert ports.customers.deleting(CUSTOMER, NOW) == deleting
    assert ports.customers.deleting(CUSTOMER, LATER) == replace(deleting, updated_at=LATER)

    assert ports.customers.get(CUSTOMER) == replace(deleting, updated_at=LATER)


def test_a_customer_that_is_being_deleted_keeps_that_when_it_is_renamed(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.customers.deleting(CUSTOMER, NOW)

    renamed = ports.customers.renamed(CUSTOMER, "Acme Corp.", LATER)

    assert renamed == a_customer(name="Acme Corp.", updated_at=LATER, deleting_since=NOW)


def test_a_customer_that_is_gone_is_neither_renamed_nor_deleted(ports: Ports) -> None:
    assert ports.customers.renamed(CUSTOMER, "Acme Corp.", LATER) is None
    assert ports.customers.deleting(CUSTOMER, LATER) is None

    assert ports.customers.page(limit=10, cursor=None) == ([], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_following_the_cursors_reads_every_customer_once_newest_first(
    ports: Ports, limit: int
) -> None:
    customers = [a_numbered(number) for number in range(7)]
    for customer in (*customers[3:], *customers[:3]):
        ports.customers.add(customer)

    assert followed(pages_of(ports), limit) == customers[::-1]


@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_of_this_list_is_refused(ports: Ports, cursor: str) -> None:
    refuses(pages_of(ports), cursor)
