"""Record what an execution saw when it used a connection: the light's evidence.

One that saw the access token refused asks for another by it.
"""

from dataclasses import dataclass
from datetime import datetime

from connections.application.ports import Clock, Connections, Logbook
from connections.application.remedies import unauthorized
from connections.application.schedule_ports import RefreshQueue
from connections.domain.connection import Connection, Use, UseOutcome
from connections.domain.errors import NotFound
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.refresh import Cause, Need, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class UseReports:
    """What executions report."""

    connections: Connections
    queue: RefreshQueue
    logbook: Logbook
    clock: Clock

    def report(
        self,
        connection_id: ConnectionId,
        outcome: UseOutcome,
        *,
        generation: int | None = None,
        execution_id: str | None = None,
    ) -> None:
        """Record the outcome; the last one counts.

        An access token that was refused is to be refreshed. `generation` says which one it was:
        of one that was replaced since, nothing follows. Any number of reports cause one refresh.

        Raises:
            NotFound: there is no such connection.
            Unavailable: storage or the queue does not answer; the report is to be repeated.
        """
        if outcome is UseOutcome.UNAUTHORIZED:
            self._unauthorized(connection_id, generation, execution_id)
        else:
            self._used(connection_id, Use(at=self.clock.now(), outcome=outcome))

    def _used(self, connection_id: ConnectionId, use: Use) -> Connection:
        former = self.connections.used(connection_id, use)
        if former is None:
            raise NotFound("There is no such connection.")
        return former

    def _unauthorized(
        self, connection_id: ConnectionId, generation: int | None, execution_id: str | None
    ) -> None:
        now, state = self.clock.now(), self.connections.get(connection_id)
        if state is None:
            raise NotFound("There is no such connection.")
        # NOTE: the tokens may be ahead of the state, never behind it.
        refused = state.generation if generation is None else generation
        if refused < state.generation:
            return
        use = Use(at=now, outcome=UseOutcome.UNAUTHORIZED, generation=refused)
        former = self._used(connection_id, use)
        if former.grant_id is None or former.grant_id != state.grant_id:
            return
        need = Need(cause=Cause.REPORTED, since=now, seen=(former.grant_id, refused))
        wish = Wish(connection_id=connection_id, need=need, registration=former.registration)
        self.queue.send([wish])
        if not _reported_already(former):
            self._log(connection_id, now, execution_id)

    def _log(self, connection_id: ConnectionId, now: datetime, execution_id: str | None) -> None:
        self.logbook.write(
            LogEntry(
                connection_id=connection_id,
                at=now,
                event=Event.UNAUTHORIZED,
                severity=Severity.WARNING,
                detail=unauthorized(execution_id),
            )
        )


def _reported_already(former: Connection) -> bool:
    """Tell whether the last thing that was reported is that this access token was refused."""
    last = former.last_use
    return (
        last is not None
        and last.outcome is UseOutcome.UNAUTHORIZED
        and (former.last_refreshed_at is None or last.at >= former.last_refreshed_at)
    )
