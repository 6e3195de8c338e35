"""All ports, over the doubles or over AWS in memory: what a contract is checked against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.adapters.api_keys_table import DynamoApiKeys
from connections.adapters.audit_table import DynamoAudit
from connections.adapters.aws import dynamodb_client, kms_client, sqs_client
from connections.adapters.components_table import DynamoComponents
from connections.adapters.connection_list import DynamoConnectionList, DynamoNewConnections
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.customer_remains import DynamoCustomerRemains
from connections.adapters.customers_table import DynamoCustomers
from connections.adapters.deletions_queue import SqsDeletions, parse_deletion_message
from connections.adapters.due_index import DynamoDueIndex
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.refresh_queue import SqsRefreshQueue, parse_refresh_message
from connections.adapters.revocation_queue import (
    SqsRevocationQueue,
    SqsSealedRevocations,
    parse_revocation_message,
)
from connections.adapters.sealing import Sealer
from connections.adapters.signing_keys_table import DynamoSigningKeys
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoReadings, DynamoSealedTokens, DynamoTokens
from connections.application.access_ports import (
    ApiKeys,
    Audit,
    AuditTrail,
    ConnectionList,
    CustomerRemains,
    Customers,
    Deletions,
    KnownApiKeys,
    KnownCustomers,
    MarkedCustomers,
    NewConnections,
    SealedRevocations,
    SealedTokens,
    SigningKeys,
)
from connections.application.component_ports import ComponentList
from connections.application.ports import (
    Components,
    Connections,
    DueIndex,
    Flows,
    Logbook,
    Logs,
    NewGrants,
    Readings,
    RefreshQueue,
    RevocationQueue,
    States,
    Tokens,
)
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId, CustomerId
from tests.doubles.world import World
from tests.integration.aws import Aws


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every port, and what the other side of it does: move records, take messages."""

    components: Components
    component_list: ComponentList
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
    states: States
    new_grants: NewGrants
    tokens: Tokens
    readings: Readings
    flows: Flows
    logbook: Logbook
    logs: Logs
    due_index: DueIndex
    refresh_queue: RefreshQueue
    revocation_queue: RevocationQueue
    copy_grant: Callable[[ConnectionId, ConnectionId], None]
    """Put what is stored as one connection's grant where another's lies."""
    copy_inputs: Callable[[ConnectionId, ConnectionId], None]
    remove_inputs: Callable[[ConnectionId], None]
    refresh_messages: Callable[[], list[tuple[ConnectionId, datetime]]]
    revocation_messages: Callable[[], list[Grant]]
    deletion_messages: Callable[[], list[CustomerId]]

    def due(self, now: datetime) -> set[ConnectionId]:
        """Return all that is due, each of which must be named once."""
        pages = list(self.due_index.due(now))
        assert all(pages), "a page is never empty"
        named = [each for page in pages for each in page]
        assert len(named) == len(set(named))
        return set(named)


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
        states=world.states,
        new_grants=world.states,
        tokens=world.tokens,
        readings=world.readings,
        flows=world.flows,
        logbook=world.logbook,
        logs=world.logbook,
        due_index=world.due_index,
        refresh_queue=world.refreshes,
        revocation_queue=world.revocations,
        copy_grant=copy_grant,
        copy_inputs=copy_inputs,
        remove_inputs=world.inputs_by_id.__delitem__,
        refresh_messages=lambda: [
            (each, since) for batch, since in world.to_refresh for each in batch
        ],
        revocation_messages=lambda: [
            *world.to_revoke,
            *(world.seals[each.sealed] for each in world.handed_over),
        ],
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
    audit = DynamoAudit(dynamodb, aws.names["Audit"], timedelta(days=100))
    states, logbook = DynamoStates(dynamodb, connections), DynamoLogbook(dynamodb, connections)

    def copy_grant(source: ConnectionId, target: ConnectionId) -> None:
        _copy(aws, "Tokens", {"pk": source}, {"pk": target})

    def copy_inputs(source: ConnectionId, target: ConnectionId) -> None:
        key = {"pk": source, "sk": "inputs"}
        _copy(aws, "Connections", key, {**key, "pk": target})

    return Ports(
        components=DynamoComponents(dynamodb, definitions),
        component_list=DynamoComponents(dynamodb, definitions),
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
        connections=DynamoConnections(dynamodb, connections, sealer),
        states=states,
        new_grants=states,
        tokens=DynamoTokens(dynamodb, tokens, sealer),
        readings=DynamoReadings(dynamodb, connections, tokens, sealer),
        flows=DynamoFlows(dynamodb, connections, sealer),
        logbook=logbook,
        logs=logbook,
        due_index=DynamoDueIndex(dynamodb, connections),
        refresh_queue=SqsRefreshQueue(sqs, aws.names["RefreshesQueue"]),
        revocation_queue=SqsRevocationQueue(sqs, aws.names["RevocationsQueue"], sealer),
        copy_grant=copy_grant,
        copy_inputs=copy_inputs,
        remove_inputs=lambda connection_id: _remove(
            aws, "Connections", {"pk": connection_id, "sk": "inputs"}
        ),
        refresh_messages=lambda: [
            parse_refresh_message(body) for body in aws.messages("RefreshesQueue")
        ],
        revocation_messages=lambda: [
            parse_revocation_message(body, sealer) for body in aws.messages("RevocationsQueue")
        ],
        deletion_messages=lambda: [
            parse_deletion_message(body) for body in aws.messages("DeletionsQueue")
        ],
    )


def _copy(aws: Aws, table: str, source: dict[str, str], target: dict[str, str]) -> None:
    key = {name: {"S": value} for name, value in source.items()}
    item = aws.dynamodb.get_item(TableName=aws.names[table], Key=key)["Item"]
    moved = {name: {"S": value} for name, value in target.items()}
    aws.dynamodb.put_item(TableName=aws.names[table], Item={**item, **moved})


def _remove(aws: Aws, table: str, place: dict[str, str]) -> None:
    key = {name: {"S": value} for name, value in place.items()}
    aws.dynamodb.delete_item(TableName=aws.names[table], Key=key)
