"""An authorization that was offered, and the flow that one press of its button begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.grant import Account, Issuance
from connections.domain.identifiers import AuthorizationId, ConnectionId

AUTHORIZATION_LIFETIME = timedelta(hours=1)
FLOW_LIFETIME = timedelta(minutes=10)
LAPSED_AFTER = FLOW_LIFETIME + timedelta(seconds=30)
"""So long after a flow began it is looked whether anybody came back; queues wait 900 s at most."""
NOBODY_CAME_BACK = "authorization-expired"
"""The code of a flow from which no browser returned."""


class AuthorizationStatus(StrEnum):
    """What became of an authorization, for whoever opened its window."""

    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Its link is good for another try until it expires."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the last flow of an authorization ended: connected, or with the code of what it was."""

    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """An offer to connect: whoever opens its link may press CONNECT, until it expires.

    The link itself is never stored: its SHA-256 digest is compared.
    """

    id: AuthorizationId
    link_digest: str = field(repr=False)
    connection_id: ConnectionId
    owner: Owner = ORGANIZATION
    """The connection's."""
    customer_name: str | None = None
    """Whose name stands on the page before the consent."""
    scopes: tuple[str, ...] = ()
    """What is asked for beside the connection's own scopes."""
    confirm: bool = True
    """Whether that page is shown; if not, who made the link has said what it says."""
    return_url: str | None = None
    """Where the browser goes in the end: one that the organization allows."""
    taken: bool = False
    """Whether a consent was exchanged under it: then it leads nowhere any more."""
    outcome: Outcome | None = None
    expires_at: datetime

    def status(self, now: datetime) -> AuthorizationStatus:
        """Return what became of it."""
        if self.outcome is None:
            waiting = now < self.expires_at
            return AuthorizationStatus.WAITING if waiting else AuthorizationStatus.EXPIRED
        if self.outcome.error is None:
            return AuthorizationStatus.SUCCEEDED
        lapsed = self.outcome.error == NOBODY_CAME_BACK
        return AuthorizationStatus.EXPIRED if lapsed else AuthorizationStatus.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where a flow ends in place of the service's own pages, and what is told there."""

    success_uri: str
    failure_uri: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One journey of one browser to the authorization server; it may come back once.

    The `state` itself is never stored: its SHA-256 digest finds the flow (RFC 6749 10.12).
    """

    state_digest: str
    browser_digest: str
    """SHA-256 of the browser's cookie, so that nobody finishes what another began."""
    connection_id: ConnectionId
    authorization_id: AuthorizationId
    owner: Owner = ORGANIZATION
    """The connection's."""
    redirect_uri: str
    issuer: str | None
    code_verifier: str | None = field(repr=False)
    """Of PKCE (RFC 7636 4.1); None if the definition switches PKCE off."""
    issuance: Issuance
    reconnects: bool = False
    """Whether the connection had a grant when the flow began."""
    account: Account | None = None
    """Whose consent that grant was, where it is known."""
    landing: Landing | None = None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsedFlow:
    """A flow from which no browser came back in time."""

    connection_id: ConnectionId
    authorization_id: AuthorizationId
    redirect_uri: str
