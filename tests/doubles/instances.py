"""Doubles of the ports of instances, and of what their users have."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.instance_ports import Change
from connections.domain.connection import Connection, Inputs
from connections.domain.errors import CustomerBeingDeleted, NotFound
from connections.domain.identifiers import ConnectionId, CustomerId, InstanceId
from connections.domain.instance import Instance, UserVariables
from tests.doubles.access import pages
from tests.doubles.held import changed
from tests.doubles.store import Store

Made = Sequence[tuple[Connection, Inputs]]


@dataclass(frozen=True)
class StoredInstances:
    """Implements `Instances` and `KnownInstances`."""

    store: Store

    def add(self, instance: Instance, made: Made) -> bool:
        self.store.called("instances.add")
        if instance.id in self.store.instances_by_id:
            return False
        customer = self.store.customers_by_id.get(instance.owner.customer_id or CustomerId(""))
        if customer is None or customer.deleting_since is not None:
            raise CustomerBeingDeleted("There is no such customer, or it is being deleted.")
        open_ones = self.store.integrations_by_id.keys() - self.store.closed_integrations
        if instance.integration_id not in open_ones:
            raise NotFound("The integration is gone.")

        def put() -> None:
            self.store.instances_by_id[instance.id] = instance

        return together(self.store, put, (), made, ())

    def get(self, instance_id: InstanceId) -> Instance | None:
        self.store.called("instances.get")
        return standing(self.store, instance_id)

    def saved(
        self,
        instance: Instance,
        changes: Sequence[Change] = (),
        made: Made = (),
        closed: Sequence[ConnectionId] = (),
    ) -> bool:
        self.store.called("instances.saved")
        stored = standing(self.store, instance.id)
        if stored is None or stored.revision != instance.revision - 1:
            return False

        def put() -> None:
            self.store.instances_by_id[instance.id] = instance

        return together(self.store, put, changes, made, closed)

    def deleting(self, instance_id: InstanceId, now: datetime) -> Instance | None:
        self.store.called("instances.deleting")
        stored = self.store.instances_by_id.get(instance_id)
        if stored is None:
            return None
        marked = replace(stored, deleting_since=stored.deleting_since or now)
        self.store.instances_by_id[instance_id] = marked
        held = {each.connection_id for each in stored.variables if each.connection_id}
        if held <= self.store.connections_by_id.keys():
            self.store.closed |= held
        return marked

    def page(
        self, customer_id: CustomerId | None, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Instance], str | None]:
        self.store.called("instances.page")
        found = [
            each
            for each in self.store.instances_by_id.values()
            if customer_id in (None, each.owner.customer_id)
        ]
        page, following = pages(found, "ins", limit, cursor)
        return [each for each in page if each.deleting_since is None], following


@dataclass(frozen=True)
class StoredUserConnections:
    """Implements `UserConnections` and `HeldByUser`."""

    store: Store

    def get(self, instance_id: InstanceId, user_id: str) -> UserVariables | None:
        self.store.called("users.get")
        return self.store.users_of_instances[instance_id].get(user_id)

    def all(self, instance_id: InstanceId) -> Iterator[UserVariables]:
        self.store.called("users.all")
        users = self.store.users_of_instances[instance_id]
        yield from [users[each] for each in sorted(users)]

    def saved(
        self,
        variables: UserVariables,
        changes: Sequence[Change] = (),
        made: Made = (),
        closed: Sequence[ConnectionId] = (),
    ) -> bool:
        self.store.called("users.saved")
        users = self.store.users_of_instances[variables.instance_id]
        stored = users.get(variables.user_id)
        instance = standing(self.store, variables.instance_id)
        revision = stored.revision if stored else 0
        if revision != variables.revision - 1:
            return False
        if instance is None or instance.version != variables.version:
            return False

        def put() -> None:
            users[variables.user_id] = variables

        return together(self.store, put, changes, made, closed)


def standing(store: Store, instance_id: InstanceId) -> Instance | None:
    """Return an instance that is not being deleted."""
    stored = store.instances_by_id.get(instance_id)
    return stored if stored is not None and stored.deleting_since is None else None


def together(
    store: Store,
    put: Callable[[], None],
    changes: Sequence[Change],
    made: Made,
    closed: Sequence[ConnectionId],
) -> bool:
    """Do all of it or nothing."""
    former = dict(store.connections_by_id), dict(store.inputs_by_id)
    fits = (
        all(connection.id not in store.connections_by_id for connection, _ in made)
        and all(each in store.connections_by_id for each in closed)
        and all(changed(store, each) for each in changes)
    )
    if not fits:
        store.connections_by_id, store.inputs_by_id = former
        return False
    for connection, inputs in made:
        store.connections_by_id[connection.id] = connection
        store.inputs_by_id[connection.id] = inputs
    store.closed |= set(closed)
    put()
    return True
