"""What it means that the token endpoint gave no token set (RFC 6749 section 5.2)."""

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from connections.domain.failure import Failure, FailureKind
from connections.oauth.messages import ServerResponse, sendable
from connections.oauth.paths import member
from connections_sdk.provider_facts import ProviderFacts

_CLIENT_ERRORS = frozenset(
    {
        "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type",
        "invalid_scope",
    }
)  # fmt: skip
LONGEST_RETRY_AFTER = 24 * 3600
"""Seconds."""
# Bad Gateway, Gateway Timeout, and what a large content network says for the same.
_OF_GATEWAYS = frozenset({502, 504, 520, 524})
_ERROR_FORM = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")
_NO_ERRORS = (None, "", False, 0, "0")
"""What stands in an error's place where there is none: some servers count from 0, for success."""


def failure_of(
    facts: ProviderFacts, response: ServerResponse, answer: Mapping[str, Any], token: object
) -> Failure:
    """Classify an answer that is no token response; never by guessing.

    A 2xx that cannot be read is *unknown*: the server may have rotated the refresh token. So is a
    gateway's word that it got no answer from the server behind it, and a `token` with an error.
    """
    status = response.status
    said = told_error(facts, answer)
    error = provider_error(said)
    kind, explanation = FailureKind.WAIT, f"the token endpoint answered HTTP {status}"
    if status in _OF_GATEWAYS:
        kind = FailureKind.UNKNOWN
        explanation = f"a gateway answered in the token endpoint's place (HTTP {status})"
    elif status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}:
        explanation = f"the token endpoint asked to wait (HTTP {status})"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        explanation = f"the token endpoint failed (HTTP {status})"
    elif error is not None and response.successful and sendable(token):
        kind, explanation = FailureKind.UNKNOWN, "the token endpoint answered a token and an error"
    elif said in ("invalid_grant", *facts.invalid_grant_synonyms):
        kind, explanation = FailureKind.GRANT, "the authorization server ended the grant"
    elif error in _CLIENT_ERRORS or said in facts.invalid_client_synonyms:
        kind, explanation = FailureKind.CLIENT, "the authorization server refused the app"
    elif error is None and _looks_like_a_page(response):
        explanation = "the token endpoint answered with a web page in place of a token"
    elif error is None and response.successful:
        kind, explanation = FailureKind.UNKNOWN, "the token endpoint's answer cannot be read"
    return Failure(
        kind=kind,
        explanation=explanation,
        http_status=status,
        provider_error=error,
        retry_after=_retry_after(response),
    )


def told_error(facts: ProviderFacts, answer: Mapping[str, Any]) -> object:
    """Return what an answer tells as its error, where the facts or the standard have it."""
    path = facts.token_response.error_path
    told = member(answer, path) if path else None
    told = answer.get("error") if told in _NO_ERRORS else told
    if told in _NO_ERRORS:
        return None
    # A number is a code as well: as text it can be named among the synonyms.
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else told


def provider_error(said: object) -> str | None:
    """Return an error code, only if it has the form of one.

    What has not is some server's text, which may repeat what was sent to it; digits are left out
    because tokens have them and error codes do not.
    """
    if said is None or said == "":
        return None
    return said if isinstance(said, str) and _ERROR_FORM.fullmatch(said) else "unknown_error"


def _looks_like_a_page(response: ServerResponse) -> bool:
    return response.body.lstrip()[:1] == b"<"


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
