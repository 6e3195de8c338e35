"""The proof in its quick form, and that it finds what is broken."""

from collections.abc import Iterator

import pytest

from tests.proof.faults.breakages import BREAKAGES, Breakage
from tests.proof.faults.campaign import (
    STRICTEST,
    a_cloud,
    a_scene,
    failures,
    quick_cases,
)
from tests.proof.faults.cases import Judged, cases_of, steps_of
from tests.proof.faults.cases import run as run_case
from tests.proof.faults.faults import Fault
from tests.proof.faults.paths import PATHS
from tests.proof.faults.scene import Scene
from tests.proof.faults.table import table
from tests.proof.faults.verdict import Verdict


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with a_cloud() as aws, a_scene(aws, STRICTEST) as scene:
        yield scene


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """The authorization server is on loopback."""


def test_whichever_step_fails_no_token_is_lost_and_no_live_grant_given_up(scene: Scene) -> None:
    cases = quick_cases(scene, STRICTEST)
    judged = [run_case(scene, each) for each in cases]

    assert failures(judged) == []
    assert {each.fault for each in cases} == set(Fault)
    assert {each.path for each in cases} == set(PATHS)
    assert {each.verdict for each in judged} == {each for each in Verdict if not each.fails}
    assert "tokens lost: 0, live grants given up: 0" in table(judged)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda each: each.name)
def test_a_service_that_is_broken_is_found_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, breakage: Breakage
) -> None:
    assert failures(judged_with(scene, breakage)) == []
    breakage.apply(monkeypatch)

    judged = judged_with(scene, breakage)

    assert failures(judged) != []
    assert "tokens lost: 0, live grants given up: 0" not in table(judged)


def judged_with(scene: Scene, breakage: Breakage) -> list[Judged]:
    """Run the cases by which a breakage is found."""
    steps = steps_of(scene, breakage.path)
    cases = cases_of(STRICTEST, breakage.path, steps)
    wanted = (breakage.call, breakage.fault)
    return [run_case(scene, each) for each in cases if (each.call, each.fault) == wanted]
