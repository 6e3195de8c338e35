"""Create a connection of its own."""

import secrets
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connections.application.access_ports import Customers, NewConnections
from connections.application.asked_inputs import KEPT, kept_from_customers
from connections.application.chosen_definition import chosen_definition
from connections.application.entered_values import missing_inputs, size_problems, value_problems
from connections.application.ports import Clock, Components, Connections, Logbook
from connections.application.redirects import redirect_problems, redirects_of
from connections.application.settled_state import settled
from connections.application.template_ports import Templates
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection, Inputs, Status, TemplateFill
from connections.domain.errors import (
    CustomerBeingDeleted,
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
    Problem,
    Unavailable,
)
from connections.domain.identifiers import (
    ConnectionId,
    Randomness,
    connection_id,
    connection_id_for,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.integrations import OAuthRedirects
from connections_sdk.places import pointer_step


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """What is asked for."""

    component: str
    key: str
    values: Mapping[str, Any]
    name: str | None
    owner: Owner = ORGANIZATION
    template: str | None = None
    """The name of a connection template that fills some of the inputs."""
    redirects: OAuthRedirects | None = None
    shared_only: bool = False
    """Whether only templates can be used that are shared with customers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCreator:
    """Makes connections from the definitions of published components."""

    components: Components
    templates: Templates
    customers: Customers
    connections: Connections
    new_connections: NewConnections
    logbook: Logbook
    clock: Clock
    hosts: AllowedHosts
    built_in: Container[str] = ()
    """The keys of components that are not the organization's own."""
    randomness: Randomness = secrets.token_bytes

    def create(
        self, wanted: NewConnection, idempotency_key: str | None = None, *, by: str = ""
    ) -> tuple[Connection, Inputs]:
        """Create a connection; the same Idempotency-Key returns the one that it made before.

        `by` is whose the key is: those of two callers are two keys.

        Raises:
            InvalidRequest: there is no such component, definition, template or customer, or a
                value does not fit.
            IdempotencyKeyReused: the key made a connection from something else.
            CustomerBeingDeleted: nothing can be added to the customer any more.
        """
        now = self.clock.now()
        identifier = connection_id(now, self.randomness)
        if idempotency_key:
            identifier = connection_id_for(idempotency_key, by)
            made = self.connections.with_inputs(identifier)
            if made is not None:
                return self._made_before(wanted, *made)
        connection, inputs = self._new(wanted, identifier, now)
        if not self._added(connection, inputs):
            made = self.connections.with_inputs(identifier)
            if made is None:
                raise Unavailable("The connection was made and deleted meanwhile; try again.")
            return self._made_before(wanted, *made)
        self.logbook.write(_creation(connection))
        return connection, inputs

    def _new(
        self, wanted: NewConnection, identifier: ConnectionId, now: datetime
    ) -> tuple[Connection, Inputs]:
        """Check what is asked for, and return the connection that it makes."""
        self._check_customer(wanted.owner)
        self._check_redirects(wanted.redirects)
        definition = chosen_definition(self.components, wanted.component, wanted.key)
        fill = self._fill(wanted)
        kept = kept_from_customers(definition, fill.values) if fill else frozenset()
        self._check_values(definition, wanted.values, fill, kept if wanted.shared_only else ())
        inputs = Inputs(
            connection_id=identifier,
            definition=definition.document(),
            values=wanted.values,
            by_organization=frozenset() if wanted.shared_only else frozenset(wanted.values),
            template=fill,
            redirects=redirects_of(wanted.redirects),
            salt=self.randomness(16).hex(),
        )
        connection = Connection(
            id=identifier,
            name=wanted.name or definition.label,
            component=wanted.component,
            definition_key=definition.key,
            owner=wanted.owner,
            template_id=fill.id if fill else None,
            oauth=definition.oauth2_type is not None,
            client_credentials=definition.credentials is not None,
            status=Status.PENDING,
            created_at=now,
            updated_at=now,
        )
        return settled(connection, inputs), inputs

    def _made_before(
        self, wanted: NewConnection, made: Connection, inputs: Inputs
    ) -> tuple[Connection, Inputs]:
        template = inputs.template.name if inputs.template else None
        of = (made.component, made.definition_key, template, made.owner, dict(inputs.values))
        same = inputs.redirects == redirects_of(wanted.redirects) and of == (
            wanted.component,
            wanted.key,
            wanted.template,
            wanted.owner,
            dict(wanted.values),
        )
        if not same or wanted.name not in (None, made.name):
            raise IdempotencyKeyReused(
                "This Idempotency-Key made another connection. Send a new key for a new connection."
            )
        return made, inputs

    def _check_customer(self, owner: Owner) -> None:
        if owner.customer_id is None:
            return
        customer = self.customers.get(owner.customer_id)
        if customer is None:
            problem = Problem("#/customerId", "is not a customer's id")
            raise InvalidRequest("There is no such customer.", [problem])
        if customer.deleting_since is not None:
            raise CustomerBeingDeleted("The customer is being deleted.")

    def _check_redirects(self, redirects: OAuthRedirects | None) -> None:
        problems = list(redirect_problems(redirects, self.hosts, at="#/oauthRedirects"))
        if problems:
            raise InvalidRequest("The redirects lead where nobody can be sent.", problems)

    def _fill(self, wanted: NewConnection) -> TemplateFill | None:
        """Return what the template fills in; of one that may not be used nothing is told."""
        if wanted.template is None:
            return None
        found = self.templates.named(wanted.template)
        if found is None or (wanted.shared_only and not found.shared):
            problem = Problem(_TEMPLATE, "is not the name of a connection template")
            raise InvalidRequest(_NO_TEMPLATE, [problem])
        if (found.component, found.definition_key) != (wanted.component, wanted.key):
            problem = Problem(_TEMPLATE, "must be a connection template of this connection")
            raise InvalidRequest("The connection template is another connection's.", [problem])
        return found.fill

    def _check_values(
        self,
        definition: ConnectionDefinition,
        values: Mapping[str, Any],
        fill: TemplateFill | None,
        kept: Collection[str],
    ) -> None:
        filled = fill.values if fill else {}
        problems = [
            Problem(f"{VALUES}/{pointer_step(name)}", FILLED if name in filled else KEPT)
            for name in values
            if name in filled or name in kept
        ]
        entered = [name for name in values if name not in filled]
        effective = {**values, **filled}
        problems += value_problems(definition, effective, self.hosts, at=VALUES, of=entered)
        problems += size_problems(values, at=VALUES)
        wrong = {each.pointer for each in problems}
        missing = (
            f"{VALUES}/{pointer_step(name)}" for name in missing_inputs(definition, effective)
        )
        problems += [Problem(place, "is required") for place in missing if place not in wrong]
        if problems:
            raise InvalidRequest("Some values do not fit the connection's inputs.", problems)

    def _added(self, connection: Connection, inputs: Inputs) -> bool:
        own = connection.component not in self.built_in
        try:
            return self.new_connections.add(connection, inputs, own_component=own)
        except NotFound:
            problem = Problem(_TEMPLATE, "is not the name of a connection template")
            raise InvalidRequest(_NO_TEMPLATE, [problem]) from None


VALUES = "#/connection/values"
FILLED = "is filled by the connection template: it is asked of nobody"
_TEMPLATE = "#/connection/template"
_NO_TEMPLATE = "There is no such connection template."


def _creation(connection: Connection) -> LogEntry:
    return LogEntry(
        connection_id=connection.id,
        at=connection.created_at,
        event=Event.CREATED,
        severity=Severity.INFO,
        detail="The connection was created." + _what_follows(connection),
    )


def _what_follows(connection: Connection) -> str:
    if connection.client_credentials:
        return " Its access token is fetched by itself."
    return " The customer can now CONNECT." if connection.oauth else ""
