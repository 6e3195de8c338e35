"""The ways on which a connection is refreshed, and how it is with each when the fault comes."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.proof.faults.scene import LIFETIME, READ, REFRESH, Scene
from tests.proof.faults.steps import COMMIT, TOKEN_REQUEST, Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What is done, and which of its steps fail in turn."""

    name: str
    function: str = REFRESH
    begins: float
    """How many seconds after the consent."""
    prepare: Callable[[Scene], None]
    act: Callable[[Scene], object]
    after: Call | None = None
    """Only steps fail that come after the last of these: the others are another path's."""
    costs_the_answer: bool = False
    """Whether what the server answered may be gone, whatever else happens."""

    def failing(self, steps: list[Call]) -> list[int]:
        """Return the numbers of the steps that fail in turn."""
        numbers = range(1, len(steps) + 1)
        passed = [number for number in numbers if steps[number - 1] == self.after]
        return [number for number in numbers if number > max(passed, default=0)]


DUE = LIFETIME - 350.0
"""By then a connection is due, whatever its spread; it has some minutes of life left."""
DEAD = LIFETIME + 10.0


def _queued(scene: Scene) -> None:
    scene.schedule()
    scene.take()
    assert len(scene.pending["RefreshesQueue"]) == 1


def _refreshed(scene: Scene) -> None:
    scene.deliver("RefreshesQueue")


def _failed_once(scene: Scene) -> None:
    """Let the server refuse a first try; the second is due soon."""
    _about_to_fail(scene)
    _refreshed(scene)
    scene.clock.sleep(90)
    _queued(scene)
    scene.start_anew()


def _about_to_fail(scene: Scene) -> None:
    _queued(scene)
    scene.demo.fault("token", "server-error")


def _about_to_be_lost(scene: Scene) -> None:
    _queued(scene)
    scene.provider.wire.lose("answer")


def _about_not_to_be_stored(scene: Scene) -> None:
    _queued(scene)
    scene.cloud.refuses = COMMIT


def _to_be_rescued(scene: Scene) -> None:
    """Let the token set go to the rescue queue, and the claim end."""
    _about_not_to_be_stored(scene)
    scene.watched(_refreshed)
    scene.cloud.refuses = None
    scene.clock.sleep(160)
    scene.take()
    assert len(scene.pending["RescuesQueue"]) == 1
    scene.start_anew()


def _rescued(scene: Scene) -> None:
    scene.deliver("RescuesQueue")


def _nothing(_: Scene) -> None:
    """Reading needs no preparation."""


DUE_CONNECTION = Path(name="a due connection", begins=DUE, prepare=_queued, act=_refreshed)
READING = Path(
    name="reading with a dead token",
    function=READ,
    begins=DEAD,
    prepare=_nothing,
    act=Scene.read,
)
PATHS = (
    DUE_CONNECTION,
    READING,
    Path(name="a rescue", begins=DUE, prepare=_to_be_rescued, act=_rescued),
    Path(
        name="a due connection that is not stored",
        begins=DUE,
        prepare=_about_not_to_be_stored,
        act=_refreshed,
        after=COMMIT,
        costs_the_answer=True,
    ),
    Path(
        name="a due connection that failed before",
        begins=DUE,
        prepare=_failed_once,
        act=_refreshed,
        after=TOKEN_REQUEST,
    ),
    Path(
        name="a due connection whose server fails",
        begins=DUE,
        prepare=_about_to_fail,
        act=_refreshed,
        after=TOKEN_REQUEST,
    ),
    Path(
        name="a due connection whose answer is lost",
        begins=DUE,
        prepare=_about_to_be_lost,
        act=_refreshed,
        after=TOKEN_REQUEST,
        costs_the_answer=True,
    ),
)
