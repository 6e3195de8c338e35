"""Say in the connection's log that nobody came back from the authorization server."""

from dataclasses import dataclass

from connections.application.flow_ports import Lapses
from connections.application.insisting import insist
from connections.application.ports import Clock, Logbook
from connections.application.remedies import nobody_came_back
from connections.domain.flow import NOBODY_CAME_BACK, Outcome
from connections.domain.log_entry import Event, LogEntry, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLapses:
    """Ends flows whose time is over."""

    flows: Lapses
    logbook: Logbook
    clock: Clock

    def lapse(self, state_digest: str) -> bool:
        """Log a flow from which nobody came back, once; False if there is nothing to log.

        Raises:
            Unavailable: storage does not answer.
        """
        now = self.clock.now()
        flow = self.flows.lapse(state_digest, now)
        if flow is None:
            return False
        outcome = Outcome(error=NOBODY_CAME_BACK)
        # Who pressed CONNECT twice and came back once is connected: nothing went wrong.
        if not insist(lambda: self.flows.settle(flow.authorization_id, outcome), self.clock):
            return False
        self.logbook.write(
            LogEntry(
                connection_id=flow.connection_id,
                at=now,
                event=Event.AUTHORIZATION_EXPIRED,
                severity=Severity.WARNING,
                detail=nobody_came_back(flow.redirect_uri),
                authorization_id=flow.authorization_id,
            )
        )
        return True
