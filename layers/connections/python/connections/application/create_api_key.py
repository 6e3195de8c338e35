"""Create an organization's API key, and recognize it again."""

import base64
import secrets
from dataclasses import dataclass, field

from connections.application.ports import ApiKeys, Clock
from connections.domain.errors import Unauthenticated
from connections.domain.identifiers import Randomness
from connections.oauth.authorization import digest

PREFIX = "cnx_"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey:
    """A key that is shown this once."""

    id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyring:
    """The organization's API keys."""

    keys: ApiKeys
    clock: Clock
    randomness: Randomness = secrets.token_bytes

    def create(self, name: str) -> NewApiKey:
        """Make a key of 256 bits and store its digest.

        With that much chance in it a plain SHA-256 is enough: there is nothing to guess.
        """
        key = PREFIX + base64.urlsafe_b64encode(self.randomness(32)).decode().rstrip("=")
        key_id = "key_" + digest(key)[:16]
        self.keys.add(digest(key), key_id, name, self.clock.now())
        return NewApiKey(id=key_id, key=key)

    def identify(self, key: str) -> str:
        """Return the id of a key.

        Raises:
            Unauthenticated: there is no such key.
        """
        found = self.keys.find(digest(key)) if key.startswith(PREFIX) else None
        if found is None:
            raise Unauthenticated("This API key is unknown.")
        return found
