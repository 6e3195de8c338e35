"""Connections as they show themselves: what their client registrations make of them, and to whom.

Nothing of it is stored with a connection. When a registration fails, ten thousand connections show
it without a single one being written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connections.application.ports import Clock
from connections.application.registration_ports import Registrations
from connections.application.remedies import FAILED_FOR_NOW
from connections.domain.caller import Caller, Organization
from connections.domain.client_registration import seen_through
from connections.domain.connection import Connection, Reason, Status
from connections.domain.errors import Unavailable
from connections.domain.log_entry import LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSight:
    """Looks at connections through their registrations."""

    registrations: Registrations
    clock: Clock

    def seen(self, connections: Sequence[Connection]) -> list[Connection]:
        """Return connections as they show themselves: one request for a hundred of them.

        Of those that do not work already, or were never connected, nothing is looked up.
        """
        now = self.clock.now()
        through = {
            each.id: each.registration
            for each in connections
            if each.registration is not None and each.status is Status.ACTIVE
        }
        try:
            found = self.registrations.many(set(through.values()))
        except Unavailable:
            # What is stored with them is true all the same.
            return list(connections)
        return [
            seen_through(each, found.get(through[each.id]), now) if each.id in through else each
            for each in connections
        ]


def entry_told_to(caller: Caller, entry: LogEntry) -> LogEntry:
    """Return what a caller is told of an entry of a connection's log."""
    if isinstance(caller, Organization) or not entry.for_operator:
        return entry
    return replace(entry, detail=FAILED_FOR_NOW, http_status=None, provider_error=None)


def told_to(caller: Caller, connection: Connection) -> Connection:
    """Return what a caller is told of how a connection stands.

    That it is the operator who must act is none of the customers' business: they could do nothing
    about it, and the evidence speaks of an app that is not theirs.
    """
    if isinstance(caller, Organization) or connection.status is not Status.DEGRADED:
        return connection
    if connection.reason is not Reason.OPERATOR_ACTION_REQUIRED:
        return connection
    return replace(connection, reason=None, last_error=None)
