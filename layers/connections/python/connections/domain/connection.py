"""A connection: its state, which says whether it works, and the inputs that it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.claim import Claim, Spending
from connections.domain.grant import Account
from connections.domain.identifiers import (
    ConnectionId,
    GrantId,
    InstanceId,
    RegistrationId,
    TemplateId,
    VariableId,
)


class Status(StrEnum):
    """Whether a connection works, by evidence."""

    PENDING = "pending"
    """Not connected yet, or disconnected."""
    ACTIVE = "active"
    DEGRADED = "degraded"
    """Refreshing fails for now, or is held back; the access token is handed out while it lives."""
    RECONNECT_REQUIRED = "reconnect-required"
    """The authorization server said that the grant is dead."""


class Reason(StrEnum):
    """Why a connection is not simply active."""

    NOT_CONFIGURED = "not-configured"
    """Inputs that are required have no value yet."""
    NOT_CONNECTED = "not-connected"
    DISCONNECTED = "disconnected"
    PROVIDER_UNAVAILABLE = "provider-unavailable"
    RATE_LIMITED = "rate-limited"
    OUTCOME_UNKNOWN = "outcome-unknown"
    OPERATOR_ACTION_REQUIRED = "operator-action-required"
    GRANT_REVOKED = "grant-revoked"
    ANSWER_LOST = "answer-lost"
    EXPIRED = "expired"
    INPUTS_CHANGED = "inputs-changed"
    """The grant works, and was issued under other inputs: connecting again takes up the new."""


class Light(StrEnum):
    """What a person sees at a glance."""

    YELLOW = "yellow"
    """Configured, not used yet."""
    GREEN = "green"
    """Used successfully by an execution."""
    RED = "red"
    """The component using it reported a connection error, or that its access token was refused,
    or its grant is dead."""


class UseOutcome(StrEnum):
    """What an execution saw when it used the connection."""

    SUCCESS = "success"
    CONNECTION_ERROR = "connection-error"
    UNAUTHORIZED = "unauthorized"
    """The third party refused the access token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a failed refresh left behind."""

    at: datetime
    generation: int
    http_status: int | None
    provider_error: str | None
    request_id: str | None = None
    """Of the invocation in which it failed: under it stands the rest in the logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The last thing that an execution reported."""

    at: datetime
    outcome: UseOutcome
    generation: int | None = None
    """Of the access token that was used, where that was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a connection is for: a config variable of an instance, or of one of its users."""

    instance_id: InstanceId
    variable_id: VariableId
    variable_key: str
    """The name under which code reads it."""


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
    place: Place | None = None
    """What it is the connection of; None if it was made for itself."""
    template_id: TemplateId | None = None
    """The connection template that fills some of its inputs."""
    oauth: bool
    client_credentials: bool = False
    """Whether its tokens are fetched with the client's own credentials: nobody consents."""
    status: Status
    reason: Reason | None = None
    requested_scopes: str | None = None
    granted_scopes: str | None = None
    account: Account | None = None
    """Whose consent the grant is, where the provider tells it."""
    grant_id: GrantId | None = None
    generation: int = 0
    expires_at: datetime | None = None
    refresh_at: datetime | None = None
    last_refreshed_at: datetime | None = None
    failures: int = 0
    """Refreshes that failed since the last one that worked."""
    last_error: Evidence | None = None
    last_use: Use | None = None
    inputs_digest: str | None = None
    """Stands for the inputs on which a grant depends, as they are; None where there are none."""
    grant_inputs_digest: str | None = None
    """Stands for those under which the grant was issued."""
    registration: RegistrationId | None = None
    """The client registration under which its tokens are refreshed, and with which they are held
    back; None without a grant, and while it is under inputs that have changed."""
    fence: int = 0
    claim: Claim | None = None
    spending: Spending | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def inputs_changed(self) -> bool:
        """Whether the grant was issued under other inputs than there are now."""
        return self.grant_id is not None and self.grant_inputs_digest != self.inputs_digest

    @property
    def told_reason(self) -> Reason | None:
        """The reason why it is not simply active, as it is shown."""
        if self.reason is None and self.inputs_changed:
            return Reason.INPUTS_CHANGED
        return self.reason

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
class TemplateFill:
    """What a connection template fills in, as it was when it was taken."""

    id: TemplateId
    name: str
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirects:
    """Where the user lands after a consent in place of the service's own pages."""

    enabled: bool
    success_uri: str | None = None
    failure_uri: str | None = None

    @property
    def leading(self) -> tuple[str, str] | None:
        """The addresses after a success and after a failure; None if they are switched off."""
        if not self.enabled or self.success_uri is None or self.failure_uri is None:
            return None
        return self.success_uri, self.failure_uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a connection was made from: the definition as it was then, and the values."""

    connection_id: ConnectionId
    definition: Mapping[str, Any]
    """The connection definition, as its document."""
    values: Mapping[str, Any] = field(repr=False)
    """The values that were entered for this connection, without the definition's defaults."""
    by_organization: frozenset[str] = frozenset()
    """Which of the values the organization entered; what is entered no more may be named too."""
    builder: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the builder of the integration entered, for where nothing else is."""
    template: TemplateFill | None = None
    visibility: Mapping[str, str] = field(default_factory=dict)
    """Who is asked for an input, where the builder says so: a name of `Visibility`."""
    variable_key: str | None = None
    """The name under which code reads the connection."""
    redirects: Redirects | None = None
    salt: str = field(default="", repr=False)
    """Keeps the digest of the inputs, which is not sealed, from telling what they are."""
    revision: int = 0
    """Grows with every change."""

    @property
    def effective(self) -> Mapping[str, Any]:
        """The values that hold: the template's, before what was entered, before the builder's."""
        return {**self.builder, **self.values, **(self.template.values if self.template else {})}

    def entered_by(self, *, organization: bool) -> Mapping[str, Any]:
        """The values that were entered by the organization, or else on the customer's side."""
        return {
            name: each
            for name, each in self.values.items()
            if (name in self.by_organization) is organization
        }

    def with_entered(self, patch: Mapping[str, Any], *, by_organization: bool) -> "Inputs":
        """Return them with values that somebody enters; None takes away what was entered.

        Whoever enters a value makes it theirs, also one that was there before.
        """
        kept = {name: each for name, each in self.values.items() if name not in patch}
        entered = {name: each for name, each in patch.items() if each is not None}
        organizations = self.by_organization - patch.keys()
        if by_organization:
            organizations |= entered.keys()
        return replace(self, values={**kept, **entered}, by_organization=organizations)
