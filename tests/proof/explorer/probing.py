"""What can be had when nobody is at work: looked for by the same code, on a world left alone."""

from connections.application.read_credentials import Credentials
from connections.domain.connection import Reason, Status
from connections.domain.errors import NotConnected
from tests.proof.explorer.behaviour import Point
from tests.proof.explorer.calls import Answer
from tests.proof.explorer.instants import MUCH_LATER, TIMES
from tests.proof.explorer.provider import Provider, number
from tests.proof.explorer.rules import AFTERWARDS, Rules
from tests.proof.explorer.space import Space
from tests.proof.explorer.states import (
    FIRST_ACTOR,
    FIRST_PART,
    GONE,
    INSTANT,
    MARKS,
    PROVIDER,
    Marks,
    State,
)
from tests.proof.explorer.storage import TOUCHED


class Probes:
    """The rule for states in which nobody is at work, decided once for each world."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.rules = Rules(space)
        self._known: dict[tuple[int, ...], str | None] = {}

    def broken_in(self, state: State) -> str | None:
        """Return the rule that does not hold, if one does not."""
        if self.space.late_rescues:
            return None
        world = state[:FIRST_ACTOR]
        if world not in self._known:
            self._known[world] = None if self._holds(world) else AFTERWARDS
        return self._known[world]

    def _holds(self, world: State) -> bool:
        marks: Marks = self.space.marks.values[world[MARKS]]
        if marks.disconnected and not self._ended(world, marks):
            return False
        _, grant, _, _ = self.rules.parts_of(world)
        if grant is not None and grant.tokens.alive(TIMES[world[INSTANT]]):
            end = self._reads(world)[1]
            if not isinstance(end.value, Credentials):
                return False
        return self._holds_later((MUCH_LATER, *world[1:]))

    def _ended(self, world: State, marks: Marks) -> bool:
        """Tell whether of a disconnected grant nothing is left that works and nobody ends."""
        stored, grant, revoked, rescued = self.rules.parts_of(world)
        provider: Provider = self.space.providers.values[world[PROVIDER]]
        said = (stored.status, stored.reason, stored.grant_id)
        if grant is not None or said != (Status.PENDING, Reason.DISCONNECTED, None):
            return False
        ended = {number(each) for each in (*revoked, *rescued)} | marks.lost
        return not provider.alive or provider.current in ended

    def _holds_later(self, world: State) -> bool:
        """Tell whether, when no claim stands and nobody waits, one can read if one may."""
        for _ in self.space.rescued(world):
            world = self._acts(world, self.space.late_rescuer)[0]
        _, grant, _, _ = self.rules.parts_of(world)
        provider: Provider = self.space.providers.values[world[PROVIDER]]
        world, end = self._reads(world)
        if grant is None:
            return isinstance(end.error, NotConnected)
        if provider.takes(number(grant)):
            credentials = end.value
            if not isinstance(credentials, Credentials) or credentials.expires_at is None:
                return False
            return credentials.expires_at > TIMES[world[INSTANT]]
        return end.error is not None

    def _reads(self, world: State) -> tuple[State, Answer]:
        return self._acts(world, self.space.late_reader)

    def _acts(self, world: State, actor: int) -> tuple[State, Answer]:
        """Let an actor do all it does, undisturbed; return what is then, and its end."""
        alone = (*world, *(GONE for _ in self.space.behaviour.actors))
        behaviour = self.space.behaviour
        point = behaviour.begun(actor, world[INSTANT])
        while True:
            here = behaviour.points[point]
            if here.call is None:
                assert here.finished is not None
                return alone[:FIRST_ACTOR], here.finished
            alone, answer = self._undisturbed(alone, here)
            point = behaviour.after(point, answer, world[INSTANT])

    def _undisturbed(self, state: State, here: Point) -> tuple[State, int]:
        assert here.call is not None
        if here.call.port == "servers":
            after, answer, _, _ = self.space.ways.exchanged(state, here)[0]
            return (*state[:PROVIDER], after, *state[PROVIDER + 1 :]), answer
        touched = FIRST_PART + TOUCHED[here.call.port]
        part, answer, _ = self.space.ways.effected(state, here)[0]
        return (*state[:touched], part, *state[touched + 1 :]), answer
