"""How a client says who it is (RFC 6749 section 2.3, RFC 7523 section 2.2, OpenID Core 9)."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import ModuleType
from typing import assert_never
from urllib.parse import quote_plus

from connections.oauth.client import OAuthClient
from connections_sdk.provider_facts import ClientAuthentication

Form = Mapping[str, str | Sequence[str]]


def authenticated(
    client: OAuthClient, form: Form, method: ClientAuthentication, *, now: datetime
) -> tuple[dict[str, str], dict[str, str | Sequence[str]]]:
    """Return headers and form with the client's authentication.

    Raises:
        Misconfigured: the private key cannot be used, or there is no secret to sign with.
    """
    headers: dict[str, str] = {"accept": "application/json"}
    parameters = dict(form)
    match method:
        case "client_secret_basic":
            # Both are form-encoded before they are joined: a colon in the id would
            # otherwise move the border (RFC 6749 section 2.3.1 and appendix B).
            pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
            headers["authorization"] = _basic(pair)
        case "client_secret_basic_raw":
            headers["authorization"] = _basic(f"{client.client_id}:{client.client_secret}")
        case "client_secret_as_user":
            headers["authorization"] = _basic(f"{client.client_secret}:")
            parameters["client_id"] = client.client_id
        case "client_secret_post":
            parameters["client_id"] = client.client_id
            if client.client_secret:
                parameters["client_secret"] = client.client_secret
        case "none":
            parameters["client_id"] = client.client_id
        case "client_secret_jwt":
            parameters |= _signed().secret_assertion(client, now)
        case "private_key_jwt":
            parameters |= _signed().key_assertion(client, now)
        case _:
            assert_never(method)
    return headers, parameters


def _basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _signed() -> ModuleType:
    # Imported here: joserfc takes time to import, and most connections never sign.
    from connections.oauth import client_assertion  # noqa: PLC0415

    return client_assertion
