"""Clients of an authorization server, and the answers that they get."""

import json
from datetime import datetime
from typing import Any

from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerResponse
from tests.builders import NOW, an_issuance


def a_client(
    values: dict[str, Any] | None = None, *, pkce: str = "S256", **facts: Any
) -> OAuthClient:
    """Return a client whose authorization server has these particulars."""
    return OAuthClient.of(an_issuance(values, provider=facts, oauth2PkceMethod=pkce))


def an_answer(
    body: object = None,
    status: int = 200,
    *,
    media_type: str = "application/json",
    sent_at: datetime = NOW,
    **headers: str,
) -> ServerResponse:
    """Return an answer: bytes go out as they are, anything else as JSON."""
    return ServerResponse(
        status=status,
        headers={
            "content-type": media_type,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        sent_at=sent_at,
    )
