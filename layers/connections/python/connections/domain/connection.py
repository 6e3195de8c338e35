"""A connection: its state, which says whether it works, and the inputs that it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.claim import Claim, Spending
from connections.domain.identifiers import ConnectionId, GrantId


class Status(StrEnum):
    """Whether a connection works, by evidence."""

    PENDING = "pending"
    """Not connected yet, or disconnected."""
    ACTIVE = "active"
    DEGRADED = "degraded"
    """Refreshing fails for now; the access token is handed out while it lives."""
    RECONNECT_REQUIRED = "reconnect-required"
    """The authorization server said that the grant is dead."""


class Reason(StrEnum):
    """Why a connection is not simply active."""

    NOT_CONNECTED = "not-connected"
    DISCONNECTED = "disconnected"
    PROVIDER_UNAVAILABLE = "provider-unavailable"
    RATE_LIMITED = "rate-limited"
    OUTCOME_UNKNOWN = "outcome-unknown"
    OPERATOR_ACTION_REQUIRED = "operator-action-required"
    GRANT_REVOKED = "grant-revoked"
    ANSWER_LOST = "answer-lost"
    EXPIRED = "expired"


class Light(StrEnum):
    """What a person sees at a glance."""

    YELLOW = "yellow"
    """Configured, not used yet."""
    GREEN = "green"
    """Used successfully by an execution."""
    RED = "red"
    """The component using it reported a connection error, or its grant is dead."""


class UseOutcome(StrEnum):
    """What an execution saw when it used the connection."""

    SUCCESS = "success"
    CONNECTION_ERROR = "connection-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a failed refresh left behind."""

    at: datetime
    generation: int
    http_status: int | None
    provider_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The last thing that an execution reported."""

    at: datetime
    outcome: UseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The state of a connection; small, because it is written at every refresh.

    `grant_id` and `generation` are what the state believes; the tokens item knows.
    """

    id: ConnectionId
    name: str
    component: str
    definition_key: str
    owner: Owner = ORGANIZATION
    oauth: bool
    status: Status
    reason: Reason | None = None
    requested_scopes: str | None = None
    granted_scopes: str | None = None
    grant_id: GrantId | None = None
    generation: int = 0
    expires_at: datetime | None = None
    refresh_at: datetime | None = None
    last_refreshed_at: datetime | None = None
    failures: int = 0
    """Refreshes that failed since the last one that worked."""
    last_error: Evidence | None = None
    last_use: Use | None = None
    fence: int = 0
    claim: Claim | None = None
    spending: Spending | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def light(self) -> Light | None:
        """The status light, derived from recorded facts: none until the connection is configured.

        A new grant starts yellow because storing it forgets the use of the one before.
        """
        if self.status is Status.PENDING:
            return None
        if self.status is Status.RECONNECT_REQUIRED:
            return Light.RED
        if self.last_use is None:
            return Light.YELLOW
        return Light.GREEN if self.last_use.outcome is UseOutcome.SUCCESS else Light.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a connection was made from: the definition as it was then, and the values."""

    connection_id: ConnectionId
    definition: Mapping[str, Any]
    """The connection definition, as its document."""
    values: Mapping[str, Any] = field(repr=False)
    """The values that were entered, without the definition's defaults."""
