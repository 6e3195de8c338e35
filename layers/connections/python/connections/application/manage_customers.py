"""Make, list and change customers, and begin to delete one."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from connections.application.access_ports import Customers, Deletions
from connections.application.ports import Clock
from connections.domain.customer import Customer
from connections.domain.errors import ExternalIdTaken, IdempotencyKeyReused, NotFound
from connections.domain.identifiers import CustomerId, Randomness, customer_id, customer_id_for


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBook:
    """The organization's customers."""

    customers: Customers
    deletions: Deletions
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def create(self, name: str, external_id: str, idempotency_key: str | None) -> Customer:
        """Make a customer; the same Idempotency-Key returns the one that it made before.

        Raises:
            ExternalIdTaken: another customer has this external id.
            IdempotencyKeyReused: the key made another customer.
        """
        now = self.clock.now()
        identifier = customer_id(now, self.randomness)
        if idempotency_key is not None:
            identifier = customer_id_for(idempotency_key, "organization")
        customer = Customer(
            id=identifier, external_id=external_id, name=name, created_at=now, updated_at=now
        )
        if self.customers.add(customer):
            return customer
        made = self.customers.get(identifier)
        if made is None:
            raise ExternalIdTaken("There is a customer of this external id already.")
        if (made.external_id, made.name) != (external_id, name):
            raise IdempotencyKeyReused(
                "This Idempotency-Key made another customer. Send a new key for a new customer."
            )
        return made

    def read(self, identifier: CustomerId) -> Customer:
        """Return the customer of that id.

        Raises:
            NotFound: there is none.
        """
        return _there(self.customers.get(identifier))

    def page(self, *, limit: int, cursor: str | None) -> tuple[Sequence[Customer], str | None]:
        """Return customers, newest first, and the cursor of the next page."""
        return self.customers.page(limit=limit, cursor=cursor)

    def rename(self, identifier: CustomerId, name: str) -> Customer:
        """Give a customer another name.

        Raises:
            NotFound: there is none.
        """
        return _there(self.customers.renamed(identifier, name, self.clock.now()))

    def delete(self, identifier: CustomerId) -> Customer:
        """Let a customer be deleted with all it has; asking again takes up what stood still.

        From now on nothing can be added to it. What it has is ended by the deleting function.

        Raises:
            NotFound: there is none.
        """
        customer = _there(self.customers.deleting(identifier, self.clock.now()))
        self.deletions.send(identifier)
        return customer


def _there(customer: Customer | None) -> Customer:
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer
