"""The use cases of building integrations as a function composes them, over AWS in memory."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connections.adapters.clock import SystemClock
from connections.adapters.components_table import DynamoComponents
from connections.adapters.integration_deletions import DynamoDeletedIntegrations
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.referrers import DynamoReferrers
from connections.adapters.templates_table import DynamoTemplates
from connections.adapters.versions_table import DynamoVersions
from connections.application.create_integration import IntegrationCreator
from connections.application.edit_integration import IntegrationEditor
from connections.application.manage_templates import ConnectionTemplates
from connections.application.publish_version import VersionPublisher
from connections.application.read_integrations import IntegrationDeleter, IntegrationReader
from connections.application.resolve_draft import DraftResolver
from connections.domain.identifiers import VariableId
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component
from connections_sdk.integrations import ConfigVariable
from tests.builders import a_definition, a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_draft, a_new_integration, with_template
from tests.integration.aws import Aws
from tests.integration.storage.conftest import Adapters

HOSTS = AllowedHosts.parse("")


@dataclass(frozen=True)
class Studio:
    """The use cases, over tables with a component, a template and an integration."""

    adapters: Adapters

    @classmethod
    def of(cls, adapters: Adapters, **template: Any) -> "Studio":
        studio = cls(adapters)
        document = {"key": "acme", "label": "Acme", "connections": [a_definition()]}
        studio.components.put(Component.model_validate(document))
        studio.templates.add(a_template(**template))
        studio.integrations.add(a_new_integration(), a_draft())
        return studio

    @property
    def aws(self) -> Aws:
        return self.adapters.aws

    @property
    def table(self) -> str:
        return self.aws.names["Definitions"]

    @cached_property
    def components(self) -> DynamoComponents:
        return DynamoComponents(self.aws.dynamodb, self.table)

    @cached_property
    def templates(self) -> DynamoTemplates:
        return DynamoTemplates(self.aws.dynamodb, self.table, self.adapters.sealer)

    @cached_property
    def integrations(self) -> DynamoIntegrations:
        return DynamoIntegrations(self.aws.dynamodb, self.table, self.adapters.sealer)

    @cached_property
    def versions(self) -> DynamoVersions:
        return DynamoVersions(self.aws.dynamodb, self.table, self.adapters.sealer)

    @cached_property
    def deleted(self) -> DynamoDeletedIntegrations:
        return DynamoDeletedIntegrations(self.aws.dynamodb, self.table)

    @cached_property
    def resolver(self) -> DraftResolver:
        return DraftResolver(
            components=self.components, built_in=(), templates=self.templates, hosts=HOSTS
        )

    @cached_property
    def creator(self) -> IntegrationCreator:
        return IntegrationCreator(integrations=self.integrations, clock=SystemClock())

    @cached_property
    def editor(self) -> IntegrationEditor:
        return IntegrationEditor(
            integrations=self.integrations, resolver=self.resolver, clock=SystemClock()
        )

    @cached_property
    def publisher(self) -> VersionPublisher:
        return VersionPublisher(
            integrations=self.integrations,
            versions=self.versions,
            resolver=self.resolver,
            clock=SystemClock(),
        )

    @cached_property
    def reader(self) -> IntegrationReader:
        return IntegrationReader(listed=self.integrations, components=self.components)

    @cached_property
    def deleter(self) -> IntegrationDeleter:
        return IntegrationDeleter(integrations=self.integrations, deleted=self.deleted)

    @cached_property
    def manager(self) -> ConnectionTemplates:
        return ConnectionTemplates(
            templates=self.templates,
            book=self.templates,
            referrers=DynamoReferrers(self.aws.dynamodb, self.table),
            components=self.components,
            hosts=HOSTS,
            clock=SystemClock(),
        )

    def with_template(self) -> VariableId:
        """Let the draft refer to a template."""
        variable = ConfigVariable.model_validate(with_template() | {"key": "Filled"})
        return self.editor.add_variable(INTEGRATION, variable)[0]
