"""What the management function is composed of."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from connections.adapters.api_keys_table import DynamoApiKeys
from connections.adapters.audit_table import DynamoAudit
from connections.adapters.aws import dynamodb_client, sqs_client
from connections.adapters.clock import SystemClock
from connections.adapters.components_table import DynamoComponents
from connections.adapters.connection_list import DynamoConnectionList, DynamoNewConnections
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.deletions_queue import SqsDeletions
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.held_connections import DynamoHeldConnections
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.known_instances import DynamoKnownInstances
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.packaged_components import PackagedComponents
from connections.adapters.referrers import DynamoReferrers
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.adapters.templates_table import DynamoTemplates
from connections.application.change_connection import ConnectionEditor
from connections.application.create_connection import ConnectionCreator
from connections.application.manage_api_keys import ApiKeyring
from connections.application.manage_customers import CustomerBook
from connections.application.manage_signing_keys import SigningKeyRegistry
from connections.application.manage_templates import ConnectionTemplates
from connections.application.offer_authorization import AuthorizationOffers
from connections.application.offered_components import OfferedComponents
from connections.application.publish_component import ComponentPublisher
from connections.application.read_connections import ConnectionReader
from connections.application.report_use import UseReports
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
    callback_url: Name
    domain: Name
    deletions_queue_url: Name


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
    reports: UseReports
    logs: DynamoLogbook
    customers: CustomerBook
    keyring: ApiKeyring
    signing_keys: SigningKeyRegistry
    audit: DynamoAudit
    doors: Doors


@cache
def services() -> Services:
    """Compose the function from its environment."""
    settings = ManagementSettings.read(os.environ)
    client, clock = dynamodb_client(), SystemClock()
    definitions, table = settings.definitions_table, settings.connections_table
    own, customers = DynamoComponents(client, definitions), DynamoCustomers(client, definitions)
    components = OfferedComponents(own=own, own_list=own, built_in=PackagedComponents())
    connections, logbook = DynamoConnections(client, table, sealer()), DynamoLogbook(client, table)
    templates = DynamoTemplates(client, definitions, sealer())
    referrers = DynamoReferrers(client, definitions)
    deletions = SqsDeletions(sqs_client(), settings.deletions_queue_url)
    return Services(
        settings=settings,
        components=ComponentPublisher(components, settings.development_hosts, referrers),
        offered=components,
        templates=ConnectionTemplates(
            templates=templates,
            book=templates,
            referrers=referrers,
            components=components,
            hosts=settings.development_hosts,
            clock=clock,
        ),
        connections=ConnectionCreator(
            components=components,
            built_in=components.built_in,
            templates=templates,
            customers=customers,
            connections=connections,
            new_connections=DynamoNewConnections(client, table, definitions, sealer()),
            logbook=logbook,
            clock=clock,
            hosts=settings.development_hosts,
        ),
        editor=ConnectionEditor(
            connections=connections,
            changed=DynamoHeldConnections(client, table, sealer()),
            deletions=deletions,
            logbook=logbook,
            clock=clock,
            hosts=settings.development_hosts,
        ),
        reader=ConnectionReader(
            connections=connections, listed=DynamoConnectionList(client, table)
        ),
        offers=AuthorizationOffers(
            connections=connections,
            customers=customers,
            flows=DynamoFlows(client, table, sealer()),
            clock=clock,
        ),
        reports=UseReports(connections=connections, clock=clock),
        logs=logbook,
        customers=CustomerBook(
            customers=customers,
            deletions=deletions,
            clock=clock,
        ),
        keyring=ApiKeyring(keys=DynamoApiKeys(client, definitions), clock=clock),
        signing_keys=SigningKeyRegistry(
            keys=DynamoSigningKeys(client, definitions),
            hosts=settings.development_hosts,
            clock=clock,
        ),
        audit=DynamoAudit(client, settings.audit_table, timedelta(days=settings.audit_days)),
        doors=doors(
            settings,
            {
                "connection": connections_belong(connections),
                "integration": _integrations_belong(client, definitions),
                "instance": _instances_belong(client, definitions),
            },
        ),
    )


def _integrations_belong(client: "DynamoDBClient", table: str) -> Callable[[str], Belonging | None]:
    integrations = DynamoIntegrations(client, table, sealer())

    def find(identifier: str) -> Belonging | None:
        found = integrations.get(IntegrationId(identifier))
        return Belonging(owner=found.owner, offered=found.offered) if found else None

    return find


def _instances_belong(client: "DynamoDBClient", table: str) -> Callable[[str], Belonging | None]:
    instances = DynamoKnownInstances(client, table)

    def find(identifier: str) -> Belonging | None:
        found = instances.get(InstanceId(identifier))
        return Belonging(owner=found.owner) if found else None

    return find
