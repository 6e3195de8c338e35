"""When an access token ends, as its token response tells it (RFC 6749 section 5.1)."""

import base64
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connections_sdk.provider_facts import ProviderFacts

_LONGEST_LIFETIME = timedelta(days=366 * 10)
_MILLISECONDS_FROM = 1e11
"""A number above this is a time in milliseconds: in seconds it would be the year 5138."""
_SECONDS = {"seconds": 1.0, "minutes": 60.0, "milliseconds": 0.001}


def expiry(answer: Mapping[str, Any], sent_at: datetime, facts: ProviderFacts) -> datetime | None:
    """Return when the access token ends, as the answer tells it; None if nothing does.

    `expires_in` runs from the moment the request was sent: integer, float or numeric string;
    zero and less mean that it has ended. `expires_at` is seconds, milliseconds or ISO.
    """
    lifetime = _number(answer.get("expires_in"))
    if lifetime is not None:
        return sent_at + _bounded(lifetime * _SECONDS[facts.expires_in_unit])
    moment = _moment(answer.get("expires_at"))
    if moment is None and facts.expires_in_default is not None:
        return sent_at + timedelta(seconds=facts.expires_in_default)
    if moment is None:
        moment = _moment(unverified_claims(answer.get("access_token")).get("exp"))
    # From year 1 or 9999 nothing could be reckoned.
    return moment and max(sent_at, min(moment, sent_at + _LONGEST_LIFETIME))


def unverified_claims(token: object) -> dict[str, Any]:
    """Return the claims of a token that is a JWT; its signature is not looked at."""
    parts = token.split(".") if isinstance(token, str) else []
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
