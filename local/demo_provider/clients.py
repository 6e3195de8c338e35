"""The clients that are registered with the demo provider."""

import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeAlias
from urllib.parse import unquote_plus, urlsplit

from pydantic import ConfigDict, Field
from werkzeug.datastructures import Authorization

Text: TypeAlias = Annotated[str, Field(min_length=1)]


class Rotation(StrEnum):
    """What a refresh does to the refresh token that was presented."""

    NONE = "none"
    ROTATES = "rotates"
    REVOKES_FAMILY = "revokes-family"


class ClientAuthMethod(StrEnum):
    """How a client authenticates at the token endpoint (RFC 7591 section 2)."""

    CLIENT_SECRET_BASIC = "client_secret_basic"
    CLIENT_SECRET_POST = "client_secret_post"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One registered client, with the questions authlib asks of a client.

    `scope` lists what the client may ask for and is what it gets when it asks for none;
    without it any scope goes. `access_token_lifetime` is in seconds; without it access tokens
    do not expire and `expires_in` is left out. For `reuse_grace` seconds a refresh token that was
    replaced is taken again, and brings tokens beside those that replaced it.
    `token_endpoint_auth_method` left out means any
    that fits: either of the secret ones, or `none` for a client without a secret.
    `extra_token_fields` are laid over every token response.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    client_id: Text
    client_secret: Text | None = field(default=None, repr=False)
    name: Text | None = None
    redirect_uris: tuple[Text, ...] = ()
    scope: str | None = None
    rotation: Rotation = Rotation.REVOKES_FAMILY
    access_token_lifetime: Annotated[int, Field(gt=0)] | None = 3600
    reuse_grace: Annotated[int, Field(ge=0)] = 0
    require_pkce: bool = True
    token_endpoint_auth_method: ClientAuthMethod | None = None
    extra_token_fields: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ValueError: when the authentication method and the secret do not go together, or
                a redirect URI is not absolute or has a fragment (RFC 6749 section 3.1.2).
        """
        public = self.token_endpoint_auth_method is ClientAuthMethod.NONE
        if self.token_endpoint_auth_method and public is (self.client_secret is not None):
            raise ValueError("token_endpoint_auth_method and client_secret do not go together")
        for uri in self.redirect_uris:
            if not urlsplit(uri).scheme or urlsplit(uri).fragment:
                raise ValueError("redirect_uris must be absolute and without a fragment")

    @property
    def display_name(self) -> str:
        """The name for the consent page."""
        return self.name or self.client_id

    @property
    def rotates(self) -> bool:
        """Whether a refresh replaces the refresh token."""
        return self.rotation is not Rotation.NONE

    def check_redirect_uri(self, unverified_uri: str) -> bool:
        """Whether it is registered, by exact comparison (RFC 9700 section 4.1.3)."""
        return unverified_uri in self.redirect_uris

    def get_default_redirect_uri(self) -> str | None:
        """The one that may be left out: the only one (RFC 6749 section 3.1.2.3)."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, unverified_scope: str | None) -> str | None:
        """The scope to grant, or None when some of it may not be asked for."""
        if not unverified_scope:
            return self.scope or ""
        if self.scope is None or set(unverified_scope.split()) <= set(self.scope.split()):
            return unverified_scope
        return None

    def check_client_secret(self, unverified_secret: str) -> bool:
        """Whether it is the secret, in constant time."""
        return self.client_secret is not None and hmac.compare_digest(
            self.client_secret.encode(), unverified_secret.encode()
        )

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Whether the client may authenticate this way, at any endpoint alike."""
        if self.token_endpoint_auth_method is not None:
            return method == self.token_endpoint_auth_method
        return (method == ClientAuthMethod.NONE) is (self.client_secret is None)

    def check_response_type(self, response_type: str) -> bool:
        """Whether it is `code`, the one there is."""
        return response_type == "code"

    def check_grant_type(self, _grant_type: str) -> bool:
        """Always true: no client is kept from a grant type."""
        return True


def basic_credentials(header: str | None) -> tuple[str, str] | None:
    """The client identifier and secret of an `Authorization` header, if it is of that kind."""
    authorization = Authorization.from_header(header)
    if authorization is None or authorization.type != "basic":
        return None
    # Both are form-encoded before they are joined (RFC 6749 section 2.3.1).
    return unquote_plus(authorization.username or ""), unquote_plus(authorization.password or "")
