"""Builders of the domain's values: name what matters to a test, the rest is some sensible value."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connections.domain.api_key import ApiKey
from connections.domain.audit import Action, Actor, ActorKind, AuditEntry
from connections.domain.caller import Organization, Owner, Scope
from connections.domain.connection import Connection, Inputs, Reason, Status
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.customer import Customer
from connections.domain.failure import Failure, FailureKind
from connections.domain.flow import Authorization, Flow
from connections.domain.grant import Grant, Issuance, TokenSet
from connections.domain.identifiers import (
    ApiKeyId,
    AuditEntryId,
    AuthorizationId,
    AuthorizationLink,
    ConnectionId,
    CustomerId,
    GrantId,
    SigningKeyId,
    TemplateId,
    registration_id,
)
from connections.domain.signing_key import SigningKey
from connections.oauth.digests import digest

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
CONNECTION = ConnectionId("con_00000000000000000000000001")
GRANT = GrantId("gra_00000000000000000000000001")
AUTHORIZATION = AuthorizationId("aut_" + "0" * 26)
LINK = AuthorizationLink(AUTHORIZATION + "0" * 32)
CUSTOMER = CustomerId("cus_00000000000000000000000001")
TEMPLATE = TemplateId("tpl_00000000000000000000000001")
REGISTRATION = registration_id("acme.example", "the-client")
ADA = Owner(customer_id=CUSTOMER, user_id="ada")
KEY_HOLDER = Organization(key_id=ApiKeyId("key_" + "0" * 26), scopes=frozenset(Scope))
HOUR = timedelta(hours=1)


def a_definition(**changes: Any) -> dict[str, Any]:
    """Return the document of an OAuth 2.0 connection definition."""
    text = {"type": "string", "label": "Text", "required": True}
    return {
        "key": "oauth2",
        "label": "Acme OAuth 2.0",
        "oauth2Type": "authorization_code",
        "inputs": {
            "authorizeUrl": {**text, "shown": False, "default": "https://acme.example/authorize"},
            "tokenUrl": {**text, "shown": False, "default": "https://acme.example/token"},
            "revokeUrl": {**text, "shown": False, "default": "https://acme.example/revoke"},
            "scopes": {**text, "required": False, "default": "read write"},
            "clientId": text,
            "clientSecret": {**text, "type": "password"},
        },
        **changes,
    }


def an_issuance(values: dict[str, Any] | None = None, **definition: Any) -> Issuance:
    """Return what a grant was issued under."""
    return Issuance(
        definition=a_definition(**definition),
        values={"clientId": "the-client", "clientSecret": "the-secret", **(values or {})},
    )


def a_token_set(**changes: Any) -> TokenSet:
    """Return a token set issued now that lasts an hour."""
    defaults: dict[str, Any] = {
        "response": {"access_token": "access-1", "token_type": "Bearer", "scope": "read write"},
        "refresh_token": "refresh-1",
        "issued_at": NOW,
        "expires_at": NOW + HOUR,
    }
    return TokenSet(**{**defaults, **changes})


def a_grant(**changes: Any) -> Grant:
    """Return a grant at its first generation."""
    defaults: dict[str, Any] = {
        "connection_id": CONNECTION,
        "grant_id": GRANT,
        "generation": 1,
        "tokens": a_token_set(),
        "issuance": an_issuance(),
    }
    return Grant(**{**defaults, **changes})


def a_connection(**changes: Any) -> Connection:
    """Return the state of a connection that was connected and whose refresh is due."""
    defaults: dict[str, Any] = {
        "id": CONNECTION,
        "name": "Acme of Ada",
        "component": "acme",
        "definition_key": "oauth2",
        "oauth": True,
        "status": Status.ACTIVE,
        "requested_scopes": "read write",
        "granted_scopes": "read write",
        "grant_id": GRANT,
        "generation": 1,
        "expires_at": NOW + HOUR,
        "refresh_at": NOW,
        "registration": REGISTRATION,
        "created_at": NOW - HOUR,
        "updated_at": NOW - HOUR,
    }
    return Connection(**{**defaults, **changes})


def a_new_connection(**changes: Any) -> Connection:
    """Return the state of an OAuth connection that nobody has connected yet."""
    defaults: dict[str, Any] = {
        "status": Status.PENDING,
        "reason": Reason.NOT_CONNECTED,
        "granted_scopes": None,
        "grant_id": None,
        "generation": 0,
        "expires_at": None,
        "refresh_at": None,
        "registration": None,
    }
    return a_connection(**{**defaults, **changes})


def some_inputs(**changes: Any) -> Inputs:
    """Return the inputs of a connection."""
    issuance = an_issuance()
    defaults: dict[str, Any] = {
        "connection_id": CONNECTION,
        "definition": issuance.definition,
        "values": issuance.values,
    }
    return Inputs(**{**defaults, **changes})


def a_flow(**changes: Any) -> Flow:
    """Return a flow that the browser "the-browser" began just now with the state "the-state"."""
    defaults: dict[str, Any] = {
        "state_digest": digest("the-state"),
        "browser_digest": digest("the-browser"),
        "connection_id": CONNECTION,
        "authorization_id": AUTHORIZATION,
        "redirect_uri": "https://oauth2.connections.example/callback",
        "issuer": None,
        "code_verifier": "v" * 64,
        "issuance": an_issuance(),
        "expires_at": NOW + timedelta(minutes=10),
    }
    return Flow(**{**defaults, **changes})


def an_offer(**changes: Any) -> Authorization:
    """Return an authorization, which LINK opens for an hour."""
    defaults: dict[str, Any] = {
        "id": AUTHORIZATION,
        "link_digest": digest(LINK),
        "connection_id": CONNECTION,
        "expires_at": NOW + HOUR,
    }
    return Authorization(**{**defaults, **changes})


def a_failure(kind: FailureKind = FailureKind.WAIT, **changes: Any) -> Failure:
    """Return a failure of that kind."""
    return Failure(**{"kind": kind, "explanation": "something was the matter", **changes})


def a_customer(**changes: Any) -> Customer:
    """Return a customer that the organization knows as "acme"."""
    defaults: dict[str, Any] = {
        "id": CUSTOMER,
        "external_id": "acme",
        "name": "Acme Inc.",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Customer(**{**defaults, **changes})


def a_template(**changes: Any) -> ConnectionTemplate:
    """Return a connection template that fills the client of an OAuth 2.0 connection."""
    defaults: dict[str, Any] = {
        "id": TEMPLATE,
        "name": "Acme app",
        "component": "acme",
        "definition_key": "oauth2",
        "values": {"clientId": "the-client", "clientSecret": "the-secret"},
        "shared": False,
        "locked": False,
        "revision": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return ConnectionTemplate(**{**defaults, **changes})


def an_api_key(**changes: Any) -> ApiKey:
    """Return an API key whose secret is "the-secret"."""
    defaults: dict[str, Any] = {
        "id": ApiKeyId("key_00000000000000000000000001"),
        "name": "Deployment",
        "scopes": frozenset({Scope.CONNECTIONS_READ, Scope.CONNECTIONS_WRITE}),
        "digest": digest("the-secret"),
        "created_at": NOW,
    }
    return ApiKey(**{**defaults, **changes})


def a_signing_key(**changes: Any) -> SigningKey:
    """Return a signing key that was sent as a JWK."""
    defaults: dict[str, Any] = {
        "id": SigningKeyId("sig_00000000000000000000000001"),
        "name": "Backend",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": "A" * 43},
        "jwks_url": None,
        "issuer": None,
        "created_at": NOW,
    }
    return SigningKey(**{**defaults, **changes})


def an_audit_entry(**changes: Any) -> AuditEntry:
    """Return the entry of a customer that an API key made."""
    defaults: dict[str, Any] = {
        "id": AuditEntryId("adt_00000000000000000000000001"),
        "at": NOW,
        "action": Action.CUSTOMER_CREATED,
        "actor": Actor(kind=ActorKind.API_KEY, id="key_00000000000000000000000001"),
        "target": CUSTOMER,
        "request_id": "request-1",
        "http_status": 201,
    }
    return AuditEntry(**{**defaults, **changes})
