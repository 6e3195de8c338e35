"""What refreshes leave in a connection's log."""

from dataclasses import dataclass

from connections.application.ports import Clock, Logbook
from connections.application.remedies import REFRESH_REMEDIES
from connections.domain.connection import Connection, Status
from connections.domain.failure import Failure
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.refresh import FailureRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshLog:
    """Writes the entries of refreshes."""

    logbook: Logbook
    clock: Clock

    def failed(self, former: Connection, failure: Failure, record: FailureRecord) -> None:
        """Say that a refresh failed, and what to do."""
        dead = record.status is Status.RECONNECT_REQUIRED
        first = former.client_credentials and former.grant_id is None
        happened = "The access token could not be fetched" if first else "The refresh failed"
        self.wrote(
            former,
            Event.RECONNECT_REQUIRED if dead else Event.REFRESH_FAILED,
            Severity.ERROR if dead else Severity.WARNING,
            f"{happened}: {failure.explanation}. "
            + (failure.remedy or REFRESH_REMEDIES[record.reason]),
            failure,
        )

    def wrote(
        self,
        former: Connection,
        event: Event,
        severity: Severity,
        detail: str,
        failure: Failure | None = None,
    ) -> None:
        """Write an entry, with the evidence of a failure if there was one."""
        self.logbook.write(
            LogEntry(
                connection_id=former.id,
                at=self.clock.now(),
                event=event,
                severity=severity,
                detail=detail,
                http_status=failure.http_status if failure else None,
                provider_error=failure.provider_error if failure else None,
            )
        )
