"""Delete a closed connection: its grant is handed over to be revoked, unopened.

Every step can be done again: killed anywhere, the work is taken up by whoever comes next.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from connections.application.access_ports import SealedRevocations, SealedTokens
from connections.application.deletion_ports import ConnectionRemains
from connections.application.invocation import Invocation
from connections.application.ports import Clock
from connections.domain.identifiers import ConnectionId

logger = logging.getLogger(__name__)
LEAST_TIME = timedelta(seconds=10)
"""What the deletion of one connection needs at the most."""


class Progress(StrEnum):
    """How far a pass came."""

    DONE = "done"
    """Nothing was left, and what was to go is gone."""
    UNFINISHED = "unfinished"
    """Another pass follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDeleter:
    """Deletes connections."""

    remains: ConnectionRemains
    tokens: SealedTokens
    revocations: SealedRevocations
    clock: Clock

    def delete(self, connection_id: ConnectionId) -> None:
        """Delete a connection, if it is closed.

        Raises:
            Unavailable: storage or a queue does not answer; nothing is lost by trying again.
        """
        # NOTE: a message is a hint; only the mark on the connection allows the deletion.
        if self.remains.closed(connection_id):
            self.end(connection_id)
            logger.info("connection-deleted", extra={"connectionId": connection_id})

    def end(self, connection_id: ConnectionId) -> None:
        """Close a connection and delete it.

        Raises:
            Unavailable: storage or a queue does not answer; nothing is lost by trying again.
        """
        self.remains.close_connection(connection_id)
        # Handed over before it is deleted: a crash in between leaves nothing unrevoked. A refresh
        # that stores a successor in between loses its race here, and is looked for again.
        while (grant := self.tokens.get(connection_id)) is not None:
            self.revocations.hand_over(grant)
            self.tokens.delete(grant)
        self.remains.remove_connection(connection_id)

    def late(self, invocation: Invocation) -> bool:
        """Tell whether too little is left of an invocation for another connection."""
        return invocation.deadline - self.clock.now() < LEAST_TIME
