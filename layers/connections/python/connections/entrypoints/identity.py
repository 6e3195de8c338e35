"""Who is calling: the organization, by API key."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connections.application.create_api_key import ApiKeyring
from connections.domain.errors import Unauthenticated
from connections.oauth.authorization import digest

REMEMBERED_SECONDS = 60
REMEMBERED_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Identifier:
    """Recognizes callers; a key that was good a minute ago is taken for good."""

    keyring: ApiKeyring
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    def identify(self, headers: Mapping[str, str]) -> str:
        """Return the id of the caller's key; `headers` have names in lower case.

        Raises:
            Unauthenticated: there is no key, or it is unknown.
        """
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise Unauthenticated("Send an API key as `Authorization: Bearer …`.")
        mark, now = digest(key), self.clock()
        found, until = self._known.get(mark, ("", 0.0))
        if now < until:
            return found
        found = self.keyring.identify(key)
        if len(self._known) >= REMEMBERED_KEYS:
            self._known.clear()
        self._known[mark] = (found, now + REMEMBERED_SECONDS)
        return found
