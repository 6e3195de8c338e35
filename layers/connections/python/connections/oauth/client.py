"""The OAuth client that a connection is: its definition and its values, resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from connections.domain.client_registration import Rate
from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure
from connections.domain.grant import Issuance, Renewal
from connections.domain.identifiers import RegistrationId, registration_id
from connections.oauth.client_values import (
    answered,
    host_and_port,
    lacking,
    not_ascii,
    rate_of,
    renewal_of,
    text_of,
    unfilled,
    url_of,
)
from connections.oauth.messages import DEFAULT_SECONDS
from connections.oauth.server_metadata import ISS_PROMISED
from connections.oauth.stored_definitions import definition_of
from connections_sdk.definitions import (
    URL_INPUTS,
    OAuth2Config,
    ProviderFacts,
)
from connections_sdk.templates import TemplateFault, rendered

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client registration at an authorization server (RFC 6749 section 2)."""

    urls: Mapping[str, str | Failure]
    """By input. A template that its values do not fill in is a failure, for whoever uses it."""
    client_id: str
    client_secret: str = field(repr=False)
    private_key: str = field(default="", repr=False)
    """With which assertions are signed: PEM or JWK."""
    scopes: str
    user_scopes: str = ""
    pkce_method: str
    credentials: OAuth2Config | None = None
    """How it asks by its own credentials; None where somebody consents."""
    facts: ProviderFacts
    issuer: str | None = None
    """The server's name for itself, where it is known (RFC 9207)."""
    iss_promised: bool = False
    """Whether its metadata says that every authorization response names it."""
    slots: Mapping[str, object] = field(default_factory=dict, repr=False)
    """What may stand in the slots of parameters: the connection's values, and the context."""

    @classmethod
    def of(cls, issuance: Issuance, context: Mapping[str, str] | None = None) -> "OAuthClient":
        """Resolve a definition and the values entered for it; an input wins over a fact.

        A URL is checked again when it is used: values and definition were stored, and rules may
        have become stricter since. `context` is what the callback brought, once there was one.

        Raises:
            Misconfigured: the definition itself breaks a rule; its URLs raise it for themselves.
        """
        definition = definition_of(issuance.definition)
        values = definition.resolved(dict(issuance.values))
        facts = definition.provider
        context = context or {}
        scopes = facts.scope_separator.join(text_of(values, "scopes").split())
        user_scopes = text_of(values, "userScopes") or facts.user_scopes or ""
        return cls(
            urls={
                name: url_of(definition, name, values, context) or issuance.metadata.get(name, "")
                for name in URL_INPUTS
            },
            client_id=text_of(values, "clientId"),
            client_secret=text_of(values, "clientSecret"),
            private_key=text_of(values, "privateKey"),
            scopes=scopes,
            user_scopes=facts.scope_separator.join(user_scopes.split()),
            pkce_method=definition.oauth2_pkce_method,
            credentials=definition.credentials,
            facts=facts,
            issuer=facts.issuer or issuance.metadata.get("issuer"),
            iss_promised=issuance.metadata.get(ISS_PROMISED, False),
            slots={**answered(definition, context), **values, "scopes": scopes},
        )

    def checked(self) -> "OAuthClient":
        """Return the client, all of whose URLs can be used.

        Raises:
            Misconfigured: one of them is a template that its values do not fill in, or what no
                consent does without has no value.
        """
        for name in self.urls:
            self._url(name)
        needed = {
            "authorizeUrl": self.authorize_url,
            "tokenUrl": self.token_url,
            "clientId": self.client_id,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise Misconfigured(lacking(missing))
        return self

    @property
    def authorize_url(self) -> str:
        """The authorization endpoint. It and the others raise Misconfigured when not filled in."""
        return self._url("authorizeUrl")

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return self._url("tokenUrl")

    @property
    def refresh_url(self) -> str:
        """The token endpoint, or where this server has another one for refreshing."""
        return self._url("refreshUrl") or self.token_url

    @property
    def revoke_url(self) -> str | None:
        """The revocation endpoint, if there is one."""
        return self._url("revokeUrl") or None

    @property
    def introspect_url(self) -> str | None:
        """The introspection endpoint, if there is one."""
        return self._url("introspectUrl") or None

    @property
    def userinfo_url(self) -> str | None:
        """The userinfo endpoint, if there is one."""
        return self._url("userinfoUrl") or None

    @property
    def metadata_url(self) -> str | None:
        """Where the server describes itself, if it is said."""
        return self._url("metadataUrl") or None

    @property
    def token_host(self) -> str:
        """The host of the URL that refreshes, with a port that is not 443; "" if there is none."""
        return host_and_port(self.urls["refreshUrl"] or self.urls["tokenUrl"])

    @property
    def registration(self) -> RegistrationId | None:
        """Which client registration this is; None where it is not known who would refresh."""
        host = self.token_host
        return registration_id(host, self.client_id) if host and self.client_id else None

    @property
    def has_endpoints(self) -> bool:
        """Whether it is known where to send the customer, and where the code."""
        return bool(self.urls["authorizeUrl"] and self.urls["tokenUrl"])

    @property
    def wants_id_token(self) -> bool:
        """Whether an ID token is asked for (OpenID Connect Core section 3.1.2.1)."""
        return "openid" in self.scopes.split(self.facts.scope_separator)

    @property
    def revokes(self) -> bool:
        """Whether there is a revocation endpoint, be it one that is not filled in."""
        return bool(self.urls["revokeUrl"])

    def _url(self, name: str) -> str:
        url = self.urls[name]
        if isinstance(url, Failure):
            raise Misconfigured(url)
        return url

    @property
    def rate(self) -> Rate | None:
        """How many refreshes its server takes of it in a time; None if nobody said."""
        return rate_of(self.facts)

    @property
    def longest_call(self) -> timedelta:
        """How long a call to the token endpoint may take."""
        return timedelta(seconds=self.facts.token_request_seconds)

    @property
    def slowness(self) -> timedelta:
        """By how much longer than usual a call to the token endpoint may take."""
        return timedelta(seconds=max(0, self.facts.token_request_seconds - DEFAULT_SECONDS))

    @property
    def renewal(self) -> Renewal:
        """How token sets are renewed."""
        return renewal_of(self.facts, by_credentials=self.credentials is not None)

    def filled(
        self, texts: Mapping[str, str], also: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Return parameters with the connection's values in their slots; empty ones left out.

        Raises:
            Misconfigured: a value does not fit there.
        """
        slots = {**self.slots, **(also or {})}
        try:
            parameters = {name: rendered(text, slots) for name, text in texts.items()}
        except TemplateFault as fault:
            raise Misconfigured(unfilled(fault)) from None
        return {name: text for name, text in parameters.items() if text}

    def headers(self) -> dict[str, str]:
        """Return the headers that this server wants beside those of the standards, in lower case.

        Raises:
            Misconfigured: a value does not fit there.
        """
        filled = self.filled(self.facts.token_request_headers)
        headers = {name.lower(): text for name, text in filled.items()}
        for name, text in headers.items():
            if not text.isascii():
                raise Misconfigured(not_ascii(name))
        return headers

    def renamed(self, parameters: Mapping[str, _Value]) -> dict[str, _Value]:
        """Return parameters under the names that this server has for them."""
        names = self.facts.parameter_names
        return {names.get(name, name): value for name, value in parameters.items()}
