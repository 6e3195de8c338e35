"""Builders of components and of the connections that they declare."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, Unpack

from connections_sdk.definitions import (
    Component,
    ConnectionDefinition,
    OAuth2Config,
    ProviderFacts,
)
from connections_sdk.input_fields import password_input, string_input, template_input
from connections_sdk.inputs import InputField


def component(
    key: str,
    label: str,
    *connections: ConnectionDefinition,
    description: str | None = None,
    category: str | None = None,
    documentation_url: str | None = None,
) -> Component:
    """Return a component with the connections that it declares."""
    said = {
        "description": description,
        "category": category,
        "documentation_url": documentation_url,
    }
    return Component.model_validate(
        {"key": key, "label": label, "connections": list(connections), **_said(said)}, by_name=True
    )


def connection(
    key: str, label: str, *, inputs: Mapping[str, InputField], comments: str | None = None
) -> ConnectionDefinition:
    """Return a connection without OAuth: what is entered is what code receives."""
    return ConnectionDefinition.model_validate(
        {"key": key, "label": label, "inputs": dict(inputs), **_said({"comments": comments})}
    )


class Endpoints(TypedDict, total=False):
    """The URLs of an authorization server."""

    authorize_url: str | None
    token_url: str | None
    refresh_url: str | None
    revoke_url: str | None


def oauth2_connection(  # noqa: PLR0913 - what an OAuth 2.0 connection is made of
    key: str,
    label: str,
    *,
    oauth2_type: Literal["authorization_code", "client_credentials"] = "authorization_code",
    oauth2_config: OAuth2Config | None = None,
    scopes: str | None = None,
    override_scopes: bool = False,
    client_id_label: str = "Client ID",
    client_secret_label: str = "Client Secret",  # noqa: S107 - the label of an input
    pkce: Literal["S256", "plain", "none"] = "S256",
    inputs: Mapping[str, InputField] | None = None,
    provider: ProviderFacts | None = None,
    comments: str | None = None,
    **endpoints: Unpack[Endpoints],
) -> ConnectionDefinition:
    """Return an OAuth 2.0 connection with the inputs that it must have.

    URLs that are given are hidden, and are templates if they have slots; the others are asked for,
    but for the refresh and revoke URL, which a server may do without. Scopes are asked for where
    they can be overridden, and where none are given. `inputs` come first, and win. Client
    credentials have no authorize URL and no PKCE; `oauth2_config` is of them alone.
    """
    consent = oauth2_type == "authorization_code"
    fields = {
        **(inputs or {}),
        **_urls(endpoints, consent=consent),
        "scopes": _scopes(scopes, shown=override_scopes or scopes is None),
        "clientId": string_input(client_id_label),
        "clientSecret": password_input(client_secret_label),
        **(inputs or {}),
    }
    members = {
        "key": key,
        "label": label,
        "comments": comments,
        "oauth2_type": oauth2_type,
        "oauth2_pkce_method": pkce if consent else None,
        "oauth2_config": oauth2_config,
        "inputs": fields,
        "provider": provider,
    }
    return ConnectionDefinition.model_validate(_said(members), by_name=True)


def _urls(endpoints: Endpoints, *, consent: bool) -> dict[str, InputField]:
    fields = {
        "authorizeUrl": _url("Authorize URL", endpoints.get("authorize_url")),
        "tokenUrl": _url("Token URL", endpoints.get("token_url")),
    }
    if not consent:
        del fields["authorizeUrl"]
    optional = {
        "refreshUrl": ("Refresh URL", endpoints.get("refresh_url")),
        "revokeUrl": ("Revoke URL", endpoints.get("revoke_url")),
    }
    return fields | {
        name: _url(title, url) for name, (title, url) in optional.items() if url is not None
    }


def _url(label: str, url: str | None) -> InputField:
    if url is None:
        return string_input(label, example="https://")
    if "{{#" in url:
        return template_input(label, url, required=True)
    return string_input(label, url, required=True, shown=False)


def _scopes(scopes: str | None, *, shown: bool) -> InputField:
    return string_input("Scopes", scopes or "", shown=shown, required=False)


def _said(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in members.items() if each is not None}
