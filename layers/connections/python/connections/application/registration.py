"""The client registration that a connection's inputs make: on it a grant depends."""

import hashlib
import hmac
import json

from connections.domain.connection import Inputs
from connections.domain.grant import Issuance
from connections.oauth.client import OAuthClient


def issuance_of(inputs: Inputs) -> Issuance:
    """Return what a grant is issued under now."""
    return Issuance(
        definition=inputs.definition,
        values=inputs.effective,
        inputs_digest=inputs_digest(inputs),
    )


def inputs_digest(inputs: Inputs) -> str | None:
    """Return what stands for the inputs on which a grant depends.

    None if there are none, or if the connection was made before there were digests. The salt keeps
    whoever reads the digest, which is not sealed, from trying values.
    """
    if not inputs.salt or inputs.definition.get("oauth2Type") is None:
        return None
    client = OAuthClient.of(Issuance(definition=inputs.definition, values=inputs.effective))
    told = {
        # A template that is not filled in sends nobody anywhere.
        **{name: url if isinstance(url, str) else None for name, url in client.urls.items()},
        "scopes": client.scopes,
        "clientId": client.client_id,
        "clientSecret": client.client_secret,
    }
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(inputs.salt.encode(), canonical, hashlib.sha256).hexdigest()
