"""Every state there can be, each once.

Those that take fewer steps come first: what breaks a rule is found by a shortest way.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

from tests.proof.explorer.probing import Probes
from tests.proof.explorer.rules import Rules
from tests.proof.explorer.space import Space
from tests.proof.explorer.states import FIRST_ACTOR, State


@dataclass(kw_only=True)
class Found:
    """What an exploration saw."""

    states: int = 0
    transitions: int = 0
    quiet: int = 0
    """States in which nobody was at work."""
    violations: Counter[str] = field(default_factory=Counter)
    ways: dict[str, list[State]] = field(default_factory=dict)
    """Of each rule that was broken a shortest way there, from the beginning."""


def explore(space: Space, *, until_broken: bool = False) -> Found:
    """Visit every state that can be reached; `until_broken` stops at the first broken rule."""
    rules, probes = Rules(space), Probes(space)
    found = Found()
    seen: dict[State, State | None] = {space.beginning: None}
    waiting = deque([space.beginning])
    while waiting:
        state = waiting.popleft()
        found.states += 1
        broken = rules.broken_by_state(state)
        if broken is None and max(state[FIRST_ACTOR:]) < 0:
            found.quiet += 1
            broken = probes.broken_in(state)
        if broken is None:
            for following, actor, answer in space.following(state):
                found.transitions += 1
                by_step = rules.broken_by_step(state, following, actor, answer)
                if by_step is not None:
                    _note(found, by_step, seen, state, following)
                elif following not in seen:
                    seen[following] = state
                    waiting.append(following)
        else:
            _note(found, broken, seen, state)
        if until_broken and found.violations:
            break
    return found


def _note(
    found: Found,
    broken: str,
    seen: dict[State, State | None],
    state: State,
    last: State | None = None,
) -> None:
    found.violations[broken] += 1
    if broken in found.ways:
        return
    way = [] if last is None else [last]
    before: State | None = state
    while before is not None:
        way.append(before)
        before = seen[before]
    found.ways[broken] = way[::-1]
