"""What one claim is about to do."""

from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.discover import Discoverer
from connections.application.ports import NotSent
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Grant, Issuance
from connections.domain.identifiers import RegistrationId
from connections.domain.refresh import Cause
from connections.oauth.client import OAuthClient

_NOT_DESCRIBED = Failure(
    kind=FailureKind.WAIT, explanation="the server did not say where its endpoints are"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt to obtain the next token set; `former` is the state just before the claim."""

    former: Connection
    issuance: Issuance
    """What the next token set is to be issued under."""
    client: OAuthClient
    deadline: datetime
    request_id: str
    """Of the invocation that makes it."""
    counted: RegistrationId | None = None
    """The client registration for which it speaks, if it speaks for one."""
    failure_counts: bool = True
    """Whether it speaks for it also by failing."""

    def counting(self, grant: Grant, cause: Cause) -> "Attempt":
        """Return the attempt as one that speaks for its registration, where it does.

        One under inputs that others have not, or had before they changed, speaks for itself: who
        enters somebody else's client id with a wrong secret must not hold back all of theirs.
        """
        former, digest = self.former, self.issuance.inputs_digest
        if former.inputs_changed or digest != grant.issuance.inputs_digest:
            return self
        # Whoever asks again and again for what fails must not make it look as if all did.
        again = cause is Cause.DEMANDED and former.failures > 0
        return replace(self, counted=self.client.registration, failure_counts=not again)

    def described(self, discoverer: Discoverer) -> "Attempt":
        """Return the attempt with what its server says of itself, if that has to be asked now.

        A consent's grant keeps what was said when it was given; client credentials are asked for
        under the inputs that there are.

        Raises:
            NotSent: the server does not answer.
            Misconfigured: what it says is not to be relied on.
        """
        if self.client.credentials is None:
            return self
        try:
            issuance = discoverer.completed(self.issuance, self.deadline)
        except Unavailable:
            raise NotSent(_NOT_DESCRIBED) from None
        return replace(self, issuance=issuance, client=OAuthClient.of(issuance))
