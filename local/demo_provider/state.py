"""What the demo provider remembers: clients, consents asked for, codes and tokens.

Codes and tokens are kept by their SHA-256 and never in clear. A grant is what one consent
(or one client credentials request) led to, and is no more than an id: revoking it marks every
token that carries the id, and a revoked refresh token yields no new ones.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from local.demo_provider.clients import Client, Rotation

# At most ten minutes (RFC 6749 section 4.1.2); a redirect takes seconds.
CODE_LIFETIME = 60.0
CONSENT_LIFETIME = 600.0

RequestParameters: TypeAlias = tuple[tuple[str, str], ...]


class TokenKind(StrEnum):
    """What a token is for."""

    ACCESS_TOKEN = "access_token"
    REFRESH_TOKEN = "refresh_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """A code and what it is bound to, with the questions authlib asks of one."""

    digest: str
    client_id: str
    redirect_uri: str | None
    scope: str
    code_challenge: str | None
    code_challenge_method: str | None
    grant: str
    expires_at: float
    used: bool = False

    def get_redirect_uri(self) -> str | None:
        """The redirect URI as the request named it, None when it did not."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The scope that was granted."""
        return self.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access or refresh token, with the questions authlib asks of one."""

    kind: TokenKind
    digest: str
    client_id: str
    grant: str
    subject: str
    scope: str
    issued_at: float
    expires_at: float | None
    revoked: bool = False
    rotated_at: float | None = None

    def active(self, now: float) -> bool:
        """Whether it can still be used."""
        expired = self.expires_at is not None and self.expires_at <= now
        return not (self.revoked or self.rotated_at is not None or expired)

    def forgiven(self, client: Client, now: float) -> bool:
        """Whether it was replaced so lately that its client may use it once more."""
        if self.revoked or self.rotated_at is None:
            return False
        return now < self.rotated_at + client.reuse_grace

    def check_client(self, client: Client) -> bool:
        """Whether it was issued to this client."""
        return self.client_id == client.client_id

    def get_scope(self) -> str:
        """The scope that was granted."""
        return self.scope


@dataclass(slots=True, kw_only=True)
class ProviderState:
    """The mutable state. Hold `lock` across every step that must be one."""

    clock: Callable[[], float]
    lock: threading.RLock
    double_spends: int = 0
    _clients: dict[str, Client] = field(default_factory=dict)
    _consents: dict[str, tuple[RequestParameters, float]] = field(default_factory=dict)
    _codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    _tokens: dict[str, Token] = field(default_factory=dict)

    def register(self, client: Client) -> None:
        """Add a client, in place of one of the same id."""
        with self.lock:
            self._clients[client.client_id] = client

    def client(self, client_id: str) -> Client | None:
        """The client of this id, if it is registered."""
        with self.lock:
            return self._clients.get(client_id)

    def ask_consent(self, parameters: RequestParameters) -> str:
        """Remember an authorization request; its consent token is good for one answer."""
        consent, now = secrets.token_urlsafe(32), self.clock()
        with self.lock:
            live = {key: kept for key, kept in self._consents.items() if kept[1] > now}
            self._consents = {**live, consent: (parameters, now + CONSENT_LIFETIME)}
        return consent

    def answer_consent(self, consent: str, parameters: RequestParameters) -> bool:
        """Use up a consent token; true when it was asked for exactly these parameters."""
        with self.lock:
            asked, expires_at = self._consents.pop(consent, ((), 0.0))
        return expires_at > self.clock() and asked == parameters

    def add_code(self, code: AuthorizationCode) -> None:
        """Remember a code that is about to be handed out."""
        with self.lock:
            self._codes[code.digest] = code

    def present_code(self, unverified_code: str, client: Client) -> AuthorizationCode | None:
        """The code if this client may use it now. A second use revokes its grant."""
        with self.lock:
            code = self._codes.get(digest(unverified_code))
            if code is None or code.client_id != client.client_id:
                return None
            if code.used:
                # RFC 6749 section 4.1.2: one of the two who hold the code is a thief.
                self.revoke_grant(code.grant)
                return None
            return code if code.expires_at > self.clock() else None

    def mark_used(self, code: AuthorizationCode) -> None:
        """Note that the code was redeemed."""
        with self.lock:
            self._codes[code.digest] = replace(code, used=True)

    def add_token(self, token: Token) -> None:
        """Remember a token that is about to be handed out."""
        with self.lock:
            self._tokens[token.digest] = token

    def token(self, unverified_token: str) -> Token | None:
        """The token of this value, in whatever state it is."""
        with self.lock:
            return self._tokens.get(digest(unverified_token))

    def token_by_fingerprint(self, prefix: str) -> Token | None:
        """The token of this fingerprint, in whatever state it is."""
        with self.lock:
            return next((token for key, token in self._tokens.items() if key[:12] == prefix), None)

    def present_refresh_token(self, unverified_token: str, client: Client) -> Token | None:
        """The refresh token if this client may use it now. Reuse may revoke its grant."""
        with self.lock:
            token = self.token(unverified_token)
            if token is None or token.kind is not TokenKind.REFRESH_TOKEN:
                return None
            if not token.check_client(client):
                return None
            if token.forgiven(client, self.clock()):
                return token
            if token.rotated_at is not None:
                self.double_spends += 1
                if client.rotation is Rotation.REVOKES_FAMILY:
                    # RFC 9700 section 4.14.2: the rightful client or a thief, which of them
                    # cannot be told, so neither keeps access.
                    self.revoke_grant(token.grant)
            return token if token.active(self.clock()) else None

    def mark_rotated(self, token: Token) -> None:
        """Note that a refresh replaced the refresh token, from the first one on."""
        first = self.clock() if token.rotated_at is None else token.rotated_at
        with self.lock:
            self._tokens[token.digest] = replace(token, rotated_at=first)

    def revoke(self, token: Token) -> None:
        """Revoke an access token alone, a refresh token with its grant (RFC 7009 section 2.1)."""
        with self.lock:
            if token.kind is TokenKind.REFRESH_TOKEN:
                self.revoke_grant(token.grant)
            else:
                self._tokens[token.digest] = replace(token, revoked=True)

    def revoke_grant(self, grant: str) -> None:
        """Revoke every token of the grant."""
        with self.lock:
            for key, token in self._tokens.items():
                if token.grant == grant:
                    self._tokens[key] = replace(token, revoked=True)


def digest(token: str) -> str:
    """What a code or token is kept by: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def fingerprint(token: str) -> str:
    """What may be shown of a token: the first 12 hexadecimal digits of its SHA-256."""
    return digest(token)[:12]
