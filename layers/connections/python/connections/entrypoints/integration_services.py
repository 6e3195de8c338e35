"""What the routes of integrations and instances call, composed when the first of them is called."""

from dataclasses import dataclass
from functools import cache

from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.deletions_queue import SqsDeletions
from connections.adapters.held_connections import DynamoHeldConnections
from connections.adapters.held_parts import HeldParts
from connections.adapters.instances_table import DynamoInstances
from connections.adapters.integration_deletions import DynamoDeletedIntegrations
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.packaged_components import PackagedComponents
from connections.adapters.templates_table import DynamoTemplates
from connections.adapters.user_connections_table import DynamoUserConnections
from connections.adapters.versions_table import DynamoVersions
from connections.application.config_pages import ConfigPages
from connections.application.configure_instance import InstanceConfigurator, Workshop
from connections.application.configure_user import UserConfigurator
from connections.application.create_instance import InstanceCreator
from connections.application.create_integration import IntegrationCreator
from connections.application.edit_integration import IntegrationEditor
from connections.application.instance_connections import VersionLoader
from connections.application.manage_instances import InstanceBook
from connections.application.publish_version import VersionPublisher
from connections.application.read_integrations import IntegrationDeleter, IntegrationReader
from connections.application.resolve_draft import DraftResolver
from connections.entrypoints.composition import sealer
from connections.entrypoints.management_services import services


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationServices:
    """What the routes of integrations call."""

    creator: IntegrationCreator
    editor: IntegrationEditor
    reader: IntegrationReader
    publisher: VersionPublisher
    deleter: IntegrationDeleter


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceServices:
    """What the routes of instances call."""

    creator: InstanceCreator
    book: InstanceBook
    configurator: InstanceConfigurator
    users: UserConfigurator
    pages: ConfigPages


@cache
def integration_services() -> IntegrationServices:
    """Compose what the routes of integrations call."""
    settings, client, clock = services().settings, dynamodb_client(), SystemClock()
    table, components = settings.definitions_table, services().offered
    integrations = DynamoIntegrations(client, table, sealer())
    resolver = DraftResolver(
        components=components,
        built_in=PackagedComponents(),
        templates=DynamoTemplates(client, table, sealer()),
        hosts=settings.development_hosts,
    )
    return IntegrationServices(
        creator=IntegrationCreator(integrations=integrations, clock=clock),
        editor=IntegrationEditor(integrations=integrations, resolver=resolver, clock=clock),
        reader=IntegrationReader(listed=integrations, components=components),
        publisher=VersionPublisher(
            integrations=integrations,
            versions=DynamoVersions(client, table, sealer()),
            resolver=resolver,
            clock=clock,
        ),
        deleter=IntegrationDeleter(
            integrations=integrations, deleted=DynamoDeletedIntegrations(client, table)
        ),
    )


@cache
def instance_services() -> InstanceServices:
    """Compose what the routes of instances call."""
    settings, client, clock = services().settings, dynamodb_client(), SystemClock()
    table, connections = settings.definitions_table, settings.connections_table
    parts = HeldParts(connections, sealer())
    instances = DynamoInstances(client, table, parts)
    integrations = DynamoIntegrations(client, table, sealer())
    loader = VersionLoader(
        versions=DynamoVersions(client, table, sealer()),
        templates=DynamoTemplates(client, table, sealer()),
    )
    workshop = Workshop(
        instances=instances,
        loader=loader,
        held=DynamoHeldConnections(client, connections, sealer()),
        logbook=DynamoLogbook(client, connections),
        deletions=SqsDeletions(sqs_client(), settings.deletions_queue_url),
        clock=clock,
        hosts=settings.development_hosts,
    )
    users = UserConfigurator(workshop=workshop, users=DynamoUserConnections(client, table, parts))
    return InstanceServices(
        creator=InstanceCreator(
            integrations=integrations,
            loader=loader,
            instances=instances,
            clock=clock,
        ),
        book=InstanceBook(integrations=integrations, workshop=workshop, users=users),
        configurator=InstanceConfigurator(workshop=workshop),
        users=users,
        pages=ConfigPages(workshop=workshop, users=users, sight=services().reader.sight),
    )
