"""All ports, over the doubles or over AWS in memory: what a contract is checked against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.adapters.api_keys_table import DynamoApiKeys
from connections.adapters.audit_table import DynamoAudit
from connections.adapters.authorizations_table import DynamoAuthorizations
from connections.adapters.aws import canceled, dynamodb_client, kms_client, sqs_client, to_item
from connections.adapters.components_table import DynamoComponents
from connections.adapters.connection_list import DynamoConnectionList, DynamoNewConnections
from connections.adapters.connection_remains import DynamoConnectionRemains
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.customer_remains import DynamoCustomerRemains
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.deletions_queue import (
    DeletionMessage,
    SqsDeletions,
    parse_deletion_message,
)
from connections.adapters.due_index import DynamoDueIndex
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.held_connections import DynamoHeldConnections
from connections.adapters.held_parts import HeldParts
from connections.adapters.instance_items import instance_reference_key
from connections.adapters.instances_table import DynamoInstances
from connections.adapters.integration_deletions import DynamoDeletedIntegrations
from connections.adapters.integrations_table import DynamoIntegrations
from connections.adapters.known_instances import DynamoHeldByUser, DynamoKnownInstances
from connections.adapters.lapse_queue import SqsLapseQueue
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.marked_instances import DynamoMarkedInstances
from connections.adapters.organization_table import DynamoOrganization
from connections.adapters.referrers import (
    DynamoReferrers,
    referrer_delete,
    referrer_put,
    template_counted,
)
from connections.adapters.refresh_queue import SqsRefreshQueue, parse_wish
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.rescue_queue import SqsRescueQueue
from connections.adapters.revocation_queue import SqsRevocationQueue, SqsSealedRevocations
from connections.adapters.schedule_cursor import DynamoScheduleCursor
from connections.adapters.sealed_messages import parse_sealed_message
from connections.adapters.sealing import Sealer
from connections.adapters.settled_revocations import DynamoSettledRevocations
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.adapters.states_table import DynamoStates
from connections.adapters.templates_table import DynamoTemplates
from connections.adapters.tokens_table import DynamoReadings, DynamoSealedTokens, DynamoTokens
from connections.adapters.user_connections_table import DynamoUserConnections
from connections.adapters.versions_table import DynamoVersions
from connections.application.access_ports import (
    ApiKeys,
    Audit,
    AuditTrail,
    ConnectionList,
    Customers,
    Deletions,
    KnownApiKeys,
    KnownCustomers,
    NewConnections,
    OrganizationProfiles,
    SealedRevocations,
    SealedTokens,
    SigningKeys,
)
from connections.application.component_ports import ComponentList
from connections.application.deletion_ports import (
    ConnectionRemains,
    CustomerRemains,
    MarkedCustomers,
    MarkedInstances,
)
from connections.application.flow_ports import Flows, LapseQueue, Lapses
from connections.application.instance_ports import (
    ChangedConnections,
    HeldByUser,
    HeldConnections,
    Instances,
    KnownInstances,
    UserConnections,
)
from connections.application.integration_ports import (
    DeletedIntegrations,
    IntegrationList,
    Integrations,
    Versions,
)
from connections.application.ports import (
    Components,
    Connections,
    Logbook,
    Logs,
    NewGrants,
    Readings,
    RescueQueue,
    RevocationQueue,
    SettledRevocations,
    States,
    Tokens,
)
from connections.application.registration_ports import Registrations
from connections.application.schedule_ports import DueIndex, RefreshQueue, ScheduleCursor
from connections.application.template_ports import Referrers, TemplateBook, Templates
from connections.domain.due import DueConnection
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId, IntegrationId, TemplateId
from connections.domain.referrer import Referred, Referrer
from connections.domain.refresh import Wish
from tests.builders_of_instances import INSTANCE, an_instance
from tests.doubles.world import World
from tests.integration.aws import Aws


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every port, and what the other side of it does: move records, take messages."""

    components: Components
    component_list: ComponentList
    templates: Templates
    template_book: TemplateBook
    referrers: Referrers
    integrations: Integrations
    integration_list: IntegrationList
    deleted_integrations: DeletedIntegrations
    versions: Versions
    api_keys: ApiKeys
    known_api_keys: KnownApiKeys
    signing_keys: SigningKeys
    customers: Customers
    known_customers: KnownCustomers
    deletions: Deletions
    audit_trail: AuditTrail
    audit: Audit
    new_connections: NewConnections
    listed: ConnectionList
    connections: Connections
    sealed_tokens: SealedTokens
    sealed_revocations: SealedRevocations
    remains: CustomerRemains
    marked_customers: MarkedCustomers
    connection_remains: ConnectionRemains
    marked_instances: MarkedInstances
    instances: Instances
    known_instances: KnownInstances
    users: UserConnections
    held_by_user: HeldByUser
    held: HeldConnections
    changed: ChangedConnections
    states: States
    new_grants: NewGrants
    tokens: Tokens
    readings: Readings
    flows: Flows
    lapses: Lapses
    lapse_queue: LapseQueue
    organization: OrganizationProfiles
    logbook: Logbook
    logs: Logs
    due_index: DueIndex
    cursor: ScheduleCursor
    registrations: Registrations
    refresh_queue: RefreshQueue
    revocation_queue: RevocationQueue
    rescue_queue: RescueQueue
    settlements: SettledRevocations
    refer: Callable[[TemplateId, Referrer, int | None], bool]
    """Let something refer to a template, and publish it at a revision; whether it could."""
    release: Callable[[TemplateId, Referrer], None]
    instantiate: Callable[[IntegrationId], None]
    """Let an instance of an integration stand."""
    copy_grant: Callable[[ConnectionId, ConnectionId], None]
    """Put what is stored as one connection's grant where another's lies."""
    copy_inputs: Callable[[ConnectionId, ConnectionId], None]
    remove_inputs: Callable[[ConnectionId], None]
    refresh_messages: Callable[[], list[Wish]]
    revocation_messages: Callable[[], list[Grant]]
    rescue_messages: Callable[[], list[Grant]]
    deletion_messages: Callable[[], list[str]]

    def due(self, now: datetime) -> set[ConnectionId]:
        """Return all that is due, each of which must be named once."""
        named = [each.id for each in self.due_in_order(now)]
        assert len(named) == len(set(named))
        return set(named)

    def due_in_order(
        self, now: datetime, after: DueConnection | None = None
    ) -> list[DueConnection]:
        """Return what is due as it comes; pages are neither empty nor longer than a hundred."""
        pages = list(self.due_index.due(now, after))
        assert {0 < len(page) <= 100 for page in pages} <= {True}
        return [each for page in pages for each in page]


def doubles() -> Ports:
    """Return the ports over the doubles."""
    world = World()

    def copy_grant(source: ConnectionId, target: ConnectionId) -> None:
        world.grants[target] = world.grants[source]

    def copy_inputs(source: ConnectionId, target: ConnectionId) -> None:
        world.inputs_by_id[target] = world.inputs_by_id[source]

    return Ports(
        components=world.components,
        component_list=world.components,
        templates=world.templates,
        template_book=world.templates,
        referrers=world.referrers_of,
        integrations=world.integrations,
        integration_list=world.integrations,
        deleted_integrations=world.deleted_integrations,
        versions=world.versions,
        api_keys=world.api_keys,
        known_api_keys=world.api_keys,
        signing_keys=world.signing_keys,
        customers=world.customers,
        known_customers=world.customers,
        deletions=world.deletions,
        audit_trail=world.audit,
        audit=world.audit,
        new_connections=world.new_connections,
        listed=world.listed,
        connections=world.connections,
        sealed_tokens=world.sealed_tokens,
        sealed_revocations=world.sealed_revocations,
        remains=world.remains,
        marked_customers=world.remains,
        connection_remains=world.connection_remains,
        marked_instances=world.marked_instances,
        instances=world.instances,
        known_instances=world.instances,
        users=world.users_connections,
        held_by_user=world.users_connections,
        held=world.held,
        changed=world.held,
        states=world.states,
        new_grants=world.states,
        tokens=world.tokens,
        readings=world.readings,
        flows=world.flows,
        lapses=world.flows,
        lapse_queue=world.lapses,
        organization=world.organization_profiles,
        logbook=world.logbook,
        logs=world.logbook,
        due_index=world.due_index,
        cursor=world.cursor,
        registrations=world.registrations,
        refresh_queue=world.refreshes,
        revocation_queue=world.revocations,
        rescue_queue=world.rescues,
        settlements=world.settlements,
        refer=lambda template_id, referrer, publish_at: world.referrers_of.refer(
            template_id, referrer, publish_at=publish_at
        ),
        release=world.referrers_of.release,
        instantiate=lambda integration_id: world.instances_by_id.update(
            {INSTANCE: an_instance(integration_id=integration_id)}
        ),
        copy_grant=copy_grant,
        copy_inputs=copy_inputs,
        remove_inputs=world.inputs_by_id.__delitem__,
        refresh_messages=lambda: list(world.to_refresh),
        revocation_messages=lambda: [
            *world.to_revoke,
            *(world.seals[each.sealed] for each in world.handed_over),
        ],
        rescue_messages=lambda: list(world.to_rescue),
        deletion_messages=lambda: [each for each, _ in world.to_delete],
    )


def adapters(aws: Aws) -> Ports:
    """Return the ports over AWS in memory, through the clients that the service makes."""
    dynamodb, sqs = dynamodb_client(), sqs_client()
    sealer = Sealer(dynamodb, kms_client(), aws.names["BranchKeys"], aws.key_arn)
    connections, tokens = aws.names["Connections"], aws.names["Tokens"]
    definitions = aws.names["Definitions"]
    api_keys, customers = (
        DynamoApiKeys(dynamodb, definitions),
        DynamoCustomers(dynamodb, definitions),
    )
    templates = DynamoTemplates(dynamodb, definitions, sealer)
    integrations = DynamoIntegrations(dynamodb, definitions, sealer)
    audit = DynamoAudit(dynamodb, aws.names["Audit"], timedelta(days=100))
    states, logbook = DynamoStates(dynamodb, connections), DynamoLogbook(dynamodb, connections)
    parts = HeldParts(connections, sealer)

    def copy_grant(source: ConnectionId, target: ConnectionId) -> None:
        _copy(aws, "Tokens", {"pk": source}, {"pk": target})

    def copy_inputs(source: ConnectionId, target: ConnectionId) -> None:
        key = {"pk": source, "sk": "inputs"}
        _copy(aws, "Connections", key, {**key, "pk": target})

    return Ports(
        components=DynamoComponents(dynamodb, definitions),
        component_list=DynamoComponents(dynamodb, definitions),
        templates=templates,
        template_book=templates,
        referrers=DynamoReferrers(dynamodb, definitions),
        refer=lambda *wanted: _refer(aws, *wanted),
        release=lambda *wanted: _release(aws, *wanted),
        integrations=integrations,
        integration_list=integrations,
        deleted_integrations=DynamoDeletedIntegrations(dynamodb, definitions),
        versions=DynamoVersions(dynamodb, definitions, sealer),
        api_keys=api_keys,
        known_api_keys=api_keys,
        signing_keys=DynamoSigningKeys(dynamodb, definitions),
        customers=customers,
        known_customers=customers,
        deletions=SqsDeletions(sqs, aws.names["DeletionsQueue"]),
        audit_trail=audit,
        audit=audit,
        new_connections=DynamoNewConnections(dynamodb, connections, definitions, sealer),
        listed=DynamoConnectionList(dynamodb, connections),
        sealed_tokens=DynamoSealedTokens(dynamodb, tokens),
        sealed_revocations=SqsSealedRevocations(sqs, aws.names["RevocationsQueue"]),
        remains=DynamoCustomerRemains(dynamodb, connections, definitions),
        marked_customers=DynamoCustomerRemains(dynamodb, connections, definitions),
        connection_remains=DynamoConnectionRemains(dynamodb, connections, definitions),
        marked_instances=DynamoMarkedInstances(dynamodb, definitions),
        instances=DynamoInstances(dynamodb, definitions, parts),
        known_instances=DynamoKnownInstances(dynamodb, definitions),
        users=DynamoUserConnections(dynamodb, definitions, parts),
        held_by_user=DynamoHeldByUser(dynamodb, definitions),
        held=DynamoHeldConnections(dynamodb, connections, sealer),
        changed=DynamoHeldConnections(dynamodb, connections, sealer),
        connections=DynamoConnections(dynamodb, connections, sealer),
        states=states,
        new_grants=states,
        tokens=DynamoTokens(dynamodb, tokens, sealer),
        readings=DynamoReadings(dynamodb, connections, tokens, sealer),
        flows=DynamoFlows(dynamodb, connections, sealer),
        lapses=DynamoAuthorizations(dynamodb, connections),
        lapse_queue=SqsLapseQueue(sqs, aws.names["LapsesQueue"]),
        organization=DynamoOrganization(dynamodb, definitions),
        logbook=logbook,
        logs=logbook,
        due_index=DynamoDueIndex(dynamodb, connections),
        cursor=DynamoScheduleCursor(dynamodb, connections),
        registrations=DynamoRegistrations(dynamodb, connections),
        refresh_queue=SqsRefreshQueue(sqs, aws.names["RefreshesQueue"]),
        revocation_queue=SqsRevocationQueue(sqs, aws.names["RevocationsQueue"], sealer),
        rescue_queue=SqsRescueQueue(sqs, aws.names["RescuesQueue"], sealer),
        settlements=DynamoSettledRevocations(dynamodb, connections),
        instantiate=lambda integration_id: _instantiate(aws, integration_id),
        copy_grant=copy_grant,
        copy_inputs=copy_inputs,
        remove_inputs=lambda connection_id: _remove(
            aws, "Connections", {"pk": connection_id, "sk": "inputs"}
        ),
        refresh_messages=lambda: [parse_wish(body) for body in aws.messages("RefreshesQueue")],
        revocation_messages=lambda: [
            parse_sealed_message(body, sealer) for body in aws.messages("RevocationsQueue")
        ],
        rescue_messages=lambda: [
            parse_sealed_message(body, sealer) for body in aws.messages("RescuesQueue")
        ],
        deletion_messages=lambda: [
            _named(parse_deletion_message(body)) for body in aws.messages("DeletionsQueue")
        ],
    )


def _refer(aws: Aws, template_id: TemplateId, referrer: Referrer, publish_at: int | None) -> bool:
    table, referred = aws.names["Definitions"], Referred(template_id=template_id)
    counted = template_counted(table, template_id, 1, publish_at=publish_at)
    return not canceled(aws.dynamodb, [counted, referrer_put(table, referred, referrer)])


def _release(aws: Aws, template_id: TemplateId, referrer: Referrer) -> None:
    table, referred = aws.names["Definitions"], Referred(template_id=template_id)
    counted = template_counted(table, template_id, -1)
    assert not canceled(aws.dynamodb, [counted, referrer_delete(table, referred, referrer)])


def _named(message: DeletionMessage) -> str:
    named = [message.customer_id, message.connection_id, message.instance_id]
    (identifier,) = [each for each in named if each is not None]
    return identifier


def _instantiate(aws: Aws, integration_id: IntegrationId) -> None:
    reference = to_item(instance_reference_key(integration_id, INSTANCE))
    aws.dynamodb.put_item(TableName=aws.names["Definitions"], Item=reference)


def _copy(aws: Aws, table: str, source: dict[str, str], target: dict[str, str]) -> None:
    key = {name: {"S": value} for name, value in source.items()}
    item = aws.dynamodb.get_item(TableName=aws.names[table], Key=key)["Item"]
    moved = {name: {"S": value} for name, value in target.items()}
    aws.dynamodb.put_item(TableName=aws.names[table], Item={**item, **moved})


def _remove(aws: Aws, table: str, place: dict[str, str]) -> None:
    key = {name: {"S": value} for name, value in place.items()}
    aws.dynamodb.delete_item(TableName=aws.names[table], Key=key)
