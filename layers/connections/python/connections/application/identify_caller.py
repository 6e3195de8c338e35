"""Recognize a caller by an API key.

Whatever is wrong, the caller hears the same; what it was stands in the function's log.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from connections.application.access_ports import KnownApiKeys
from connections.application.ports import Clock
from connections.domain.caller import Caller, Organization
from connections.domain.errors import Unauthenticated, Unavailable
from connections.domain.identifiers import ApiKeyId
from connections.oauth.digests import digest

logger = logging.getLogger(__name__)
PREFIX = "cnx_"
_KEY = re.compile(rf"{PREFIX}(?P<id>[0-9a-z]{{26}})_(?P<secret>[A-Za-z0-9_-]{{43}})")


class Unknown(Unauthenticated):
    """No credential that is known: one refusal for all that can be wrong with one."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Send an organization API key or a customer user's signed token as"
            " `Authorization: Bearer …`."
        )
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A caller, and when the credential stops working by itself."""

    caller: Caller
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIdentification:
    """Tells which API key it is."""

    api_keys: KnownApiKeys
    clock: Clock

    def identify(self, credential: str) -> Identified:
        """Return whose key this is.

        Raises:
            Unknown: nobody's that is known, or not any more.
        """
        parts = _KEY.fullmatch(credential)
        if parts is None:
            raise Unknown("malformed-key")
        found = self.api_keys.get(ApiKeyId(f"key_{parts['id']}"))
        secret, now = digest(parts["secret"]), self.clock.now()
        if found is None or not found.accepts(secret, now):
            raise Unknown("unknown-key" if found is None else "refused-key")
        if found.use_is_news(now):
            self._note_use(found.id, now)
        caller = Organization(key_id=found.id, scopes=found.scopes, expires_at=found.expires_at)
        return Identified(caller=caller, until=found.valid_until(secret))

    def _note_use(self, key_id: ApiKeyId, now: datetime) -> None:
        try:
            self.api_keys.used(key_id, now)
        except Unavailable:
            # The key is good whether its use is noted or not.
            logger.warning("key-use-not-noted", extra={"apiKeyId": key_id})
