"""A double of the port of authorizations and flows."""

from dataclasses import dataclass, replace
from datetime import datetime

from connections.application.flow_ports import UsedFlow
from connections.domain.flow import Authorization, Flow, LapsedFlow, Outcome
from connections.domain.identifiers import AuthorizationId
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredFlows:
    """Implements `Flows` and `Lapses`."""

    store: Store

    def offer(self, authorization: Authorization) -> None:
        self.store.called("flows.offer")
        self.store.authorizations[authorization.id] = authorization

    def offered(self, authorization_id: AuthorizationId) -> Authorization | None:
        self.store.called("flows.offered")
        return self.store.authorizations.get(authorization_id)

    def close(self, authorization_id: AuthorizationId) -> Authorization | None:
        self.store.called("flows.close")
        found = self.store.authorizations.get(authorization_id)
        if found is None or found.taken:
            return None
        self.store.authorizations[authorization_id] = replace(found, taken=True)
        return found

    def settle(self, authorization_id: AuthorizationId, outcome: Outcome) -> bool:
        self.store.called("flows.settle")
        found = self.store.authorizations.get(authorization_id)
        if found is None or (found.outcome is not None and found.outcome.error is None):
            return False
        self.store.authorizations[authorization_id] = replace(found, outcome=outcome)
        return True

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

    def lapse(self, state_digest: str, now: datetime) -> LapsedFlow | None:
        self.store.called("flows.lapse")
        found = self.store.flows_by_digest.get(state_digest)
        if (
            not isinstance(found, Flow)
            or now < found.expires_at
            or state_digest in self.store.lapsed
        ):
            return None
        self.store.lapsed.add(state_digest)
        return LapsedFlow(
            connection_id=found.connection_id,
            authorization_id=found.authorization_id,
            redirect_uri=found.redirect_uri,
        )


@dataclass(frozen=True)
class ListedLapses:
    """Implements `LapseQueue`."""

    store: Store

    def send(self, state_digest: str) -> None:
        self.store.called("lapses.send")
        self.store.to_lapse.append(state_digest)
