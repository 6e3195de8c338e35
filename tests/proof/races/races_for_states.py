"""Races for a connection's state: claims, and what their holders write, late or in time.

Each is one round, on a connection of its own: it returns who won, and raises AssertionError when
what is stored in the end is not the winner's, or not exactly one won.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from connections.domain.claim import Claim
from connections.domain.connection import Connection, Evidence, Reason, Status
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Grant
from connections.domain.identifiers import GrantId
from tests.builders import HOUR, NOW
from tests.proof.races.storage import ANOTHER, HOLDERS, Storage, successor_of

LATER = NOW + timedelta(minutes=1)
RECORD = FailureRecord(
    status=Status.DEGRADED,
    reason=Reason.PROVIDER_UNAVAILABLE,
    failures=1,
    refresh_at=LATER,
    evidence=Evidence(at=LATER, generation=1, http_status=503, provider_error=None),
    outcome_unknown=False,
)


def claims(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    winner = storage.one_of([partial(_claimed, storage, grant, each) for each in HOLDERS])
    state = storage.state(grant)
    assert (state.claim, state.fence) == (Claim(holder=HOLDERS[winner], until=LATER), 2)
    return "one"


def claims_after_one_that_ended(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    ended = _claimed(storage, grant, "ended")
    assert ended is not None
    until = LATER + HOUR
    winner = storage.one_of(
        [partial(_claimed, storage, grant, each, LATER, until) for each in HOLDERS]
    )
    assert storage.state(grant).claim == Claim(holder=HOLDERS[winner], until=until)
    assert not storage.states.refreshed(ended, successor_of(grant), None, LATER)
    return "one"


def release_and_claims(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    former = _claimed(storage, grant, "first")
    assert former is not None
    release = partial(storage.states.released, former, LATER)
    released, *others = storage.together(
        release, *(partial(_claimed, storage, grant, each) for each in HOLDERS[1:])
    )
    won = [holder for holder, each in zip(HOLDERS[1:], others, strict=True) if each]
    assert released
    assert len(won) <= 1
    claim = storage.state(grant).claim
    assert ([claim.holder] if claim else []) == won
    return "a claim after it" if won else "the release"


def late_failure_and_claim(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    late = _claimed(storage, grant, "late")
    assert late is not None
    recorded, former = storage.together(
        partial(storage.states.failed, late, RECORD, LATER),
        partial(_claimed, storage, grant, "next", LATER, LATER + HOUR),
    )
    assert former is not None
    assert former.failures == (1 if recorded else 0)
    assert storage.state(grant).claim == Claim(holder="next", until=LATER + HOUR)
    return "the claim over the failure" if recorded else "the claim"


def late_failure_and_refresh(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    late = _claimed(storage, grant, "late")
    former = _claimed(storage, grant, "next", LATER, LATER + HOUR)
    assert late is not None
    assert former is not None
    failing = partial(storage.states.failed, late, RECORD, LATER)
    refreshing = partial(storage.states.refreshed, former, successor_of(grant), LATER, LATER)
    assert storage.together(failing, refreshing) == [False, True]
    _alive(storage.state(grant), grant.grant_id, 2)
    return "the refresh"


def refresh_and_disconnect(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    former = _claimed(storage, grant, "holder")
    assert former is not None
    refreshed, disconnected = storage.together(
        partial(storage.states.refreshed, former, successor_of(grant), LATER, LATER),
        partial(storage.states.disconnected, former, LATER),
    )
    assert disconnected
    state = storage.state(grant)
    assert (state.status, state.grant_id, state.claim) == (Status.PENDING, None, None)
    return "the disconnect over the refresh" if refreshed else "the disconnect"


def refresh_and_reconnection(storage: Storage, name: str) -> str:
    grant = storage.connected(name)
    former = _claimed(storage, grant, "holder")
    assert former is not None
    another = replace(grant, grant_id=ANOTHER)
    refreshed, connected = storage.together(
        partial(storage.states.refreshed, former, successor_of(grant), LATER, LATER),
        partial(storage.states.connected, another, LATER, LATER),
    )
    assert connected
    _alive(storage.state(grant), ANOTHER, 1)
    return "the new grant over the refresh" if refreshed else "the new grant"


def _claimed(
    storage: Storage, grant: Grant, holder: str, now: datetime = NOW, until: datetime = LATER
) -> Connection | None:
    return storage.states.claim(grant.connection_id, Claim(holder=holder, until=until), now)


def _alive(state: Connection, grant_id: GrantId, generation: int) -> None:
    assert (state.status, state.claim) == (Status.ACTIVE, None)
    assert (state.grant_id, state.generation) == (grant_id, generation)
