"""What the management function is composed of."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

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
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.packaged_components import PackagedComponents
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.application.create_connection import ConnectionCreator
from connections.application.manage_api_keys import ApiKeyring
from connections.application.manage_customers import CustomerBook
from connections.application.manage_signing_keys import SigningKeyRegistry
from connections.application.offer_authorization import AuthorizationOffers
from connections.application.offered_components import OfferedComponents
from connections.application.publish_component import ComponentPublisher
from connections.application.read_connections import ConnectionReader
from connections.application.report_use import UseReports
from connections.entrypoints.composition import DoorSettings, doors, sealer
from connections.entrypoints.doors import Doors
from connections.entrypoints.settings import Name, SealingSettings


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
    connections: ConnectionCreator
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
    return Services(
        settings=settings,
        components=ComponentPublisher(components, settings.development_hosts),
        offered=components,
        connections=ConnectionCreator(
            components=components,
            customers=customers,
            connections=connections,
            new_connections=DynamoNewConnections(client, table, definitions, sealer()),
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
            deletions=SqsDeletions(sqs_client(), settings.deletions_queue_url),
            clock=clock,
        ),
        keyring=ApiKeyring(keys=DynamoApiKeys(client, definitions), clock=clock),
        signing_keys=SigningKeyRegistry(
            keys=DynamoSigningKeys(client, definitions),
            hosts=settings.development_hosts,
            clock=clock,
        ),
        audit=DynamoAudit(client, settings.audit_table, timedelta(days=settings.audit_days)),
        doors=doors(settings, connections),
    )
