"""The OAuth client that a connection is: its definition and its values, resolved."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

from connections.domain.grant import Issuance
from connections_sdk.definitions import ConnectionDefinition, ProviderFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client registration at an authorization server (RFC 6749 section 2)."""

    authorize_url: str
    token_url: str
    refresh_url: str
    revoke_url: str | None
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    pkce_method: str
    facts: ProviderFacts

    @classmethod
    def of(cls, issuance: Issuance) -> "OAuthClient":
        """Resolve a definition and the values entered for it; an input wins over a fact."""
        definition = ConnectionDefinition.model_validate(issuance.definition)
        values = definition.resolved(dict(issuance.values))
        facts = definition.provider
        token_url = _text(values, "tokenUrl")
        return cls(
            authorize_url=_text(values, "authorizeUrl"),
            token_url=token_url,
            refresh_url=_text(values, "refreshUrl") or facts.refresh_url or token_url,
            revoke_url=_text(values, "revokeUrl") or facts.revoke_url,
            client_id=_text(values, "clientId"),
            client_secret=_text(values, "clientSecret"),
            scopes=facts.scope_separator.join(_text(values, "scopes").split()),
            pkce_method=definition.oauth2_pkce_method,
            facts=facts,
        )

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
        return headers, parameters


def _basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""
