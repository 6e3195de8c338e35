"""Storage that does not answer, at each call of building integrations in turn."""

from collections.abc import Callable

import pytest

from connections.domain.errors import Unavailable
from connections.domain.identifiers import StepId
from connections_sdk.integrations import ConfigVariable, Integration
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_document, a_variable, with_template
from tests.doubles.world import World
from tests.unit.application.building import OF_ACME, Studio, a_step

EDITED = ["integrations.with_draft", "integrations.saved"]
RESOLVED = ["integrations.with_draft", "components.get", "templates.named", "integrations.saved"]
FILLED = ConfigVariable.model_validate(with_template() | {"key": "Filled"})
WHOLE = Integration.model_validate(a_document(with_template()))


def step_of(studio: Studio) -> StepId:
    return studio.draft.steps["Fetch"]


CALLS: dict[str, tuple[Callable[[Studio], object], list[str]]] = {
    "create": (lambda studio: studio.creator.create(OF_ACME, "New", None), ["integrations.add"]),
    "read": (lambda studio: studio.editor.read(INTEGRATION), EDITED[:1]),
    "change": (lambda studio: studio.editor.change(INTEGRATION, {"name": "New"}), EDITED),
    "import": (lambda studio: studio.editor.replace_definition(INTEGRATION, WHOLE), RESOLVED),
    "add a step": (
        lambda studio: studio.editor.add_step(INTEGRATION, a_step("New")),
        ["components.get", *EDITED],
    ),
    "change a step": (
        lambda studio: studio.editor.change_step(INTEGRATION, step_of(studio), {"name": "New"}),
        EDITED,
    ),
    "remove a step": (
        lambda studio: studio.editor.remove_step(INTEGRATION, step_of(studio)),
        EDITED,
    ),
    "add a variable": (lambda studio: studio.editor.add_variable(INTEGRATION, FILLED), RESOLVED),
    "remove a variable": (
        lambda studio: studio.editor.remove_variable(INTEGRATION, studio.draft.variables["Unused"]),
        EDITED,
    ),
    "publish": (
        lambda studio: studio.publisher.publish(INTEGRATION),
        [*RESOLVED[:3], "versions.publish"],
    ),
    "read a version": (lambda studio: studio.publisher.read(INTEGRATION, 1), ["versions.get"]),
    "list versions": (
        lambda studio: studio.publisher.page(INTEGRATION, limit=1, cursor=None),
        ["integrations.get", "versions.page"],
    ),
    "list": (
        lambda studio: studio.reader.page(None, limit=1, cursor=None),
        ["integrations.page"],
    ),
    "list offered": (
        lambda studio: studio.reader.offered(limit=1, cursor=None),
        ["integrations.offered"],
    ),
    "delete": (
        lambda studio: studio.deleter.delete(INTEGRATION),
        [f"integrations.{each}" for each in ("get", "closed", "has_instances", "removed")],
    ),
}


@pytest.fixture
def studio() -> Studio:
    studio = Studio().begun()
    studio.with_variable(with_template())
    studio.with_variable(a_variable() | {"key": "Unused"})
    studio.with_step()
    studio.publisher.publish(INTEGRATION)
    studio.world.calls.clear()
    return studio


def kept(world: World) -> tuple[object, ...]:
    return (
        dict(world.integrations_by_id), dict(world.drafts_by_id), dict(world.versions_by_number),
        dict(world.templates_by_id), {key: dict(value) for key, value in world.referrers.items()},
    )  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), CALLS.values(), ids=CALLS)
def test_a_use_case_calls_so_often(
    studio: Studio, call: Callable[[Studio], object], expected: list[str]
) -> None:
    call(studio)

    assert studio.world.calls == expected


@pytest.mark.parametrize(
    ("name", "method"), [(name, each) for name, (_, calls) in CALLS.items() for each in calls]
)
def test_what_does_not_answer_leaves_everything_and_can_be_tried_again(
    studio: Studio, name: str, method: str
) -> None:
    before = kept(studio.world)
    call, _ = CALLS[name]
    studio.world.fail(method)

    with pytest.raises(Unavailable):
        call(studio)

    # What was closed stays closed: deleting it can be taken up.
    if name != "delete":
        assert kept(studio.world) == before
    call(studio)
