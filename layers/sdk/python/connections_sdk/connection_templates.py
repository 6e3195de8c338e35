"""Connection templates, as their authors write them."""

from typing import Annotated, Any

from pydantic import Field

from connections_sdk.forms import ComponentKey, Document, Flag, InputValue, Key, TemplateName


class TemplateConnection(Document):
    """A component's connection, with the values that the template fills in."""

    component: ComponentKey
    key: Key
    values: Annotated[dict[Key, InputValue], Field(min_length=1, max_length=100, repr=False)]


class ConnectionTemplate(Document):
    """A connection template: integrations refer to it by its name."""

    name: TemplateName
    connection: TemplateConnection
    shared: Flag = False
    """Whether integrations that customers build may refer to it."""

    def document(self) -> dict[str, Any]:
        """Return the template as JSON."""
        return self.model_dump(mode="json", by_alias=True)
