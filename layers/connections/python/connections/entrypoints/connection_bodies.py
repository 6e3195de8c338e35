"""A connection as it is read and listed."""

from datetime import datetime

from connections.application.asked_inputs import reach_of
from connections.application.redirects import document_of
from connections.application.seen_connections import told_to
from connections.domain.caller import Caller, Organization
from connections.domain.connection import Connection, Inputs, Light, Reason, Status
from connections.entrypoints.bodies import ComponentKey
from connections.entrypoints.read_back import read_back
from connections.oauth.stored_definitions import definition_of
from connections_sdk.definitions import ConnectionDefinition, InputField
from connections_sdk.forms import Document, InputValue, Key
from connections_sdk.integrations import OAuthRedirects
from connections_sdk.templates import TemplateFault


class ReadValue(Document):
    """A value as it is read back: a secret one only as set."""

    value: InputValue | None = None
    set: bool
    """Whether a value was entered; otherwise `value` is the default. A template is filled in."""


class NamedDefinition(Document):
    """Which connection of which component it is."""

    component: ComponentKey
    key: Key


class ReadDefinition(Document):
    """Which connection of which component it is, with its values."""

    component: ComponentKey
    key: Key
    values: dict[str, ReadValue]


class FilledDefinition(ReadDefinition):
    """That, and what fills it beforehand."""

    template: str | None
    """The name of the connection template that fills some of the inputs."""


class HeldFor(Document):
    """The config variable whose connection it is."""

    id: str
    key: str


class Scopes(Document):
    """The scopes that were asked for, and those that the authorization server says it gave."""

    requested: str | None
    granted: str | None


class Account(Document):
    """The account at the third party whose holder consented."""

    id: str
    name: str | None


class LastError(Document):
    """The evidence of the last failed refresh."""

    at: datetime
    generation: int
    http_status: int | None
    provider_error: str | None
    request_id: str | None
    """Under which the functions' logs have the rest."""


class ReadConnection(Document):
    """A connection as it is read; never a secret."""

    id: str
    name: str
    connection: FilledDefinition
    customer_id: str | None
    user_id: str | None
    instance_id: str | None
    config_variable: HeldFor | None
    """None of a connection that was made for itself."""
    status: Status
    reason: Reason | None
    light: Light | None
    scopes: Scopes | None
    account: Account | None
    """Where the provider facts say how it is told."""
    oauth_redirects: OAuthRedirects | None
    generation: int
    expires_at: datetime | None
    refresh_at: datetime | None
    last_refreshed_at: datetime | None
    last_used_at: datetime | None
    last_error: LastError | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, connection: Connection, inputs: Inputs, caller: Caller) -> "ReadConnection":
        """Return what this caller may read of a connection."""
        connection = told_to(caller, connection)
        definition = definition_of(inputs.definition)
        error, place, account = connection.last_error, connection.place, connection.account
        return cls(
            id=connection.id,
            name=connection.name,
            connection=FilledDefinition(
                component=connection.component,
                key=connection.definition_key,
                template=_template(connection, inputs, caller),
                values=_values(definition, inputs, caller),
            ),
            customer_id=connection.owner.customer_id,
            user_id=connection.owner.user_id,
            instance_id=place.instance_id if place else None,
            config_variable=HeldFor(id=place.variable_id, key=place.variable_key)
            if place
            else None,
            status=connection.status,
            reason=connection.told_reason,
            light=connection.light,
            scopes=_scopes(connection, inputs, caller) if connection.oauth else None,
            account=Account(id=account.id, name=account.name) if account else None,
            oauth_redirects=document_of(inputs.redirects) if inputs.redirects else None,
            generation=connection.generation,
            expires_at=connection.expires_at,
            refresh_at=connection.refresh_at,
            last_refreshed_at=connection.last_refreshed_at,
            last_used_at=connection.last_use.at if connection.last_use else None,
            last_error=LastError(
                at=error.at,
                generation=error.generation,
                http_status=error.http_status,
                provider_error=error.provider_error,
                request_id=error.request_id,
            )
            if error
            else None,
            created_at=connection.created_at,
            updated_at=connection.updated_at,
        )


def _scopes(connection: Connection, inputs: Inputs, caller: Caller) -> Scopes:
    """Return the scopes; those that are asked for only to whom the input is told."""
    filled = inputs.template.values if inputs.template else {}
    told = "scopes" not in filled and _shown(inputs.visibility.get("scopes"), caller)
    return Scopes(
        requested=connection.requested_scopes if told else None, granted=connection.granted_scopes
    )


def _values(
    definition: ConnectionDefinition, inputs: Inputs, caller: Caller
) -> dict[str, ReadValue]:
    resolved = definition.resolved(dict(inputs.effective))
    filled = inputs.template.values if inputs.template else {}
    entered = {**inputs.builder, **inputs.values}
    organization = isinstance(caller, Organization)
    values = {}
    for name, field in definition.inputs.items():
        if not _shown(inputs.visibility.get(name), caller):
            continue
        if name in filled:
            values[name] = ReadValue(value=None, set=True)
            continue
        told = read_back(definition, field, to_organization=organization) or _is_default(
            field, entered=name in entered
        )
        value = _value(definition, name, resolved) if told else None
        values[name] = ReadValue(value=value, set=name in entered)
    return values


def _template(connection: Connection, inputs: Inputs, caller: Caller) -> str | None:
    """Return the name of the template, which of an instance is the organization's to know."""
    if inputs.template is None:
        return None
    known = isinstance(caller, Organization) or connection.place is None
    return inputs.template.name if known else None


def _shown(visibility: str | None, caller: Caller) -> bool:
    """Tell whether a caller is shown an input: as its builder says, for the customer's side."""
    return visibility is None or visibility in reach_of(caller)


def _is_default(field: InputField, *, entered: bool) -> bool:
    """Tell whether a value is as the definition has it, which everybody may read."""
    return not entered and not field.secret and field.type != "template"


def _value(
    definition: ConnectionDefinition, name: str, resolved: dict[str, InputValue]
) -> InputValue | None:
    """Return a value as code receives it: a template filled in, or none if it cannot be."""
    if name not in definition.templates or name not in resolved:
        return resolved.get(name)
    try:
        return definition.rendered(name, resolved)
    except TemplateFault:
        return None
