"""A sealed grant as it travels in a message: to be revoked, or to be rescued."""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connections.adapters.grant_items import open_grant
from connections.domain.grant import Grant, SealedGrant

if TYPE_CHECKING:
    from connections.adapters.sealing import Sealer


def sealed_message(grant: SealedGrant) -> Mapping[str, Any]:
    """Return the members of a message with a grant."""
    return {
        "pk": grant.connection_id,
        "grantId": grant.grant_id,
        "generation": grant.generation,
        "sealed": base64.b64encode(grant.sealed).decode(),
    }


def parse_sealed_message(body: str, sealer: "Sealer") -> Grant:
    """Return the grant of a message.

    Raises:
        ValueError, KeyError: it is no such message.
        SealBroken: it was sealed for another grant.
    """
    message = json.loads(body)
    return open_grant({**message, "sealed": base64.b64decode(message["sealed"])}, sealer)
