"""Config pages as each caller sees them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Self

from connections.application.config_pages import ShownPage, ShownVariable
from connections.application.seen_connections import told_to
from connections.domain.caller import Caller, Organization
from connections.domain.connection import Light, Reason, Status
from connections.domain.instance import Instance
from connections.entrypoints.read_back import read_back
from connections_sdk.forms import Document, InputValue
from connections_sdk.inputs import Choice
from connections_sdk.integrations import Visibility


class Offered(StrEnum):
    """What can be done with a config variable's connection."""

    CONFIGURE = "configure"
    """Enter values; also none, which makes a user's connection."""
    CONNECT = "connect"
    REFRESH = "refresh"
    """Fetch a token set now; what is of client credentials needs no consent."""
    DISCONNECT = "disconnect"


class ReadInput(Document):
    """An input that the caller is asked for."""

    name: str
    type: str
    label: str
    required: bool
    collection: str | None
    default: InputValue | None
    """What holds if nothing is entered: the builder's value, or the definition's."""
    placeholder: str | None
    comments: str | None
    example: str | None
    model: Sequence[Choice] | None
    pattern: str | None
    """A regular expression that the whole value matches, without look-around."""
    visibility: Visibility
    value: InputValue | None
    """What was entered, where it may be read back."""
    set: bool
    """Whether a value is there, be it entered or the builder's."""

    @classmethod
    def of(cls, name: str, shown: ShownVariable, caller: Caller) -> Self:
        """Return what a caller is told of an input."""
        field = shown.of.definition.inputs[name]
        entered = shown.entered
        builder = shown.of.builder
        organization = isinstance(caller, Organization)
        told = read_back(shown.of.definition, field, to_organization=organization)
        # What a builder entered as free text without OAuth may be a key: customers are not told.
        oauth = shown.of.definition.oauth2_type is not None
        shared = told or oauth or organization or name not in builder
        default = builder.get(name, field.default) if shared else None
        return cls(
            name=name,
            type=field.type,
            label=field.label or name,
            required=field.required,
            collection=field.collection,
            default=None if field.secret else _value(default),
            placeholder=field.placeholder,
            comments=field.comments,
            example=field.example,
            model=field.model,
            pattern=field.pattern,
            visibility=shown.asked[name],
            value=entered.get(name) if told else None,
            set={**builder, **entered}.get(name) not in (None, ""),
        )


class ReadShownConnection(Document):
    """Which connection of which component a config variable holds."""

    component: str
    component_label: str
    key: str
    label: str
    oauth2_type: str | None
    documentation_url: str | None
    template: str | None
    """Told to the organization alone."""


class ReadShownVariable(Document):
    """A config variable on a page."""

    id: str
    key: str
    level: str
    """`instance`, or `user`: then each user has a connection of their own."""
    description: str | None
    connection: ReadShownConnection
    connection_id: str | None
    status: Status | None
    reason: Reason | None
    light: Light | None
    missing: Sequence[str]
    """The inputs among those shown that are required and have no value."""
    inputs: Sequence[ReadInput]
    actions: Sequence[Offered]

    @classmethod
    def of(cls, shown: ShownVariable, caller: Caller) -> Self:
        """Return what a caller is told of a config variable."""
        of = shown.of
        connection = told_to(caller, shown.connection) if shown.connection else None
        template = of.resolved.template if isinstance(caller, Organization) else None
        return cls(
            id=of.id,
            key=of.variable.key,
            level=of.variable.level,
            description=of.variable.description,
            connection=ReadShownConnection(
                component=of.variable.connection.component,
                component_label=of.resolved.component_label,
                key=of.definition.key,
                label=of.definition.label,
                oauth2_type=of.definition.oauth2_type,
                documentation_url=of.resolved.documentation_url,
                template=template.name if template else None,
            ),
            connection_id=connection.id if connection else None,
            status=connection.status if connection else None,
            reason=connection.told_reason if connection else None,
            light=connection.light if connection else None,
            missing=[each for each in shown.missing if each in shown.asked],
            inputs=[ReadInput.of(name, shown, caller) for name in shown.asked],
            actions=_actions(shown),
        )


class ReadShownPage(Document):
    """A config page."""

    name: str
    tagline: str | None
    config_variables: Sequence[ReadShownVariable]


class ReadConfigPages(Document):
    """The config pages of an instance, as the caller sees them."""

    instance_id: str
    version: int
    pages: Sequence[ReadShownPage]

    @classmethod
    def of(cls, instance: Instance, pages: Sequence[ShownPage], caller: Caller) -> Self:
        """Return the pages as a caller is told of them."""
        return cls(
            instance_id=instance.id,
            version=instance.version,
            pages=[
                ReadShownPage(
                    name=page.name,
                    tagline=page.tagline,
                    config_variables=[
                        ReadShownVariable.of(each, caller) for each in page.variables
                    ],
                )
                for page in pages
            ],
        )


def _value(value: Any) -> Any:
    """Return a default as JSON."""
    if isinstance(value, list):
        return [each.model_dump() if isinstance(each, Document) else each for each in value]
    return value


def _actions(shown: ShownVariable) -> list[Offered]:
    """Return what the caller can do with a connection."""
    connection = shown.connection
    if not shown.may_change:
        return []
    actions = [Offered.CONFIGURE] if shown.asked or connection is None else []
    if connection is None or not connection.oauth:
        return actions
    if not shown.missing:
        fetched = connection.client_credentials
        actions.append(Offered.REFRESH if fetched else Offered.CONNECT)
    if connection.status is not Status.PENDING:
        actions.append(Offered.DISCONNECT)
    return actions
