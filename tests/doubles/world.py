"""The world in memory: a double of every port, all over one store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from connections.application.ports import UsedFlow
from connections.domain.connection import Connection, Inputs, Use
from connections.domain.errors import InvalidRequest
from connections.domain.flow import Authorization, Flow
from connections.domain.grant import Grant
from connections.domain.identifiers import AuthorizationId, ConnectionId
from connections.domain.log_entry import Event, LogEntry
from connections_sdk.definitions import Component
from tests.doubles.grants import (
    ListedRefreshes,
    ListedRevocations,
    StoredReadings,
    StoredStates,
    StoredTokens,
)
from tests.doubles.store import Store

PAGE = 2


class World(Store):
    """The store with its ports."""

    @cached_property
    def states(self) -> StoredStates:
        return StoredStates(self)

    @cached_property
    def tokens(self) -> StoredTokens:
        return StoredTokens(self)

    @cached_property
    def readings(self) -> StoredReadings:
        return StoredReadings(self)

    @cached_property
    def revocations(self) -> ListedRevocations:
        return ListedRevocations(self)

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
    def api_keys(self) -> "StoredApiKeys":
        return StoredApiKeys(self)

    @cached_property
    def flows(self) -> "StoredFlows":
        return StoredFlows(self)

    @cached_property
    def logbook(self) -> "ListedLogs":
        return ListedLogs(self)

    @cached_property
    def due_index(self) -> "StoredDueIndex":
        return StoredDueIndex(self)

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

    def add(self, connection: Connection, inputs: Inputs) -> bool:
        self.store.called("connections.add")
        if connection.id in self.store.connections_by_id:
            return False
        self.store.connections_by_id[connection.id] = connection
        self.store.inputs_by_id[connection.id] = inputs
        return True

    def get(self, connection_id: ConnectionId) -> Connection | None:
        self.store.called("connections.get")
        return self.store.connections_by_id.get(connection_id)

    def with_inputs(self, connection_id: ConnectionId) -> tuple[Connection, Inputs] | None:
        self.store.called("connections.with_inputs")
        state = self.store.connections_by_id.get(connection_id)
        return None if state is None else (state, self.store.inputs_by_id[connection_id])

    def used(self, connection_id: ConnectionId, use: Use) -> bool:
        self.store.called("connections.used")
        state = self.store.connections_by_id.get(connection_id)
        if state is None:
            return False
        self.store.connections_by_id[connection_id] = replace(state, last_use=use)
        return True


@dataclass(frozen=True)
class StoredComponents:
    """Implements `Components`."""

    store: Store

    def put(self, component: Component) -> None:
        self.store.called("components.put")
        self.store.components_by_key[component.key] = component

    def get(self, key: str) -> Component | None:
        self.store.called("components.get")
        return self.store.components_by_key.get(key)


@dataclass(frozen=True)
class StoredApiKeys:
    """Implements `ApiKeys`."""

    store: Store

    def add(self, digest: str, key_id: str, name: str, created_at: datetime) -> None:
        self.store.called("api_keys.add")
        self.store.keys_by_digest[digest] = (key_id, name, created_at)

    def find(self, digest: str) -> str | None:
        self.store.called("api_keys.find")
        found = self.store.keys_by_digest.get(digest)
        return found[0] if found else None


@dataclass(frozen=True)
class StoredFlows:
    """Implements `Flows`."""

    store: Store

    def offer(self, authorization: Authorization) -> None:
        self.store.called("flows.offer")
        self.store.authorizations[authorization.id] = authorization

    def offered(self, authorization_id: AuthorizationId) -> Authorization | None:
        self.store.called("flows.offered")
        return self.store.authorizations.get(authorization_id)

    def close(self, authorization_id: AuthorizationId) -> Authorization | None:
        self.store.called("flows.close")
        return self.store.authorizations.pop(authorization_id, None)

    def begin(self, flow: Flow) -> None:
        self.store.called("flows.begin")
        self.store.flows_by_digest[flow.state_digest] = flow

    def take(self, state_digest: str, now: datetime) -> Flow | UsedFlow | None:
        self.store.called("flows.take")
        found = self.store.flows_by_digest.get(state_digest)
        if isinstance(found, Flow):
            self.store.flows_by_digest[state_digest] = UsedFlow(
                connection_id=found.connection_id, authorization_id=found.authorization_id
            )
        return found


@dataclass(frozen=True)
class ListedLogs:
    """Implements `Logbook` and `Logs`, whose cursor is a position."""

    store: Store

    def write(self, entry: LogEntry) -> None:
        self.store.called("logbook.write")
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


@dataclass(frozen=True)
class StoredDueIndex:
    """Implements `DueIndex`, in pages of two."""

    store: Store

    def due(self, now: datetime) -> Iterator[Sequence[ConnectionId]]:
        self.store.called("due_index.due")
        due = [
            state.id
            for state in self.store.connections_by_id.values()
            if state.refresh_at is not None and state.refresh_at <= now
        ]
        for start in range(0, len(due), PAGE):
            yield due[start : start + PAGE]
