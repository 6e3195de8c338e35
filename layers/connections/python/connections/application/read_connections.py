"""Read a connection, and list those that a caller may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connections.application.access_ports import ConnectionList
from connections.application.ports import Connections
from connections.application.seen_connections import ConnectionSight
from connections.domain.connection import Connection, Inputs, Light, Status
from connections.domain.errors import NotFound
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId

MOST_PAGES = 10
"""What is read for one page of a list at the most, where little of it is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which connections a list is to hold; None means any."""

    customer_id: CustomerId | None = None
    instance_id: InstanceId | None = None
    component: str | None = None
    status: Status | None = None
    light: Light | None = None

    def includes(self, connection: Connection) -> bool:
        """Tell whether a connection of the right customer is one of them."""
        place = connection.place
        return (
            self.instance_id in (None, place.instance_id if place else "")
            and self.component in (None, connection.component)
            and self.status in (None, connection.status)
            and self.light in (None, connection.light)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReader:
    """Connections, for those who look at them."""

    connections: Connections
    listed: ConnectionList
    sight: ConnectionSight

    def read(self, identifier: ConnectionId) -> tuple[Connection, Inputs]:
        """Return a connection as it shows itself, with its inputs.

        Raises:
            NotFound: there is none.
        """
        found = self.connections.with_inputs(identifier)
        if found is None:
            raise NotFound("There is no such connection.")
        return self.seen(*found)

    def seen(self, connection: Connection, inputs: Inputs) -> tuple[Connection, Inputs]:
        """Return a connection that was just read as it shows itself, with its inputs."""
        (shown,) = self.sight.seen([connection])
        return shown, inputs

    def exists(self, identifier: ConnectionId) -> ConnectionId:
        """Return the id of a connection that there is.

        Raises:
            NotFound: there is none.
        """
        if self.connections.get(identifier) is None:
            raise NotFound("There is no such connection.")
        return identifier

    def page(
        self,
        wanted: Wanted,
        visible: Callable[[Connection], bool],
        *,
        limit: int,
        cursor: str | None,
    ) -> tuple[Sequence[Connection], str | None]:
        """Return connections, newest first, and the cursor of the next page.

        A page ends with what the caller may see: its cursor tells of nothing else. Where there is
        much that is not wanted it may hold fewer than `limit` and have a next one.
        """
        found: list[Connection] = []
        for _ in range(MOST_PAGES):
            listed, cursor = self.listed.page(wanted.customer_id, limit=limit, cursor=cursor)
            shown = self.sight.seen([each for each in listed if visible(each)])
            found += [each for each in shown if wanted.includes(each)]
            more = cursor is not None or len(found) > limit
            if len(found) >= limit and more:
                return found[:limit], self.listed.cursor_after(found[limit - 1].id)
            if cursor is None:
                return found, None
        return found, cursor
