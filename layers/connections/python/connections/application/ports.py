"""What the use cases need of the world. Each port has an adapter and a test double.

Every method may raise `Unavailable` when the service behind it does not answer; whatever else it
raises is said with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from connections.domain.claim import Claim
from connections.domain.connection import Connection, Inputs, Use
from connections.domain.failed_refresh import FailureRecord
from connections.domain.failure import Failure
from connections.domain.grant import Grant
from connections.domain.identifiers import (
    ConnectionId,
    GrantId,
    RegistrationId,
)
from connections.domain.log_entry import LogEntry
from connections.oauth.messages import ServerRequest, ServerResponse
from connections_sdk.definitions import Component


class Clock(Protocol):
    """The time, and waiting for it to pass."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


class Components(Protocol):
    """The components that the organization published, or also those that are built in."""

    def put(self, component: Component) -> None:
        """Store or replace a component.

        Raises:
            BuiltInComponent: its key is that of a component which nobody can replace.
        """

    def get(self, key: str) -> Component | None:
        """Return the component of that key."""

    def remove(self, key: str) -> None:
        """Delete the component of that key; one that nobody can delete is a BuiltInComponent."""


class Connections(Protocol):
    """States and inputs of connections, as those who manage them see them."""

    def get(self, connection_id: ConnectionId) -> Connection | None:
        """Return the state."""

    def with_inputs(self, connection_id: ConnectionId) -> tuple[Connection, Inputs] | None:
        """Return the state with the inputs, unsealed.

        Raises:
            SealBroken: the inputs are not those that were sealed for this connection.
        """

    def used(self, connection_id: ConnectionId, use: Use) -> Connection | None:
        """Record what an execution saw, and return the state as it was just before.

        None if there is no such connection.
        """


class States(Protocol):
    """The state item under refresh: every write names what it changes and what it expects."""

    def claim(self, connection_id: ConnectionId, claim: Claim, now: datetime) -> Connection | None:
        """Take the claim if none stands, and put what it may spend on record.

        Returns:
            The state as it was just before; None if another claim stands or the connection is
            gone.
        """

    def refreshed(
        self,
        former: Connection,
        grant: Grant,
        refresh_at: datetime | None,
        now: datetime,
        registration: RegistrationId | None = None,
    ) -> bool:
        """Bring the state up to a stored generation and end the claim that `former` precedes.

        `registration` is the client registration under which it is refreshed. False if another
        has taken over, whose business it then is.
        """

    def failed(self, former: Connection, record: FailureRecord, now: datetime) -> bool:
        """Record a failed refresh and end the claim that `former` precedes."""

    def released(self, former: Connection, refresh_at: datetime | None) -> bool:
        """End the claim that `former` precedes with `spending` as it was.

        So is a claim that had ended by itself: it says from when on the outcome is unknown.
        """

    def disconnected(self, former: Connection, now: datetime, ended: GrantId | None = None) -> bool:
        """Record that the grant of `former`, or `ended`, is gone; False if there is another.

        Whoever holds a claim is overtaken: the fence rises.
        """


class NewGrants(Protocol):
    """The state item when a customer has consented."""

    def connected(
        self,
        grant: Grant,
        refresh_at: datetime | None,
        now: datetime,
        asked: str | None = None,
        registration: RegistrationId | None = None,
    ) -> bool:
        """Record a new grant, once; False if the connection is gone, or being deleted.

        `asked` are the scopes that were asked for, where they may be others than before;
        `registration` the client registration under which it is refreshed. Whoever holds a claim
        is overtaken: the fence rises.
        """


class Tokens(Protocol):
    """The tokens items: the truth about grants.

    Reading raises `SealBroken` for what was not sealed for this connection and grant.
    """

    def ready(self) -> None:
        """Make sure that a grant could be sealed now, before something is spent for it."""

    def get(self, connection_id: ConnectionId) -> Grant | None:
        """Return the grant, consistently read."""

    def begin(self, grant: Grant, *, in_place: bool = True) -> bool:
        """Store a new grant; doing it again changes nothing.

        In place of another, or not at all: then False if there is another.
        """

    def succeed(self, successor: Grant) -> bool:
        """Store the next generation; False if the stored one is not the one before it.

        Says True also when this very generation is stored already: a retry of a write whose
        answer was lost.
        """

    def delete(self, grant: Grant) -> bool:
        """Delete the grant at this generation; False if the stored one is another by now.

        Says True also when there is none.
        """


class Readings(Protocol):
    """What a reading of credentials needs, in one request."""

    def read(self, connection_id: ConnectionId) -> tuple[Inputs | None, Grant | None]:
        """Return inputs and grant, both consistently read and unsealed."""


class Logbook(Protocol):
    """The connections' logs."""

    def write(self, entry: LogEntry) -> None:
        """Add an entry; of a connection that is deleted, or being deleted, nothing is kept."""


class Logs(Protocol):
    """The connections' logs, for their readers."""

    def page(
        self, connection_id: ConnectionId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[LogEntry], str | None]:
        """Return entries, newest first, and the cursor of the next page.

        Raises:
            InvalidRequest: the cursor is not one of this list's.
        """


class RevocationQueue(Protocol):
    """Hands grants, sealed, to the revoking function."""

    def send(self, grant: Grant, *, after: timedelta = timedelta()) -> None:
        """Send a grant to be revoked, at once or after at most 15 minutes."""


class RescueQueue(Protocol):
    """Keeps token sets, sealed, that could not be stored, until the refreshing function can."""

    def send(self, successor: Grant) -> None:
        """Send a grant at the generation that is to be stored."""

    def waiting(self) -> int:
        """Return about how many there are, seen a minute late at the most."""


class SettledRevocations(Protocol):
    """Of which grants nothing is left to be revoked, so that what is queued has no work to do."""

    def settle(self, grant: Grant) -> None:
        """Note that the grant is settled up to this generation; of a deleted connection nothing."""

    def settled(self, grant: Grant) -> bool:
        """Tell whether the grant was settled at this generation or a later one."""


class AuthorizationServer(Protocol):
    """An authorization server's endpoints."""

    def send(self, request: ServerRequest, deadline: datetime) -> ServerResponse:
        """Send the request once, follow nothing, and return the answer.

        Raises:
            NotSent: nothing was sent: no connection, a forbidden address, or too little time.
            NoAnswer: it was sent, and no whole answer came.
        """


class NotSent(Exception):
    """Nothing reached the authorization server: it did not let us, or we did not try."""

    def __init__(self, failure: Failure, *, unreachable: bool = False) -> None:
        super().__init__(failure.explanation)
        self.failure = failure
        self.unreachable = unreachable


class NoAnswer(Exception):
    """The request was sent; whether the server acted is not known."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.explanation)
        self.failure = failure


class SealBroken(Exception):
    """What was sealed does not open: it was sealed for another record, or changed."""
