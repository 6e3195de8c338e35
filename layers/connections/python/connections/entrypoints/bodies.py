"""The bodies of the API: JSON, camelCase, times in RFC 3339."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from connections.domain.connection import (
    Status,
    UseOutcome,
)
from connections.domain.flow import AuthorizationStatus
from connections.domain.log_entry import Event, LogEntry, Severity
from connections.domain.revocation import Revocation
from connections_sdk.forms import (
    Document,
    Flag,
    InputValue,
    Key,
    Label,
    TemplateName,
)
from connections_sdk.integrations import OAuthRedirects, Uri

LARGEST_INTEGER = 2**53 - 1
"""What every reader of JSON can tell from its neighbours (RFC 8259 section 6)."""
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


class RedirectsBody(OAuthRedirects, Body):
    """Where the user lands after a consent."""


class PatchRedirects(Body):
    """What can change of where the user lands."""

    enabled: Flag = Field(default_factory=bool)
    success_uri: Uri | None = None
    failure_uri: Uri | None = None


class CreateConnection(Body):
    """What `POST /connections` takes."""

    connection: WantedConnection
    customer_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """Whose it is to be; of a customer's user always their own customer's."""
    name: Label | None = None
    oauth_redirects: RedirectsBody | None = None


class ChangedValues(Body):
    """Values to be entered; null takes away what was entered, what is left out stays."""

    values: Annotated[dict[str, InputValue | None], Field(max_length=100)] = Field(
        default_factory=dict
    )


class PatchConnection(Body):
    """What `PATCH /connections/{id}` takes."""

    name: Label | None = None
    connection: ChangedValues | None = None
    oauth_redirects: PatchRedirects | None = None

    @property
    def changed_redirects(self) -> dict[str, Any] | None:
        """What changes of where the user lands; None takes it away."""
        if "oauth_redirects" not in self.model_fields_set:
            return {}
        said = self.oauth_redirects
        return None if said is None else said.model_dump(by_alias=True, exclude_unset=True)


class DeletingConnection(Document):
    """A connection that is being deleted: it answers 404 from now on."""

    id: str
    status: Literal["deleting"] = "deleting"


ScopeToken = Annotated[
    str, StringConstraints(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]+$", max_length=200)
]
"""One scope (RFC 6749 section 3.3)."""


class CreateAuthorization(Body):
    """What `POST /connections/{id}/authorizations` takes."""

    return_url: Uri | None = None
    """Where the browser goes in the end, if there are no custom redirects: one of the
    organization's `allowedReturnUrls`."""
    confirm: Flag = True
    """Whether a page says first what is about to be connected."""
    scopes: Annotated[list[ScopeToken], Field(max_length=50)] = Field(default_factory=list)
    """Asked for beside the connection's own, for this grant alone: by who may enter `scopes`."""
    keep_scopes: Flag = False
    """Whether what the present grant was asked for beside them is asked for again."""


class AuthorizationState(Document):
    """What became of an authorization, for whoever opened its window."""

    status: AuthorizationStatus
    error: str | None
    """The code of what went wrong, if it failed."""


class ReadAuthorization(Document):
    """An authorization: send a browser to `url`."""

    id: str
    url: str
    expires_at: datetime


class Report(Body):
    """What an execution saw."""

    outcome: UseOutcome
    generation: Annotated[int, Field(ge=1, le=LARGEST_INTEGER)] | None = None
    """Of the credentials that were refused; if nothing is said, of those that there are."""
    execution_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,100}$")] | None = None
    """Stands in the connection's log if this report is the first to say that they are refused."""


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

    connection_id: str
    """By which code reports what it saw."""
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
    revocation: Revocation


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
    """The redirect URI to register with authorization servers."""
    accepted_callback_urls: list[str]
    api_url: str


class Regions(Document):
    """The regions, and the one that answers."""

    current: str
    regions: list[Region]
