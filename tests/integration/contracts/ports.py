"""All ports, over the doubles or over AWS in memory: what a contract is checked against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connections.adapters.aws import dynamodb_client, kms_client, sqs_client
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.definitions_table import DynamoApiKeys, DynamoComponents
from connections.adapters.due_index import DynamoDueIndex
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.logs_table import DynamoLogbook
from connections.adapters.refresh_queue import SqsRefreshQueue, parse_refresh_message
from connections.adapters.revocation_queue import SqsRevocationQueue, parse_revocation_message
from connections.adapters.sealing import Sealer
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoReadings, DynamoTokens
from connections.application.ports import (
    ApiKeys,
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
from connections.domain.identifiers import ConnectionId
from tests.doubles.world import World
from tests.integration.aws import Aws


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every port, and what the other side of it does: move records, take messages."""

    components: Components
    api_keys: ApiKeys
    connections: Connections
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
    refresh_messages: Callable[[], list[tuple[ConnectionId, datetime]]]
    revocation_messages: Callable[[], list[Grant]]

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
        api_keys=world.api_keys,
        connections=world.connections,
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
        refresh_messages=lambda: [
            (each, since) for batch, since in world.to_refresh for each in batch
        ],
        revocation_messages=lambda: world.to_revoke,
    )


def adapters(aws: Aws) -> Ports:
    """Return the ports over AWS in memory, through the clients that the service makes."""
    dynamodb, sqs = dynamodb_client(), sqs_client()
    sealer = Sealer(dynamodb, kms_client(), aws.names["BranchKeys"], aws.key_arn)
    connections, tokens = aws.names["Connections"], aws.names["Tokens"]
    states, logbook = DynamoStates(dynamodb, connections), DynamoLogbook(dynamodb, connections)

    def copy_grant(source: ConnectionId, target: ConnectionId) -> None:
        _copy(aws, "Tokens", {"pk": source}, {"pk": target})

    def copy_inputs(source: ConnectionId, target: ConnectionId) -> None:
        key = {"pk": source, "sk": "inputs"}
        _copy(aws, "Connections", key, {**key, "pk": target})

    return Ports(
        components=DynamoComponents(dynamodb, aws.names["Definitions"]),
        api_keys=DynamoApiKeys(dynamodb, aws.names["Definitions"]),
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
        refresh_messages=lambda: [
            parse_refresh_message(body) for body in aws.messages("RefreshesQueue")
        ],
        revocation_messages=lambda: [
            parse_revocation_message(body, sealer) for body in aws.messages("RevocationsQueue")
        ],
    )


def _copy(aws: Aws, table: str, source: dict[str, str], target: dict[str, str]) -> None:
    key = {name: {"S": value} for name, value in source.items()}
    item = aws.dynamodb.get_item(TableName=aws.names[table], Key=key)["Item"]
    moved = {name: {"S": value} for name, value in target.items()}
    aws.dynamodb.put_item(TableName=aws.names[table], Item={**item, **moved})
