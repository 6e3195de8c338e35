"""Facts about an authorization server that have parts.

A *path* names a place in an answer: `authed_user.id`, `errors.0.code`.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from connections_sdk.forms import NUMBER, Document

Path = Annotated[
    str, StringConstraints(pattern=r"^[^.\x00-\x20]{1,100}(\.[^.\x00-\x20]{1,100}){0,9}$")
]
Name = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]
"""The name of a parameter or header, as the server spells it."""
HostName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"),
]
Member = Literal["access_token", "refresh_token", "expires_in", "expires_at", "scope", "token_type"]
"""What a token response has (RFC 6749 section 5.1)."""


class Mark(Document):
    """What marks an answer as a failure though it is a 2xx: `{"path": "ok", "equals": false}`."""

    path: Path
    equals: bool | int | str


class TokenResponse(Document):
    """How a token response differs from RFC 6749 section 5."""

    root: Path | None = None
    """Where the object is that has `access_token`; code receives the whole answer as well."""
    names: Annotated[dict[Member, Path], Field(max_length=6)] = Field(default_factory=dict)
    """Where a member is that this server calls otherwise, from the root."""
    failure: Mark | None = None
    error_path: Path | None = None
    """Where the error code of a refusal is."""


class TokenHostFrom(Document):
    """The callback names the host of the token endpoint: a customer's data is in one region."""

    parameter: Name
    """Its value is a host name or the URL of one."""
    hosts: Annotated[list[HostName], Field(min_length=1, max_length=50)]
    """Where the client's secrets may be sent; any other is refused."""


class AccountFrom(Document):
    """Where the account that consented is told."""

    source: Literal["token_response", "id_token", "userinfo"] = "token_response"
    id: Path
    name: Path | None = None
    other_account: Literal["report", "refuse"] = "report"
    """What becomes of a consent by another account than the one that was connected before."""


class RateLimit(Document):
    """How many token requests the server takes of one client: `{"requests": 100, "seconds": 60}`.

    Refreshes keep that distance from each other, evenly.
    """

    requests: Annotated[int, Field(ge=1, le=100_000), NUMBER]
    seconds: Annotated[int, Field(ge=1, le=86_400), NUMBER]
