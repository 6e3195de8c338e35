"""A connection as it is listed."""

from collections.abc import Sequence
from datetime import datetime

from connections.application.seen_connections import told_to
from connections.domain.caller import Caller
from connections.domain.connection import Connection, Light, Reason, Status
from connections.entrypoints.connection_bodies import NamedDefinition
from connections_sdk.forms import Document


class ListedConnection(Document):
    """A connection in a list: how it stands, without its values."""

    id: str
    name: str
    connection: NamedDefinition
    customer_id: str | None
    user_id: str | None
    instance_id: str | None
    status: Status
    reason: Reason | None
    light: Light | None
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, connection: Connection, caller: Caller) -> "ListedConnection":
        """Return what a list says to this caller of a connection."""
        connection = told_to(caller, connection)
        return cls(
            id=connection.id,
            name=connection.name,
            connection=NamedDefinition(
                component=connection.component, key=connection.definition_key
            ),
            customer_id=connection.owner.customer_id,
            user_id=connection.owner.user_id,
            instance_id=connection.place.instance_id if connection.place else None,
            status=connection.status,
            reason=connection.told_reason,
            light=connection.light,
            expires_at=connection.expires_at,
            created_at=connection.created_at,
            updated_at=connection.updated_at,
        )


class ConnectionPage(Document):
    """A page of connections, newest first."""

    items: Sequence[ListedConnection]
    next_cursor: str | None
