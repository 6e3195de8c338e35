"""An authorization that was offered, and the flow that one press of its button begins."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.grant import Issuance
from connections.domain.identifiers import AuthorizationId, ConnectionId

AUTHORIZATION_LIFETIME = timedelta(hours=1)
FLOW_LIFETIME = timedelta(minutes=10)


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
    expires_at: datetime


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
    expires_at: datetime
