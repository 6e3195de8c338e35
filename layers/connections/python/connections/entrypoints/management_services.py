"""What the management function is composed of."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from connections.adapters.api_keys_table import DynamoApiKeys
from connections.adapters.audit_table import DynamoAudit
from connections.adapters.authorizations_table import DynamoAuthorizations
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.components_table import DynamoComponents
from connections.adapters.connection_list import DynamoConnectionList, DynamoNewConnections
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.deletions_queue import SqsDeletions
from connections.adapters.held_connections import DynamoHeldConnections
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.marked_instances import DynamoMarkedInstances
from connections.adapters.organization_table import DynamoOrganization
from connections.adapters.packaged_components import PackagedComponents
from connections.adapters.referrers import DynamoReferrers
from connections.adapters.refresh_queue import SqsRefreshQueue
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.adapters.templates_table import DynamoTemplates
from connections.application.change_connection import ConnectionEditor
from connections.application.create_connection import ConnectionCreator
from connections.application.manage_api_keys import ApiKeyring
from connections.application.manage_customers import CustomerBook
from connections.application.manage_organization import OrganizationEditor
from connections.application.manage_signing_keys import SigningKeyRegistry
from connections.application.manage_templates import ConnectionTemplates
from connections.application.offer_authorization import AuthorizationOffers
from connections.application.offered_components import OfferedComponents
from connections.application.publish_component import ComponentPublisher
from connections.application.read_connections import ConnectionReader
from connections.application.report_use import UseReports
from connections.application.seen_connections import ConnectionSight
from connections.domain.identifiers import InstanceId, IntegrationId
from connections.entrypoints.access import Belonging
from connections.entrypoints.composition import DoorSettings, connections_belong, doors, sealer
from connections.entrypoints.doors import Doors
from connections.entrypoints.settings import Name, SealingSettings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ManagementSettings(SealingSettings, DoorSettings):
    """What the function is told."""

    aws_region: Name
    domain: Name
    deletions_queue_url: Name
    refreshes_queue_url: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the routes call."""

    settings: ManagementSettings
    components: ComponentPublisher
    offered: OfferedComponents
    templates: ConnectionTemplates
    connections: ConnectionCreator
    editor: ConnectionEditor
    reader: ConnectionReader
    offers: AuthorizationOffers
    organization: OrganizationEditor
    reports: UseReports
    logs: DynamoLogbook
    customers: CustomerBook
    keyring: ApiKeyring
    signing_keys: SigningKeyRegistry
    audit: DynamoAudit
    doors: Doors


@dataclass(frozen=True, slots=True, kw_only=True)
class _Storage:
    """What more than one of them is composed of."""

    settings: ManagementSettings
    client: "DynamoDBClient"
    clock: SystemClock
    components: OfferedComponents
    connections: DynamoConnections
    customers: DynamoCustomers
    deletions: SqsDeletions
    logbook: DynamoLogbook
    organization: DynamoOrganization
    referrers: DynamoReferrers
    templates: DynamoTemplates

    @classmethod
    def of(cls, settings: ManagementSettings) -> "_Storage":
        client = dynamodb_client()
        definitions, table = settings.definitions_table, settings.connections_table
        own = DynamoComponents(client, definitions)
        return cls(
            settings=settings,
            client=client,
            clock=SystemClock(),
            components=OfferedComponents(own=own, own_list=own, built_in=PackagedComponents()),
            connections=DynamoConnections(client, table, sealer()),
            customers=DynamoCustomers(client, definitions),
            deletions=SqsDeletions(sqs_client(), settings.deletions_queue_url),
            logbook=DynamoLogbook(client, table),
            organization=DynamoOrganization(client, definitions),
            referrers=DynamoReferrers(client, definitions),
            templates=DynamoTemplates(client, definitions, sealer()),
        )


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = ManagementSettings.read(os.environ)
    storage = _Storage.of(settings)
    client, clock, hosts = storage.client, storage.clock, settings.development_hosts
    definitions, table = settings.definitions_table, settings.connections_table
    connections = storage.connections
    return Services(
        settings=settings,
        components=ComponentPublisher(storage.components, hosts, storage.referrers),
        offered=storage.components,
        templates=_templates(storage),
        connections=_creator(storage),
        editor=_editor(storage),
        reader=ConnectionReader(
            connections=connections,
            listed=DynamoConnectionList(client, table),
            sight=ConnectionSight(registrations=DynamoRegistrations(client, table), clock=clock),
        ),
        offers=_offers(storage),
        organization=OrganizationEditor(profiles=storage.organization, hosts=hosts),
        reports=UseReports(
            connections=connections,
            queue=SqsRefreshQueue(sqs_client(), settings.refreshes_queue_url),
            logbook=storage.logbook,
            clock=clock,
        ),
        logs=storage.logbook,
        customers=CustomerBook(
            customers=storage.customers, deletions=storage.deletions, clock=clock
        ),
        keyring=ApiKeyring(keys=DynamoApiKeys(client, definitions), clock=clock),
        signing_keys=SigningKeyRegistry(
            keys=DynamoSigningKeys(client, definitions), hosts=hosts, clock=clock
        ),
        audit=DynamoAudit(client, settings.audit_table, timedelta(days=settings.audit_days)),
        doors=_doors(storage),
    )


def _templates(storage: _Storage) -> ConnectionTemplates:
    return ConnectionTemplates(
        templates=storage.templates,
        book=storage.templates,
        referrers=storage.referrers,
        components=storage.components,
        built_in=storage.components.built_in,
        hosts=storage.settings.development_hosts,
        clock=storage.clock,
    )


def _creator(storage: _Storage) -> ConnectionCreator:
    settings = storage.settings
    new_connections = DynamoNewConnections(
        storage.client, settings.connections_table, settings.definitions_table, sealer()
    )
    return ConnectionCreator(
        components=storage.components,
        built_in=storage.components.built_in,
        templates=storage.templates,
        customers=storage.customers,
        connections=storage.connections,
        new_connections=new_connections,
        logbook=storage.logbook,
        clock=storage.clock,
        hosts=settings.development_hosts,
    )


def _editor(storage: _Storage) -> ConnectionEditor:
    settings = storage.settings
    return ConnectionEditor(
        connections=storage.connections,
        changed=DynamoHeldConnections(storage.client, settings.connections_table, sealer()),
        deletions=storage.deletions,
        logbook=storage.logbook,
        clock=storage.clock,
        hosts=settings.development_hosts,
    )


def _offers(storage: _Storage) -> AuthorizationOffers:
    return AuthorizationOffers(
        connections=storage.connections,
        customers=storage.customers,
        organization=storage.organization,
        flows=DynamoAuthorizations(storage.client, storage.settings.connections_table),
        clock=storage.clock,
    )


def _doors(storage: _Storage) -> Doors:
    definitions = storage.settings.definitions_table
    return doors(
        storage.settings,
        {
            "connection": connections_belong(storage.connections),
            "integration": _integrations_belong(storage.client, definitions),
            "instance": _instances_belong(storage.client, definitions),
        },
    )


def _integrations_belong(client: "DynamoDBClient", table: str) -> Callable[[str], Belonging | None]:
    integrations = DynamoIntegrations(client, table, sealer())

    def find(identifier: str) -> Belonging | None:
        found = integrations.get(IntegrationId(identifier))
        return Belonging(owner=found.owner, offered=found.offered) if found else None

    return find


def _instances_belong(client: "DynamoDBClient", table: str) -> Callable[[str], Belonging | None]:
    # Also of what is being deleted: whoever asked for that may ask again.
    instances = DynamoMarkedInstances(client, table)

    def find(identifier: str) -> Belonging | None:
        found = instances.instance(InstanceId(identifier))
        return Belonging(owner=found.owner) if found else None

    return find
