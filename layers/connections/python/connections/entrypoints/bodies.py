"""The bodies of the API: JSON, camelCase, times in RFC 3339."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from connections.domain.connection import (
    Status,
    UseOutcome,
)
from connections.domain.log_entry import Event, LogEntry, Severity
from connections_sdk.forms import (
    Document,
    InputValue,
    Key,
    Label,
    TemplateName,
)

ComponentKey = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Body(Document):
    """What a request brings: its members have the names that the API's document says, and no other.

    The documents that authors write are models of their code too, where names are Python's.
    """

    model_config = ConfigDict(validate_by_name=False)


class WantedConnection(Body):
    """The component's connection to make one of, and its values."""

    component: ComponentKey
    key: Key
    template: TemplateName | None = None
    """The name of a connection template; the inputs that it fills are asked of nobody."""
    values: Annotated[dict[str, InputValue], Field(max_length=100)] = Field(default_factory=dict)


class CreateConnection(Body):
    """What `POST /connections` takes."""

    connection: WantedConnection
    customer_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """Whose it is to be; of a customer's user always their own customer's."""
    name: Label | None = None


class ChangedValues(Body):
    """Values to be entered; null takes away what was entered, what is left out stays."""

    values: Annotated[dict[str, InputValue | None], Field(max_length=100)] = Field(
        default_factory=dict
    )


class PatchConnection(Body):
    """What `PATCH /connections/{id}` takes."""

    name: Label | None = None
    connection: ChangedValues | None = None


class DeletingConnection(Document):
    """A connection that is being deleted: it answers 404 from now on."""

    id: str
    status: Literal["deleting"] = "deleting"


class ReadAuthorization(Document):
    """An authorization: send a browser to `url`."""

    id: str
    url: str
    expires_at: datetime


class Report(Body):
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
    context: dict[str, str]
    """What the callback brought beside OAuth's own parameters, such as `realmId`."""
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
