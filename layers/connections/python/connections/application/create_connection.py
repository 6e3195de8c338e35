"""Create a connection of its own."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connections.application.access_ports import Customers, NewConnections
from connections.application.ports import Clock, Components, Connections, Logbook
from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.connection import Connection, Inputs, Reason, Status
from connections.domain.errors import (
    CustomerBeingDeleted,
    IdempotencyKeyReused,
    InvalidRequest,
    Problem,
    Unavailable,
)
from connections.domain.identifiers import (
    Randomness,
    connection_id,
    connection_id_for,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.templates import TemplateFault

NEEDED_FOR_OAUTH = ("authorizeUrl", "tokenUrl", "clientId")
LARGEST_VALUES = 32 * 1024
"""Bytes. A grant's item holds the values, the definition and the token response: it must fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """What is asked for."""

    component: str
    key: str
    values: Mapping[str, Any]
    name: str | None
    owner: Owner = ORGANIZATION


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCreator:
    """Makes connections from the definitions of published components."""

    components: Components
    customers: Customers
    connections: Connections
    new_connections: NewConnections
    logbook: Logbook
    clock: Clock
    hosts: AllowedHosts
    randomness: Randomness = secrets.token_bytes

    def create(
        self, wanted: NewConnection, idempotency_key: str | None = None, *, by: str = ""
    ) -> tuple[Connection, Inputs]:
        """Create a connection; the same Idempotency-Key returns the one that it made before.

        `by` is whose the key is: those of two callers are two keys.

        Raises:
            InvalidRequest: there is no such component, definition or customer, or a value does
                not fit.
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
        self._check_customer(wanted.owner)
        definition = self._definition(wanted)
        self._check_values(definition, wanted.values)
        oauth = definition.oauth2_type is not None
        connection = Connection(
            id=identifier,
            name=wanted.name or definition.label,
            component=wanted.component,
            definition_key=definition.key,
            owner=wanted.owner,
            oauth=oauth,
            status=Status.PENDING if oauth else Status.ACTIVE,
            reason=Reason.NOT_CONNECTED if oauth else None,
            requested_scopes=definition.resolved(dict(wanted.values)).get("scopes")
            if oauth
            else None,
            created_at=now,
            updated_at=now,
        )
        inputs = Inputs(
            connection_id=identifier, definition=definition.document(), values=wanted.values
        )
        if not self.new_connections.add(connection, inputs):
            made = self.connections.with_inputs(identifier)
            if made is None:
                raise Unavailable("The connection was made and deleted meanwhile; try again.")
            return self._made_before(wanted, *made)
        self.logbook.write(
            LogEntry(
                connection_id=identifier,
                at=now,
                event=Event.CREATED,
                severity=Severity.INFO,
                detail="The connection was created."
                + (" The customer can now CONNECT." if oauth else ""),
            )
        )
        return connection, inputs

    def _made_before(
        self, wanted: NewConnection, made: Connection, inputs: Inputs
    ) -> tuple[Connection, Inputs]:
        same = (made.component, made.definition_key, made.owner, dict(inputs.values)) == (
            wanted.component,
            wanted.key,
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

    def _definition(self, wanted: NewConnection) -> ConnectionDefinition:
        component = self.components.get(wanted.component)
        if component is None:
            problem = Problem("#/connection/component", "is not a published component")
            raise InvalidRequest("There is no such component.", [problem])
        definition = component.connection(wanted.key)
        if definition is None:
            offered = ", ".join(each.key for each in component.connections)
            problem = Problem("#/connection/key", f"must be one of: {offered}")
            raise InvalidRequest("The component has no such connection.", [problem])
        return definition

    def _check_values(self, definition: ConnectionDefinition, values: Mapping[str, Any]) -> None:
        problems: dict[str, str] = {}
        resolved = definition.resolved(dict(values))
        for name in values:
            field = definition.inputs.get(name)
            fault = (
                "is not an input of this connection" if field is None else field.fault(values[name])
            )
            called = definition.calls(name) and name not in definition.templates
            if fault is None and called and values[name]:
                fault = self.hosts.fault(values[name])
            if fault:
                problems[f"#/connection/values/{pointer(name)}"] = fault
        resolved |= self._filled(definition, resolved, problems)
        needed = NEEDED_FOR_OAUTH if definition.oauth2_type else ()
        for name, field in definition.inputs.items():
            # An empty default is no value, unless nobody is shown the input to enter one.
            required = name in needed or (field.required and field.shown)
            if required and resolved.get(name) in (None, ""):
                problems.setdefault(f"#/connection/values/{name}", "is required")
        if len(json.dumps(resolved)) > LARGEST_VALUES:
            problems["#/connection/values"] = "must be at most 32 KB together"
        if problems:
            raise InvalidRequest(
                "Some values do not fit the connection's inputs.",
                [Problem(place, fault) for place, fault in problems.items()],
            )

    def _filled(
        self,
        definition: ConnectionDefinition,
        resolved: Mapping[str, Any],
        problems: dict[str, str],
    ) -> dict[str, str]:
        """Return the templates filled in, and add what is wrong at the input that has to change."""
        filled: dict[str, str] = {}
        for name in definition.templates:
            try:
                filled[name] = url = definition.rendered(name, resolved)
            except TemplateFault as error:
                problems.setdefault(f"#/connection/values/{error.culprit}", str(error))
                continue
            fault = self.hosts.fault(url) if url and definition.calls(name) else None
            if fault:
                problems.setdefault(f"#/connection/values/{name}", fault)
        return filled


def pointer(name: str) -> str:
    """Return a name as one step of a JSON Pointer (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
