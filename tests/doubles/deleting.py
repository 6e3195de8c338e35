"""Doubles of the ports of the deleting function to connections and instances."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from connections.domain.identifiers import ConnectionId, InstanceId
from connections.domain.instance import Instance, UserVariables
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredConnectionRemains:
    """Implements `ConnectionRemains`."""

    store: Store

    def closed(self, connection_id: ConnectionId) -> bool:
        self.store.called("remains.closed")
        return connection_id in self.store.closed

    def close_connection(self, connection_id: ConnectionId) -> None:
        self.store.called("remains.close_connection")
        if connection_id in self.store.connections_by_id:
            self.store.closed.add(connection_id)

    def remove_connection(self, connection_id: ConnectionId) -> None:
        self.store.called("remains.remove_connection")
        for referrers in self.store.referrers.values():
            for place in [at for at, each in referrers.items() if each.id == connection_id]:
                del referrers[place]
        self.store.entries[:] = [
            each for each in self.store.entries if each.connection_id != connection_id
        ]
        self.store.inputs_by_id.pop(connection_id, None)
        self.store.connections_by_id.pop(connection_id, None)
        self.store.closed.discard(connection_id)


@dataclass(frozen=True)
class StoredMarkedInstances:
    """Implements `MarkedInstances`."""

    store: Store

    def instance(self, instance_id: InstanceId) -> Instance | None:
        self.store.called("marked_instances.instance")
        return self.store.instances_by_id.get(instance_id)

    def mark_instance(self, instance_id: InstanceId, now: datetime) -> None:
        self.store.called("marked_instances.mark_instance")
        found = self.store.instances_by_id.get(instance_id)
        if found is not None and found.deleting_since is None:
            self.store.instances_by_id[instance_id] = replace(found, deleting_since=now)

    def users(self, instance_id: InstanceId) -> Iterator[UserVariables]:
        self.store.called("marked_instances.users")
        yield from list(self.store.users_of_instances[instance_id].values())

    def remove_instance(self, instance: Instance) -> None:
        self.store.called("marked_instances.remove_instance")
        self.store.users_of_instances.pop(instance.id, None)
        self.store.instances_by_id.pop(instance.id, None)
