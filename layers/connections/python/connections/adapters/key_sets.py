"""Key sets that organizations publish: fetched over the guarded network, and remembered."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

from connections.adapters.guarded_request import (
    REQUEST_ERRORS,
    default_ssl_context,
    guarded_request,
)
from connections.adapters.network import Exchange, GuardedTransport
from connections.application.key_sets import KeySets
from connections.domain.errors import Unavailable
from connections.oauth.addresses import AllowedHosts
from connections.oauth.public_keys import NoKeySet, key_set

TIME_LIMIT = timedelta(seconds=3)
LARGEST_SET = 256 * 1024
"""Bytes."""

REMEMBERED_FOR = timedelta(minutes=10)
STALE_AFTER = timedelta(hours=1)
"""How old a set may become while fetching it fails."""
PAUSE = timedelta(minutes=1)
"""The least time between two fetches of a set that is remembered."""
PAUSE_WITHOUT_ONE = timedelta(seconds=10)
"""The least time between two fetches of a set that nothing is remembered of."""
REMEMBERED_SETS = 20

Keys = Sequence[Mapping[str, Any]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpKeySets:
    """Implements `KeySets`: one GET each."""

    hosts: AllowedHosts
    ssl_context: Callable[[], SSLContext] = default_ssl_context
    time_limit: timedelta = TIME_LIMIT

    def fetch(self, url: str, kid: str | None = None) -> Keys:  # noqa: ARG002
        """Return the usable keys of a set.

        Raises:
            Unavailable: its URL is forbidden, no whole answer came within the time limit, or it
                was no JWK Set.
        """
        if self.hosts.fault(url):
            raise Unavailable("The key set's URL must not be called.")
        exchange, began = Exchange(self.time_limit.total_seconds()), time.monotonic()
        try:
            answer = guarded_request(
                "GET",
                url,
                headers={"accept": "application/jwk-set+json, application/json"},
                transport=GuardedTransport(self.hosts, exchange, self.ssl_context()),
                largest=LARGEST_SET,
            )
        except REQUEST_ERRORS as error:
            _log(url, None, began, error=type(error).__name__)
            raise Unavailable("The key set could not be fetched.") from None
        _log(url, answer.status, began)
        if answer.status != HTTPStatus.OK:
            raise Unavailable("The key set could not be fetched.")
        try:
            return key_set(answer.body)
        except NoKeySet:
            raise Unavailable("What was fetched is no key set.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    """What the last fetches of a set brought."""

    keys: Keys | None
    fetched_at: datetime
    tried_at: datetime

    def age(self, now: datetime) -> timedelta:
        return now - self.fetched_at

    def due(self, kid: str | None, now: datetime) -> bool:
        """Tell whether to fetch again: it is old or lacks a key, and the last try is long ago."""
        if self.keys is None:
            return now - self.tried_at >= PAUSE_WITHOUT_ONE
        lacking = kid is not None and all(key.get("kid") != kid for key in self.keys)
        return (lacking or self.age(now) >= REMEMBERED_FOR) and now - self.tried_at >= PAUSE

    def usable(self, now: datetime) -> Keys:
        if self.keys is None or self.age(now) >= STALE_AFTER:
            raise Unavailable("The key set could not be fetched.")
        return self.keys


@dataclass(frozen=True, slots=True)
class CachedKeySets:
    """Implements `KeySets`: remembers what another one fetched, for ten minutes.

    A token with a made-up `kid` must not make us call somebody for each request, so a set is
    fetched for the sake of a key at most once a minute; and one that cannot be fetched now is
    used for an hour, so that a server's pause is not ours.
    """

    inner: KeySets
    # NOTE: not a monotonic clock, which may stand still while Lambda has frozen the function.
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _remembered: dict[str, _Remembered] = field(default_factory=dict, repr=False)

    def fetch(self, url: str, kid: str | None = None) -> Keys:
        """Return the usable keys of a set, remembered or new.

        Raises:
            Unavailable: it cannot be had, and was not remembered in the last hour.
        """
        now, former = self.now(), self._remembered.get(url)
        if former is None or former.due(kid, now):
            former = self._fetched(url, former, now)
        return former.usable(now)

    def _fetched(self, url: str, former: _Remembered | None, now: datetime) -> _Remembered:
        try:
            keys = self.inner.fetch(url)
        except Unavailable:
            nothing = _Remembered(keys=None, fetched_at=now, tried_at=now)
            latest = replace(former or nothing, tried_at=now)
        else:
            latest = _Remembered(keys=keys, fetched_at=now, tried_at=now)
        self._remembered.pop(url, None)
        if len(self._remembered) >= REMEMBERED_SETS:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[url] = latest
        return latest


def _log(url: str, status: int | None, began: float, error: str | None = None) -> None:
    parts = urlsplit(url)
    logger.info(
        "key-set-fetched",
        extra={
            "host": parts.hostname,
            "path": parts.path,
            "httpStatus": status,
            "milliseconds": round((time.monotonic() - began) * 1000),
            "error": error,
        },
    )
