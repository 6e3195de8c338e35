"""What each actor does after each history: a function, so its code is run once for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connections.domain.errors import ConnectionsError
from tests.proof.explorer.actors import Actor
from tests.proof.explorer.calls import (
    LOCAL,
    SHARED,
    Answer,
    Call,
    Killed,
    Ports,
    Run,
    Suspended,
)
from tests.proof.explorer.instants import TIMES
from tests.proof.explorer.interning import Interner

History = tuple[int, ...]
"""What the calls so far were answered, by the numbers of the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How far an actor has come: it waits for the answer to a call, or is at its end."""

    number: int
    actor: int
    history: History
    call: Call | None
    call_number: int
    finished: Answer | None
    """What it returned or raised; None while it runs, or if it was killed."""
    slept: timedelta
    deadline: datetime | None
    holds: int
    """The number of the newest refresh token that it has received."""
    changed: bool
    """Whether others can see that it was there."""
    failing: frozenset[str]
    """Calls that go on failing for it."""

    def killed_at(self, instant: int) -> bool:
        """Tell whether its invocation is over by then."""
        return self.deadline is not None and TIMES[instant] + self.slept >= self.deadline


class Behaviour:
    """The points at which actors can be, by number."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self.actors = actors
        self.points: list[Point] = []
        self.answers = Interner()
        self._calls = Interner()
        self._by_history: dict[tuple[int, History], int] = {}
        self._after: dict[tuple[int, int, int], int] = {}
        self._begun: dict[tuple[int, int], int] = {}
        self._later: dict[tuple[int, int], tuple[int, ...]] = {}

    def begun(self, actor: int, instant: int) -> int:
        """Return where an actor is that begins."""
        point = self._begun.get((actor, instant))
        if point is None:
            point = self._begun[actor, instant] = self._run(actor, (), instant)
        return point

    def after(self, point: int, answer: int, instant: int) -> int:
        """Return where an actor is after the answer to the call at which it waited."""
        key = (point, answer, instant)
        following = self._after.get(key)
        if following is None:
            here = self.points[point]
            following = self._after[key] = self._run(here.actor, (*here.history, answer), instant)
        return following

    def later(self, point: int, instant: int) -> tuple[int, ...]:
        """Return where an actor may be when time has moved on: it may have looked before or after.

        Its clock shows the new time wherever it looked since the last answer, or from there on.
        """
        key = (point, instant)
        if key not in self._later:
            here = self.points[point]
            looks = {self._run(here.actor, cut, instant) for cut in self._before_looks(here)}
            self._later[key] = (point, *sorted(looks - {point}))
        return self._later[key]

    def _run(self, actor: int, history: History, instant: int) -> int:
        answers = [self.answers.values[each] for each in history]
        run = Run(history=answers, instant=TIMES[instant], life=self.actors[actor].life)
        call, finished = None, None
        try:
            value = self.actors[actor].program(Ports(run))
            finished = Answer(name="end", value=value)
        except ConnectionsError as error:
            finished = Answer(name="end", error=error)
        except Suspended as suspended:
            call = suspended.call
        except Killed:
            finished = None
        history += tuple(self.answers.number(each) for each in run.history[len(history) :])
        number = self._by_history.get((actor, history))
        if number is None:
            number = self._by_history[actor, history] = len(self.points)
            self.points.append(self._point(actor, history, run, call, finished))
        return number

    def _point(
        self, actor: int, history: History, run: Run, call: Call | None, finished: Answer | None
    ) -> Point:
        failing = {each.name for each in run.history if each.lasting}
        return Point(
            number=len(self.points),
            actor=actor,
            history=history,
            call=call,
            call_number=-1 if call is None else self._calls.number(call),
            finished=finished,
            slept=run.slept,
            deadline=run.deadline,
            changed=any(each.changing for each in run.history),
            holds=max((each.issued for each in run.history), default=0),
            failing=frozenset(failing),
        )

    def _before_looks(self, here: Point) -> Iterator[History]:
        """Return the histories before each look at the clock since the last shared answer."""
        for length in range(len(here.history) - 1, -1, -1):
            name = self.answers.values[here.history[length]].name
            port, _, method = name.partition(".")
            if port in SHARED and method not in LOCAL:
                return
            if name == "clock.now" and length > 0:
                yield here.history[:length]
