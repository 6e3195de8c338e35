"""The connections that an instance holds: made from the config variables of a version."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connections.application.asked_inputs import asked
from connections.application.instance_ports import KnownVersions
from connections.application.redirects import redirects_of
from connections.application.settled_state import settled
from connections.application.template_ports import Templates
from connections.domain.caller import Owner
from connections.domain.connection import Connection, Inputs, Place, Status, TemplateFill
from connections.domain.errors import NotFound, Unavailable
from connections.domain.identifiers import (
    InstanceId,
    IntegrationId,
    Randomness,
    TemplateId,
    VariableId,
    connection_id,
)
from connections.domain.integration import ResolvedConnection
from connections.oauth.stored_definitions import definition_of
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.integrations import ConfigPage, ConfigVariable, Integration, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionVariable:
    """A config variable of a version, with what it resolves to."""

    id: VariableId
    variable: ConfigVariable
    resolved: ResolvedConnection
    definition: ConnectionDefinition

    @property
    def asked(self) -> dict[str, Visibility]:
        """The inputs that somebody is asked for."""
        template = self.resolved.template
        return asked(self.definition, self.variable, template.inputs if template else ())

    @property
    def oauth(self) -> bool:
        """Whether it is an OAuth 2.0 connection."""
        return self.definition.oauth2_type is not None

    @property
    def client_credentials(self) -> bool:
        """Whether nobody consents to it."""
        return self.definition.credentials is not None

    @property
    def template_id(self) -> TemplateId | None:
        """The connection template that fills some of its inputs."""
        return self.resolved.template.id if self.resolved.template else None

    def held_by(self, connection: Connection) -> bool:
        """Tell whether a connection can be this variable's: of another component's it cannot."""
        wanted = (self.variable.connection.component, self.definition.key)
        kind = (self.oauth, self.client_credentials)
        same_kind = (connection.oauth, connection.client_credentials) == kind
        return same_kind and (connection.component, connection.definition_key) == wanted

    @property
    def builder(self) -> dict[str, Any]:
        """What the builder entered."""
        return {
            name: said.model_dump(mode="json", by_alias=True)["value"]
            for name, said in self.variable.connection.values.items()
            if said.entered
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedVersion:
    """A version for those who make, configure and show instances of it."""

    number: int
    pages: tuple[ConfigPage, ...]
    variables: Mapping[str, VersionVariable]
    """By key, in the order of the pages."""

    def of_level(self, level: str) -> list[VersionVariable]:
        """Return the variables of a level."""
        return [each for each in self.variables.values() if each.variable.level == level]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLoader:
    """Reads versions, and the templates to which they refer."""

    versions: KnownVersions
    templates: Templates

    def load(self, integration_id: IntegrationId, number: int) -> LoadedVersion:
        """Return a version.

        Raises:
            NotFound: there is none of that number.
            Misconfigured: a definition that was published with it breaks a rule.
        """
        version = self.versions.get(integration_id, number)
        if version is None:
            raise NotFound("There is no such version.")
        document = Integration.model_validate(version.draft.document)
        variables = {}
        for key, variable in document.variables.items():
            identifier = version.draft.variables[key]
            resolved = version.connections[identifier]
            variables[key] = VersionVariable(
                id=identifier,
                variable=variable,
                resolved=resolved,
                definition=definition_of(resolved.definition),
            )
        return LoadedVersion(number=number, pages=tuple(document.config_pages), variables=variables)

    def fills(self, variables: list[VersionVariable]) -> dict[TemplateId, TemplateFill]:
        """Return what the templates of some variables fill in; each template is read once.

        Raises:
            Unavailable: one is not there, which its use forbids.
        """
        fills: dict[TemplateId, TemplateFill] = {}
        for each in variables:
            reference = each.resolved.template
            if reference is None or reference.id in fills:
                continue
            template = self.templates.get(reference.id)
            if template is None:
                raise Unavailable("A connection template that the version uses cannot be read.")
            fills[reference.id] = template.fill
        return fills


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionMaker:
    """Makes connections for the variables of a version, and moves them to another version."""

    instance_id: InstanceId
    owner: Owner
    fills: Mapping[TemplateId, TemplateFill]
    now: datetime
    randomness: Randomness = secrets.token_bytes

    def new(self, of: VersionVariable) -> tuple[Connection, Inputs]:
        """Return a new connection for a variable."""
        identifier = connection_id(self.now, self.randomness)
        inputs = self._layered(
            of,
            Inputs(
                connection_id=identifier,
                definition=of.resolved.definition,
                values={},
                salt=self.randomness(16).hex(),
            ),
        )
        connection = Connection(
            id=identifier,
            name=of.variable.key,
            component=of.variable.connection.component,
            definition_key=of.definition.key,
            owner=self.owner,
            place=self._place(of),
            template_id=of.template_id,
            oauth=of.oauth,
            client_credentials=of.client_credentials,
            status=Status.PENDING,
            created_at=self.now,
            updated_at=self.now,
        )
        return settled(connection, inputs), inputs

    def moved(
        self, of: VersionVariable, connection: Connection, inputs: Inputs
    ) -> tuple[Connection, Inputs]:
        """Return a connection as it is at the version of a variable.

        What was entered stays, where it still fits and the same are asked for it: what one may
        enter and another not must not be carried from a version where it is otherwise.
        """
        fields, asked_for = of.definition.inputs, of.asked
        kept = {
            name: each
            for name, each in inputs.values.items()
            if name in asked_for
            and inputs.visibility.get(name, asked_for[name]) == asked_for[name]
            and fields[name].fault(each) is None
        }
        layered = self._layered(of, replace(inputs, values=kept))
        if layered == inputs:
            return connection, inputs
        changed = replace(
            connection,
            name=of.variable.key,
            place=self._place(of),
            template_id=of.template_id,
            updated_at=self.now,
        )
        return settled(changed, layered), layered

    def _layered(self, of: VersionVariable, inputs: Inputs) -> Inputs:
        reference = of.resolved.template
        return replace(
            inputs,
            definition=of.resolved.definition,
            builder=of.builder,
            template=self.fills[reference.id] if reference else None,
            visibility={name: str(each) for name, each in of.asked.items()},
            variable_key=of.variable.key,
            redirects=redirects_of(of.variable.oauth_redirects),
        )

    def _place(self, of: VersionVariable) -> Place:
        return Place(instance_id=self.instance_id, variable_id=of.id, variable_key=of.variable.key)
