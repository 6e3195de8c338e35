"""A double of the port of authorizations and flows."""

from dataclasses import dataclass
from datetime import datetime

from connections.application.ports import UsedFlow
from connections.domain.flow import Authorization, Flow
from connections.domain.identifiers import AuthorizationId
from tests.doubles.store import Store


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
            self.store.owners_of_used_flows[state_digest] = found.owner
            self.store.flows_by_digest[state_digest] = UsedFlow(
                connection_id=found.connection_id, authorization_id=found.authorization_id
            )
        return found
