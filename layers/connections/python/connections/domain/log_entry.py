"""The connection's log: a closed catalogue of events, in words that say what to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connections.domain.identifiers import AuthorizationId, ConnectionId


class Severity(StrEnum):
    """How much a log entry should worry its reader."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Event(StrEnum):
    """What can happen to a connection."""

    CREATED = "connection.created"
    CHANGED = "connection.changed"
    AUTHORIZATION_STARTED = "authorization.started"
    AUTHORIZATION_REFUSED = "authorization.refused"
    AUTHORIZATION_FAILED = "authorization.failed"
    AUTHORIZATION_EXPIRED = "authorization.expired"
    CALLBACK_REJECTED = "callback.rejected"
    CONNECTED = "connection.connected"
    ACCOUNT_CHANGED = "connection.account-changed"
    REFRESHED = "refresh.succeeded"
    REFRESH_FAILED = "refresh.failed"
    EXPIRING = "connection.expiring"
    UNAUTHORIZED = "connection.unauthorized"
    RECONNECT_REQUIRED = "refresh.reconnect-required"
    DISCONNECTED = "connection.disconnected"
    REVOKED = "revocation.succeeded"
    REVOCATION_FAILED = "revocation.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry of a connection's log. It holds no secret and no text of a provider's."""

    connection_id: ConnectionId
    at: datetime
    event: Event
    severity: Severity
    detail: str
    http_status: int | None = None
    provider_error: str | None = None
    """The provider's error code (RFC 6749 5.2), if it has the form of one."""
    authorization_id: AuthorizationId | None = None
    for_operator: bool = False
    """Whether it is of an app that is the operator's to mend, which customers are not told."""
