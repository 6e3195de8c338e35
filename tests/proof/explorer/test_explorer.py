"""The exploration in its quick form, and that it finds what is broken."""

import pytest

from tests.proof.explorer.breakages import BREAKAGES, Breakage
from tests.proof.explorer.campaign import break_and_explore, explored_scene
from tests.proof.explorer.provider import Kind
from tests.proof.explorer.scenes import QUICK, Scene


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scene", QUICK, ids=lambda scene: scene.name)
def test_no_interleaving_loses_a_grant(scene: Scene, kind: Kind) -> None:
    explored = explored_scene(scene, kind)

    assert explored.ways == {}
    # As many as there are, or the exploration does not go where it should.
    assert explored.states > 3000
    assert explored.quiet > 900


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_breakage_is_found(breakage: Breakage) -> None:
    assert break_and_explore(breakage).rule == breakage.rule
