"""What a grant is issued under: a connection's inputs, and a digest that stands for them."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace

from connections.domain.connection import Inputs
from connections.domain.grant import Issuance
from connections.oauth.client import OAuthClient
from connections.oauth.scopes import scope_list, united
from connections.oauth.stored_definitions import definition_of


def issuance_of(inputs: Inputs, scopes: Sequence[str] = ()) -> Issuance:
    """Return what a grant is issued under now, with scopes beside the connection's own.

    These are the grant's alone: the inputs stay what they are, and so does their digest.
    """
    issuance = Issuance(
        definition=inputs.definition,
        values=inputs.effective,
        inputs_digest=inputs_digest(inputs),
    )
    if not scopes:
        return issuance
    client = OAuthClient.of(issuance)
    own = scope_list(client.scopes, client.facts.scope_separator)
    return replace(issuance, values={**issuance.values, "scopes": " ".join(united(own, scopes))})


def requested_scopes(issuance: Issuance) -> str | None:
    """Return the scopes that were asked for, as a connection shows them."""
    resolved = definition_of(issuance.definition).resolved(dict(issuance.values))
    scopes = resolved.get("scopes")
    return scopes if isinstance(scopes, str) else None


def inputs_digest(inputs: Inputs) -> str | None:
    """Return what stands for the inputs on which a grant depends.

    None if there are none, or if the connection was made before there were digests. The salt keeps
    whoever reads the digest, which is not sealed, from trying values.
    """
    if not inputs.salt or inputs.definition.get("oauth2Type") is None:
        return None
    client = OAuthClient.of(Issuance(definition=inputs.definition, values=inputs.effective))
    told: dict[str, object] = {
        # A template that is not filled in sends nobody anywhere.
        **{name: url if isinstance(url, str) else None for name, url in client.urls.items()},
        "scopes": client.scopes,
        "clientId": client.client_id,
        "clientSecret": client.client_secret,
        "privateKey": client.private_key,
        "userScopes": client.user_scopes,
        "slots": {name: client.slots.get(name) for name in sorted(client.facts.slots)},
    }
    if client.credentials is not None:
        # Whatever is sent along counts, and a token set more than was needed costs nothing.
        told["sent"] = [client.credentials.model_dump(), dict(inputs.effective)]
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    # Half of it is plenty, and the state item is to stay below a kilobyte: a claim's write unit.
    return hmac.new(inputs.salt.encode(), canonical, hashlib.sha256).hexdigest()[:32]
