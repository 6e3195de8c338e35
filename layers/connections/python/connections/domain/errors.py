"""Every error of the service, in one tree by who must act.

ConnectionsError
├── CallerError            the caller must change the request
│   ├── InvalidRequest     it is malformed, or breaks a rule; `problems` names the places
│   ├── Unauthenticated    it carries no credential that is known
│   ├── Forbidden          the credential is not for this
│   ├── NotFound           what it names does not exist, or belongs to another
│   └── Conflict           it does not fit the state of what it names
├── EndUserError           the customer must connect, or connect again
│   ├── NotConnected
│   ├── ReconnectRequired
│   └── NoRefreshToken
├── OperatorError          whoever runs the service or registered the app must act
│   ├── ProviderRefused
│   └── Misconfigured      definition and values together make nothing that can be used
└── Unavailable            nobody: wait and try again

`str(error)` is for the caller and carries no secret and no provider's text. `code` is stable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from connections.domain.failure import Failure


class ConnectionsError(Exception):
    """Whatever the service refuses or cannot do."""

    code: ClassVar[str]


class CallerError(ConnectionsError):
    """The caller must change the request."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One place in a request that is wrong: a JSON Pointer and what to do about it."""

    pointer: str
    detail: str


class InvalidRequest(CallerError):
    """The request is malformed or breaks a rule."""

    code = "invalid-request"

    def __init__(self, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class Unauthenticated(CallerError):
    """The request carries no credential that is known."""

    code = "unauthenticated"


class Forbidden(CallerError):
    """The caller is known, and may not do this."""

    code = "forbidden"


class NotFound(CallerError):
    """What the request names does not exist, or belongs to somebody else."""

    code = "not-found"


class Conflict(CallerError):
    """The request does not fit the state of what it names."""

    code = "conflict"


class IdempotencyKeyReused(Conflict):
    """An Idempotency-Key came again with another request."""

    code = "idempotency-key-reused"


class ExternalIdTaken(Conflict):
    """The organization has a customer of this external id already."""

    code = "external-id-taken"


class CustomerBeingDeleted(Conflict):
    """Nothing can be added to a customer that is being deleted."""

    code = "customer-being-deleted"


class BuiltInComponent(Conflict):
    """The key is that of a component which the service brings with it."""

    code = "built-in-component"


class TooMany(Conflict):
    """There are as many of these as there may be."""

    code = "too-many"


class NameTaken(Conflict):
    """There is another of this name, and names are unique."""

    code = "name-taken"


class InUse(Conflict):
    """Something refers to it, which `detail` names: it stays."""

    code = "in-use"


class TemplateLocked(Conflict):
    """A published version uses the connection template: its values stay what they are."""

    code = "template-locked"


class ConfigurationIncomplete(Conflict):
    """Inputs that are required have no value, or one that does not fit.

    `problems` names those for which the caller is asked.
    """

    code = "configuration-incomplete"

    def __init__(self, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class NotOAuth(Conflict):
    """The connection has no grant to work with: its definition is not an OAuth one."""

    code = "not-an-oauth-connection"


class NoConsent(Conflict):
    """Nobody consents to the connection: its access token is fetched by itself."""

    code = "no-consent"


class EndUserError(ConnectionsError):
    """The customer must act in a browser."""


class NotConnected(EndUserError):
    """The customer has not connected, or has disconnected."""

    code = "not-connected"


class ReconnectRequired(EndUserError):
    """The authorization server ended the grant: only a new consent helps."""

    code = "reconnect-required"


class NoRefreshToken(EndUserError):
    """The access token works, and cannot be renewed: the server gave no refresh token."""

    code = "no-refresh-token"


class OperatorError(ConnectionsError):
    """Whoever runs the service or registered the app must act."""


class ProviderRefused(OperatorError):
    """The authorization server refuses the app, or the grant when it was just asked."""

    code = "provider-refused"


class Misconfigured(OperatorError):
    """What was entered does not fit the definition any more: nothing is sent for it."""

    code = "misconfigured"

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"Nothing was sent: {failure.explanation}. {failure.remedy}")
        self.failure = failure


class Unavailable(ConnectionsError):
    """Nothing is wrong with the request: try again after `retry_after` seconds."""

    code = "unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
