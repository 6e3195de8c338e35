"""Connection templates as they are made, changed, read and listed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from connections.application.manage_templates import NewTemplate, ShownTemplate, TemplateChange
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.referrer import Referrer, ReferrerKind
from connections.entrypoints.bodies import Body
from connections.entrypoints.connection_bodies import NamedDefinition, ReadDefinition, ReadValue
from connections.entrypoints.read_back import read_back
from connections_sdk.forms import ComponentKey, Document, Flag, InputValue, Key, TemplateName


class FilledConnection(Body):
    """The component's connection, and the values that the template fills in."""

    component: ComponentKey
    key: Key
    values: Annotated[dict[str, InputValue], Field(min_length=1, max_length=100)]


class CreateTemplate(Body):
    """What `POST /connection-templates` takes."""

    name: TemplateName
    connection: FilledConnection
    shared: Flag = False
    """Whether integrations that customers build may refer to it."""

    @property
    def wanted(self) -> NewTemplate:
        """Return what is asked for."""
        values = self.connection.model_dump(mode="json", by_alias=True)["values"]
        return NewTemplate(
            name=self.name,
            component=self.connection.component,
            key=self.connection.key,
            values=values,
            shared=self.shared,
        )


class RefilledConnection(Body):
    """The values that become different; null takes one away."""

    values: Annotated[dict[str, InputValue | None], Field(max_length=100)] = Field(
        default_factory=dict
    )


class PatchTemplate(Body):
    """What `PATCH /connection-templates/{id}` takes: a JSON merge patch (RFC 7396)."""

    # Left out is not null: what a patch does not name has a default that nobody sees.
    name: TemplateName = Field(default_factory=str)
    shared: Flag = Field(default_factory=bool)
    connection: RefilledConnection = Field(default_factory=RefilledConnection)

    @property
    def change(self) -> TemplateChange:
        """Return what is to become different."""
        sent = self.model_fields_set
        return TemplateChange(
            name=self.name if "name" in sent else None,
            shared=self.shared if "shared" in sent else None,
            values=self.connection.model_dump(mode="json", by_alias=True)["values"],
        )


class ReadReferrer(Document):
    """What refers to a template."""

    kind: ReferrerKind
    id: str
    """The integration's, or the connection's."""
    name: str
    version: int | None

    @classmethod
    def of(cls, referrer: Referrer) -> Self:
        """Return what is read of a referrer."""
        return cls(kind=referrer.kind, id=referrer.id, name=referrer.name, version=referrer.version)


class SharedTemplate(Document):
    """A template as customers' users see it: never what it fills in."""

    id: str
    name: str
    connection: NamedDefinition
    templated_inputs: Sequence[str]
    """The inputs that it fills, of which nobody is asked."""

    @classmethod
    def of(cls, template: ConnectionTemplate) -> Self:
        """Return what everybody may know of a template."""
        return cls(
            id=template.id,
            name=template.name,
            connection=_named(template),
            templated_inputs=template.inputs,
        )


class ListedTemplate(Document):
    """A template in the organization's list, without its values."""

    id: str
    name: str
    connection: NamedDefinition
    templated_inputs: Sequence[str]
    shared: bool
    locked: bool
    """Whether a published version uses it: then values and name stay."""
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, template: ConnectionTemplate) -> Self:
        """Return what the organization's list says of a template."""
        return cls(
            id=template.id,
            name=template.name,
            connection=_named(template),
            templated_inputs=template.inputs,
            shared=template.shared,
            locked=template.locked,
            created_at=template.created_at,
            updated_at=template.updated_at,
        )


class ReadTemplate(Document):
    """A template as the organization reads it; secrets only as set."""

    id: str
    name: str
    connection: ReadDefinition
    templated_inputs: Sequence[str]
    shared: bool
    locked: bool
    """Whether a published version uses it: then values and name stay."""
    used_by: Sequence[ReadReferrer]
    """What refers to it, at most a hundred."""
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, shown: ShownTemplate) -> Self:
        """Return what the organization reads of a template."""
        template = shown.template
        return cls(
            id=template.id,
            name=template.name,
            connection=ReadDefinition(
                component=template.component, key=template.definition_key, values=_values(shown)
            ),
            templated_inputs=template.inputs,
            shared=template.shared,
            locked=template.locked,
            used_by=[ReadReferrer.of(each) for each in shown.used_by],
            created_at=template.created_at,
            updated_at=template.updated_at,
        )


class TemplatePage(Document):
    """A page of templates, newest first; customers' users see what is shared, and less of it."""

    items: Sequence[ListedTemplate] | Sequence[SharedTemplate]
    next_cursor: str | None


def _named(template: ConnectionTemplate) -> NamedDefinition:
    return NamedDefinition(component=template.component, key=template.definition_key)


def _values(shown: ShownTemplate) -> dict[str, ReadValue]:
    """Return the values as the organization reads them back: what is no input any more is not."""
    definition = shown.definition
    fields = definition.inputs if definition else {}
    return {
        name: ReadValue(
            value=value
            if definition
            and name in fields
            and read_back(definition, fields[name], to_organization=True)
            else None,
            set=True,
        )
        for name, value in sorted(shown.template.values.items())
    }
