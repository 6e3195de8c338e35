"""What refreshes leave in a connection's log."""

from dataclasses import dataclass
from datetime import datetime

from connections.application.ports import Clock, Logbook
from connections.application.remedies import REFRESH_REMEDIES, answer_lost, consent_ends
from connections.domain.connection import Connection, Reason, Status
from connections.domain.failed_refresh import FailureRecord
from connections.domain.failure import Failure
from connections.domain.log_entry import Event, LogEntry, Severity


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
            + (failure.remedy or _remedy(former, record.reason)),
            failure,
            # Of what never worked everybody is told: it may be their own.
            for_operator=record.status is Status.DEGRADED
            and record.reason is Reason.OPERATOR_ACTION_REQUIRED,
        )

    def expiring(self, former: Connection, ends_at: datetime) -> None:
        """Say that the consent is about to end."""
        self.wrote(former, Event.EXPIRING, Severity.WARNING, consent_ends(ends_at))

    def wrote(
        self,
        former: Connection,
        event: Event,
        severity: Severity,
        detail: str,
        failure: Failure | None = None,
        *,
        for_operator: bool = False,
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
                for_operator=for_operator,
            )
        )


def _remedy(former: Connection, reason: Reason) -> str:
    if reason is Reason.ANSWER_LOST and former.reason is Reason.OUTCOME_UNKNOWN:
        return answer_lost(former.last_error.at if former.last_error else None)
    return REFRESH_REMEDIES[reason]
