"""List integrations, tell what one asks for without its secrets, and delete one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connections.application.integration_ports import (
    DeletedIntegrations,
    IntegrationList,
    Integrations,
)
from connections.application.ports import Components
from connections.application.step_binding import with_elements
from connections.domain.errors import Conflict, InUse, NotFound
from connections.domain.identifiers import CustomerId, IntegrationId
from connections.domain.integration import Draft, Integration, Version
from connections.oauth.stored_definitions import definition_of
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.integrations import ConfigValue, ConfigVariable
from connections_sdk.integrations import Integration as IntegrationDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationReader:
    """Integrations, for those who look at them."""

    listed: IntegrationList
    components: Components

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        """Return integrations of one customer, or the organization's, newest first."""
        return self.listed.page(customer_id, limit=limit, cursor=cursor)

    def offered(
        self, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Integration], str | None]:
        """Return the integrations that customers can enable themselves, newest first."""
        return self.listed.offered(limit=limit, cursor=cursor)

    def draft(self, draft: Draft) -> IntegrationDocument:
        """Return what a draft asks for, as it is exported: secrets only as set."""
        document = IntegrationDocument.model_validate(draft.document)
        components = {
            key: self.components.get(key)
            for key in {each.connection.component for each in document.variables.values()}
        }

        def definition(variable: ConfigVariable) -> ConnectionDefinition | None:
            component = components[variable.connection.component]
            return component.connection(variable.connection.key) if component else None

        return without_secrets(
            document, {key: definition(each) for key, each in document.variables.items()}
        )

    def version(self, version: Version) -> IntegrationDocument:
        """Return what a version asks for, as it is exported: secrets only as set."""
        document = IntegrationDocument.model_validate(version.draft.document)
        ids = version.draft.variables
        return without_secrets(
            document,
            {
                key: definition_of(version.connections[ids[key]].definition)
                for key in document.variables
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationDeleter:
    """Deletes integrations that nobody uses."""

    integrations: Integrations
    deleted: DeletedIntegrations

    def delete(self, identifier: IntegrationId) -> None:
        """Delete an integration with its versions; asked again, it takes up what stood still.

        Raises:
            NotFound: there is none.
            InUse: an instance of it stands.
            Conflict: it was changed meanwhile.
        """
        integration = self.integrations.get(identifier)
        if integration is None:
            raise NotFound("There is no such integration.")
        # Closed before it is looked at: an instance made meanwhile is either seen or refused.
        if not self.deleted.closed(integration):
            raise Conflict("The integration was changed meanwhile; read it again.")
        if self.deleted.has_instances(identifier):
            self.deleted.opened(integration)
            raise InUse("There are instances of it: delete them first.")
        self.deleted.removed(identifier)


def without_secrets(
    document: IntegrationDocument, definitions: Mapping[str, ConnectionDefinition | None]
) -> IntegrationDocument:
    """Return a document as it may leave the service: secrets that were entered only as set.

    What belongs to a definition that is not known is taken for a secret.
    """
    pages = with_elements(document, lambda each: variable_told(each, definitions[each.key]))
    return document.model_copy(update={"config_pages": pages})


def variable_told(
    variable: ConfigVariable, definition: ConnectionDefinition | None
) -> ConfigVariable:
    """Return a config variable as it may leave the service."""
    values = {}
    for name, said in variable.connection.values.items():
        field = definition.inputs.get(name) if definition else None
        secret = field is None or field.secret
        hidden = ConfigValue(visibility=said.visibility, set=True)
        values[name] = hidden if secret and said.entered else said
    connection = variable.connection.model_copy(update={"values": values})
    return variable.model_copy(update={"connection": connection})
