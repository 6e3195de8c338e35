"""The OAuth client that a connection is: its definition and its values, resolved."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, assert_never
from urllib.parse import quote_plus

from pydantic import ValidationError

from connections.domain.errors import Misconfigured
from connections.domain.failure import Failure, FailureKind
from connections.domain.grant import Issuance
from connections_sdk.definitions import URL_INPUTS, ConnectionDefinition, ProviderFacts
from connections_sdk.templates import TemplateFault


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client registration at an authorization server (RFC 6749 section 2)."""

    urls: Mapping[str, str | Failure]
    """By input. A template that its values do not fill in is a failure, for whoever uses it."""
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    pkce_method: str
    facts: ProviderFacts

    @classmethod
    def of(cls, issuance: Issuance) -> "OAuthClient":
        """Resolve a definition and the values entered for it; an input wins over a fact.

        A URL is checked again when it is used: values and definition were stored, and rules may
        have become stricter since.

        Raises:
            Misconfigured: the definition itself breaks a rule; its URLs raise it for themselves.
        """
        definition = definition_of(issuance.definition)
        values = definition.resolved(dict(issuance.values))
        facts = definition.provider
        return cls(
            urls={name: _url(definition, name, values) for name in URL_INPUTS},
            client_id=_text(values, "clientId"),
            client_secret=_text(values, "clientSecret"),
            scopes=facts.scope_separator.join(_text(values, "scopes").split()),
            pkce_method=definition.oauth2_pkce_method,
            facts=facts,
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
            raise Misconfigured(_without(missing))
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
        return self._url("refreshUrl") or self.facts.refresh_url or self.token_url

    @property
    def revoke_url(self) -> str | None:
        """The revocation endpoint, if there is one."""
        return self._url("revokeUrl") or self.facts.revoke_url

    @property
    def revokes(self) -> bool:
        """Whether there is a revocation endpoint, be it one that is not filled in."""
        return bool(self.urls["revokeUrl"] or self.facts.revoke_url)

    def _url(self, name: str) -> str:
        url = self.urls[name]
        if isinstance(url, Failure):
            raise Misconfigured(url)
        return url

    @property
    def refresh_buffer(self) -> timedelta | None:
        """How long before its end an access token is refreshed, if the facts say so."""
        seconds = self.facts.refresh_buffer
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def reuse_is_safe(self) -> bool:
        """Whether the server takes the same refresh token twice without harm."""
        return self.facts.rotation == "none"

    def authenticated(self, form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return headers and form with the client's authentication (RFC 6749 section 2.3.1)."""
        headers = {"accept": "application/json"}
        parameters = dict(form)
        match self.facts.client_authentication:
            case "client_secret_basic":
                # Both are form-encoded before they are joined: a colon in the id would
                # otherwise move the border (RFC 6749 section 2.3.1 and appendix B).
                pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
                headers["authorization"] = _basic(pair)
            case "client_secret_basic_raw":
                headers["authorization"] = _basic(f"{self.client_id}:{self.client_secret}")
            case "client_secret_post":
                parameters["client_id"] = self.client_id
                if self.client_secret:
                    parameters["client_secret"] = self.client_secret
            case "none":
                parameters["client_id"] = self.client_id
            case _:
                assert_never(self.facts.client_authentication)
        return headers, parameters


def _basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


_OUTDATED = Failure(
    kind=FailureKind.CLIENT,
    explanation="the definition that the connection was made from breaks a rule",
    remedy="Publish the component anew, and make the connection again.",
)


def definition_of(document: Mapping[str, Any]) -> ConnectionDefinition:
    """Return a definition that was stored, validated anew.

    Raises:
        Misconfigured: it breaks a rule.
    """
    try:
        return ConnectionDefinition.model_validate(document)
    except ValidationError:
        raise Misconfigured(_OUTDATED) from None


def unfilled(fault: TemplateFault) -> Failure:
    """Return why a template input is not used, in words that name the input to mend."""
    return Failure(
        kind=FailureKind.CLIENT,
        explanation=f"the value of {fault.culprit} {fault}",
        remedy=f"Enter another value of {fault.culprit}.",
    )


def _without(missing: Sequence[str]) -> Failure:
    return Failure(
        kind=FailureKind.CLIENT,
        explanation=f"there is no value for {', '.join(missing)}",
        remedy="Enter it, and open the link again.",
    )


def _url(definition: ConnectionDefinition, name: str, values: Mapping[str, Any]) -> str | Failure:
    if name not in definition.templates:
        return _text(values, name)
    try:
        return definition.rendered(name, values)
    except TemplateFault as fault:
        return unfilled(fault)


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""
