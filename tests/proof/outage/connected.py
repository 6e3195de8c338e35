"""Many connections to one provider, as if their customers had consented over the last hour."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from connections.adapters.aws import dynamodb_client, from_item, kms_client, to_item
from connections.adapters.grant_items import grant_item, open_grant
from connections.adapters.inputs_items import inputs_item
from connections.adapters.sealing import Sealer
from connections.adapters.state_items import due_item, new_state, state_key
from connections.adapters.states_table import DynamoStates
from connections.domain.caller import Owner
from connections.domain.connection import Inputs
from connections.domain.grant import Grant, Issuance, TokenSet
from connections.domain.identifiers import ConnectionId, CustomerId, GrantId
from connections.oauth.client import OAuthClient
from tests.builders import a_new_connection
from tests.integration import memory
from tests.integration.aws import Aws
from tests.integration.entrypoints.tenants import OAUTH
from tests.proof.outage.provider import LIFETIME, Provider

ITEMS_A_REQUEST = 25
VALUES = {"clientSecret": "the-secret"}
DUE_BEFORE_END = timedelta(minutes=8)
"""When the first refreshes are due; all later ones are due when the service says."""
STRIDE = 617
"""Prime to the numbers of connections: neighbours in lists are not neighbours in time."""


def connection_of(family: int) -> ConnectionId:
    """Return the connection that holds the grant of that number."""
    return ConnectionId(f"con_{family:026}")


def sealer_of(aws: Aws) -> Sealer:
    """Return what seals as the functions do."""
    return Sealer(dynamodb_client(), kms_client(), aws.names["BranchKeys"], aws.key_arn)


class Loader:
    """Stores connections of one customer, whose refreshes are spread over their tokens' life."""

    def __init__(self, aws: Aws, customer: str, facts: Mapping[str, Any]) -> None:
        self.aws = aws
        self.sealer = sealer_of(aws)
        self.owner = Owner(customer_id=CustomerId(customer))
        (definition,) = cast("list[dict[str, Any]]", OAUTH["connections"])
        self.definition = {**definition, "provider": dict(facts)}

    def load(self, number: int, provider: Provider, now: datetime) -> None:
        """Store so many connections, which nothing but the provider's bad hours disturbs."""
        grants = [self._grant(family, number, now) for family in range(1, number + 1)]
        for family, grant in enumerate(grants, 1):
            assert grant.tokens.expires_at is not None
            provider.families[family].ends[1] = grant.tokens.expires_at
        state = self._connected(grants[0], now)
        connections, tokens = self.aws.names["Connections"], self.aws.names["Tokens"]
        self._write(connections, (each for grant in grants for each in self._items(state, grant)))
        self._write(tokens, (grant_item(grant, self.sealer) for grant in grants))

    def _grant(self, family: int, number: int, now: datetime) -> Grant:
        # The first is due in a moment, the last nearly a token's time until refresh later.
        place = (family * STRIDE % number) / number
        issued_at = now - (LIFETIME - DUE_BEFORE_END) * (1 - place)
        return Grant(
            connection_id=connection_of(family),
            grant_id=GrantId(f"gra_{family:026}"),
            generation=1,
            tokens=TokenSet(
                response={"access_token": f"access-{family}-1", "token_type": "Bearer"},
                refresh_token=f"refresh-{family}-1",
                issued_at=issued_at,
                expires_at=issued_at + LIFETIME,
            ),
            issuance=self._issuance,
        )

    @property
    def _issuance(self) -> Issuance:
        return Issuance(definition=self.definition, values=VALUES)

    def _connected(self, grant: Grant, now: datetime) -> dict[str, Any]:
        """Store one state as a consent does, and return it: all others are alike."""
        client, table = self.aws.dynamodb, self.aws.names["Connections"]
        pending = a_new_connection(
            id=grant.connection_id,
            owner=self.owner,
            component="oauth",
            created_at=now,
            updated_at=now,
        )
        client.put_item(TableName=table, Item=to_item(new_state(pending)))
        registration = OAuthClient.of(grant.issuance).registration
        states = DynamoStates(client, table)
        assert states.connected(grant, now, now, registration=registration)
        key = to_item(state_key(grant.connection_id))
        return from_item(client.get_item(TableName=table, Key=key)["Item"])

    def _items(self, state: Mapping[str, Any], grant: Grant) -> Iterator[dict[str, Any]]:
        identifier, ends = grant.connection_id, grant.tokens.expires_at
        assert ends is not None
        yield {
            **state,
            **state_key(identifier),
            **due_item(identifier, ends - DUE_BEFORE_END),
            "grantId": grant.grant_id,
            "expiresAt": ends,
        }
        inputs = Inputs(connection_id=identifier, definition=self.definition, values=VALUES)
        yield inputs_item(inputs, self.sealer)

    def _write(self, table: str, items: Iterator[Mapping[str, Any]]) -> None:
        puts: list[Any] = [{"PutRequest": {"Item": to_item(item)}} for item in items]
        for start in range(0, len(puts), ITEMS_A_REQUEST):
            batch = puts[start : start + ITEMS_A_REQUEST]
            self.aws.dynamodb.batch_write_item(RequestItems={table: batch})


def stored_grants(aws: Aws) -> Sequence[Grant]:
    """Return every grant that is stored, unsealed."""
    sealer = sealer_of(aws)
    raw = memory.raw_items(aws.names["Tokens"])
    return [open_grant(from_item(item), sealer) for item in raw]
