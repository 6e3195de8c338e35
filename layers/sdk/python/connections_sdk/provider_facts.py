"""What is particular about an authorization server: data, so that no code names a provider.

Texts of parameters, and URLs, may have slots such as `{{#subdomain}}`, filled with the connection's
inputs.
"""

import re
from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from connections_sdk.composite_facts import (
    AccountFrom,
    Name,
    RateLimit,
    TokenHostFrom,
    TokenResponse,
)
from connections_sdk.forms import Document, Flag, Key, Parameters, Seconds
from connections_sdk.places import Place, faults_at
from connections_sdk.templates import TemplateFault, sample, slots

Url = Annotated[str, StringConstraints(max_length=2000)]
ClientAuthentication = Literal[
    "client_secret_basic",
    "client_secret_basic_raw",
    "client_secret_post",
    "client_secret_as_user",
    "client_secret_jwt",
    "private_key_jwt",
    "none",
]
"""As RFC 7591 section 2 names them. Beside those, `client_secret_basic_raw` leaves out the encoding
of RFC 6749 section 2.3.1, and `client_secret_as_user` has the secret as user name, and no password.
"""
FACT_URLS = ("refreshUrl", "revokeUrl", "introspectUrl", "metadataUrl", "userinfoUrl")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""The name of a header (RFC 9110 section 5.6.2)."""
_OWN_HEADERS = frozenset(
    {
        "authorization", "connection", "content-encoding", "content-length", "content-type", "host",
        "transfer-encoding",
    }
)  # fmt: skip


class ProviderFacts(Document):
    """The facts of one authorization server; what is left out is as the RFCs have it."""

    issuer: Url | None = None
    """Compared with `iss` of the authorization response (RFC 9207)."""
    metadata_url: Url | None = None
    """Where the server describes itself (RFC 8414, OpenID Connect Discovery 1.0)."""

    authorize_params: Parameters = Field(default_factory=dict)
    scope_separator: Annotated[str, StringConstraints(min_length=1, max_length=3)] = " "
    scope_parameter: Name = "scope"
    user_scopes: Annotated[str, StringConstraints(max_length=4000)] | None = None
    """Scopes of the user beside those of the app, sent as `user_scope`; an input wins over it."""
    omit_empty_scope: Flag = True
    resource: Annotated[list[Url], Field(max_length=10)] = Field(default_factory=list)
    """Resource indicators (RFC 8707), of the authorization and of token requests."""
    parameter_names: Annotated[dict[Name, Name], Field(max_length=30)] = Field(default_factory=dict)
    """What this server calls a parameter: `{"client_id": "client_key"}`."""
    code_parameter: Name = "code"
    """What it calls the code in the callback."""
    context_parameters: Annotated[list[Key], Field(max_length=30)] | None = None
    """Parameters of the callback that code receives as `context`; all but OAuth's own if None."""
    token_host_from: TokenHostFrom | None = None

    client_authentication: ClientAuthentication = "client_secret_post"
    token_request_format: Literal["form", "json"] = "form"  # noqa: S105 - a format
    token_request_headers: Parameters = Field(default_factory=dict)
    token_request_seconds: Annotated[int, Field(ge=1, le=20)] = 10
    """The longest that a call to the token endpoint may take."""
    rate_limit: RateLimit | None = None
    """Refreshes are kept as far apart as this wants them."""
    token_params: Parameters = Field(default_factory=dict)
    refresh_params: Parameters = Field(default_factory=dict)
    refresh_url: Url | None = None
    refresh_grant: Literal["refresh_token", "self"] = "refresh_token"
    """`self` is for access tokens that extend themselves: `refreshParams` say with what, and may
    have the slot `{{#access_token}}`."""

    token_response: TokenResponse = Field(default_factory=TokenResponse)
    expires_in_default: Seconds | None = None
    """The lifetime of access tokens of a server that does not tell it, in seconds."""
    expires_in_unit: Literal["seconds", "minutes", "milliseconds"] = "seconds"
    refresh_buffer: Seconds | None = None
    """Seconds before its end at which an access token is refreshed; five minutes by default."""
    refresh_token_idle_ttl: Seconds | None = None
    """Seconds after which an unused refresh token ends: it is used before half of them passed."""
    refresh_token_max_ttl: Seconds | None = None
    """Seconds after which a consent ends however its refresh tokens are used: it is forecast."""
    rotation: Literal["none", "rotates", "revokes-family"] = "revokes-family"
    """What a second use of a refresh token does; unknown servers are taken for the strictest."""
    reuse_grace_seconds: Seconds | None = None
    """For how many seconds the server takes a refresh token again that it has replaced: where an
    answer was lost, it is sent once more within them."""
    invalid_grant_synonyms: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    """Error codes with which the server says that a grant is dead, beside `invalid_grant`."""
    invalid_client_synonyms: Annotated[list[str], Field(max_length=20)] = Field(
        default_factory=list
    )
    """Error codes with which it refuses the app, beside `invalid_client` and the like."""

    revoke_url: Url | None = None
    revoke_token_parameter: Name = "token"  # noqa: S105 - a name
    revoke_authentication: ClientAuthentication | Literal["bearer"] | None = None
    """As at the token endpoint if None; `bearer` sends the access token itself as
    authorization, and nothing more."""
    revoke_method: Literal["POST", "DELETE"] = "POST"
    revoke_request_format: Literal["form", "json"] | None = None
    """As token requests if None."""
    revoke_tokens: Literal["both", "refresh_token", "access_token"] = "both"
    """Which of them is revoked, where the other ends with it or cannot be named. Where it is
    said, no `token_type_hint` is sent."""
    introspect_url: Url | None = None
    """Where a token is asked for after it was revoked (RFC 7662)."""
    userinfo_url: Url | None = None
    account_from: AccountFrom | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        faults: dict[Place, str] = {
            **self._template_faults(),
            **self._header_faults(),
            **self._missing(),
        }
        if faults:
            raise faults_at("ProviderFacts", faults)
        return self

    @property
    def urls(self) -> dict[str, str]:
        """The URLs among the facts, by their names in documents."""
        told = {
            "refreshUrl": self.refresh_url,
            "revokeUrl": self.revoke_url,
            "introspectUrl": self.introspect_url,
            "metadataUrl": self.metadata_url,
            "userinfoUrl": self.userinfo_url,
        }
        return {name: url for name, url in told.items() if url}

    @property
    def slots(self) -> frozenset[str]:
        """The names of everything that is put into a parameter, a header or a URL."""
        return frozenset(slot for text in self._texts().values() for slot in slots(text))

    def slot_faults(self, plain: Collection[str], secret: Collection[str]) -> dict[Place, str]:
        """Return which slots name what cannot stand there, of a definition with these inputs.

        What a browser sees, and what is called, has `plain` inputs alone in its slots.
        """
        answered = self.context_parameters or []
        own = ["access_token"] if self.refresh_grant == "self" else []
        known = {
            "tokenParams": {*plain, *secret, *answered},
            "refreshParams": {*plain, *secret, *answered, *own},
            "tokenRequestHeaders": {*plain, *secret},
        }
        return {
            place: f"has the slot {slot}, which is no input that may stand there"
            for place, text in self._texts().items()
            for slot in slots(text)
            if slot not in known.get(str(place[0]), plain)
        }

    def _texts(self) -> dict[Place, str]:
        """Return what may have slots, by its place."""
        groups = {
            "authorizeParams": self.authorize_params,
            "tokenParams": self.token_params,
            "refreshParams": self.refresh_params,
            "tokenRequestHeaders": self.token_request_headers,
        }
        told: dict[Place, str] = {(name,): url for name, url in self.urls.items()}
        for group, texts in groups.items():
            told |= {(group, name): text for name, text in texts.items()}
        return told

    def _template_faults(self) -> dict[Place, str]:
        faults: dict[Place, str] = {}
        for place, text in self._texts().items():
            try:
                sample(text)
            except TemplateFault as fault:
                faults[place] = str(fault)
        return faults

    def _header_faults(self) -> dict[Place, str]:
        faults: dict[Place, str] = {}
        for name, text in self.token_request_headers.items():
            if _HEADER.fullmatch(name) is None:
                faults["tokenRequestHeaders", name] = "is no name of a header"
            elif name.lower() in _OWN_HEADERS:
                faults["tokenRequestHeaders", name] = "is set by the service itself"
            elif not text.isascii():
                faults["tokenRequestHeaders", name] = "must be ASCII"
        return faults

    def _missing(self) -> dict[Place, str]:
        if self.refresh_grant == "self" and not self.refresh_params:
            return {("refreshParams",): "are required: they say how an access token is extended"}
        return {}
