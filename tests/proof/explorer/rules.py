"""What must hold in every state, and of every step."""

from datetime import datetime, timedelta
from typing import Any

from connections.application.read_credentials import Credentials
from connections.domain.connection import Connection, Reason, Status, UseOutcome
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Grant
from connections.domain.refresh import SHORTLY_BEFORE_END
from tests.proof.explorer.behaviour import Point
from tests.proof.explorer.calls import Call
from tests.proof.explorer.instants import INVOCATION, TIMES
from tests.proof.explorer.provider import Kind, Provider, number, presented
from tests.proof.explorer.space import Space
from tests.proof.explorer.states import (
    FIRST_ACTOR,
    FIRST_PART,
    INSTANT,
    KILLED,
    MARKS,
    PROVIDER,
    Marks,
    State,
)

NO_REUSE = "1 no refresh token is sent whose successor is at hand"
NOTHING_LOST = "2 the newest token set is kept somewhere, or is on record as unknown"
NEVER_DEAD = "3 no live grant is reconnect-required"
CLAIMS_END = "4 every claim has an end"
AFTERWARDS = "5 when all is over, what lives can be read, and what was ended is gone"
LIVE_TOKEN = "6 no reader is handed a dead token while a live one is stored"
NOTHING_KILLED = "7 no reuse ends an access token that still works"
STILL_SPENT = "8 a grant ends only while the generation that was spent is still stored"
"""The only rule where rescues may come after everybody has ceased to wait for them."""
LONGEST_CLAIM = 3 * INVOCATION
"""No claim ends later than so long from now: invocation, margin, and what an actor has slept."""


class Rules:
    """The rules for states and steps; what depends on few things is decided once for them."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._known: dict[tuple[Any, ...], str | None] = {}

    def broken_by_state(self, state: State) -> str | None:
        """Return the rule that does not hold here, if there is one."""
        if self.space.late_rescues:
            return None
        held = self._held(state)
        key = (held, *state[:FIRST_ACTOR])
        if key not in self._known:
            self._known[key] = self._in_storage(state, held)
        return self._known[key]

    def broken_by_step(self, state: State, after: State, actor: int, answer: int) -> str | None:
        """Return the rule that a step breaks, if there is one."""
        point = None if answer == KILLED else self.space.point_of(state, actor)
        if point is None or point.call is None:
            return None
        if self.space.late_rescues:
            return self._by_ending_grant(state, actor, point.call)
        if point.call.port == "servers":
            return self._by_sending(state, point)
        if after[FIRST_ACTOR + actor] < 0:
            behaviour = self.space.behaviour
            end = behaviour.after(point.number, answer, state[INSTANT])
            return self._by_ending(after, behaviour.points[end])
        return None

    def _held(self, state: State) -> frozenset[int]:
        points = self.space.behaviour.points
        return frozenset(points[each].holds for each in state[FIRST_ACTOR:] if each >= 0)

    def _in_storage(self, state: State, held: frozenset[int]) -> str | None:
        now = TIMES[state[INSTANT]]
        stored, grant, revoked, rescued = self.parts_of(state)
        provider: Provider = self.space.providers.values[state[PROVIDER]]
        marks: Marks = self.space.marks.values[state[MARKS]]
        if stored.claim is not None and stored.claim.until > now + LONGEST_CLAIM:
            return CLAIMS_END
        if not provider.alive:
            return None
        kept = held | {number(each) for each in (grant, *rescued)}
        if stored.status is Status.RECONNECT_REQUIRED and provider.current in kept:
            return NEVER_DEAD
        if provider.current in kept | {number(each) for each in revoked}:
            return None
        on_record = provider.current in marks.lost and _unknown(stored, grant)
        return None if on_record else NOTHING_LOST

    def _by_sending(self, state: State, point: Point) -> str | None:
        assert point.call is not None
        asks, token, _ = presented(point.call.args[0])
        before: Provider = self.space.providers.values[state[PROVIDER]]
        if not asks or before.kind is Kind.NO_ROTATION:
            return None
        stored, grant, _, rescued = self.parts_of(state)
        at_hand = self._held(state) | {number(each) for each in (grant, *rescued)}
        if any(each > token for each in at_hand):
            return NO_REUSE
        now = TIMES[state[INSTANT]] + point.slept
        used_up = before.asked(token, now)[0]
        if before.alive and not used_up.alive and _works_on(stored, grant, now):
            return NOTHING_KILLED
        return None

    def _by_ending_grant(self, state: State, actor: int, call: Call) -> str | None:
        marks: Marks = self.space.marks.values[state[MARKS]]
        if call.name != "states.failed" or actor not in marks.overtaken:
            return None
        record: FailureRecord = call.args[1]
        return STILL_SPENT if record.status is Status.RECONNECT_REQUIRED else None

    def _by_ending(self, state: State, point: Point) -> str | None:
        """Return the rule that an actor's end breaks; `state` is the one in which it ends."""
        end = point.finished
        if end is None or not isinstance(end.value, Credentials):
            return None
        now = TIMES[state[INSTANT]] + point.slept
        _, grant, _, _ = self.parts_of(state)
        handed = end.value.expires_at
        dead = handed is not None and handed <= now
        live = grant is not None and grant.tokens.alive(now)
        return LIVE_TOKEN if dead and live else None

    def parts_of(
        self, state: State
    ) -> tuple[Connection, Grant | None, tuple[Grant, ...], tuple[Grant, ...]]:
        """Return what is stored: state item, tokens item, and what is queued."""
        values = self.space.parts.values
        stored, grant, revoked, rescued = (values[each] for each in state[FIRST_PART:PROVIDER])
        return stored, grant, revoked, rescued


def _unknown(stored: Connection, grant: Grant | None) -> bool:
    """Tell whether it is on record that an answer was lost; nothing is after a disconnect."""
    if grant is None or stored.reason is Reason.ANSWER_LOST:
        return True
    spending = stored.spending
    spent = (grant.grant_id, grant.generation)
    return spending is not None and (spending.grant_id, spending.generation) == spent


def _works_on(stored: Connection, grant: Grant | None, now: datetime) -> bool:
    """Tell whether the access token works for a while yet, as far as anybody told."""
    ends = grant.tokens.expires_at if grant else None
    if grant is None or ends is None:
        return False
    use = stored.last_use
    refused = use is not None and use.outcome is UseOutcome.UNAUTHORIZED
    if refused and use is not None and use.at >= grant.tokens.issued_at:
        return False
    return now < ends - SHORTLY_BEFORE_END + timedelta(seconds=1)
