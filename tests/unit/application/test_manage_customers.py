"""Customers as they are made, renamed and given to the deletion."""

import pytest

from connections.application.manage_customers import CustomerBook
from connections.domain.customer import Customer
from connections.domain.errors import ExternalIdTaken, IdempotencyKeyReused, NotFound, Unavailable
from connections.domain.identifiers import CustomerId, customer_id, customer_id_for
from tests.builders import CUSTOMER, HOUR, NOW, a_customer
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.parts import same_bytes

MADE = a_customer(id=customer_id(NOW, same_bytes))
BY_KEY = a_customer(id=customer_id_for("key-1", "organization"))


@pytest.fixture
def book(world: World, clock: ManualClock) -> CustomerBook:
    return CustomerBook(
        customers=world.customers, deletions=world.deletions, clock=clock, randomness=same_bytes
    )


def stored(world: World) -> list[Customer]:
    return list(world.customers_by_id.values())


def test_a_new_customer_is_stored_and_returned(book: CustomerBook, world: World) -> None:
    assert book.create("Acme Inc.", "acme", None) == MADE

    assert stored(world) == [MADE]


def test_two_customers_are_not_alike(world: World, clock: ManualClock) -> None:
    book = CustomerBook(customers=world.customers, deletions=world.deletions, clock=clock)

    assert book.create("Acme Inc.", "acme", None).id != book.create("Acme Inc.", "b", None).id


def test_the_same_idempotency_key_returns_the_customer_that_it_made(
    book: CustomerBook, world: World, clock: ManualClock
) -> None:
    assert book.create("Acme Inc.", "acme", "key-1") == BY_KEY
    clock.advance(HOUR)

    assert book.create("Acme Inc.", "acme", "key-1") == BY_KEY

    assert stored(world) == [BY_KEY]


@pytest.mark.parametrize(("name", "external_id"), [("Acme Inc.", "b"), ("Acme Corp.", "acme")])
def test_an_idempotency_key_that_made_another_customer_is_refused(
    book: CustomerBook, world: World, name: str, external_id: str
) -> None:
    book.create("Acme Inc.", "acme", "key-1")

    with pytest.raises(IdempotencyKeyReused):
        book.create(name, external_id, "key-1")

    assert stored(world) == [BY_KEY]


@pytest.mark.parametrize("idempotency_key", [None, "key-1"])
def test_an_external_id_is_of_one_customer(
    book: CustomerBook, world: World, idempotency_key: str | None
) -> None:
    world.customers.add(a_customer())

    with pytest.raises(ExternalIdTaken):
        book.create("Acme Inc.", "acme", idempotency_key)

    assert stored(world) == [a_customer()]


def test_a_customer_that_was_stored_though_the_answer_was_lost_is_returned(
    book: CustomerBook, world: World
) -> None:
    world.meanwhile("customers.add", lambda: world.customers_by_id.update({MADE.id: MADE}))

    assert book.create("Acme Inc.", "acme", None) == MADE


def test_a_customer_is_read(book: CustomerBook, world: World) -> None:
    world.customers.add(a_customer())

    assert book.read(CUSTOMER) == a_customer()


def test_customers_are_listed_in_pages(book: CustomerBook, world: World) -> None:
    customers = [
        a_customer(id=CustomerId(f"cus_{number:026}"), external_id=str(number))
        for number in range(3)
    ]
    for customer in customers:
        world.customers.add(customer)

    first, cursor = book.page(limit=2, cursor=None)

    assert first == [customers[2], customers[1]]
    assert book.page(limit=2, cursor=cursor) == ([customers[0]], None)


def test_a_renamed_customer_is_returned(
    book: CustomerBook, world: World, clock: ManualClock
) -> None:
    world.customers.add(a_customer())
    clock.advance(HOUR)
    renamed = a_customer(name="Acme Corp.", updated_at=NOW + HOUR)

    assert book.rename(CUSTOMER, "Acme Corp.") == renamed
    assert stored(world) == [renamed]


def test_a_customer_is_marked_before_it_is_sent_to_be_deleted(
    book: CustomerBook, world: World
) -> None:
    world.customers.add(a_customer())

    assert book.delete(CUSTOMER) == a_customer(deleting_since=NOW)

    assert world.calls[1:] == ["customers.deleting", "deletions.send"]
    assert world.to_delete == [(CUSTOMER, 0)]


def test_a_deletion_whose_message_was_lost_may_be_asked_for_again(
    book: CustomerBook, world: World, clock: ManualClock
) -> None:
    world.customers.add(a_customer())
    world.fail("deletions.send")
    with pytest.raises(Unavailable):
        book.delete(CUSTOMER)
    clock.advance(HOUR)

    customer = book.delete(CUSTOMER)

    assert customer == a_customer(deleting_since=NOW, updated_at=NOW + HOUR)
    assert world.to_delete == [(CUSTOMER, 0)]


def test_a_customer_that_is_not_there_is_not_found(book: CustomerBook, world: World) -> None:
    with pytest.raises(NotFound):
        book.read(CUSTOMER)
    with pytest.raises(NotFound):
        book.rename(CUSTOMER, "Acme Corp.")
    with pytest.raises(NotFound):
        book.delete(CUSTOMER)

    assert (world.to_delete, stored(world)) == ([], [])
