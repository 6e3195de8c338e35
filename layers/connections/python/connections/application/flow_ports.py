"""What authorizations and their flows need of the world.

As with the other ports, every method may raise `Unavailable`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connections.domain.flow import Authorization, Flow, LapsedFlow, Outcome
from connections.domain.identifiers import AuthorizationId, ConnectionId


class Authorizations(Protocol):
    """Offers to connect, which end by themselves."""

    def offer(self, authorization: Authorization) -> None:
        """Store an authorization, also in place of itself."""

    def offered(self, authorization_id: AuthorizationId) -> Authorization | None:
        """Return an authorization, also an expired one that is still there."""

    def close(self, authorization_id: AuthorizationId) -> Authorization | None:
        """Take an authorization and return it, once: None if it is not there, or was taken."""

    def settle(self, authorization_id: AuthorizationId, outcome: Outcome) -> bool:
        """Keep how a flow of it ended; False if another had connected, or it is not there."""


class Flows(Authorizations, Protocol):
    """Flows and the authorizations under which they begin; both end by themselves."""

    def begin(self, flow: Flow) -> None:
        """Store a flow with its verifier, issuance and landing sealed."""

    def take(self, state_digest: str, now: datetime) -> "Flow | UsedFlow | None":
        """Take the flow, once: whoever comes second is told that it was used."""


class Lapses(Protocol):
    """Flows whose time is over."""

    def lapse(self, state_digest: str, now: datetime) -> LapsedFlow | None:
        """Mark a flow from which nobody came back, once; None if somebody did, or still may.

        Who comes back later is told that it has expired.
        """

    def settle(self, authorization_id: AuthorizationId, outcome: Outcome) -> bool:
        """Keep how a flow ended, as `Authorizations` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedFlow:
    """A flow that was taken before; what it held is gone."""

    connection_id: ConnectionId
    authorization_id: AuthorizationId


class LapseQueue(Protocol):
    """Brings flows back when their time is over."""

    def send(self, state_digest: str) -> None:
        """Send a flow, to be looked at `LAPSED_AFTER` from now."""
