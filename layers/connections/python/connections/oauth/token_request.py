"""What is sent to the token endpoint (RFC 6749 sections 4.1.3, 4.4.2 and 6)."""

import json
from collections.abc import Mapping
from datetime import datetime

from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.client_authentication import Form, authenticated
from connections.oauth.messages import ServerRequest
from connections_sdk.definitions import OAuth2Config


def code_request(
    client: OAuthClient, *, code: str, redirect_uri: str, code_verifier: str | None, now: datetime
) -> ServerRequest:
    """Return the request that exchanges a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

    Raises:
        Misconfigured: a value does not fit where the facts put it, or there is no key to sign with.
    """
    form = {
        **client.filled(client.facts.token_params),
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
    }
    if code_verifier is not None:
        form["code_verifier"] = code_verifier
    return _request(client, client.token_url, form, now)


def credentials_request(client: OAuthClient, *, now: datetime) -> ServerRequest:
    """Return the request with the client's own credentials (RFC 6749 section 4.4.2).

    What the definition sends along goes as it was entered; what is no text, as JSON.

    Raises:
        Misconfigured: as for `code_request`.
    """
    config = client.credentials or OAuth2Config()
    entered = {name: client.slots.get(name) for name in config.allowed_token_params}
    along = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in entered.items()
        if value not in (None, "", [])
    }
    form = {
        **client.filled(client.facts.token_params),
        **along,
        "grant_type": config.override_grant_type or "client_credentials",
    }
    if client.scopes:
        form["scope"] = client.scopes
    return _request(client, client.token_url, form, now)


def refresh_request(client: OAuthClient, tokens: TokenSet, *, now: datetime) -> ServerRequest:
    """Return the request that refreshes (RFC 6749 section 6); no scope: the grant's own stays.

    Client credentials have nothing to spend: they are asked for as they were at first.

    Raises:
        Misconfigured: as for `code_request`.
    """
    if client.credentials is not None:
        return credentials_request(client, now=now)
    facts = client.facts
    if facts.refresh_grant == "self":
        slots = {"access_token": tokens.access_token}
        form = client.filled(facts.refresh_params, slots)
    else:
        form = {
            **client.filled(facts.refresh_params),
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh_token or "",
        }
    return _request(client, client.refresh_url, form, now)


def _request(
    client: OAuthClient, url: str, parameters: Mapping[str, str], now: datetime
) -> ServerRequest:
    form: Form = {
        **parameters,
        # As many as there are (RFC 8707 section 2).
        **({"resource": client.facts.resource} if client.facts.resource else {}),
    }
    headers, form = authenticated(client, form, client.facts.client_authentication, now=now)
    return ServerRequest(
        url=url,
        headers={**headers, **client.headers()},
        form=client.renamed(form),
        json=client.facts.token_request_format == "json",  # noqa: S105 - a format
        seconds=client.facts.token_request_seconds,
    )
