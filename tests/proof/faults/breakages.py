"""Deliberate breakages of the service, each of which the proof must find."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from connections.adapters.rescue_queue import SqsRescueQueue
from connections.adapters.states_table import DynamoStates
from connections.adapters.tokens_table import DynamoTokens
from connections.application.keep_tokens import TokenKeeper
from connections.application.refresh_outcome import Outcome
from connections.domain import refresh
from connections.domain.connection import Connection
from connections.domain.errors import Unavailable
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Grant
from connections.oauth.client import OAuthClient
from tests.proof.faults.faults import Fault
from tests.proof.faults.paths import DUE_CONNECTION, READING, Path
from tests.proof.faults.steps import COMMIT, STATE, TOKEN_REQUEST, Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """A change of the service, and the fault by which it is found."""

    name: str
    apply: Callable[[pytest.MonkeyPatch], None]
    path: Path = DUE_CONNECTION
    call: Call = COMMIT
    fault: Fault


def _swallow_errors_of_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    succeed = DynamoTokens.succeed

    def hopeful(tokens: DynamoTokens, successor: Grant) -> bool:
        try:
            return succeed(tokens, successor)
        except Unavailable:
            return True

    monkeypatch.setattr(DynamoTokens, "succeed", hopeful)


def _bring_the_state_up_before_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    succeed = TokenKeeper.succeed

    def hasty(
        keeper: TokenKeeper,
        former: Connection,
        successor: Grant,
        client: OAuthClient,
        deadline: datetime,
    ) -> Outcome:
        keeper.bring_up(former, successor, client)
        return succeed(keeper, former, successor, client, deadline)

    monkeypatch.setattr(TokenKeeper, "succeed", hasty)


def _forget_that_an_answer_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = DynamoStates.failed

    def forgetful(
        states: DynamoStates, former: Connection, record: FailureRecord, now: datetime
    ) -> bool:
        return failed(states, former, replace(record, outcome_unknown=False), now)

    monkeypatch.setattr(DynamoStates, "failed", forgetful)


def _drop_what_is_to_be_rescued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqsRescueQueue, "send", lambda _queue, _successor: None)


def _wait_for_no_rescue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "RESCUE_PATIENCE", timedelta())


BREAKAGES = (
    Breakage(
        name="errors of the commit are swallowed",
        apply=_swallow_errors_of_the_commit,
        fault=Fault.THROTTLED,
    ),
    Breakage(
        name="the state is brought up before the commit",
        apply=_bring_the_state_up_before_the_commit,
        call=STATE,
        fault=Fault.KILLED_AFTER,
    ),
    Breakage(
        name="nobody remembers that an answer was lost",
        apply=_forget_that_an_answer_was_lost,
        call=TOKEN_REQUEST,
        fault=Fault.ANSWER_LOST,
    ),
    Breakage(
        name="what is to be rescued is dropped",
        apply=_drop_what_is_to_be_rescued,
        fault=Fault.THROTTLED_ON,
    ),
    Breakage(
        name="nobody waits for a rescue",
        apply=_wait_for_no_rescue,
        path=READING,
        fault=Fault.THROTTLED_ON,
    ),
)
