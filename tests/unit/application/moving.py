"""What the tests of moving instances say again and again."""

from connections.domain.instance import Instance
from tests.builders import HOUR
from tests.builders_of_instances import Variable
from tests.unit.application.configuring import Scene


def moved(scene: Scene, made: Instance, *variables: Variable) -> Instance:
    """Move an instance to a second version with these variables."""
    scene.publish(*variables, number=2)
    scene.clock.advance(HOUR)
    return scene.move(made, 2)


def a_made(scene: Scene, *variables: Variable) -> Instance:
    scene.publish(*variables)
    return scene.made()
