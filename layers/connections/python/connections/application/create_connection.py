"""Create a connection of its own, and read it back."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connections.application.ports import Clock, Components, Connections, Logbook
from connections.domain.connection import Connection, Inputs, Reason, Status
from connections.domain.errors import IdempotencyKeyReused, InvalidRequest, NotFound, Problem
from connections.domain.identifiers import (
    ConnectionId,
    Randomness,
    connection_id,
    connection_id_for,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import URL_INPUTS, ConnectionDefinition

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCreator:
    """Makes connections from the definitions of published components."""

    components: Components
    connections: Connections
    logbook: Logbook
    clock: Clock
    hosts: AllowedHosts
    randomness: Randomness = secrets.token_bytes

    def create(
        self, wanted: NewConnection, idempotency_key: str | None = None
    ) -> tuple[Connection, Inputs]:
        """Create a connection; the same Idempotency-Key returns the one that it made before.

        Raises:
            InvalidRequest: there is no such component or definition, or a value does not fit.
            IdempotencyKeyReused: the key made a connection from something else.
        """
        now = self.clock.now()
        identifier = connection_id(now, self.randomness)
        if idempotency_key:
            identifier = connection_id_for(idempotency_key, "organization")
            made = self.connections.with_inputs(identifier)
            if made is not None:
                return self._made_before(wanted, *made)
        definition = self._definition(wanted)
        self._check_values(definition, wanted.values)
        oauth = definition.oauth2_type is not None
        connection = Connection(
            id=identifier,
            name=wanted.name or definition.label,
            component=wanted.component,
            definition_key=definition.key,
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
        if not self.connections.add(connection, inputs):
            return self._made_before(wanted, *self.read(identifier))
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

    def read(self, identifier: ConnectionId) -> tuple[Connection, Inputs]:
        """Return a connection with its inputs.

        Raises:
            NotFound: there is none.
        """
        found = self.connections.with_inputs(identifier)
        if found is None:
            raise NotFound("There is no such connection.")
        return found

    def exists(self, identifier: ConnectionId) -> ConnectionId:
        """Return the id of a connection that there is.

        Raises:
            NotFound: there is none.
        """
        if self.connections.get(identifier) is None:
            raise NotFound("There is no such connection.")
        return identifier

    def _made_before(
        self, wanted: NewConnection, made: Connection, inputs: Inputs
    ) -> tuple[Connection, Inputs]:
        same = (made.component, made.definition_key, dict(inputs.values)) == (
            wanted.component,
            wanted.key,
            dict(wanted.values),
        )
        if not same or wanted.name not in (None, made.name):
            raise IdempotencyKeyReused(
                "This Idempotency-Key made another connection. Send a new key for a new connection."
            )
        return made, inputs

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
        problems = []
        resolved = definition.resolved(dict(values))
        for name in values:
            field = definition.inputs.get(name)
            fault = (
                "is not an input of this connection" if field is None else field.fault(values[name])
            )
            if fault is None and definition.oauth2_type and name in URL_INPUTS and values[name]:
                fault = self.hosts.fault(values[name])
            if fault:
                problems.append(Problem(f"#/connection/values/{pointer(name)}", fault))
        needed = NEEDED_FOR_OAUTH if definition.oauth2_type else ()
        problems += [
            Problem(f"#/connection/values/{name}", "is required")
            for name, field in definition.inputs.items()
            if (field.required and name not in resolved)
            or (name in needed and not resolved.get(name) and name not in values)
        ]
        if len(json.dumps(resolved)) > LARGEST_VALUES:
            problems.append(Problem("#/connection/values", "must be at most 32 KB together"))
        if problems:
            raise InvalidRequest("Some values do not fit the connection's inputs.", problems)


def pointer(name: str) -> str:
    """Return a name as one step of a JSON Pointer (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
