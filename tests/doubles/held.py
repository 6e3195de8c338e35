"""A double of the ports to connections that change: many at once, saved and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connections.application.instance_ports import Change
from connections.domain.connection import Connection, Inputs
from connections.domain.identifiers import ConnectionId
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredHeldConnections:
    """Implements `HeldConnections` and `ChangedConnections`."""

    store: Store

    def many(
        self, connection_ids: Sequence[ConnectionId]
    ) -> Mapping[ConnectionId, tuple[Connection, Inputs]]:
        self.store.called("held.many")
        return {
            each: (connection, self.store.inputs_by_id[each])
            for each in connection_ids
            if (connection := self.store.open_connection(each)) is not None
            and each in self.store.inputs_by_id
        }

    def remaining(self, connection_ids: Sequence[ConnectionId]) -> Sequence[ConnectionId]:
        self.store.called("held.remaining")
        return [each for each in connection_ids if each in self.store.connections_by_id]

    def saved(self, change: Change) -> bool:
        self.store.called("held.saved")
        return changed(self.store, change)

    def closed(self, connection_id: ConnectionId) -> bool:
        self.store.called("held.closed")
        if connection_id not in self.store.connections_by_id:
            return False
        self.store.closed.add(connection_id)
        return True


def changed(store: Store, change: Change) -> bool:
    """Store changed inputs; False, and nothing changed, if they are not as they were read."""
    wanted, former = change.connection, change.former
    stored = store.open_connection(wanted.id)
    inputs = store.inputs_by_id.get(wanted.id)
    if stored is None or inputs is None:
        return False
    if inputs.revision != change.former_inputs.revision:
        return False
    shared = ("name", "requested_scopes", "status", "reason")
    changes = {
        name: getattr(wanted, name)
        for name in shared
        if getattr(wanted, name) != getattr(former, name)
    }
    if any(getattr(stored, name) != getattr(former, name) for name in changes):
        return False
    due = wanted if wanted.refresh_at != former.refresh_at else stored
    under = wanted if wanted.registration != former.registration else stored
    store.connections_by_id[wanted.id] = replace(
        stored,
        **changes,
        place=wanted.place,
        template_id=wanted.template_id,
        inputs_digest=wanted.inputs_digest,
        refresh_at=due.refresh_at,
        registration=under.registration,
        updated_at=wanted.updated_at,
    )
    store.inputs_by_id[wanted.id] = change.inputs
    return True
