"""Doubles of the ports through which grants live and end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connections.domain.claim import Claim, Spending
from connections.domain.connection import Connection, Inputs, Reason, Status
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Grant, SealedGrant
from connections.domain.identifiers import ConnectionId, GrantId, RegistrationId
from tests.doubles.store import Store


@dataclass(frozen=True)
class StoredStates:
    """Implements `States` and `NewGrants`."""

    store: Store

    def claim(self, connection_id: ConnectionId, claim: Claim, now: datetime) -> Connection | None:
        self.store.called("states.claim")
        former = self.store.connections_by_id.get(connection_id)
        if former is None:
            return None
        if former.claim is not None and former.claim.stands(now):
            again = former.claim.holder == claim.holder
            return replace(former, fence=former.fence - 1) if again else None
        spending = Spending(grant_id=former.grant_id or GrantId(""), generation=former.generation)
        self._change(former, claim=claim, fence=former.fence + 1, spending=spending)
        return former

    def refreshed(
        self,
        former: Connection,
        grant: Grant,
        refresh_at: datetime | None,
        now: datetime,
        registration: RegistrationId | None = None,
    ) -> bool:
        self.store.called("states.refreshed")
        changes = {
            **_alive(grant, refresh_at, now),
            "registration": registration,
            "grant_inputs_digest": grant.issuance.inputs_digest,
            "last_refreshed_at": grant.tokens.issued_at,
        }
        return self._under_claim(former, **changes)

    def failed(self, former: Connection, record: FailureRecord, now: datetime) -> bool:
        self.store.called("states.failed")
        changes: dict[str, Any] = {
            "status": record.status,
            "reason": record.reason,
            "failures": record.failures,
            "last_error": record.evidence,
            "refresh_at": record.refresh_at,
            "updated_at": now,
            "claim": None,
        }
        if not record.outcome_unknown:
            changes["spending"] = None
        return self._under_claim(former, **changes)

    def released(self, former: Connection, refresh_at: datetime | None) -> bool:
        self.store.called("states.released")
        return self._under_claim(
            former, claim=former.claim, spending=former.spending, refresh_at=refresh_at
        )

    def disconnected(self, former: Connection, now: datetime, ended: GrantId | None = None) -> bool:
        self.store.called("states.disconnected")
        state = self.store.connections_by_id.get(former.id)
        if state is None or state.grant_id not in (former.grant_id, ended or former.grant_id):
            return False
        return self._change(
            state,
            status=Status.PENDING,
            reason=Reason.DISCONNECTED,
            grant_id=None,
            generation=0,
            failures=0,
            granted_scopes=None,
            account=None,
            grant_inputs_digest=None,
            registration=None,
            expires_at=None,
            refresh_at=None,
            last_refreshed_at=None,
            last_error=None,
            last_use=None,
            claim=None,
            spending=None,
            fence=state.fence + 1,
            updated_at=now,
        )

    def connected(
        self,
        grant: Grant,
        refresh_at: datetime | None,
        now: datetime,
        asked: str | None = None,
        registration: RegistrationId | None = None,
    ) -> bool:
        self.store.called("grants.connected")
        state = self.store.connections_by_id.get(grant.connection_id)
        if state is not None and state.grant_id == grant.grant_id:
            return True
        if state is None or state.id in self.store.closed:
            return False
        digest = grant.issuance.inputs_digest
        changes = {
            **_alive(grant, refresh_at, now),
            "grant_inputs_digest": digest,
            "registration": registration,
        }
        if asked is not None:
            changes["requested_scopes"] = asked
        fence = state.fence + 1
        return self._change(state, **changes, last_use=None, last_refreshed_at=None, fence=fence)

    def _under_claim(self, former: Connection, **changes: Any) -> bool:
        state = self.store.connections_by_id.get(former.id)
        if state is None or state.fence != former.fence + 1:
            return False
        return self._change(state, **changes)

    def _change(self, state: Connection, **changes: Any) -> bool:
        self.store.connections_by_id[state.id] = replace(state, **changes)
        return True


def _alive(grant: Grant, refresh_at: datetime | None, now: datetime) -> dict[str, Any]:
    return {
        "status": Status.ACTIVE,
        "reason": None,
        "grant_id": grant.grant_id,
        "generation": grant.generation,
        "granted_scopes": grant.tokens.scopes,
        "account": grant.account,
        "expires_at": grant.tokens.expires_at,
        "refresh_at": refresh_at,
        "failures": 0,
        "last_error": None,
        "claim": None,
        "spending": None,
        "updated_at": now,
    }


@dataclass(frozen=True)
class StoredTokens:
    """Implements `Tokens`."""

    store: Store

    def ready(self) -> None:
        self.store.called("tokens.ready")

    def get(self, connection_id: ConnectionId) -> Grant | None:
        self.store.called("tokens.get")
        return self.store.grants.get(connection_id)

    def begin(self, grant: Grant, *, in_place: bool = True) -> bool:
        self.store.called("tokens.begin")
        stored = self.store.grants.get(grant.connection_id)
        if stored is None or (in_place and stored.grant_id != grant.grant_id):
            self.store.grants[grant.connection_id] = grant
            return True
        return stored.grant_id == grant.grant_id

    def succeed(self, successor: Grant) -> bool:
        self.store.called("tokens.succeed")
        stored = self.store.grants.get(successor.connection_id)
        if stored is None or stored.grant_id != successor.grant_id:
            return False
        if stored.generation == successor.generation - 1:
            self.store.grants[successor.connection_id] = successor
            return True
        return stored.generation == successor.generation

    def delete(self, grant: Grant) -> bool:
        self.store.called("tokens.delete")
        stored = self.store.grants.get(grant.connection_id)
        if stored is None:
            return True
        if (stored.grant_id, stored.generation) != (grant.grant_id, grant.generation):
            return False
        del self.store.grants[grant.connection_id]
        return True


@dataclass(frozen=True)
class StoredSealedTokens:
    """Implements `SealedTokens`; what a seal holds is in the store, where it is opened."""

    store: Store

    def get(self, connection_id: ConnectionId) -> SealedGrant | None:
        self.store.called("sealed_tokens.get")
        stored = self.store.grants.get(connection_id)
        return None if stored is None else self._sealed(stored)

    def delete(self, grant: SealedGrant) -> bool:
        self.store.called("sealed_tokens.delete")
        stored = self.store.grants.get(grant.connection_id)
        if stored is not None and self._sealed(stored) != grant:
            return False
        self.store.grants.pop(grant.connection_id, None)
        return True

    def _sealed(self, grant: Grant) -> SealedGrant:
        seal = f"{grant.connection_id}/{grant.grant_id}/{grant.generation}".encode()
        self.store.seals[seal] = grant
        return SealedGrant(
            connection_id=grant.connection_id,
            grant_id=grant.grant_id,
            generation=grant.generation,
            sealed=seal,
        )


@dataclass(frozen=True)
class StoredReadings:
    """Implements `Readings`."""

    store: Store

    def read(self, connection_id: ConnectionId) -> tuple[Inputs | None, Grant | None]:
        self.store.called("readings.read")
        closed = connection_id in self.store.closed
        inputs = None if closed else self.store.inputs_by_id.get(connection_id)
        return inputs, self.store.grants.get(connection_id)


@dataclass(frozen=True)
class ListedRevocations:
    """Implements `RevocationQueue`."""

    store: Store

    def send(self, grant: Grant, *, after: timedelta = timedelta()) -> None:
        self.store.called("revocations.send")
        self.store.to_revoke.append(grant)
        self.store.revocation_delays.append(after)


@dataclass(frozen=True)
class ListedRescues:
    """Implements `RescueQueue`."""

    store: Store

    def send(self, successor: Grant) -> None:
        self.store.called("rescues.send")
        self.store.to_rescue.append(successor)

    def waiting(self) -> int:
        self.store.called("rescues.waiting")
        return len(self.store.to_rescue)


@dataclass(frozen=True)
class StoredSettledRevocations:
    """Implements `SettledRevocations`."""

    store: Store

    def settle(self, grant: Grant) -> None:
        self.store.called("settlements.settle")
        if grant.connection_id in self.store.connections_by_id:
            self.store.settled_by_id[grant.connection_id] = (grant.grant_id, grant.generation)

    def settled(self, grant: Grant) -> bool:
        self.store.called("settlements.settled")
        named, generation = self.store.settled_by_id.get(grant.connection_id, (None, 0))
        return named == grant.grant_id and generation >= grant.generation
