"""Delete a customer with all it has: connections, instances and integrations.

Every step can be done again: killed anywhere, the work is taken up by whoever comes next.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from connections.application.access_ports import Deletions
from connections.application.delete_connection import ConnectionDeleter, Progress
from connections.application.delete_instance import InstanceDeleter
from connections.application.deletion_ports import CustomerRemains, MarkedCustomers
from connections.application.invocation import Invocation
from connections.application.ports import Clock
from connections.domain.customer import Customer
from connections.domain.identifiers import CustomerId

logger = logging.getLogger(__name__)
SETTLED_AFTER = timedelta(seconds=10)
"""An index shows what was added before the deletion began no later than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeleter:
    """Deletes customers that are marked for it."""

    customers: MarkedCustomers
    remains: CustomerRemains
    connections: ConnectionDeleter
    instances: InstanceDeleter
    deletions: Deletions
    clock: Clock

    def delete(self, customer_id: CustomerId, invocation: Invocation) -> Progress:
        """Do one pass; the last one finds nothing, when the indexes show all that there was.

        Raises:
            Unavailable: storage or a queue does not answer; nothing is lost by trying again.
        """
        customer = self.customers.customer(customer_id)
        # NOTE: a message is a hint; only the mark on the customer allows the deletion.
        if customer is None or customer.deleting_since is None:
            return Progress.DONE
        found = self._end_what_works(customer_id, invocation)
        if found is None:
            return self._again(customer_id)
        settled = self.clock.now() - customer.deleting_since >= SETTLED_AFTER
        if found or not settled:
            return self._again(customer_id, after=SETTLED_AFTER)
        return self._end_the_rest(customer, invocation)

    def _end_what_works(self, customer_id: CustomerId, invocation: Invocation) -> int | None:
        """Delete flows, instances and connections; return how many, or None if it is too late."""
        # Flows first: nobody can come back from a consent to what is about to go.
        found = self.remains.remove_flows(customer_id)
        for instance_id in self.remains.instances(customer_id):
            ended = self.instances.end_of_customer(instance_id, invocation)
            if ended is Progress.UNFINISHED:
                return None
            found += 1
        for connection_id in self.remains.connections(customer_id):
            if self.connections.late(invocation):
                return None
            self.connections.end(connection_id)
            found += 1
        return found

    def _end_the_rest(self, customer: Customer, invocation: Invocation) -> Progress:
        """Delete the integrations, of which no instance stands any more, and the customer."""
        for integration_id in self.remains.integrations(customer.id):
            if self.connections.late(invocation):
                return self._again(customer.id)
            self.remains.remove_integration(integration_id)
        self.customers.remove_customer(customer)
        logger.info("customer-deleted", extra={"customerId": customer.id})
        return Progress.DONE

    def _again(self, customer_id: CustomerId, after: timedelta = timedelta()) -> Progress:
        self.deletions.send(customer_id, delay_seconds=int(after.total_seconds()))
        return Progress.UNFINISHED
