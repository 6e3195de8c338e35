"""The bodies of the API: JSON, camelCase, times in RFC 3339."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from connections.domain.connection import (
    Connection,
    Inputs,
    Light,
    Reason,
    Status,
    UseOutcome,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections_sdk.definitions import (
    ConnectionDefinition,
    Document,
    InputValue,
    Key,
    Label,
)

ComponentKey = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class WantedConnection(Document):
    """The component's connection to make one of, and its values."""

    component: ComponentKey
    key: Key
    values: Annotated[dict[str, InputValue], Field(max_length=100)] = Field(default_factory=dict)


class CreateConnection(Document):
    """What `POST /connections` takes."""

    connection: WantedConnection
    name: Label | None = None


class ReadValue(Document):
    """A value as it is read back: a secret one only as set."""

    value: InputValue | None = None
    set: bool
    """Whether a value was entered; otherwise `value` is the default."""


class ReadDefinition(Document):
    """Which connection of which component it is, with its values."""

    component: ComponentKey
    key: Key
    values: dict[str, ReadValue]


class Scopes(Document):
    """The scopes that were asked for, and those that the authorization server says it gave."""

    requested: str | None
    granted: str | None


class LastError(Document):
    """The evidence of the last failed refresh."""

    at: datetime
    generation: int
    http_status: int | None
    provider_error: str | None


class ReadConnection(Document):
    """A connection as it is read; never a secret."""

    id: str
    name: str
    connection: ReadDefinition
    status: Status
    reason: Reason | None
    light: Light | None
    scopes: Scopes | None
    generation: int
    expires_at: datetime | None
    refresh_at: datetime | None
    last_refreshed_at: datetime | None
    last_used_at: datetime | None
    last_error: LastError | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, connection: Connection, inputs: Inputs) -> "ReadConnection":
        """Return what a caller may read of a connection."""
        definition = ConnectionDefinition.model_validate(inputs.definition)
        error = connection.last_error
        return cls(
            id=connection.id,
            name=connection.name,
            connection=ReadDefinition(
                component=connection.component,
                key=connection.definition_key,
                values=_values(definition, inputs),
            ),
            status=connection.status,
            reason=connection.reason,
            light=connection.light,
            scopes=Scopes(requested=connection.requested_scopes, granted=connection.granted_scopes)
            if connection.oauth
            else None,
            generation=connection.generation,
            expires_at=connection.expires_at,
            refresh_at=connection.refresh_at,
            last_refreshed_at=connection.last_refreshed_at,
            last_used_at=connection.last_use.at if connection.last_use else None,
            last_error=LastError(
                at=error.at,
                generation=error.generation,
                http_status=error.http_status,
                provider_error=error.provider_error,
            )
            if error
            else None,
            created_at=connection.created_at,
            updated_at=connection.updated_at,
        )


def _values(definition: ConnectionDefinition, inputs: Inputs) -> dict[str, ReadValue]:
    resolved = definition.resolved(dict(inputs.values))
    return {
        name: ReadValue(
            value=None if field.secret else resolved.get(name), set=name in inputs.values
        )
        for name, field in definition.inputs.items()
    }


class ReadAuthorization(Document):
    """An authorization: send a browser to `url`."""

    id: str
    url: str
    expires_at: datetime


class Report(Document):
    """What an execution saw."""

    outcome: UseOutcome


class ReadLogEntry(Document):
    """One entry of a connection's log."""

    at: datetime
    event: Event
    severity: Severity
    detail: str
    http_status: int | None
    provider_error: str | None
    authorization_id: str | None

    @classmethod
    def of(cls, entry: LogEntry) -> "ReadLogEntry":
        """Return what is read of an entry."""
        return cls(
            at=entry.at,
            event=entry.event,
            severity=entry.severity,
            detail=entry.detail,
            http_status=entry.http_status,
            provider_error=entry.provider_error,
            authorization_id=entry.authorization_id,
        )


class LogPage(Document):
    """A page of a connection's log, newest first."""

    items: Sequence[ReadLogEntry]
    next_cursor: str | None


class ReadCredentials(Document):
    """What an integration's code receives. Never the refresh token."""

    key: str
    config_var_key: str | None = None
    fields: dict[str, Any]
    token: dict[str, Any] | None
    """The token response under its OAuth names, `access_token` first among them."""
    generation: int | None
    expires_at: datetime | None


class Disconnected(Document):
    """What disconnecting did."""

    status: Status
    revocation: str


class Health(Document):
    """That the service answers."""

    status: str
    region: str
    version: str


class Region(Document):
    """A region in which the service can run."""

    region: str
    name: str
    default: bool
    callback_url: str
    api_url: str


class Regions(Document):
    """The regions, and the one that answers."""

    current: str
    regions: list[Region]
