"""The audit: who changed what, from where; written once and never changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connections.domain.identifiers import AuditEntryId, ConnectionId, CustomerId


class ActorKind(StrEnum):
    """Who acted."""

    API_KEY = "api-key"
    CUSTOMER_USER = "customer-user"
    LINK = "link"
    """Whoever opened an authorization's link."""
    OPERATOR = "operator"
    """Whoever may invoke the function by IAM."""


class Action(StrEnum):
    """What was changed: a closed catalogue."""

    ORGANIZATION_CHANGED = "organization.changed"
    COMPONENT_PUBLISHED = "component.published"
    COMPONENT_DELETED = "component.deleted"
    TEMPLATE_CREATED = "connection-template.created"
    TEMPLATE_CHANGED = "connection-template.changed"
    TEMPLATE_DELETED = "connection-template.deleted"
    INTEGRATION_CREATED = "integration.created"
    INTEGRATION_CHANGED = "integration.changed"
    INTEGRATION_DELETED = "integration.deleted"
    INTEGRATION_PUBLISHED = "integration.published"
    INSTANCE_CREATED = "instance.created"
    INSTANCE_CHANGED = "instance.changed"
    INSTANCE_CONFIGURED = "instance.configured"
    INSTANCE_DEPLOYED = "instance.deployed"
    INSTANCE_DELETED = "instance.deleted"
    CONNECTION_CREATED = "connection.created"
    CONNECTION_CHANGED = "connection.changed"
    CONNECTION_DELETED = "connection.deleted"
    AUTHORIZATION_CREATED = "authorization.created"
    CONNECTION_CONNECTED = "connection.connected"
    CONNECTION_REFRESHED = "connection.refreshed"
    CONNECTION_DISCONNECTED = "connection.disconnected"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_CHANGED = "customer.changed"
    CUSTOMER_DELETED = "customer.deleted"
    API_KEY_CREATED = "api-key.created"
    API_KEY_ROTATED = "api-key.rotated"
    API_KEY_DELETED = "api-key.deleted"
    SIGNING_KEY_CREATED = "signing-key.created"
    SIGNING_KEY_DELETED = "signing-key.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted: an API key, a customer's user, a link, by id."""

    kind: ActorKind
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change, or a try whose end is not known. It holds ids and no secret."""

    id: AuditEntryId
    at: datetime
    action: Action
    actor: Actor
    target: str | None
    """The id of what was changed."""
    customer_id: CustomerId | None = None
    """Whose it is."""
    connection_id: ConnectionId | None = None
    source_ip: str | None = None
    request_id: str
    http_status: int
    """As the call was answered; from 500 on it is not known how far the change came."""
