"""What a flow leaves in its connection's log: how it ended, in words that say what to do."""

from dataclasses import dataclass

from connections.application.flow_ports import UsedFlow
from connections.application.ports import Clock, Logbook
from connections.application.remedies import (
    ACCOUNT_CHANGED,
    CONNECTED,
    CONNECTED_FOR_A_WHILE,
    EXCHANGE_REMEDIES,
    REFUSALS,
    REJECTIONS,
)
from connections.domain.failure import Failure
from connections.domain.flow import Flow
from connections.domain.log_entry import Event, LogEntry, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLog:
    """Writes the entries of flows, and says which code each end has."""

    logbook: Logbook
    clock: Clock

    def rejected(self, flow: Flow | UsedFlow, code: str) -> str:
        """What came back breaks a rule."""
        self._write(flow, Event.CALLBACK_REJECTED, Severity.WARNING, REJECTIONS[code])
        return code

    def refused(self, flow: Flow, provider_error: str) -> str:
        """The authorization server, or the customer there, said no."""
        chosen = provider_error == "access_denied"
        code = REFUSALS.get(provider_error, "authorization-failed")
        self._write(
            flow,
            Event.AUTHORIZATION_REFUSED if chosen else Event.AUTHORIZATION_FAILED,
            Severity.WARNING if chosen else Severity.ERROR,
            REJECTIONS[code],
            provider_error=provider_error,
        )
        return code

    def not_exchanged(self, flow: Flow, failure: Failure) -> str:
        """The code brought no tokens."""
        remedy = failure.remedy or EXCHANGE_REMEDIES[failure.kind]
        self._write(
            flow,
            Event.AUTHORIZATION_FAILED,
            Severity.ERROR,
            f"The code could not be exchanged: {failure.explanation}. {remedy}",
            http_status=failure.http_status,
            provider_error=failure.provider_error,
        )
        return "exchange-failed"

    def unwanted(self, flow: Flow, code: str, why: str = "") -> str:
        """The tokens are not kept: they are not of who was asked."""
        words = " ".join(filter(None, (REJECTIONS[code], why)))
        self._write(flow, Event.AUTHORIZATION_FAILED, Severity.ERROR, words)
        return code

    def failed(self, flow: Flow, words: str) -> None:
        """Something of ours failed."""
        self._write(flow, Event.AUTHORIZATION_FAILED, Severity.ERROR, words)

    def connected(self, flow: Flow, *, lasting: bool, by_another: bool) -> None:
        """The grant is stored; `lasting` if it can be renewed."""
        if by_another:
            self._write(flow, Event.ACCOUNT_CHANGED, Severity.WARNING, ACCOUNT_CHANGED)
        self._write(
            flow,
            Event.CONNECTED,
            Severity.INFO if lasting else Severity.WARNING,
            CONNECTED if lasting else CONNECTED_FOR_A_WHILE,
        )

    def _write(
        self,
        flow: Flow | UsedFlow,
        event: Event,
        severity: Severity,
        detail: str,
        *,
        http_status: int | None = None,
        provider_error: str | None = None,
    ) -> None:
        self.logbook.write(
            LogEntry(
                connection_id=flow.connection_id,
                at=self.clock.now(),
                event=event,
                severity=severity,
                detail=detail,
                http_status=http_status,
                provider_error=provider_error,
                authorization_id=flow.authorization_id,
            )
        )
