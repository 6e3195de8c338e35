"""The bodies of access: customers, keys, the audit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from connections.application.manage_api_keys import ShownKey
from connections.domain.api_key import LONGEST_OVERLAP, ApiKey
from connections.domain.audit import Action, ActorKind, AuditEntry
from connections.domain.caller import Scope
from connections.domain.customer import Customer
from connections.domain.signing_key import SigningKey
from connections.entrypoints.bodies import Body
from connections_sdk.forms import NUMBER, Document, Label, Moment

ExternalId = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]
"""As signed tokens name it: no control characters."""
Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class CreateCustomer(Body):
    """What `POST /customers` takes."""

    name: Label
    external_id: ExternalId


class PatchCustomer(Body):
    """What `PATCH /customers/{id}` takes: the one member that can be changed."""

    name: Label


class ReadCustomer(Document):
    """A customer as it is read."""

    id: str
    name: str
    external_id: str
    created_at: datetime
    updated_at: datetime
    deleting_since: datetime | None
    """Since when it is being deleted."""

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """Return what is read of a customer."""
        return cls(
            id=customer.id,
            name=customer.name,
            external_id=customer.external_id,
            created_at=customer.created_at,
            updated_at=customer.updated_at,
            deleting_since=customer.deleting_since,
        )


class CustomerPage(Document):
    """A page of customers, newest first."""

    items: Sequence[ReadCustomer]
    next_cursor: str | None


class CreateApiKey(Body):
    """What `POST /api-keys` takes."""

    name: Label
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    expires_at: Moment | None = None


class FirstApiKey(Body):
    """What the account's owner asks for: a key with all scopes, or those that are named."""

    name: Label
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        default_factory=lambda: list(Scope)
    )


class RotateApiKey(Body):
    """What `POST /api-keys/{id}/rotate` takes."""

    overlap_seconds: Annotated[
        int, Field(ge=0, le=int(LONGEST_OVERLAP.total_seconds())), NUMBER
    ] = 0
    """How long the former secret goes on working."""


class ReadApiKey(Document):
    """An API key as it is read, without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Return what is read of a key."""
        return cls(**_told_of(key))


class ShownApiKey(ReadApiKey):
    """An API key with its secret, which is shown this once."""

    key: str = Field(repr=False)

    @classmethod
    def of_shown(cls, shown: ShownKey) -> Self:
        """Return a key that was just made."""
        return cls(**_told_of(shown.api_key), key=shown.key)


def _told_of(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }


class ApiKeyPage(Document):
    """A page of API keys, newest first."""

    items: Sequence[ReadApiKey]
    next_cursor: str | None


class CreateSigningKey(Body):
    """What `POST /signing-keys` takes: a public key, or the URL of a JWK Set."""

    name: Label
    public_key: Annotated[str, StringConstraints(max_length=16384)] | dict[str, Any] | None = None
    """PEM (SubjectPublicKeyInfo) or JWK: RSA, EC on P-256, or Ed25519."""
    jwks_url: Url | None = None
    issuer: Url | None = None
    """What tokens must say as `iss`, if given."""


class ReadSigningKey(Document):
    """A signing key as it is read."""

    id: str
    name: str
    jwk: dict[str, Any] | None
    jwks_url: str | None
    issuer: str | None
    created_at: datetime

    @classmethod
    def of(cls, key: SigningKey) -> Self:
        """Return what is read of a key."""
        return cls(
            id=key.id,
            name=key.name,
            jwk=dict(key.jwk) if key.jwk is not None else None,
            jwks_url=key.jwks_url,
            issuer=key.issuer,
            created_at=key.created_at,
        )


class SigningKeyPage(Document):
    """All signing keys, oldest first."""

    items: Sequence[ReadSigningKey]
    next_cursor: str | None


class ReadActor(Document):
    """Who acted."""

    kind: ActorKind
    id: str | None


class ReadAuditEntry(Document):
    """One change: who, what, from where."""

    id: str
    at: datetime
    action: Action
    actor: ReadActor
    target: str | None
    customer_id: str | None
    connection_id: str | None
    source_ip: str | None
    request_id: str
    http_status: int

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return what is read of an entry."""
        return cls(
            id=entry.id,
            at=entry.at,
            action=entry.action,
            actor=ReadActor(kind=entry.actor.kind, id=entry.actor.id),
            target=entry.target,
            customer_id=entry.customer_id,
            connection_id=entry.connection_id,
            source_ip=entry.source_ip,
            request_id=entry.request_id,
            http_status=entry.http_status,
        )


class AuditPage(Document):
    """A page of the audit, newest first."""

    items: Sequence[ReadAuditEntry]
    next_cursor: str | None
