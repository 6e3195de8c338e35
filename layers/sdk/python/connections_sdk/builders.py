"""Builders: integrations, components and templates in Python, as they read in YAML.

They return the documents, which say what is wrong with them as pydantic's `ValidationError`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from connections_sdk.component_builders import component, connection, oauth2_connection
from connections_sdk.connection_templates import ConnectionTemplate, TemplateConnection
from connections_sdk.definitions import OAuth2Config, ProviderFacts
from connections_sdk.input_fields import (
    boolean_input,
    choice_input,
    key_value_input,
    password_input,
    string_input,
    template_input,
    text_input,
    value_list_input,
)
from connections_sdk.integrations import (
    ConfigPage,
    ConfigValue,
    ConfigVariable,
    Integration,
    OAuthRedirects,
    Step,
    VariableConnection,
    Visibility,
)

__all__ = [
    "ConfigVariableWithoutKey",
    "OAuth2Config",
    "ProviderFacts",
    "boolean_input",
    "choice_input",
    "component",
    "config_page",
    "connection",
    "connection_config_var",
    "connection_template",
    "integration",
    "key_value_input",
    "oauth2_connection",
    "oauth_redirects",
    "password_input",
    "step",
    "string_input",
    "template_input",
    "text_input",
    "value",
    "value_list_input",
]

Value = str | bool | list[str] | list[dict[str, str]]
VisibilityName = Literal["customer", "embedded", "organization"] | Visibility


class ConfigVariableWithoutKey:
    """A config variable before it stands on a page, where it gets its key."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = {name: each for name, each in said.items() if each is not None}

    def named(self, key: str) -> ConfigVariable:
        """Return the config variable of that key."""
        return ConfigVariable.model_validate({"key": key, **self._said}, by_name=True)


def integration(
    name: str,
    *,
    description: str | None = None,
    config_pages: Iterable[ConfigPage] = (),
    steps: Iterable[Step] = (),
) -> Integration:
    """Return an integration."""
    return Integration(
        name=name, description=description, config_pages=list(config_pages), steps=list(steps)
    )


def config_page(
    name: str,
    *,
    elements: Mapping[str, ConfigVariableWithoutKey],
    tagline: str | None = None,
) -> ConfigPage:
    """Return a config page: its variables by their keys, in their order."""
    return ConfigPage(
        name=name, tagline=tagline, elements=[each.named(key) for key, each in elements.items()]
    )


def connection_config_var(  # noqa: PLR0913 - what a config variable is made of
    *,
    component: str,
    key: str,
    stable_key: str | None = None,
    values: Mapping[str, Value | ConfigValue | None] | None = None,
    template: str | None = None,
    level: Literal["instance", "user"] = "instance",
    description: str | None = None,
    visibility: VisibilityName | None = None,
    oauth_redirects: OAuthRedirects | None = None,
) -> ConfigVariableWithoutKey:
    """Return a config variable that holds a component's connection; `key` is the connection's.

    Its own key is the name under which it stands on a page. `values` are those that every
    instance begins with; an input whose value is None is left to be entered. `visibility` is that
    of the inputs of which nothing else is said.
    """
    held = VariableConnection(
        component=component,
        key=key,
        template=template,
        values={
            name: each if isinstance(each, ConfigValue) else value(each)
            for name, each in (values or {}).items()
        },
    )
    return ConfigVariableWithoutKey(
        {
            "stable_key": stable_key,
            "level": level,
            "description": description,
            "visibility": visibility,
            "connection": held,
            "oauth_redirects": oauth_redirects,
        }
    )


def value(entered: Value | None = None, *, visibility: VisibilityName | None = None) -> ConfigValue:
    """Return what is said of an input: what it is until it is entered, and who sees it."""
    return ConfigValue.model_validate({"value": entered, "visibility": visibility})


def oauth_redirects(success_uri: str, failure_uri: str, *, enabled: bool = True) -> OAuthRedirects:
    """Return where users land after a consent."""
    return OAuthRedirects(enabled=enabled, success_uri=success_uri, failure_uri=failure_uri)


def step(name: str, *, component: str, action: str, config_variable: str | None = None) -> Step:
    """Return a step; `config_variable` is the key of the variable whose connection it receives."""
    return Step(name=name, component=component, action=action, config_variable=config_variable)


def connection_template(
    name: str,
    *,
    component: str,
    key: str,
    values: Mapping[str, Value],
    shared: bool = False,
) -> ConnectionTemplate:
    """Return a connection template."""
    held = {"component": component, "key": key, "values": dict(values)}
    return ConnectionTemplate(
        name=name, connection=TemplateConnection.model_validate(held), shared=shared
    )
