"""The explorations, of the code as it is and of the code broken."""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import product
from multiprocessing import get_context

import pytest

from tests.proof.explorer.beginning import beginning
from tests.proof.explorer.breakages import BREAKAGES, Breakage
from tests.proof.explorer.exploring import Found, explore
from tests.proof.explorer.provider import Kind
from tests.proof.explorer.remembering import remembering
from tests.proof.explorer.scenes import FULL, QUICK, Scene
from tests.proof.explorer.tables import Broken, Explored, table, table_of_breakages
from tests.proof.explorer.telling import told

PROCESSES = 2


def main() -> None:
    """Explore all of it."""
    run(full=True)


def run(*, full: bool) -> None:
    """Explore, break the code in each way, and print what was seen.

    Raises:
        AssertionError: a rule was broken, or a breakage not found.
    """
    explored: list[Explored] = []
    for line in table(_all() if full else _each(QUICK), explored):
        print(line, flush=True)
    broken = [break_and_explore(each) for each in BREAKAGES]
    print("\n".join(table_of_breakages(broken)))
    failed = [*_told_violations(explored), *_not_found(broken)]
    assert not failed, "\n\n".join(failed)


def _all() -> Iterator[Explored]:
    numbers = list(product(range(len(FULL)), Kind))
    # A process for each, whose memory goes with it.
    with ProcessPoolExecutor(
        PROCESSES, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        yield from pool.map(_numbered, *zip(*numbers, strict=True))


def _numbered(scene: int, kind: Kind) -> Explored:
    return explored_scene(FULL[scene], kind)


def _each(scenes: Sequence[Scene]) -> Iterator[Explored]:
    for scene, kind in product(scenes, Kind):
        yield explored_scene(scene, kind)


def explored_scene(scene: Scene, kind: Kind) -> Explored:
    """Explore a scene before one kind of server."""
    with silently(), remembering():
        began = time.process_time()
        space = beginning(
            kind,
            scene.actors,
            mishaps=scene.mishaps,
            moments=scene.moments,
            faults=scene.faults,
        )
        found = explore(space)
        return Explored(
            name=scene.name,
            kind=kind,
            mishaps=scene.mishaps,
            moments=len(scene.moments),
            states=found.states,
            transitions=found.transitions,
            quiet=found.quiet,
            seconds=time.process_time() - began,
            violations=found.violations.total(),
            ways={rule: told(space, way) for rule, way in found.ways.items()},
        )


def break_and_explore(breakage: Breakage) -> Broken:
    """Explore broken code until a rule is."""
    with silently(), remembering(), pytest.MonkeyPatch.context() as patch:
        breakage.breaks(patch)
        began = time.process_time()
        space = beginning(
            breakage.kind,
            breakage.actors,
            mishaps=breakage.mishaps,
            moments=breakage.moments,
            late_rescues=breakage.late_rescues,
        )
        found: Found = explore(space, until_broken=True)
        rule = next(iter(found.ways), None)
        return Broken(
            breakage=breakage,
            states=found.states,
            seconds=time.process_time() - began,
            rule=rule,
            way=told(space, found.ways[rule]) if rule else [],
        )


@contextmanager
def silently() -> Iterator[None]:
    """Keep the code's log away: it would say the same thousands of times."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _told_violations(explored: Sequence[Explored]) -> Iterator[str]:
    for each in explored:
        for rule, way in each.ways.items():
            yield "\n".join([f"{each.name}, {each.kind.value}: {rule}", *way])


def _not_found(broken: Sequence[Broken]) -> Iterator[str]:
    for each in broken:
        if not each.found:
            yield f"{each.breakage.name}: found by {each.rule}, not by {each.breakage.rule}"
