"""Identifiers: opaque, URL-safe, prefixed, and in the order of their making."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NewType

ConnectionId = NewType("ConnectionId", str)
GrantId = NewType("GrantId", str)
AuthorizationId = NewType("AuthorizationId", str)
AuthorizationLink = NewType("AuthorizationLink", str)
CustomerId = NewType("CustomerId", str)
ApiKeyId = NewType("ApiKeyId", str)
SigningKeyId = NewType("SigningKeyId", str)
AuditEntryId = NewType("AuditEntryId", str)
IntegrationId = NewType("IntegrationId", str)
VariableId = NewType("VariableId", str)
StepId = NewType("StepId", str)
TemplateId = NewType("TemplateId", str)
InstanceId = NewType("InstanceId", str)
RegistrationId = NewType("RegistrationId", str)

Randomness = Callable[[int], bytes]
"""Gives that many unpredictable bytes; `secrets.token_bytes` in production."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, which sorts as it counts
_LENGTH = len("aut_") + 26
_FORM = re.compile(r"[a-z]{3}_[0-9a-z]{26,60}")


def connection_id(now: datetime, randomness: Randomness) -> ConnectionId:
    """Return a new connection id: 48 bits of milliseconds, 80 of chance."""
    return ConnectionId(_new("con", now, randomness(10)))


def connection_id_for(idempotency_key: str, owner: str) -> ConnectionId:
    """Return the connection id that this owner's Idempotency-Key determines."""
    return ConnectionId(_determined("con", idempotency_key, owner))


def grant_id(now: datetime, randomness: Randomness) -> GrantId:
    """Return a new grant id."""
    return GrantId(_new("gra", now, randomness(10)))


def authorization_id(now: datetime, randomness: Randomness) -> AuthorizationId:
    """Return a new authorization id; it stands in logs and in the audit, and opens nothing."""
    return AuthorizationId(_new("aut", now, randomness(10)))


def authorization_link(authorization: AuthorizationId, randomness: Randomness) -> AuthorizationLink:
    """Return what opens an authorization: its id, and 160 bits of chance that are never stored."""
    return AuthorizationLink(authorization + _encode(int.from_bytes(randomness(20)), 32))


def authorization_of(link: AuthorizationLink) -> AuthorizationId:
    """Return the id of the authorization that a link opens."""
    return AuthorizationId(link[:_LENGTH])


def customer_id(now: datetime, randomness: Randomness) -> CustomerId:
    """Return a new customer id."""
    return CustomerId(_new("cus", now, randomness(10)))


def customer_id_for(idempotency_key: str, owner: str) -> CustomerId:
    """Return the customer id that this owner's Idempotency-Key determines."""
    return CustomerId(_determined("cus", idempotency_key, owner))


def api_key_id(now: datetime, randomness: Randomness) -> ApiKeyId:
    """Return a new API key id."""
    return ApiKeyId(_new("key", now, randomness(10)))


def signing_key_id(now: datetime, randomness: Randomness) -> SigningKeyId:
    """Return a new signing key id."""
    return SigningKeyId(_new("sig", now, randomness(10)))


def audit_entry_id(now: datetime, randomness: Randomness) -> AuditEntryId:
    """Return a new id of an audit entry."""
    return AuditEntryId(_new("adt", now, randomness(10)))


def integration_id(now: datetime, randomness: Randomness) -> IntegrationId:
    """Return a new integration id."""
    return IntegrationId(_new("int", now, randomness(10)))


def integration_id_for(idempotency_key: str, owner: str) -> IntegrationId:
    """Return the integration id that this owner's Idempotency-Key determines."""
    return IntegrationId(_determined("int", idempotency_key, owner))


def variable_id(now: datetime, randomness: Randomness) -> VariableId:
    """Return a new id of a config variable."""
    return VariableId(_new("var", now, randomness(10)))


def step_id(now: datetime, randomness: Randomness) -> StepId:
    """Return a new id of a step."""
    return StepId(_new("stp", now, randomness(10)))


def template_id(now: datetime, randomness: Randomness) -> TemplateId:
    """Return a new connection template id."""
    return TemplateId(_new("tpl", now, randomness(10)))


def template_id_for(idempotency_key: str, owner: str) -> TemplateId:
    """Return the connection template id that this owner's Idempotency-Key determines."""
    return TemplateId(_determined("tpl", idempotency_key, owner))


def instance_id(now: datetime, randomness: Randomness) -> InstanceId:
    """Return a new instance id."""
    return InstanceId(_new("ins", now, randomness(10)))


def instance_id_for(idempotency_key: str, owner: str) -> InstanceId:
    """Return the instance id that this owner's Idempotency-Key determines."""
    return InstanceId(_determined("ins", idempotency_key, owner))


def registration_id(host: str, client_id: str) -> RegistrationId:
    """Return the id of a client registration: what its token host and its client id determine."""
    return RegistrationId(_determined("reg", client_id, host))


def well_formed(identifier: str) -> bool:
    """Tell whether this could be an identifier at all."""
    return _FORM.fullmatch(identifier) is not None


def _determined(prefix: str, key: str, within: str) -> str:
    digest = hashlib.sha256(f"{within}\0{key}".encode()).digest()
    return f"{prefix}_{_encode(int.from_bytes(digest[:16]), 26)}"


def _new(prefix: str, now: datetime, chance: bytes) -> str:
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    digits = len(chance) * 8 // 5
    return f"{prefix}_{_encode(milliseconds, 10)}{_encode(int.from_bytes(chance), digits)}"


def _encode(number: int, digits: int) -> str:
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(digits)))
