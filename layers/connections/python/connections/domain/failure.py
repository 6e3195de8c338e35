"""How a call to an authorization server failed, and so who must act."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never


class FailureKind(StrEnum):
    """The classes of failure; each answer falls into exactly one, by evidence."""

    GRANT = "grant"
    """The grant or code is dead (`invalid_grant`): the customer must connect again."""
    CLIENT = "client"
    """The app is refused (`invalid_client` …): the operator must act."""
    WAIT = "wait"
    """Nothing was done (429, 5xx, no connection, not an OAuth answer): try later."""
    UNKNOWN = "unknown"
    """The request was sent and no answer understood: the server may have acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure with its evidence. `explanation` is ours; the provider's text is never kept."""

    kind: FailureKind
    explanation: str
    http_status: int | None = None
    provider_error: str | None = None
    retry_after: int | None = None
    """Seconds, as `Retry-After` asked for."""
    after_lost_answer: bool = False
    """Whether the same refresh token was sent just before, and what came back was lost."""
    remedy: str | None = None
    """What to do about it, where that is not what its kind says."""

    def without_consent(self) -> "Failure":
        """Return what the same failure means where nobody consents.

        There is no grant that could end, so the app is refused; and an answer that was lost cost
        nothing, because asking again spends nothing.
        """
        match self.kind:
            case FailureKind.GRANT:
                refused = "the authorization server refused the client's credentials"
                return replace(self, kind=FailureKind.CLIENT, explanation=refused)
            case FailureKind.UNKNOWN:
                return replace(self, kind=FailureKind.WAIT)
            case FailureKind.CLIENT | FailureKind.WAIT:
                return self
            case _:
                assert_never(self.kind)
