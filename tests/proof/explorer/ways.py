"""The ways in which a call may go, each call on the same part of the world worked out once."""

from typing import Any

from connections.domain.connection import Inputs
from tests.proof.explorer.behaviour import Point
from tests.proof.explorer.instants import TIMES
from tests.proof.explorer.interning import Interner
from tests.proof.explorer.provider import exchanges
from tests.proof.explorer.states import FIRST_PART, INSTANT, PROVIDER, State
from tests.proof.explorer.storage import COMMITS, TOUCHED, effects


class Ways:
    """The ways of calls, as numbers: of parts, servers and answers."""

    def __init__(
        self, inputs: Inputs, answers: Interner, faults: frozenset[str] | None = COMMITS
    ) -> None:
        self.inputs = inputs
        self.answers = answers
        self.faults = faults
        self.parts = Interner()
        self.providers = Interner()
        self._effects: dict[tuple[int, bool, int], tuple[tuple[int, int, bool], ...]] = {}
        self._exchanges: dict[tuple[Any, ...], tuple[tuple[int, int, bool, bool], ...]] = {}

    def effected(self, state: State, point: Point) -> tuple[tuple[int, int, bool], ...]:
        """Return how a call of storage may go: the part that it touches, the answer, how good."""
        call = point.call
        assert call is not None
        touched = TOUCHED[call.port]
        failing = call.name in point.failing
        key = (point.call_number, failing, state[FIRST_PART + touched])
        ways = self._effects.get(key)
        if ways is None:
            stored, grant, revoked, rescued = map(
                self.parts.values.__getitem__, state[FIRST_PART:PROVIDER]
            )
            parts = (stored, grant, revoked, rescued)
            ways = self._effects[key] = tuple(
                (
                    self.parts.number(effect.parts[touched]),
                    self.answers.number(effect.answer),
                    effect.good,
                )
                for effect in effects(call, parts, self.inputs, failing=failing, faults=self.faults)
            )
        return ways

    def exchanged(self, state: State, point: Point) -> tuple[tuple[int, int, bool, bool], ...]:
        """Return how a request may go: the server after it, the answer, and how good that is."""
        key = (point.call_number, state[PROVIDER], state[INSTANT], point.slept)
        ways = self._exchanges.get(key)
        if ways is None:
            assert point.call is not None
            provider = self.providers.values[state[PROVIDER]]
            now = TIMES[state[INSTANT]] + point.slept
            ways = self._exchanges[key] = tuple(
                (
                    self.providers.number(exchange.after),
                    self.answers.number(exchange.answer),
                    exchange.good,
                    exchange.lost,
                )
                for exchange in exchanges(provider, point.call.args[0], now)
            )
        return ways
