"""Every run there can be of some actors over one world, each state of it once.

A state is the instant, what is stored, what the server knows, what may still go wrong, and the
point at which each actor is. From each state every actor may take its next step, in every way in
which that may go; any may be killed; and time may move on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from typing import Any

from connections.domain.connection import Inputs
from connections.domain.grant import Grant
from connections.oauth.messages import ServerRequest
from tests.proof.explorer.actors import DISCONNECT, Actor, reader, rescuer
from tests.proof.explorer.behaviour import Behaviour, Point
from tests.proof.explorer.instants import ALL, RESCUED_BY
from tests.proof.explorer.interning import Interner
from tests.proof.explorer.provider import Provider, number, presented
from tests.proof.explorer.states import (
    FIRST_ACTOR,
    FIRST_PART,
    GONE,
    INSTANT,
    KILLED,
    MARKS,
    NOBODY,
    PROVIDER,
    WAITING,
    Marks,
    State,
)
from tests.proof.explorer.storage import COMMITS, RESCUES, TOKENS, TOUCHED, Parts
from tests.proof.explorer.ways import Ways


class Space:
    """The states, and what leads from one to the next."""

    def __init__(
        self,
        actors: Sequence[Actor],
        parts: Parts,
        provider: Provider,
        marks: Marks,
        inputs: Inputs,
        *,
        moments: Sequence[int] = ALL,
        faults: frozenset[str] | None = COMMITS,
        late_rescues: bool = False,
    ) -> None:
        self._next = dict(pairwise(moments))
        late = [reader("afterwards", timedelta()), rescuer("late")]
        self.behaviour = Behaviour([*actors, *late])
        self.late_reader, self.late_rescuer = range(len(actors), len(self.behaviour.actors))
        self._after_another = {
            place for place in range(1, len(actors)) if actors[place].kin == actors[place - 1].kin
        }
        self.ways = Ways(inputs, self.behaviour.answers, faults)
        self.parts, self.providers, self.marks = self.ways.parts, self.ways.providers, Interner()
        self.late_rescues = late_rescues
        self._marked: dict[tuple[Any, ...], int] = {}
        self.beginning: State = (
            0,
            *(self.parts.number(each) for each in parts),
            self.providers.number(provider),
            self.marks.number(marks),
            *(WAITING for _ in actors),
        )

    def following(self, state: State) -> Iterator[tuple[State, int, int]]:
        """Return the states that may follow, each with who acts and the answer.

        Where time moves on nobody acts: -1.
        """
        marks = self.marks.values[state[MARKS]]
        for place in range(FIRST_ACTOR, len(state)):
            actor = place - FIRST_ACTOR
            point = self.point_of(state, actor)
            if point is None:
                continue
            yield from self._stepping(state, place, point, marks)
            if marks.mishaps and point.changed:
                yield self._killed(state, place, crash=True), actor, KILLED
        for later in self._later(state):
            yield later, NOBODY, KILLED

    def point_of(self, state: State, actor: int) -> Point | None:
        """Return where an actor is, who may just begin; None if it has ended, or cannot.

        Nobody sees when it begins, only its first call. Of those who are alike the first begins.
        """
        point = state[FIRST_ACTOR + actor]
        if point == WAITING and self.enabled(actor, state):
            point = self.behaviour.begun(actor, state[INSTANT])
        return self.behaviour.points[point] if point >= 0 else None

    def enabled(self, actor: int, state: State) -> bool:
        """Tell whether somebody who has not begun may: has something to do, and is next."""
        if actor in self._after_another and state[FIRST_ACTOR + actor - 1] == WAITING:
            return False
        return self.rescuable(state) or not self.behaviour.actors[actor].rescuer

    def rescuable(self, state: State) -> bool:
        """Tell whether a token set waits to be rescued."""
        return bool(self.rescued(state))

    def rescued(self, state: State) -> Sequence[Grant]:
        """Return the token sets that wait to be stored."""
        waiting: Sequence[Grant] = self.parts.values[state[FIRST_PART + RESCUES]]
        return waiting

    def _stepping(
        self, state: State, place: int, point: Point, marks: Marks
    ) -> Iterator[tuple[State, int, int]]:
        """Carry out the call at which an actor waits, in every way."""
        actor, call = place - FIRST_ACTOR, point.call
        assert call is not None
        if call.port == "servers":
            for after, answer, good, lost in self.ways.exchanged(state, point):
                if good or marks.mishaps:
                    changed = self._sent(state, after, good=good, lost=lost)
                    if self.late_rescues:
                        changed = self._overtaking(changed, actor, call.args[0])
                    yield self._answered(changed, place, point, answer), actor, answer
            return
        touched = FIRST_PART + TOUCHED[call.port]
        for part, answer, good in self.ways.effected(state, point):
            if good or marks.mishaps:
                changed = (*state[:touched], part, *state[touched + 1 :])
                if not good:
                    changed = self._remarked(changed, mishaps=marks.mishaps - 1)
                yield self._answered(changed, place, point, answer), actor, answer

    def _answered(self, state: State, place: int, point: Point, answer: int) -> State:
        return self._moved(state, place, self.behaviour.after(point.number, answer, state[INSTANT]))

    def _moved(self, state: State, place: int, point: int) -> State:
        """Put an actor at a point; one that is at its end leaves."""
        state = (*state[:place], point, *state[place + 1 :])
        here = self.behaviour.points[point]
        if here.call is not None:
            return state
        if here.finished is None:
            return self._killed(state, place)
        name = self.behaviour.actors[here.actor].name
        if name == DISCONNECT and here.finished.error is None:
            state = self._remarked(state, disconnected=True)
        return self._left(state, place, here)

    def _killed(self, state: State, place: int, *, crash: bool = False) -> State:
        """End an actor; what it alone held is lost."""
        here = self.behaviour.points[state[place]]
        marks = self.marks.values[state[MARKS]]
        if crash:
            state = self._remarked(state, mishaps=marks.mishaps - 1)
        if here.holds:
            state = self._remarked(state, lost=marks.lost | {here.holds})
        return self._left(state, place, here)

    def _left(self, state: State, place: int, here: Point) -> State:
        return (*state[:place], GONE if here.changed else WAITING, *state[place + 1 :])

    def _later(self, state: State) -> Iterator[State]:
        """Let time move on: whoever's invocation is over is killed."""
        instant = self._next.get(state[INSTANT])
        if instant is None:
            return
        if instant in RESCUED_BY and self.rescuable(state) and not self.late_rescues:
            return
        moved: State = (instant, *state[1:])
        choices: list[tuple[int, ...]] = []
        for place in range(FIRST_ACTOR, len(state)):
            point = state[place]
            if point >= 0 and self.behaviour.points[point].killed_at(instant):
                moved = self._killed(moved, place)
                choices.append((moved[place],))
            else:
                choices.append(self._still(state, place, instant))
        for chosen in product(*choices):
            after: State = (*moved[:FIRST_ACTOR], *chosen)
            for place in range(FIRST_ACTOR, len(state)):
                if after[place] >= 0:
                    after = self._moved(after, place, after[place])
            yield after

    def _still(self, state: State, place: int, instant: int) -> tuple[int, ...]:
        """Return where somebody may be whom it does not kill that time moves on.

        Who has not called anything yet may have begun before.
        """
        point = state[place]
        if point >= 0:
            return self.behaviour.later(point, instant)
        if point == WAITING and self.enabled(place - FIRST_ACTOR, state):
            begun = self.behaviour.begun(place - FIRST_ACTOR, state[INSTANT])
            if not self.behaviour.points[begun].killed_at(instant):
                return (WAITING, *self.behaviour.later(begun, instant))
        return (point,)

    def _sent(self, state: State, after: int, *, good: bool, lost: bool) -> State:
        """Return the state after a request."""
        state = (*state[:PROVIDER], after, *state[PROVIDER + 1 :])
        marks = self.marks.values[state[MARKS]]
        if not good:
            state = self._remarked(state, mishaps=marks.mishaps - 1)
        if lost:
            current = self.providers.values[after].current
            state = self._remarked(state, lost=marks.lost | {current})
        return state

    def _overtaking(self, state: State, actor: int, request: ServerRequest) -> State:
        grant = self.parts.values[state[FIRST_PART + TOKENS]]
        if presented(request)[1] >= number(grant):
            return state
        marks = self.marks.values[state[MARKS]]
        return self._remarked(state, overtaken=marks.overtaken | {actor})

    def _remarked(self, state: State, **changes: Any) -> State:
        key = (state[MARKS], *sorted(changes.items()))
        number = self._marked.get(key)
        if number is None:
            marks = replace(self.marks.values[state[MARKS]], **changes)
            number = self._marked[key] = self.marks.number(marks)
        return (*state[:MARKS], number, *state[MARKS + 1 :])
