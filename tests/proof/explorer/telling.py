"""A way through the states, told: who called what, and what came back, a line each."""

from collections.abc import Iterator, Sequence
from dataclasses import is_dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from connections.application.read_credentials import Credentials
from connections.application.refresh_outcome import Outcome
from connections.domain.claim import Claim, Spending
from connections.domain.connection import Connection
from connections.domain.failed_refresh import FailureRecord
from connections.domain.grant import Grant
from connections.oauth.messages import ServerRequest
from tests.proof.explorer.calls import Answer, Call
from tests.proof.explorer.instants import NAMES
from tests.proof.explorer.provider import presented
from tests.proof.explorer.space import Space
from tests.proof.explorer.states import FIRST_ACTOR, INSTANT, KILLED, State

ALWAYS_THE_SAME = (datetime, Claim, str)
"""Kinds of arguments that a trace does not need."""


def told(space: Space, way: Sequence[State]) -> list[str]:
    """Return the lines that tell a way from the beginning to its last state."""
    lines = [f"-- {NAMES[0]}"]
    for state, following in pairwise(way):
        lines.extend(_step(space, state, following))
    return lines


def _step(space: Space, state: State, following: State) -> Iterator[str]:
    for after, actor, answer in space.following(state):
        if after != following:
            continue
        if actor < 0:
            yield f"-- {NAMES[following[INSTANT]]}"
            for place, (before, now) in enumerate(zip(state, following, strict=True)):
                if place >= FIRST_ACTOR and now < 0 <= before:
                    name = space.behaviour.actors[place - FIRST_ACTOR].name
                    yield f"{name:11}: is killed, if it has not ended"
            return
        name = space.behaviour.actors[actor].name
        point = space.point_of(state, actor)
        if answer == KILLED or point is None or point.call is None:
            yield f"{name:11}: crashes"
            return
        given: Answer = space.behaviour.answers.values[answer]
        came = given.words or _value(given.error or given.value)
        yield f"{name:11}: {_call(point.call)} -> {came}"
        end = space.behaviour.points[space.behaviour.after(point.number, answer, state[INSTANT])]
        if end.finished is not None:
            yield f"{name:11}: ends: {_value(end.finished.error or end.finished.value)}"
        return


def _call(call: Call) -> str:
    values = [_value(each) for each in call.args if not isinstance(each, ALWAYS_THE_SAME)]
    return f"{call.name}({', '.join(each for each in values if each)})"


def _value(value: Any) -> str:
    """Return what matters of a value in a line; nothing of what is always the same."""
    match value:
        case Grant():
            return f"generation {value.generation} with {value.tokens.refresh_token or 'none'!s}"
        case Connection():
            spent = isinstance(value.spending, Spending) and value.spending.generation
            spending = f", spending {spent}" if spent else ""
            return f"state {value.status}, generation {value.generation}{spending}"
        case FailureRecord():
            return f"{value.status}, {value.reason}"
        case Outcome():
            return value.result.value
        case Credentials():
            return str((value.token or {}).get("access_token"))
        case ServerRequest():
            return _request(value)
        case Exception():
            return type(value).__name__
        case tuple():
            return ", ".join(filter(None, map(_value, value))) or "nothing"
    return "" if is_dataclass(value) else str(value)


def _request(request: ServerRequest) -> str:
    asks, number, of_refresh = presented(request)
    return f"{'' if asks else 'revoke '}{'r' if of_refresh else 'a'}{number}"
