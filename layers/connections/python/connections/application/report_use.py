"""Record what an execution saw when it used a connection: the light's evidence."""

from dataclasses import dataclass

from connections.application.ports import Clock, Connections
from connections.domain.connection import Use, UseOutcome
from connections.domain.errors import NotFound
from connections.domain.identifiers import ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class UseReports:
    """What executions report."""

    connections: Connections
    clock: Clock

    def report(self, connection_id: ConnectionId, outcome: UseOutcome) -> None:
        """Record the outcome; the last one counts.

        Raises:
            NotFound: there is no such connection.
        """
        if not self.connections.used(connection_id, Use(at=self.clock.now(), outcome=outcome)):
            raise NotFound("There is no such connection.")
