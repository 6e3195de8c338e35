"""Who acts in the explorations, and how much may go wrong."""

from dataclasses import dataclass

from tests.proof.explorer.actors import (
    Actor,
    demand,
    disconnect,
    reader,
    report,
    rescuer,
    schedule,
    worker,
)
from tests.proof.explorer.instants import ALL, APART
from tests.proof.explorer.storage import COMMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who acts, how often something may go wrong, and when all this may be."""

    name: str
    actors: tuple[Actor, ...]
    mishaps: int = 1
    moments: tuple[int, ...] = ALL
    faults: frozenset[str] | None = COMMITS
    """Which calls of storage may fail; None: any."""


_WORKERS = (worker("worker-1"), worker("worker-2"))
_RESCUERS = (rescuer("rescuer-1"), rescuer("rescuer-2"))
_ANY_CALL_FAILING = Scene(
    name="worker, reader, any call failing",
    actors=(worker("worker-1"), reader()),
    mishaps=2,
    moments=APART,
    faults=None,
)
QUICK = (
    _ANY_CALL_FAILING,
    Scene(name="worker, reader", actors=(worker("worker-1"), reader()), moments=APART),
    Scene(
        name="worker, disconnect, two rescuers",
        actors=(worker("worker-1"), disconnect(), *_RESCUERS),
        moments=APART,
    ),
)
FULL = (
    Scene(
        name="two workers, the schedule, a reader, a disconnect",
        actors=(*_WORKERS, schedule(), reader(), disconnect()),
        moments=APART,
    ),
    Scene(
        name="two workers, a reader, a disconnect, two rescuers",
        actors=(*_WORKERS, reader(), disconnect(), *_RESCUERS),
        moments=APART,
    ),
    Scene(
        name="three workers, two rescuers",
        actors=(*_WORKERS, worker("worker-3"), *_RESCUERS),
    ),
    Scene(name="two workers, two rescuers", actors=(*_WORKERS, *_RESCUERS), mishaps=2),
    Scene(
        name="worker, disconnect, two rescuers",
        actors=(worker("worker-1"), disconnect(), *_RESCUERS),
        mishaps=2,
    ),
    Scene(
        name="the schedule, a worker, a demand", actors=(worker("worker-1"), schedule(), demand())
    ),
    Scene(
        name="worker, disconnect, two rescuers, any call failing",
        actors=(worker("worker-1"), disconnect(), *_RESCUERS),
        mishaps=2,
        moments=APART,
        faults=None,
    ),
    _ANY_CALL_FAILING,
    Scene(name="worker, report, reader", actors=(worker("worker-1"), report(), reader())),
)
