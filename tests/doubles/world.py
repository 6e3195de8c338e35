"""The world in memory: a double of every port, all over one store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from connections.domain.connection import Connection, Inputs, Use
from connections.domain.errors import InvalidRequest
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId
from connections.domain.log_entry import Event, LogEntry
from connections_sdk.definitions import Component
from tests.doubles.access import (
    ListedAudit,
    ListedDeletions,
    StoredApiKeys,
    StoredCustomers,
    StoredOrganization,
    StoredSigningKeys,
)
from tests.doubles.belongings import (
    ListedSealedRevocations,
    StoredConnectionList,
    StoredNewConnections,
    StoredRemains,
)
from tests.doubles.deleting import StoredConnectionRemains, StoredMarkedInstances
from tests.doubles.flows import ListedLapses, StoredFlows
from tests.doubles.grants import (
    ListedRescues,
    ListedRevocations,
    StoredReadings,
    StoredSealedTokens,
    StoredSettledRevocations,
    StoredStates,
    StoredTokens,
)
from tests.doubles.held import StoredHeldConnections
from tests.doubles.instances import StoredInstances, StoredUserConnections
from tests.doubles.integrations import (
    StoredDeletedIntegrations,
    StoredIntegrations,
    StoredVersions,
)
from tests.doubles.registrations import StoredRegistrations
from tests.doubles.schedule import ListedRefreshes, StoredDueIndex, StoredScheduleCursor
from tests.doubles.store import Store
from tests.doubles.templates import StoredReferrers, StoredTemplates


class World(Store):
    """The store with its ports."""

    @cached_property
    def states(self) -> StoredStates:
        return StoredStates(self)

    @cached_property
    def tokens(self) -> StoredTokens:
        return StoredTokens(self)

    @cached_property
    def sealed_tokens(self) -> StoredSealedTokens:
        return StoredSealedTokens(self)

    @cached_property
    def readings(self) -> StoredReadings:
        return StoredReadings(self)

    @cached_property
    def revocations(self) -> ListedRevocations:
        return ListedRevocations(self)

    @cached_property
    def registrations(self) -> StoredRegistrations:
        return StoredRegistrations(self)

    @cached_property
    def rescues(self) -> ListedRescues:
        return ListedRescues(self)

    @cached_property
    def settlements(self) -> StoredSettledRevocations:
        return StoredSettledRevocations(self)

    @cached_property
    def refreshes(self) -> ListedRefreshes:
        return ListedRefreshes(self)

    @cached_property
    def connections(self) -> "StoredConnections":
        return StoredConnections(self)

    @cached_property
    def components(self) -> "StoredComponents":
        return StoredComponents(self)

    @cached_property
    def templates(self) -> StoredTemplates:
        return StoredTemplates(self)

    @cached_property
    def referrers_of(self) -> StoredReferrers:
        return StoredReferrers(self)

    @cached_property
    def integrations(self) -> StoredIntegrations:
        return StoredIntegrations(self)

    @cached_property
    def deleted_integrations(self) -> StoredDeletedIntegrations:
        return StoredDeletedIntegrations(self)

    @cached_property
    def versions(self) -> StoredVersions:
        return StoredVersions(self)

    @cached_property
    def instances(self) -> StoredInstances:
        return StoredInstances(self)

    @cached_property
    def users_connections(self) -> StoredUserConnections:
        return StoredUserConnections(self)

    @cached_property
    def api_keys(self) -> StoredApiKeys:
        return StoredApiKeys(self)

    @cached_property
    def signing_keys(self) -> StoredSigningKeys:
        return StoredSigningKeys(self)

    @cached_property
    def customers(self) -> StoredCustomers:
        return StoredCustomers(self)

    @cached_property
    def deletions(self) -> ListedDeletions:
        return ListedDeletions(self)

    @cached_property
    def audit(self) -> ListedAudit:
        return ListedAudit(self)

    @cached_property
    def new_connections(self) -> StoredNewConnections:
        return StoredNewConnections(self)

    @cached_property
    def listed(self) -> StoredConnectionList:
        return StoredConnectionList(self)

    @cached_property
    def sealed_revocations(self) -> ListedSealedRevocations:
        return ListedSealedRevocations(self)

    @cached_property
    def remains(self) -> StoredRemains:
        return StoredRemains(self)

    @cached_property
    def connection_remains(self) -> StoredConnectionRemains:
        return StoredConnectionRemains(self)

    @cached_property
    def marked_instances(self) -> StoredMarkedInstances:
        return StoredMarkedInstances(self)

    @cached_property
    def held(self) -> StoredHeldConnections:
        return StoredHeldConnections(self)

    @cached_property
    def flows(self) -> StoredFlows:
        return StoredFlows(self)

    @cached_property
    def lapses(self) -> ListedLapses:
        return ListedLapses(self)

    @cached_property
    def organization_profiles(self) -> StoredOrganization:
        return StoredOrganization(self)

    @cached_property
    def logbook(self) -> "ListedLogs":
        return ListedLogs(self)

    @cached_property
    def due_index(self) -> StoredDueIndex:
        return StoredDueIndex(self)

    @cached_property
    def cursor(self) -> StoredScheduleCursor:
        return StoredScheduleCursor(self)

    def holding(
        self, connection: Connection, inputs: Inputs | None = None, grant: Grant | None = None
    ) -> "World":
        """Return itself with a connection in it."""
        self.connections_by_id[connection.id] = connection
        if inputs is not None:
            self.inputs_by_id[connection.id] = inputs
        if grant is not None:
            self.grants[connection.id] = grant
        return self

    @property
    def events(self) -> list[Event]:
        """What the logs say happened, in order."""
        return [entry.event for entry in self.entries]


@dataclass(frozen=True)
class StoredConnections:
    """Implements `Connections`."""

    store: Store

    def get(self, connection_id: ConnectionId) -> Connection | None:
        self.store.called("connections.get")
        return self.store.open_connection(connection_id)

    def with_inputs(self, connection_id: ConnectionId) -> tuple[Connection, Inputs] | None:
        self.store.called("connections.with_inputs")
        state = self.store.open_connection(connection_id)
        return None if state is None else (state, self.store.inputs_by_id[connection_id])

    def used(self, connection_id: ConnectionId, use: Use) -> Connection | None:
        self.store.called("connections.used")
        state = self.store.open_connection(connection_id)
        if state is not None:
            self.store.connections_by_id[connection_id] = replace(state, last_use=use)
        return state


@dataclass(frozen=True)
class StoredComponents:
    """Implements `Components` and `ComponentList`."""

    store: Store

    def put(self, component: Component) -> None:
        self.store.called("components.put")
        self.store.components_by_key[component.key] = component

    def get(self, key: str) -> Component | None:
        self.store.called("components.get")
        return self.store.components_by_key.get(key)

    def remove(self, key: str) -> None:
        self.store.called("components.remove")
        self.store.components_by_key.pop(key, None)

    def page(self, *, limit: int, after: str | None) -> tuple[Sequence[Component], bool]:
        self.store.called("components.page")
        keys = sorted(each for each in self.store.components_by_key if each > (after or ""))
        return [self.store.components_by_key[key] for key in keys[:limit]], len(keys) > limit


@dataclass(frozen=True)
class ListedLogs:
    """Implements `Logbook` and `Logs`, whose cursor is a position."""

    store: Store

    def write(self, entry: LogEntry) -> None:
        self.store.called("logbook.write")
        known = self.store.connections_by_id.keys() - self.store.closed
        if entry.connection_id in known:
            self.store.entries.append(entry)

    def page(
        self, connection_id: ConnectionId, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[LogEntry], str | None]:
        self.store.called("logs.page")
        if cursor is not None and not cursor.isdecimal():
            raise InvalidRequest("The cursor is not one of this list's.")
        start = int(cursor or 0)
        entries = [each for each in self.store.entries if each.connection_id == connection_id]
        newest_first = sorted(entries, key=lambda each: each.at)[::-1]
        end = start + limit
        return newest_first[start:end], str(end) if end < len(newest_first) else None
