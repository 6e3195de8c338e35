"""The documents that people write about integrations: config pages, config variables, steps.

The same documents are written as YAML, as JSON and by the builders in Python.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from connections_sdk.forms import (
    ComponentKey,
    Document,
    Flag,
    InputValue,
    Key,
    Label,
    TemplateName,
    Text,
    VariableKey,
)
from connections_sdk.places import faults_at

MOST_VARIABLES = 30
"""Config variables of one integration: a version, and an instance of it, are stored at once."""
Uri = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Visibility(StrEnum):
    """Who is asked for an input of a config variable."""

    CUSTOMER = "customer"
    """Shown to and set by users of the customer, and everybody below."""
    EMBEDDED = "embedded"
    """Not shown to them; set by the embedding application and the organization."""
    ORGANIZATION = "organization"
    """Neither shown to nor set by anybody on the customer's side."""


class ConfigValue(Document):
    """What the builder says of one input of a connection."""

    value: InputValue | None = None
    """What every instance has until something else is entered; left to be entered if None."""
    visibility: Visibility | None = None
    """As the config variable has it for the whole of it if None."""
    set: Flag = False
    """Stands in an export in place of a secret that was entered. It keeps what is stored."""

    @property
    def entered(self) -> bool:
        """Whether the builder entered something."""
        return self.set or self.value not in (None, "")


class VariableConnection(Document):
    """The connection that a config variable holds: a component's, with values and a template."""

    component: ComponentKey
    key: Key
    template: TemplateName | None = None
    """The name of a connection template; the inputs that it fills are asked of nobody."""
    values: Annotated[dict[Key, ConfigValue], Field(max_length=100)] = Field(default_factory=dict)


class OAuthRedirects(Document):
    """Where the user lands after a consent in place of the service's own pages."""

    enabled: Flag
    success_uri: Uri | None = None
    failure_uri: Uri | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        faults: dict[tuple[str | int, ...], str] = {}
        for name, uri in (("successUri", self.success_uri), ("failureUri", self.failure_uri)):
            if uri is None and self.enabled:
                faults[(name,)] = "is required: redirects are enabled"
            elif uri is not None and not _is_place_of_ours(uri):
                faults[(name,)] = "must be an https URL, or an http one of this machine"
        if faults:
            raise faults_at("OAuthRedirects", faults)
        return self


def _is_place_of_ours(uri: str) -> bool:
    """Tell whether a browser may be sent there: https, and loopback while one develops."""
    if not all("!" <= character <= "~" for character in uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.username is not None or not parts.hostname:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    )


class ConfigVariable(Document):
    """One config variable: the name under which code reads what a customer connected."""

    key: VariableKey
    stable_key: Key | None = None
    """Keeps its identity when it is renamed in a file that is imported again."""
    data_type: Literal["connection"] = "connection"
    level: Literal["instance", "user"] = "instance"
    """Whether an instance has one value, or each of its users an own one."""
    description: Text | None = None
    visibility: Visibility | None = None
    """Who is asked for inputs of which nothing is said; the customer if None."""
    connection: VariableConnection
    oauth_redirects: OAuthRedirects | None = None


class ConfigPage(Document):
    """One page of the questions that an instance's configuration asks, in their order."""

    name: Label
    tagline: Text | None = None
    elements: Annotated[list[ConfigVariable], Field(max_length=MOST_VARIABLES)] = Field(
        default_factory=list
    )


class Step(Document):
    """A step of an integration: an action of a component, which works with a connection."""

    name: Label
    component: ComponentKey
    action: Key
    config_variable: VariableKey | None = None
    """The key of the variable whose connection the step receives."""


class Integration(Document):
    """An integration: what it asks for, and which steps work with it."""

    name: Label
    description: Text | None = None
    config_pages: Annotated[list[ConfigPage], Field(max_length=50)] = Field(default_factory=list)
    steps: Annotated[list[Step], Field(max_length=500)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        faults = [*self._variable_faults(), *self._step_faults()]
        if faults:
            raise faults_at("Integration", dict(reversed(faults)))
        return self

    @property
    def variables(self) -> dict[str, ConfigVariable]:
        """The config variables by their keys, in the order of the pages."""
        return {each.key: each for page in self.config_pages for each in page.elements}

    def variables_of(self, component: str) -> list[ConfigVariable]:
        """Return the variables that hold a connection of that component."""
        return [each for each in self.variables.values() if each.connection.component == component]

    def document(self) -> dict[str, Any]:
        """Return the integration as JSON: members in a fixed order, what says nothing left out."""
        return {
            **_told(self, "config_pages", "steps"),
            "configPages": [
                {**_told(page, "elements"), "elements": [_variable(each) for each in page.elements]}
                for page in self.config_pages
            ],
            "steps": [_told(step) for step in self.steps],
        }

    def _variable_faults(self) -> "Iterator[_Fault]":
        keys: set[str] = set()
        stable_keys: set[str | None] = {None}
        count = 0
        for number, page in enumerate(self.config_pages):
            for index, each in enumerate(page.elements):
                at = ("configPages", number, "elements", index)
                count += 1
                if each.key in keys:
                    yield (*at, "key"), "is the key of another config variable too"
                if each.stable_key is not None and each.stable_key in stable_keys:
                    yield (*at, "stableKey"), "is the stable key of another config variable too"
                if count == MOST_VARIABLES + 1:
                    yield at, f"is one too many: there may be {MOST_VARIABLES} config variables"
                keys.add(each.key)
                stable_keys.add(each.stable_key)

    def _step_faults(self) -> "Iterator[_Fault]":
        variables = self.variables
        names: set[str] = set()
        for index, step in enumerate(self.steps):
            if step.name in names:
                yield ("steps", index, "name"), "is the name of another step too"
            names.add(step.name)
            if step.config_variable is None:
                continue
            variable = variables.get(step.config_variable)
            at = ("steps", index, "configVariable")
            if variable is None:
                yield at, "must be the key of one of the config variables"
            elif variable.connection.component != step.component:
                yield at, "must be a config variable of the step's component"


_Fault = tuple[tuple[str | int, ...], str]
_VARIABLE = ("key", "stableKey", "dataType", "level", "description", "visibility")


def _variable(variable: ConfigVariable) -> dict[str, Any]:
    connection, redirects = variable.connection, variable.oauth_redirects
    values = {name: _told(connection.values[name]) for name in sorted(connection.values)}
    said = {
        **_told(variable, "connection", "oauth_redirects"),
        "dataType": variable.data_type,
        "level": variable.level,
    }
    return {
        **{name: said[name] for name in _VARIABLE if name in said},
        "connection": {**_told(connection, "values"), "values": values},
        **({"oauthRedirects": _told(redirects)} if redirects else {}),
    }


def _told(document: Document, *without: str) -> dict[str, Any]:
    """Return the members of a document that say something, in their order."""
    return document.model_dump(
        mode="json", by_alias=True, exclude=set(without), exclude_none=True, exclude_defaults=True
    )
