"""What the explorer leaves out because it leads nowhere else does lead nowhere else."""

import pytest

from tests.proof.explorer.actors import Actor, disconnect, reader, worker
from tests.proof.explorer.beginning import beginning
from tests.proof.explorer.campaign import silently
from tests.proof.explorer.instants import APART
from tests.proof.explorer.interning import key_of
from tests.proof.explorer.provider import Kind
from tests.proof.explorer.remembering import remembering
from tests.proof.explorer.space import Space
from tests.proof.explorer.states import GONE, INSTANT, MARKS, PROVIDER


@pytest.mark.parametrize("second", [worker("worker-2"), reader(), disconnect()])
def test_who_changed_nothing_might_as_well_not_have_begun(
    second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    actors = (worker("worker-1"), second)
    with silently(), remembering():
        reduced = worlds(beginning(Kind.FAMILY, actors, moments=APART))
        whole = beginning(Kind.FAMILY, actors, moments=APART)
        monkeypatch.setattr(whole, "_after_another", set())
        monkeypatch.setattr(
            whole, "_left", lambda state, place, _: (*state[:place], GONE, *state[place + 1 :])
        )

        assert worlds(whole) == reduced


def worlds(space: Space) -> set[str]:
    """Return everything that can be but for where the actors are, of whom workers are alike."""
    seen = {space.beginning}
    waiting = [space.beginning]
    found = set()
    while waiting:
        state = waiting.pop()
        parts = [space.parts.values[each] for each in state[INSTANT + 1 : PROVIDER]]
        server, marks = space.providers.values[state[PROVIDER]], space.marks.values[state[MARKS]]
        world = (state[INSTANT], *map(key_of, (*parts, server, marks)))
        found.add(repr(world).replace("worker-2", "worker-1"))
        fresh = {following for following, _, _ in space.following(state)} - seen
        seen |= fresh
        waiting.extend(fresh)
    return found
