"""The adapters over dynoxide alone, and threads that do something with them at the same moment."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import boto3

from connections.adapters.connection_list import DynamoNewConnections
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.flows_table import DynamoFlows
from connections.adapters.registrations_table import DynamoRegistrations
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.domain.connection import Connection
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId, GrantId
from tests.builders import HOUR, NOW, a_grant, a_new_connection, a_token_set, some_inputs
from tests.integration.aws import REGION
from tests.integration.storage.unsealed import Unsealed
from tests.proof.dynamodb_local import create_tables, dynamodb_local

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTENDERS = 8
HOLDERS = [f"holder-{number}" for number in range(CONTENDERS)]
"""Whatever it is that each contender holds."""
ANOTHER = GrantId("gra_another")


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The adapters that race, and connections to race for."""

    client: "DynamoDBClient"
    new_connections: DynamoNewConnections
    connections: DynamoConnections
    states: DynamoStates
    tokens: DynamoTokens
    flows: DynamoFlows
    registrations: DynamoRegistrations
    threads: ThreadPoolExecutor
    chance: Random = field(default_factory=partial(Random, 1))

    def connected(self, name: str) -> Grant:
        """Return the grant of a connection that was connected just now."""
        connection_id = ConnectionId(f"con_{name}")
        grant = a_grant(connection_id=connection_id)
        added = replace(a_new_connection(), id=connection_id)
        assert self.new_connections.add(added, some_inputs(connection_id=connection_id))
        assert self.tokens.begin(grant)
        assert self.states.connected(grant, NOW + HOUR, NOW)
        return grant

    def state(self, grant: Grant) -> Connection:
        """Return the state of the grant's connection."""
        state = self.connections.get(grant.connection_id)
        assert state is not None
        return state

    def together(self, *calls: Callable[[], Any]) -> list[Any]:
        """Make the calls at the same moment, and return what each came to."""
        barrier = threading.Barrier(len(calls))

        def made(call: Callable[[], Any]) -> Any:
            barrier.wait()
            return call()

        order = self.chance.sample(range(len(calls)), len(calls))
        under_way = {number: self.threads.submit(made, calls[number]) for number in order}
        return [under_way[number].result() for number in range(len(calls))]

    def one_of(self, calls: Sequence[Callable[[], Any]]) -> int:
        """Make the calls at the same moment, and return which one succeeded.

        Raises: AssertionError when not exactly one did.
        """
        succeeded = [number for number, each in enumerate(self.together(*calls)) if each]
        assert len(succeeded) == 1, f"{len(succeeded)} of {len(calls)} succeeded"
        return succeeded[0]


def successor_of(grant: Grant, access_token: str = "second") -> Grant:
    """Return the next generation of a grant."""
    return grant.succeeded_by(a_token_set(response={"access_token": access_token}))


@contextmanager
def running_storage() -> Iterator[Storage]:
    """Run dynoxide with the template's tables until the block ends; nothing is sealed."""
    with dynamodb_local() as url, ThreadPoolExecutor(CONTENDERS + 1) as threads:
        session = boto3.Session("testing", "testing", region_name=REGION)
        client = session.client("dynamodb", endpoint_url=url)
        names = create_tables(client)
        key_arn = f"arn:aws:kms:{REGION}:123456789012:key/none"
        sealer = Unsealed(client, session.client("kms"), names["BranchKeys"], key_arn)
        table = names["Connections"]
        yield Storage(
            client=client,
            new_connections=DynamoNewConnections(client, table, names["Definitions"], sealer),
            connections=DynamoConnections(client, table, sealer),
            states=DynamoStates(client, table),
            tokens=DynamoTokens(client, names["Tokens"], sealer),
            flows=DynamoFlows(client, table, sealer),
            registrations=DynamoRegistrations(client, table),
            threads=threads,
        )
