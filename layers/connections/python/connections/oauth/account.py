"""The account at the third party that consented, where the provider facts say that it is told."""

from collections.abc import Mapping
from typing import Any

from connections.domain.grant import Account
from connections.oauth.messages import ServerRequest
from connections.oauth.paths import member
from connections_sdk.composite_facts import AccountFrom

LONGEST = 200
"""Characters of an account's id and name."""


def userinfo_request(url: str, access_token: str) -> ServerRequest:
    """Return the request for what is known of the account (OpenID Connect Core section 5.3.1)."""
    headers = {"accept": "application/json", "authorization": f"Bearer {access_token}"}
    return ServerRequest(url=url, headers=headers, method="GET")


def told_account(wanted: AccountFrom, told: Mapping[str, Any]) -> Account | None:
    """Return the account that an answer tells; None if it tells none."""
    identifier = _text(member(told, wanted.id))
    if identifier is None:
        return None
    return Account(id=identifier, name=_text(member(told, wanted.name)) if wanted.name else None)


def _text(value: object) -> str | None:
    """Return a text or number as a text that can be shown; nothing else is an id or a name."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        text = str(value).strip()
    except ValueError:  # a number of thousands of digits
        return None
    return text if 0 < len(text) <= LONGEST and text.isprintable() else None
