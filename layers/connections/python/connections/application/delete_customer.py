"""Delete a customer with all it has: its grants are handed over to be revoked, unopened.

Every step can be done again: killed anywhere, the work is taken up by whoever comes next.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from connections.application.access_ports import (
    CustomerRemains,
    Deletions,
    MarkedCustomers,
    SealedRevocations,
    SealedTokens,
)
from connections.application.invocation import Invocation
from connections.application.ports import Clock
from connections.domain.identifiers import ConnectionId, CustomerId

logger = logging.getLogger(__name__)
LEAST_TIME = timedelta(seconds=10)
"""What the deletion of one connection needs at the most."""
SETTLED_AFTER = timedelta(seconds=10)
"""An index shows what was added before the deletion began no later than this."""


class Progress(StrEnum):
    """How far a pass came."""

    DONE = "done"
    """Nothing was left and the customer is gone."""
    UNFINISHED = "unfinished"
    """Another pass follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeleter:
    """Deletes customers that are marked for it."""

    customers: MarkedCustomers
    remains: CustomerRemains
    tokens: SealedTokens
    revocations: SealedRevocations
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
        # Flows first: nobody can come back from a consent to what is about to go.
        found = self.remains.remove_flows(customer_id)
        for connection_id in self.remains.connections(customer_id):
            if invocation.deadline - self.clock.now() < LEAST_TIME:
                self.deletions.send(customer_id)
                return Progress.UNFINISHED
            self._delete_connection(connection_id)
            found += 1
        settled = self.clock.now() - customer.deleting_since >= SETTLED_AFTER
        if found or not settled:
            delay = int(SETTLED_AFTER.total_seconds())
            self.deletions.send(customer_id, delay_seconds=delay)
            return Progress.UNFINISHED
        self.customers.remove_customer(customer)
        logger.info("customer-deleted", extra={"customerId": customer_id})
        return Progress.DONE

    def _delete_connection(self, connection_id: ConnectionId) -> None:
        self.remains.close_connection(connection_id)
        # Handed over before it is deleted: a crash in between leaves nothing unrevoked. A refresh
        # that stores a successor in between loses its race here, and is looked for again.
        while (grant := self.tokens.get(connection_id)) is not None:
            self.revocations.hand_over(grant)
            self.tokens.delete(grant)
        self.remains.remove_connection(connection_id)
