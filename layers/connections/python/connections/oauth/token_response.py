"""The token endpoint's answer, and the token set that it brings (RFC 6749 section 5.1)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from connections.domain.failure import Failure
from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.expiry import expiry
from connections.oauth.messages import ServerResponse, answered_object, sendable
from connections.oauth.paths import member, without
from connections.oauth.token_failure import failure_of, told_error
from connections_sdk.composite_facts import Member
from connections_sdk.provider_facts import ProviderFacts

LARGEST_RESPONSE = 256 * 1024
"""Bytes that a token response may have."""
_MEMBERS: tuple[Member, ...] = get_args(Member)
_ESSENTIAL = frozenset(_MEMBERS) - {"refresh_token"}


class TokenRequestFailed(Exception):
    """The token endpoint gave no token set."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.explanation)
        self.failure = failure


def token_set(client: OAuthClient, response: ServerResponse, former: TokenSet | None) -> TokenSet:
    """Return the token set that an answer brings, merged into the former one.

    An answer without a refresh token, or with an empty one, leaves the old one in place.

    Raises:
        TokenRequestFailed: the answer is no token response; its failure says of which class.
    """
    facts = client.facts
    answer = answered_object(response)
    told = _told(facts, answer)
    if not _is_token_response(facts, response, answer, told):
        raise TokenRequestFailed(failure_of(facts, response, answer, told.get("access_token")))
    refresh_token = told.get("refresh_token")
    if not sendable(refresh_token):
        refresh_token = former.refresh_token if former else None
    kept = _kept(facts, answer, told)
    merged = {**(former.response if former else {}), **kept}
    return TokenSet(
        response=next(each for each in (merged, kept, _essential(kept)) if _fits(each)),
        refresh_token=refresh_token,
        issued_at=response.sent_at,
        expires_at=expiry(told, response.sent_at, facts) or _as_before(former, response.sent_at),
    )


def _told(facts: ProviderFacts, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the standard's members of an answer, from where the facts say that they are."""
    form = facts.token_response
    inner: Any = answer
    if form.root is not None and isinstance(member(answer, form.root), dict):
        # Some servers answer a refresh without the root that they answer a code with.
        inner = member(answer, form.root)
    told = {str(name): member(inner, form.names.get(name, name)) for name in _MEMBERS}
    return {name: value for name, value in told.items() if value is not None}


def _kept(
    facts: ProviderFacts, answer: Mapping[str, Any], told: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the whole answer for code to use, without what only we may spend."""
    path = facts.token_response.names.get("refresh_token", "refresh_token")
    names = {"refresh_token", path.rpartition(".")[2]}
    refresh_token = told.get("refresh_token")
    kept = without(answer, names, refresh_token if sendable(refresh_token) else None)
    essential = {name: told[name] for name in told if name in _ESSENTIAL}
    return {**kept, **without(essential, {"refresh_token"})}


def _fits(response: Mapping[str, Any]) -> bool:
    """Tell whether a response can be stored: answers must not pile up, or be lost for their size.

    A token alone fits always, because no more than that is read of an answer.
    """
    return len(json.dumps(response)) <= LARGEST_RESPONSE or set(response) <= _ESSENTIAL


def _essential(response: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name in _ESSENTIAL}


def _as_before(former: TokenSet | None, sent_at: datetime) -> datetime | None:
    """Return the end that the former lifetime gives, for a server that tells it only once."""
    if former is None or former.expires_at is None:
        return None
    return sent_at + (former.expires_at - former.issued_at)


def _is_token_response(
    facts: ProviderFacts,
    response: ServerResponse,
    answer: Mapping[str, Any],
    told: Mapping[str, Any],
) -> bool:
    return (
        response.successful
        and not says_failure(facts, answer)
        and sendable(told.get("access_token"))
    )


def says_failure(facts: ProviderFacts, answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer says of itself that it is a failure, whatever its status."""
    return bool(told_error(facts, answer)) or answer.get("ok") is False or _marked(facts, answer)


def _marked(facts: ProviderFacts, answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer has the server's own mark of a failure; 0 is not false."""
    mark = facts.token_response.failure
    if mark is None:
        return False
    told = member(answer, mark.path)
    return type(told) is type(mark.equals) and told == mark.equals
