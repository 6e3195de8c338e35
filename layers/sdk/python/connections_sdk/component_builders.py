"""Builders of components and of the connections that they declare."""

from collections.abc import Mapping
from typing import Any, Literal

from connections_sdk.definitions import Component, ConnectionDefinition, ProviderFacts
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


def oauth2_connection(  # noqa: PLR0913 - what an OAuth 2.0 connection is made of
    key: str,
    label: str,
    *,
    authorize_url: str | None = None,
    token_url: str | None = None,
    refresh_url: str | None = None,
    revoke_url: str | None = None,
    scopes: str | None = None,
    override_scopes: bool = False,
    client_id_label: str = "Client ID",
    client_secret_label: str = "Client Secret",  # noqa: S107 - the label of an input
    pkce: Literal["S256", "plain", "none"] = "S256",
    inputs: Mapping[str, InputField] | None = None,
    provider: ProviderFacts | None = None,
    comments: str | None = None,
) -> ConnectionDefinition:
    """Return an OAuth 2.0 connection with the inputs that it must have.

    URLs that are given are hidden, and are templates if they have slots; the others are asked for,
    but for the refresh and revoke URL, which a server may do without. Scopes are asked for where
    they can be overridden, and where none are given. `inputs` come first, and win.
    """
    optional = {
        name: _url(title, url)
        for name, title, url in (
            ("refreshUrl", "Refresh URL", refresh_url),
            ("revokeUrl", "Revoke URL", revoke_url),
        )
        if url is not None
    }
    fields = {
        **(inputs or {}),
        "authorizeUrl": _url("Authorize URL", authorize_url),
        "tokenUrl": _url("Token URL", token_url),
        **optional,
        "scopes": string_input(
            "Scopes", scopes or "", shown=override_scopes or scopes is None, required=False
        ),
        "clientId": string_input(client_id_label),
        "clientSecret": password_input(client_secret_label),
        **(inputs or {}),
    }
    said = {"comments": comments, "provider": provider}
    return ConnectionDefinition.model_validate(
        {
            "key": key,
            "label": label,
            "oauth2_type": "authorization_code",
            "oauth2_pkce_method": pkce,
            "inputs": fields,
            **_said(said),
        },
        by_name=True,
    )


def _url(label: str, url: str | None) -> InputField:
    if url is None:
        return string_input(label, example="https://")
    if "{{#" in url:
        return template_input(label, url, required=True)
    return string_input(label, url, required=True, shown=False)


def _said(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in members.items() if each is not None}
