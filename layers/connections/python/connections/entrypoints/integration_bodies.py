"""What the requests of integrations bring."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from connections.entrypoints.bodies import Body, PatchRedirects, RedirectsBody
from connections_sdk.forms import (
    ComponentKey,
    Flag,
    Key,
    Label,
    TemplateName,
    Text,
    VariableKey,
)
from connections_sdk.integrations import (
    ConfigValue,
    ConfigVariable,
    Step,
    Visibility,
)

CustomerIdText = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class CreateIntegration(Body):
    """What `POST /integrations` takes."""

    name: Label
    description: Text | None = None
    customer_id: CustomerIdText | None = None
    """Who builds it; the organization without one, a customer's admin always their own customer."""
    offered: Flag = False
    """Whether customers may enable it themselves; of the organization's own alone."""


class PatchIntegration(Body):
    """What `PATCH /integrations/{id}` takes."""

    name: Label = Field(default_factory=str)
    description: Text | None = None
    offered: Flag = Field(default_factory=bool)


class CreateStep(Body):
    """What `POST …/steps` takes."""

    name: Label
    component: ComponentKey
    action: Key
    config_variable: VariableKey | None = None
    """The config variable that it works with; the first of its component, or a new one, if none."""

    @property
    def step(self) -> Step:
        """The step."""
        return Step(**dict(self))


class PatchStep(Body):
    """What `PATCH …/steps/{step}` takes."""

    name: Label = Field(default_factory=str)
    component: ComponentKey = Field(default_factory=str)
    action: Key = Field(default_factory=str)
    config_variable: VariableKey | None = None
    """Another of its component; a step that has one is not left without."""


class ValueBody(ConfigValue, Body):
    """What the builder says of one input."""


class VariableConnectionBody(Body):
    """The connection that a config variable holds."""

    component: ComponentKey
    key: Key
    template: TemplateName | None = None
    values: Annotated[dict[Key, ValueBody], Field(max_length=100)] = Field(default_factory=dict)


class CreateVariable(Body):
    """What `POST …/config-variables` takes."""

    key: VariableKey
    stable_key: Key | None = None
    data_type: Literal["connection"] = "connection"
    level: Literal["instance", "user"] = "instance"
    description: Text | None = None
    visibility: Visibility | None = None
    """Of the inputs of which nothing else is said."""
    connection: VariableConnectionBody
    oauth_redirects: RedirectsBody | None = None

    @property
    def variable(self) -> ConfigVariable:
        """The config variable."""
        return ConfigVariable.model_validate(self.model_dump(by_alias=True))


class PatchVariableConnection(Body):
    """What can change of a config variable's connection."""

    component: ComponentKey = Field(default_factory=str)
    key: Key = Field(default_factory=str)
    template: TemplateName | None = None
    values: Annotated[dict[Key, ValueBody | None], Field(max_length=100)] = Field(
        default_factory=dict
    )


class PatchVariable(Body):
    """What `PATCH …/config-variables/{variable}` takes."""

    key: VariableKey = Field(default_factory=str)
    stable_key: Key | None = None
    level: Literal["instance", "user"] = Field(default_factory=lambda: "instance")
    description: Text | None = None
    visibility: Visibility | None = None
    connection: PatchVariableConnection = Field(default_factory=PatchVariableConnection)
    oauth_redirects: PatchRedirects | None = None
