"""Connections as they are added and listed, by customer or all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connections.adapters.aws import canceled
from connections.adapters.customers_table import customer_stays
from connections.adapters.indexed_list import IndexedList
from connections.adapters.lists import cursor_of
from connections.adapters.new_connection import new_connection_parts
from connections.adapters.referrers import referrer_put, template_counted
from connections.adapters.state_items import CLOSED, LISTED, to_connection
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import CustomerBeingDeleted, NotFound
from connections.domain.identifiers import ConnectionId, CustomerId
from connections.domain.referrer import Referred, Referrer, ReferrerKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connections.adapters.sealing import Sealer


@dataclass(frozen=True, slots=True)
class DynamoNewConnections:
    """Implements `NewConnections`."""

    client: "DynamoDBClient"
    connections_table: str
    definitions_table: str
    sealer: "Sealer"

    def add(self, connection: Connection, inputs: Inputs, *, own_component: bool = False) -> bool:
        """Store a new connection; False, and nothing changed, if its id is taken."""
        # A transaction: with the same Idempotency-Key twice at once, state and inputs of two
        # requests must not mix; and nothing is added to a customer that is being deleted.
        parts: list[Any] = new_connection_parts(
            self.connections_table, self.sealer, connection, inputs
        )
        items = len(parts)
        customer_id = connection.owner.customer_id
        if customer_id is not None:
            parts.append(customer_stays(self.definitions_table, customer_id))
        before = len(parts)
        parts += self._references(connection, own_component=own_component)
        failed = canceled(self.client, parts)
        if failed and not any(failed[:items]):
            if any(failed[:before]):
                raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
            raise NotFound("The connection template is gone.")
        return not failed

    def _references(self, connection: Connection, *, own_component: bool) -> Iterator[Any]:
        by = referrer_of(connection)
        if connection.template_id is not None:
            yield template_counted(self.definitions_table, connection.template_id, 1)
            referred = Referred(template_id=connection.template_id)
            yield referrer_put(self.definitions_table, referred, by)
        if own_component:
            referred = Referred(component=connection.component)
            yield referrer_put(self.definitions_table, referred, by)


def referrer_of(connection: Connection) -> Referrer:
    """Return a connection as what refers to a template and a component."""
    return Referrer(kind=ReferrerKind.CONNECTION, id=connection.id, name=connection.name)


@dataclass(frozen=True, slots=True)
class DynamoConnectionList:
    """Implements `ConnectionList`: ids from an index, states from the table."""

    client: "DynamoDBClient"
    table: str

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Connection], str | None]:
        """Return connections, of one customer or all, newest first, and the next page's cursor."""
        # Authorizations and flows are the customer's too.
        listed = IndexedList(client=self.client, table=self.table, prefix="con_", sort_key="state")
        items, following = listed.of_customer_or_all(
            customer_id, LISTED, limit=limit, cursor=cursor
        )
        # What is being deleted is gone for everybody.
        return [to_connection(item) for item in items if CLOSED not in item], following

    def cursor_after(self, connection_id: ConnectionId) -> str:
        """Return the cursor of the page that begins after a connection."""
        return cursor_of(connection_id)
