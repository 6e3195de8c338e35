"""The breakages: each replaces one thing of the code, and leaves the rest."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connections.application import read_credentials, refresh, spend
from connections.application.gate import Gate
from connections.application.invocation import Invocation
from connections.application.keep_tokens import TokenKeeper
from connections.application.refresh import Refresher
from connections.application.refresh_outcome import Outcome, Result
from connections.application.rescue import Rescuer
from connections.application.spend import Spender
from connections.domain import failed_refresh
from connections.domain import refresh as refreshing
from connections.domain.claim import Claim
from connections.domain.connection import Connection, Status
from connections.domain.errors import Unavailable
from connections.domain.failed_refresh import FailureRecord, after_failure
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId
from connections.domain.refresh import Need, Step
from connections.oauth import token_response
from tests.doubles.grants import StoredStates, StoredTokens

Patch = pytest.MonkeyPatch


def no_second_look(patch: Patch) -> None:
    """Spend what was read before the claim."""
    through = Refresher.refresh_through

    def looking_before(
        self: Refresher,
        gate: Gate,
        connection_id: ConnectionId,
        need: Need,
        invocation: Invocation,
    ) -> Outcome:
        before = ReadBefore(self.tokens, self.tokens.get(connection_id))
        tokens: Any = before
        return through(replace(self, tokens=tokens), gate, connection_id, need, invocation)

    patch.setattr(Refresher, "refresh_through", looking_before)
    patch.setattr(refresh, "after_claiming", lambda *_, **__: Step.SPEND)


@dataclass
class ReadBefore:
    """Tokens whose first reading is an old one."""

    tokens: Any
    before: Grant | None
    read: bool = False

    def get(self, connection_id: ConnectionId) -> Grant | None:
        first, self.read = not self.read, True
        stored: Grant | None = self.before if first else self.tokens.get(connection_id)
        return stored

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tokens, name)


def no_claim(patch: Patch) -> None:
    """Let everybody through, as if nobody else was there."""
    claim = StoredStates.claim

    def granting(
        self: StoredStates, connection_id: ConnectionId, wanted: Claim, now: datetime
    ) -> Connection | None:
        former = self.store.connections_by_id[connection_id]
        alone = replace(former, claim=None, spending=None)
        self.store.connections_by_id[connection_id] = alone
        return claim(self, connection_id, wanted, now)

    patch.setattr(StoredStates, "claim", granting)


def short_claims(patch: Patch) -> None:
    """Let claims end too soon. While others are patient with claims that ended, it does no harm."""
    patch.setattr(refresh, "claim_end", lambda deadline: deadline - timedelta(seconds=15))
    no_patience(patch)


def endless_claims(patch: Patch) -> None:
    patch.setattr(refresh, "claim_end", lambda deadline: deadline + timedelta(days=365))


def unconditional_commit(patch: Patch) -> None:
    patch.setattr(StoredTokens, "succeed", _stored)


def _stored(self: StoredTokens, successor: Grant) -> bool:
    self.store.grants[successor.connection_id] = successor
    return True


def unconditional_delete(patch: Patch) -> None:
    def deleting(self: StoredTokens, grant: Grant) -> bool:
        self.store.grants.pop(grant.connection_id, None)
        return True

    patch.setattr(StoredTokens, "delete", deleting)


def unfenced_failure(patch: Patch) -> None:
    failed = StoredStates.failed

    def failing(
        self: StoredStates, former: Connection, record: FailureRecord, now: datetime
    ) -> bool:
        fence = self.store.connections_by_id[former.id].fence
        return failed(self, replace(former, fence=fence - 1), record, now)

    patch.setattr(StoredStates, "failed", failing)


def blank_token_stored(patch: Patch) -> None:
    patch.setattr(token_response, "sendable", lambda _: True)


def unknown_forgotten(patch: Patch) -> None:
    def forgetting(*args: Any, **named: Any) -> FailureRecord:
        return replace(after_failure(*args, **named), outcome_unknown=False)

    patch.setattr(spend, "after_failure", forgetting)


def every_failure_final(patch: Patch) -> None:
    """Take whatever fails for the end of the grant."""
    patch.setattr(failed_refresh, "_status", lambda *_, **__: Status.RECONNECT_REQUIRED)


def first_reading_handed_out(patch: Patch) -> None:
    """Let a reader have what was stored before somebody else refreshed it."""
    usable = read_credentials._usable

    def usable_before(outcome: Outcome, read: Grant | None, now: datetime) -> Grant:
        by_another = outcome.result is Result.CURRENT
        return read if read and by_another else usable(outcome, read, now)

    patch.setattr(read_credentials, "_usable", usable_before)


def spending_released(patch: Patch) -> None:
    released = StoredStates.released

    def forgetting(self: StoredStates, former: Connection, refresh_at: datetime | None) -> bool:
        return released(self, replace(former, spending=None), refresh_at)

    patch.setattr(StoredStates, "released", forgetting)


def no_look_at_the_winner(patch: Patch) -> None:
    patch.setattr(TokenKeeper, "winner", lambda *_: None)


def no_hold(patch: Patch) -> None:
    patch.setattr(refreshing, "_too_soon", lambda *_: False)


def no_patience(patch: Patch) -> None:
    patch.setattr(refreshing, "RESCUE_PATIENCE", timedelta())


def reuse_without_grace(patch: Patch) -> None:
    patch.setattr(Spender, "_again", lambda *_: True)


def never_mended(patch: Patch) -> None:
    patch.setattr(refreshing, "ahead", lambda *_: False)


def fence_left(patch: Patch) -> None:
    disconnected = StoredStates.disconnected

    def leaving(self: StoredStates, former: Connection, *args: Any) -> bool:
        fence = self.store.connections_by_id[former.id].fence
        done = disconnected(self, former, *args)
        left = replace(self.store.connections_by_id[former.id], fence=fence)
        self.store.connections_by_id[former.id] = left
        return done

    patch.setattr(StoredStates, "disconnected", leaving)


def no_rescue(patch: Patch) -> None:
    def dropping(*_: Any) -> None:
        raise Unavailable("The token set was dropped.")

    patch.setattr(TokenKeeper, "_rescue", dropping)


def unconditional_rescue(patch: Patch) -> None:
    """Let the rescue, and nothing else, store without a condition."""
    rescue, succeed = Rescuer.rescue, StoredTokens.succeed

    def forcing(self: Rescuer, successor: Grant, invocation: Invocation) -> None:
        tokens: Any = Forced(self.refresher.tokens)
        rescue(
            replace(self, refresher=replace(self.refresher, tokens=tokens)), successor, invocation
        )

    def forced(self: StoredTokens, successor: Grant, *, always: bool = False) -> bool:
        return _stored(self, successor) if always else succeed(self, successor)

    patch.setattr(Rescuer, "rescue", forcing)
    patch.setattr(StoredTokens, "succeed", forced)


@dataclass
class Forced:
    """Tokens that are stored whatever is there."""

    tokens: Any

    def succeed(self, successor: Grant) -> bool:
        done: bool = self.tokens.succeed(successor, always=True)
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tokens, name)


def rescue_given_up(patch: Patch) -> None:
    """Let a message of the rescue queue be deleted although nothing was stored."""
    rescue = Rescuer.rescue

    def giving_up(self: Rescuer, successor: Grant, invocation: Invocation) -> None:
        try:
            rescue(self, successor, invocation)
        except Unavailable:
            return

    patch.setattr(Rescuer, "rescue", giving_up)
