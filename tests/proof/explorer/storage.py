"""Storage as the doubles have it, which are tested against the same contracts as the real one.

A call is carried out on a world that holds what is stored, and what it leaves is taken out again.
Of each port the calls touch one part, so the same call on the same part is carried out once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from connections.domain.connection import Connection, Evidence, Inputs
from connections.domain.errors import ConnectionsError, Unavailable
from connections.domain.grant import Grant
from tests.builders import CONNECTION, NOW
from tests.doubles.world import World
from tests.proof.explorer.calls import Answer, Call, unreachable

Parts = tuple[Connection, Grant | None, tuple[Grant, ...], tuple[Grant, ...]]
STATE, TOKENS, REVOCATIONS, RESCUES = range(4)
TOUCHED = {
    "states": STATE,
    "connections": STATE,
    "index": STATE,
    "tokens": TOKENS,
    "readings": TOKENS,
    "sealed_tokens": TOKENS,
    "revocations": REVOCATIONS,
    "rescues": RESCUES,
}
"""The one part that each port reads or writes. Of a queue the runtime receives and deletes."""
COMMITS = frozenset({"tokens.succeed", "states.refreshed"})
"""The writes that a refresh leaves."""
LASTING = frozenset({"tokens.succeed"})
"""Those that may go on failing until the invocation ends."""


class Unread(StrEnum):
    """Stands for times and evidence on which nothing depends."""

    UNREAD = "unread"


UNREAD = Unread.UNREAD
_EVIDENCE = Evidence(at=NOW, generation=0, http_status=None, provider_error=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One way in which a call may go."""

    parts: Parts
    answer: Answer
    good: bool = True


def effects(
    call: Call, parts: Parts, inputs: Inputs, *, failing: bool, faults: frozenset[str] | None
) -> Iterator[Effect]:
    """Return how a call may go: as it should first.

    `failing`: it goes on as it failed before. `faults` are those that may fail; None: any.
    """
    refused = Unavailable(f"{call.name} does not answer")
    if failing:
        words = "no answer, as before"
        answer = _failed(call, refused, words, lasting=True)
        yield Effect(parts=parts, answer=answer)
        return
    done = _done(call, parts, inputs)
    yield done
    if call.name == "rescues.waiting" and done.answer.value:
        # A queue tells about how many messages wait: one that was just sent may not be counted.
        yield Effect(parts=parts, answer=Answer(name=call.name, value=0))
    if (faults is not None and call.name not in faults) or done.answer.error is not None:
        return
    for lasting in (False, True) if call.name in LASTING else (False,):
        ways = {"not done": parts, "done, the answer was lost": done.parts}
        for words, left in ways.items():
            told = words + (", and so from now on" if lasting else "")
            answer = _failed(call, refused, told, lasting=lasting)
            yield Effect(parts=left, answer=answer, good=False)


def _failed(call: Call, error: Unavailable, words: str, *, lasting: bool) -> Answer:
    return Answer(name=call.name, error=error, words=words, lasting=lasting, changing=True)


def _done(call: Call, parts: Parts, inputs: Inputs) -> Effect:
    state, grant, revocations, rescues = parts
    world = World().holding(state, inputs, grant)
    world.to_revoke.extend(revocations)
    world.to_rescue.extend(rescues)
    try:
        value, error = _carried_out(world, call), None
    except ConnectionsError as refused:
        value, error = None, refused
    left = (
        _without_record(world.connections_by_id[CONNECTION]),
        world.grants.get(CONNECTION),
        _each_once(world.to_revoke),
        _each_once(world.to_rescue),
    )
    if call.name == "connections.get" and value is not None:
        value = _as_looked_at(value)
    changing = left[TOUCHED[call.port]] != parts[TOUCHED[call.port]]
    answer = Answer(name=call.name, value=value, error=error, changing=changing)
    return Effect(parts=left, answer=answer)


def _carried_out(world: World, call: Call) -> Any:
    if call.name == "rescues.receive":
        return world.to_rescue[0] if world.to_rescue else None
    if call.name == "rescues.delete":
        world.to_rescue = [each for each in world.to_rescue if each != call.args[0]]
        return None
    if call.port == "index":
        return tuple(getattr(world.due_index, call.method)(*call.args, **call.named))
    if call.port not in TOUCHED:
        unreachable(call)
    return getattr(getattr(world, call.port), call.method)(*call.args, **call.named)


def _without_record(state: Connection) -> Connection:
    """Leave out of a state what is only shown: states that differ by nothing else are one.

    Whoever took a time for more than something to show would fail here. The log shows the evidence.
    """
    record: Any = UNREAD
    return replace(state, updated_at=record, last_refreshed_at=record, last_error=_EVIDENCE)


def _as_looked_at(state: Connection) -> Connection:
    """Leave out what only the holder of a claim looks at, whom the claim itself tells it."""
    kept: Any = UNREAD
    return replace(state, fence=kept, claim=kept, spending=kept, failures=kept, refresh_at=kept)


def _each_once(queued: list[Grant]) -> tuple[Grant, ...]:
    """Return what is queued in one order; what is there twice says nothing more."""
    several = {each.generation: each for each in queued}
    return tuple(several[generation] for generation in sorted(several))
