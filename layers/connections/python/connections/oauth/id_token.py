"""The ID token that comes with an access token (OpenID Connect Core 1.0 section 3.1.3.7).

It comes straight from the token endpoint over TLS, which stands in for its signature (point 6).
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connections.oauth.client import OAuthClient
from connections.oauth.expiry import unverified_claims

LEEWAY = timedelta(minutes=1)
"""By which clocks may differ."""


class IdTokenRejected(Exception):
    """The ID token breaks a rule: the answer may be meant for somebody else. The words say how."""


def id_token_claims(
    client: OAuthClient, token: object, *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Return the claims of an ID token that was checked.

    Raises:
        IdTokenRejected: it cannot be read, is of another issuer, for another client, of another
            flow, or has expired.
    """
    claims = unverified_claims(token)
    if not claims:
        raise IdTokenRejected("cannot be read")
    issuer = client.issuer
    if issuer is not None and claims.get("iss") != issuer:  # point 2
        raise IdTokenRejected("is of another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client.client_id not in audiences:  # point 3
        raise IdTokenRejected("is for another client")
    party = claims.get("azp", client.client_id if len(audiences) == 1 else None)
    if party != client.client_id:  # points 4 and 5
        raise IdTokenRejected("is for another client")
    ends = claims.get("exp")
    if isinstance(ends, bool) or not isinstance(ends, int | float):
        raise IdTokenRejected("does not say when it ends")
    if ends <= (now - LEEWAY).timestamp():  # point 9
        raise IdTokenRejected("has expired")
    said = claims.get("nonce")
    # Half a surrogate pair, which JSON can have, is no nonce of ours and no reason to fail.
    given = said.encode(errors="replace") if isinstance(said, str) else b""
    if not hmac.compare_digest(given, nonce.encode()):
        raise IdTokenRejected("is of another authorization")  # point 11
    return claims
