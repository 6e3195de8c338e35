"""A grant: what one consent of a customer gave, and the token set that it stands at.

The tokens item holds it, and it is the truth about what an authorization server issued.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

from connections.domain.identifiers import ConnectionId, GrantId

DEFAULT_REFRESH_BUFFER = timedelta(minutes=5)
LEAST_BUFFER = timedelta(minutes=2)
"""Of a definition's buffer this much is kept: the schedule runs every minute."""
NEARLY_FULL = timedelta(seconds=30)
FORECAST = timedelta(days=7)
"""How long before its end a consent is said to be expiring."""


class RenewedBy(StrEnum):
    """With what the next token set is obtained."""

    REFRESH_TOKEN = "refresh-token"  # noqa: S105 - a name, no secret
    ACCESS_TOKEN = "access-token"  # noqa: S105 - a name, no secret
    """It extends itself, while it works."""
    CLIENT_CREDENTIALS = "client-credentials"
    """Nothing is spent: the client asks again as it did at first (RFC 6749 section 4.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """How the token sets of a grant are renewed, as the definition tells it."""

    by: RenewedBy = RenewedBy.REFRESH_TOKEN
    buffer: timedelta | None = None
    """How long before its end an access token is refreshed; five minutes if nobody said."""
    idle_ttl: timedelta | None = None
    """After how long a refresh token ends that nobody used."""
    max_ttl: timedelta | None = None
    """After how long a consent ends whatever is done with its refresh tokens."""
    reuse_is_safe: bool = False
    """Whether the server takes the same again without harm."""
    reuse_grace: timedelta | None = None
    """For how long it takes the same again, as if the first had not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSet:
    """What a token endpoint answered, merged over all refreshes of the grant (RFC 6749 5.1)."""

    response: Mapping[str, Any] = field(repr=False)
    """The whole answer but the refresh token: `access_token`, `scope`, `instance_url` …"""
    refresh_token: str | None = field(repr=False)
    issued_at: datetime
    """The moment that the request was sent, from which lifetimes run."""
    expires_at: datetime | None
    """When the access token ends; None if nobody said."""

    @property
    def access_token(self) -> str:
        """The access token."""
        return str(self.response["access_token"])

    @property
    def scopes(self) -> str | None:
        """The scopes that the authorization server says it granted, as it spells them."""
        scope = self.response.get("scope")
        return scope if isinstance(scope, str) else None

    def alive(self, now: datetime) -> bool:
        """Tell whether the access token works, as far as its lifetime goes."""
        return self.expires_at is None or now < self.expires_at

    def renewable(self, by: RenewedBy, now: datetime) -> bool:
        """Tell whether there is something to obtain the next token set with."""
        match by:
            case RenewedBy.REFRESH_TOKEN:
                return self.refresh_token is not None
            case RenewedBy.ACCESS_TOKEN:
                return self.alive(now)
            case RenewedBy.CLIENT_CREDENTIALS:
                return True
            case _:
                assert_never(by)

    def lasts(self, min_ttl: timedelta, now: datetime) -> bool:
        """Tell whether the access token may be handed out to somebody who needs it for `min_ttl`.

        One with nearly its full lifetime is as good as any that a refresh could bring, so it is
        handed out also when more is asked for than its server ever gives.
        """
        if self.expires_at is None:
            return True
        full = self.expires_at - self.issued_at
        nearly = max(full - NEARLY_FULL, full / 2)
        return self.alive(now) and self.expires_at - now >= min(min_ttl, nearly)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """What a grant was issued under, kept so that it goes on working whatever changes later."""

    definition: Mapping[str, Any]
    """The connection definition, as its document."""
    values: Mapping[str, Any] = field(repr=False)
    """The inputs as they were then: client id and secret, URLs, scopes."""
    inputs_digest: str | None = None
    """Stands for them where a connection says whether its inputs have changed since."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What the server said of itself then, where the definition leaves that to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account at the third party whose holder consented."""

    id: str
    name: str | None = None


def another(before: Account | None, now: Account | None) -> bool:
    """Tell whether it is known that these are not one account."""
    return before is not None and now is not None and before.id != now.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant at one of its generations; the number grows by one with every token set."""

    connection_id: ConnectionId
    grant_id: GrantId
    generation: int
    tokens: TokenSet
    issuance: Issuance
    context: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the callback brought beside the protocol's own parameters, such as `realmId`."""
    account: Account | None = None
    """Whose consent it is, where the provider tells it."""
    since: datetime | None = None
    """When the customer consented; None where nobody did, or before that was kept."""

    def ends_at(self, renewal: Renewal) -> datetime | None:
        """Return when the consent ends whatever is done; None if nobody said."""
        if self.since is None or renewal.max_ttl is None:
            return None
        return self.since + renewal.max_ttl

    def succeeded_by(self, tokens: TokenSet, issuance: Issuance | None = None) -> "Grant":
        """Return the next generation of the grant, issued under the same if nothing is said."""
        following = self.generation + 1
        issuance = issuance or self.issuance
        return replace(self, generation=following, tokens=tokens, issuance=issuance)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedGrant:
    """A grant that nobody opened: to be handed over, or deleted, by who may not see tokens."""

    connection_id: ConnectionId
    grant_id: GrantId
    generation: int
    sealed: bytes = field(repr=False)


def refresh_time(grant: Grant, renewal: Renewal, *, spread: float) -> datetime | None:
    """Return when the token set is due to be looked at; None if nobody said when it ends.

    One that cannot be renewed is due at its end, when only a new consent helps. In any case a
    refresh token is used before half of the time has passed after which it ends unused, and when
    the consent has a week left, so that somebody can be told. `spread` is a number from 0 to 1 by
    which connections made together come apart.
    """
    tokens = grant.tokens
    due = [_before_end(tokens, renewal, spread)]
    if tokens.refresh_token is not None:
        if renewal.idle_ttl is not None:
            due.append(tokens.issued_at + renewal.idle_ttl * (1 - spread / 10) / 2)
        ends_at = grant.ends_at(renewal)
        if ends_at is not None and tokens.issued_at < ends_at - FORECAST:
            due.append(ends_at - FORECAST)
    return min((each for each in due if each is not None), default=None)


def _before_end(tokens: TokenSet, renewal: Renewal, spread: float) -> datetime | None:
    """Return when to refresh because the access token is about to end.

    With a buffer of the definition's it is never earlier, because some servers refuse that, and up
    to a tenth of it later, but for its last two minutes. Without one a short-lived token waits for
    half its life: five minutes before its end would be at once.
    """
    if tokens.expires_at is None or not tokens.renewable(renewal.by, tokens.issued_at):
        return tokens.expires_at
    lifetime = max(tokens.expires_at - tokens.issued_at, timedelta())
    if renewal.buffer is not None:
        slack = max(renewal.buffer - LEAST_BUFFER, timedelta())
        return tokens.expires_at - renewal.buffer + spread * slack / 10
    buffer = max(min(DEFAULT_REFRESH_BUFFER, lifetime / 2), lifetime / 10)
    return tokens.expires_at - buffer - spread * lifetime / 20
