"""The token endpoint: what is sent to it, and what its answer means (RFC 6749 sections 4-6)."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import TokenSet
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest, ServerResponse

_CLIENT_ERRORS = frozenset(
    {
        "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type",
        "invalid_scope",
    }
)  # fmt: skip
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
    answer = _object(response)
    if not _is_token_response(response, answer):
        raise TokenRequestFailed(_failure(client, response, answer))
    refresh_token = answer.get("refresh_token")
    if not isinstance(refresh_token, str) or not refresh_token:
        refresh_token = former.refresh_token if former else None
    kept = {name: value for name, value in answer.items() if name != "refresh_token"}
    merged = {**(former.response if former else {}), **kept}
    # Answers that differ each time must not pile up until they cannot be stored.
    fits = len(json.dumps(merged)) <= LARGEST_RESPONSE
    return TokenSet(
        response=merged if fits else kept,
        refresh_token=refresh_token,
        issued_at=response.sent_at,
        expires_at=expiry(answer, response.sent_at, client.facts.expires_in_default),
    )


def _is_token_response(response: ServerResponse, answer: Mapping[str, Any] | None) -> bool:
    return (
        HTTPStatus(200) <= response.status < HTTPStatus.MULTIPLE_CHOICES
        and answer is not None
        and not answer.get("error")
        and answer.get("ok", True) is not False
        and isinstance(answer.get("access_token"), str)
        and bool(answer["access_token"].strip())
    )


def _object(response: ServerResponse) -> dict[str, Any]:
    """Return the body as an object, JSON or form-encoded; empty if it is neither."""
    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        text = response.body.decode()
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(text))
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


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
    elif error in {"invalid_grant", *client.facts.invalid_grant_synonyms}:
        kind, explanation = FailureKind.GRANT, "the authorization server ended the grant"
    elif error in _CLIENT_ERRORS:
        kind, explanation = FailureKind.CLIENT, "the authorization server refused the app"
    elif error is None and _looks_like_a_page(response):
        explanation = "the token endpoint answered with a web page in place of a token"
    elif error is None and HTTPStatus(200) <= status < HTTPStatus.MULTIPLE_CHOICES:
        kind, explanation = FailureKind.UNKNOWN, "the token endpoint's answer cannot be read"
    return Failure(
        kind=kind,
        explanation=explanation,
        http_status=status,
        provider_error=error,
        retry_after=_retry_after(response),
    )


def _looks_like_a_page(response: ServerResponse) -> bool:
    return "html" in response.headers.get("content-type", "").lower()


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
    return None if default_seconds is None else sent_at + timedelta(seconds=default_seconds)


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
        return int(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, math.ceil((aware - response.sent_at).total_seconds()))
