"""What the deleting function needs of the world: what is to go, and what is left of it.

As with the other ports, every method may raise `Unavailable`; each can be done again.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from connections.domain.customer import Customer
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId, IntegrationId
from connections.domain.instance import Instance, UserVariables


class MarkedCustomers(Protocol):
    """Customers, for who deletes those that are marked for it."""

    def customer(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer, consistently read."""

    def remove_customer(self, customer: Customer) -> None:
        """Delete the customer itself."""


class CustomerRemains(Protocol):
    """What is stored of a customer; what was just added may be missing."""

    def connections(self, customer_id: CustomerId) -> Iterator[ConnectionId]:
        """Return the connections of the customer."""

    def remove_flows(self, customer_id: CustomerId) -> int:
        """Delete the authorizations and flows of the customer; return how many there were."""

    def instances(self, customer_id: CustomerId) -> Iterator[InstanceId]:
        """Return the instances of the customer."""

    def integrations(self, customer_id: CustomerId) -> Iterator[IntegrationId]:
        """Return the integrations that the customer builds."""

    def remove_integration(self, integration_id: IntegrationId) -> None:
        """Delete an integration of which no instance stands, with all that it refers to."""


class ConnectionRemains(Protocol):
    """What is stored of a connection beside its tokens."""

    def closed(self, connection_id: ConnectionId) -> bool:
        """Tell whether a connection is there and closed, consistently read."""

    def close_connection(self, connection_id: ConnectionId) -> None:
        """Let nothing be added to a connection any more: no grant and no entry of its log."""

    def remove_connection(self, connection_id: ConnectionId) -> None:
        """Delete what is stored of a connection, and at last its state, by which it is found."""


class MarkedInstances(Protocol):
    """Instances, for who deletes those that are marked for it."""

    def instance(self, instance_id: InstanceId) -> Instance | None:
        """Return the instance, consistently read, also one that is being deleted."""

    def mark_instance(self, instance_id: InstanceId, now: datetime) -> None:
        """Let an instance be one that is being deleted: nothing is added to it any more."""

    def users(self, instance_id: InstanceId) -> Iterator[UserVariables]:
        """Return what the users of an instance have, consistently read."""

    def remove_instance(self, instance: Instance) -> None:
        """Delete what the users of an instance have, and at last the instance itself."""
