"""The token endpoint: what is sent to it, and what its answer means (RFC 6749 sections 4-6)."""

import base64
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest, ServerResponse, answered_object

_CLIENT_ERRORS = frozenset(
    {
        "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type",
        "invalid_scope",
    }
)  # fmt: skip
_ESSENTIAL = ("access_token", "token_type", "scope", "expires_in", "expires_at")
LONGEST_RETRY_AFTER = 24 * 3600
"""Seconds."""
# Bad Gateway, Gateway Timeout, and what a large content network says for the same.
_OF_GATEWAYS = frozenset({502, 504, 520, 524})
_ERROR_FORM = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")
LARGEST_RESPONSE = 256 * 1024
"""Bytes that a token response may have."""
_LONGEST_LIFETIME = timedelta(days=366 * 10)
_MILLISECONDS_FROM = 1e11
"""A number above this is a time in milliseconds: in seconds it would be the year 5138."""


class TokenRequestFailed(Exception):
    """The token endpoint gave no token set."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.explanation)
        self.failure = failure


def code_request(
    client: OAuthClient, *, code: str, redirect_uri: str, code_verifier: str | None
) -> ServerRequest:
    """Return the request that exchanges a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""
    form = {
        **client.facts.token_params,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
    }
    if code_verifier is not None:
        form["code_verifier"] = code_verifier
    headers, form = client.authenticated(form)
    return ServerRequest(url=client.token_url, headers=headers, form=form)


def refresh_request(client: OAuthClient, refresh_token: str) -> ServerRequest:
    """Return the request that refreshes (RFC 6749 section 6); no scope: the grant's own stays."""
    form = {
        **client.facts.refresh_params,
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
    }
    headers, form = client.authenticated(form)
    return ServerRequest(url=client.refresh_url, headers=headers, form=form)


def token_set(client: OAuthClient, response: ServerResponse, former: TokenSet | None) -> TokenSet:
    """Return the token set that an answer brings, merged into the former one.

    An answer without a refresh token, or with an empty one, leaves the old one in place.

    Raises:
        TokenRequestFailed: the answer is no token response; its failure says of which class.
    """
    answer = answered_object(response)
    if not _is_token_response(response, answer):
        raise TokenRequestFailed(_failure(client, response, answer))
    refresh_token = answer.get("refresh_token")
    if not _sendable(refresh_token):
        refresh_token = former.refresh_token if former else None
    kept = {name: value for name, value in answer.items() if name != "refresh_token"}
    merged = {**(former.response if former else {}), **kept}
    return TokenSet(
        response=next(each for each in (merged, kept, _essential(kept)) if _fits(each)),
        refresh_token=refresh_token,
        issued_at=response.sent_at,
        expires_at=expiry(answer, response.sent_at, client.facts.expires_in_default)
        or _as_before(former, response.sent_at),
    )


def _fits(response: Mapping[str, Any]) -> bool:
    """Tell whether a response can be stored: answers must not pile up, or be lost for their size.

    A token alone fits always, because no more than that is read of an answer.
    """
    return len(json.dumps(response)) <= LARGEST_RESPONSE or set(response) <= set(_ESSENTIAL)


def _essential(response: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name in _ESSENTIAL}


def _as_before(former: TokenSet | None, sent_at: datetime) -> datetime | None:
    """Return the end that the former lifetime gives, for a server that tells it only once."""
    if former is None or former.expires_at is None:
        return None
    return sent_at + (former.expires_at - former.issued_at)


def _sendable(token: object) -> bool:
    """Tell whether this can be a token that is sent again: half a surrogate pair cannot."""
    return isinstance(token, str) and bool(token.strip()) and _encodable(token)


def _encodable(token: str) -> bool:
    return token == token.encode(errors="ignore").decode()


def _is_token_response(response: ServerResponse, answer: Mapping[str, Any]) -> bool:
    return (
        _successful(response)
        and not answer.get("error")
        and answer.get("ok", True) is not False
        and _sendable(answer.get("access_token"))
    )


def _successful(response: ServerResponse) -> bool:
    return HTTPStatus(200) <= response.status < HTTPStatus.MULTIPLE_CHOICES


def _failure(client: OAuthClient, response: ServerResponse, answer: Mapping[str, Any]) -> Failure:
    """Classify an answer that is no token response; never by guessing.

    A 2xx that cannot be read is *unknown*: the server may have rotated the refresh token. So is a
    gateway's word that it got no answer from the server behind it.
    """
    status = response.status
    error = provider_error(answer)
    kind, explanation = FailureKind.WAIT, f"the token endpoint answered HTTP {status}"
    if status in _OF_GATEWAYS:
        kind = FailureKind.UNKNOWN
        explanation = f"a gateway answered in the token endpoint's place (HTTP {status})"
    elif status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}:
        explanation = f"the token endpoint asked to wait (HTTP {status})"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        explanation = f"the token endpoint failed (HTTP {status})"
    elif error is not None and _successful(response) and _sendable(answer.get("access_token")):
        kind, explanation = FailureKind.UNKNOWN, "the token endpoint answered a token and an error"
    elif answer.get("error") in ("invalid_grant", *client.facts.invalid_grant_synonyms):
        kind, explanation = FailureKind.GRANT, "the authorization server ended the grant"
    elif error in _CLIENT_ERRORS:
        kind, explanation = FailureKind.CLIENT, "the authorization server refused the app"
    elif error is None and _looks_like_a_page(response):
        explanation = "the token endpoint answered with a web page in place of a token"
    elif error is None and _successful(response):
        kind, explanation = FailureKind.UNKNOWN, "the token endpoint's answer cannot be read"
    return Failure(
        kind=kind,
        explanation=explanation,
        http_status=status,
        provider_error=error,
        retry_after=_retry_after(response),
    )


def _looks_like_a_page(response: ServerResponse) -> bool:
    return response.body.lstrip()[:1] == b"<"


def provider_error(answer: Mapping[str, Any]) -> str | None:
    """Return the error code of an answer, only if it has the form of one.

    What has not is some server's text, which may repeat what was sent to it; digits are left out
    because tokens have them and error codes do not.
    """
    error = answer.get("error")
    if error is None or error == "":
        return None
    return error if isinstance(error, str) and _ERROR_FORM.fullmatch(error) else "unknown_error"


def expiry(
    answer: Mapping[str, Any], sent_at: datetime, default_seconds: int | None
) -> datetime | None:
    """Return when the access token ends, as the answer tells it; None if nothing does.

    `expires_in` is seconds from the moment the request was sent: integer, float or numeric
    string; zero and less mean that it has ended. `expires_at` is seconds, milliseconds or ISO.
    """
    lifetime = _number(answer.get("expires_in"))
    if lifetime is not None:
        return sent_at + _bounded(lifetime)
    moment = _moment(answer.get("expires_at"))
    if moment is not None:
        return max(sent_at, min(moment, sent_at + _LONGEST_LIFETIME))
    if default_seconds is not None:
        return sent_at + timedelta(seconds=default_seconds)
    return _moment(_claims(answer.get("access_token")).get("exp"))


def _claims(access_token: object) -> dict[str, Any]:
    """Return the claims of an access token that is a JWT; its signature is not relied upon."""
    parts = access_token.split(".") if isinstance(access_token, str) else []
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _bounded(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0.0), _LONGEST_LIFETIME.total_seconds()))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _moment(value: object) -> datetime | None:
    number = _number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(
                number / 1000 if number > _MILLISECONDS_FROM else number, tz=UTC
            )
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _retry_after(response: ServerResponse) -> int | None:
    """Return `Retry-After` in seconds (RFC 9110 section 10.2.3): a number or a date."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(int(value[:9]), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = math.ceil((aware - response.sent_at).total_seconds())
    except (ValueError, OverflowError):
        return None
    return min(max(0, seconds), LONGEST_RETRY_AFTER)
