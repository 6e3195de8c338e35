"""What the doubles of the ports share: their records, and what is to go wrong with them."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from connections.application.flow_ports import UsedFlow
from connections.application.integration_ports import References
from connections.domain.api_key import ApiKey
from connections.domain.audit import AuditEntry
from connections.domain.caller import Owner
from connections.domain.client_registration import Registration
from connections.domain.connection import Connection, Inputs
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.customer import Customer
from connections.domain.due import DueConnection
from connections.domain.errors import Unavailable
from connections.domain.flow import Authorization, Flow
from connections.domain.grant import Grant, SealedGrant
from connections.domain.identifiers import (
    ApiKeyId,
    AuthorizationId,
    ConnectionId,
    CustomerId,
    GrantId,
    InstanceId,
    IntegrationId,
    RegistrationId,
    SigningKeyId,
    TemplateId,
)
from connections.domain.instance import Instance, UserVariables
from connections.domain.integration import Draft, Integration, Version
from connections.domain.log_entry import LogEntry
from connections.domain.organization import OrganizationProfile
from connections.domain.referrer import Referred, Referrer
from connections.domain.refresh import Wish
from connections.domain.signing_key import SigningKey
from connections_sdk.definitions import Component


@dataclass
class Store:
    """Everything that is stored, in plain dictionaries.

    `calls` holds the name of each call of a port, as in "tokens.get", in order. `fail` and
    `meanwhile` say what the next calls of one meet.
    """

    connections_by_id: dict[ConnectionId, Connection] = field(default_factory=dict)
    registrations_by_id: dict[RegistrationId, Registration] = field(default_factory=dict)
    inputs_by_id: dict[ConnectionId, Inputs] = field(default_factory=dict)
    grants: dict[ConnectionId, Grant] = field(default_factory=dict)
    components_by_key: dict[str, Component] = field(default_factory=dict)
    templates_by_id: dict[TemplateId, ConnectionTemplate] = field(default_factory=dict)
    referrers: dict[Referred, dict[tuple[str, bool, int], Referrer]] = field(default_factory=dict)
    api_keys_by_id: dict[ApiKeyId, ApiKey] = field(default_factory=dict)
    signing_keys_by_id: dict[SigningKeyId, SigningKey] = field(default_factory=dict)
    customers_by_id: dict[CustomerId, Customer] = field(default_factory=dict)
    instances_by_id: dict[InstanceId, Instance] = field(default_factory=dict)
    users_of_instances: dict[InstanceId, dict[str, UserVariables]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    integrations_by_id: dict[IntegrationId, Integration] = field(default_factory=dict)
    drafts_by_id: dict[IntegrationId, tuple[Draft, References]] = field(default_factory=dict)
    closed_integrations: set[IntegrationId] = field(default_factory=set)
    versions_by_number: dict[tuple[IntegrationId, int], Version] = field(default_factory=dict)
    authorizations: dict[AuthorizationId, Authorization] = field(default_factory=dict)
    flows_by_digest: dict[str, Flow | UsedFlow] = field(default_factory=dict)
    lapsed: set[str] = field(default_factory=set)
    to_lapse: list[str] = field(default_factory=list)
    organization: OrganizationProfile = field(default_factory=OrganizationProfile)
    owners_of_used_flows: dict[str, Owner] = field(default_factory=dict)
    closed: set[ConnectionId] = field(default_factory=set)
    entries: list[LogEntry] = field(default_factory=list)
    audit_entries: list[AuditEntry] = field(default_factory=list)
    to_delete: list[tuple[str, int]] = field(default_factory=list)
    seals: dict[bytes, Grant] = field(default_factory=dict)
    handed_over: list[SealedGrant] = field(default_factory=list)
    to_revoke: list[Grant] = field(default_factory=list)
    to_rescue: list[Grant] = field(default_factory=list)
    revocation_delays: list[timedelta] = field(default_factory=list)
    settled_by_id: dict[ConnectionId, tuple[GrantId, int]] = field(default_factory=dict)
    to_refresh: list[Wish] = field(default_factory=list)
    queued_by_others: int = 0
    reached: DueConnection | None = None
    calls: list[str] = field(default_factory=list)
    _events: dict[str, deque[Callable[[], None]]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def open_connection(self, connection_id: ConnectionId) -> Connection | None:
        """Return a connection that is not closed."""
        if connection_id in self.closed:
            return None
        return self.connections_by_id.get(connection_id)

    def fail(
        self, method: str, times: int = 1, *, after: int = 0, error: Exception | None = None
    ) -> None:
        """Make calls of a port's method raise: so many, after so many that go well."""
        failure = error or Unavailable(f"{method} does not answer.")

        def raising() -> None:
            raise failure

        self._events[method].extend([lambda: None] * after + [raising] * times)

    def meanwhile(self, method: str, action: Callable[[], object], *, after: int = 0) -> None:
        """Let something happen just before a call of a port's method, after so many without."""

        def acting() -> None:
            action()

        self._events[method].extend([lambda: None] * after + [acting])

    def called(self, method: str) -> None:
        """Record a call, and let happen what was planned for it."""
        self.calls.append(method)
        events = self._events[method]
        if events:
            events.popleft()()
