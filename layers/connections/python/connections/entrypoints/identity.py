"""Who is calling, as the request's headers say, remembered for a minute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connections.application.identify_caller import PREFIX, Identified, Unknown
from connections.domain.caller import Caller
from connections.oauth.digests import digest

REMEMBERED_FOR = timedelta(seconds=60)
"""How long a credential that was revoked meanwhile is still taken by a function that knew it."""
REMEMBERED_CREDENTIALS = 1000
LONGEST_CREDENTIAL = 8192
Identify = Callable[[str], Identified]


@dataclass(frozen=True, slots=True)
class Identifier:
    """Recognizes callers; a credential that was good a minute ago is taken for good."""

    by_key: Identify
    by_token: Identify
    # NOTE: not a monotonic clock, which may stand still while Lambda has frozen the function.
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _known: dict[str, tuple[Caller, datetime]] = field(default_factory=dict, repr=False)

    def identify(self, headers: Mapping[str, str]) -> Caller:
        """Return who is calling; `headers` have names in lower case.

        Raises:
            Unknown: there is no credential, or nobody is known by it.
        """
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credential:
            raise Unknown("no-credential")
        if len(credential) > LONGEST_CREDENTIAL:
            raise Unknown("too-long")
        mark, now = digest(credential), self.now()
        if mark in self._known:
            caller, until = self._known[mark]
            if now < until:
                return caller
            del self._known[mark]
        by_key = credential.startswith(PREFIX)
        found = (self.by_key if by_key else self.by_token)(credential)
        self._remember(mark, found, now)
        return found.caller

    def _remember(self, mark: str, found: Identified, now: datetime) -> None:
        if len(self._known) >= REMEMBERED_CREDENTIALS:
            del self._known[next(iter(self._known))]
        until = now + REMEMBERED_FOR
        self._known[mark] = (found.caller, min(until, found.until or until))
