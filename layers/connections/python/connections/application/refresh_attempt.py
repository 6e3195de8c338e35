"""What one claim is about to do."""

from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.discover import Discoverer
from connections.application.ports import NotSent
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Issuance
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
