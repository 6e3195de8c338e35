"""Steps as they are added, bound to config variables, changed and removed (B6-B8, B36)."""

from typing import Any

import pytest

from connections.domain.errors import NotFound
from connections.domain.identifiers import StepId
from connections_sdk.definitions import Component
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_variable
from tests.unit.application.building import STORE, Studio, a_step, places_of

NONE = StepId("stp_" + "9" * 26)


@pytest.fixture
def studio() -> Studio:
    return Studio().begun()


def test_a_step_without_a_variable_of_its_component_gets_a_new_one(studio: Studio) -> None:
    draft, step = studio.editor.add_step(INTEGRATION, a_step())

    assert step.config_variable == "Acme Connection"
    (page,) = studio.document.config_pages
    assert page.name == "Configuration"
    (variable,) = page.elements
    assert (variable.key, variable.data_type, variable.level) == (
        "Acme Connection",
        "connection",
        "instance",
    )
    assert (variable.connection.component, variable.connection.key) == ("acme", "oauth2")
    assert draft == studio.draft
    assert list(draft.variables) == ["Acme Connection"]
    assert list(draft.steps) == ["Fetch"]


def test_further_steps_use_the_first_variable_of_their_component(studio: Studio) -> None:
    studio.with_variable(a_variable(component="store", key="keys", values={}) | {"key": "Store"})
    studio.with_variable(a_variable())
    studio.with_variable(a_variable() | {"key": "Second"})

    studio.with_step("One")
    studio.with_step("Two")

    assert [each.config_variable for each in studio.document.steps] == ["Acme", "Acme"]
    assert list(studio.document.variables) == ["Store", "Acme", "Second"]


def test_a_step_works_with_the_variable_that_it_names(studio: Studio) -> None:
    studio.with_variable(a_variable())
    studio.with_variable(a_variable() | {"key": "Second"})

    studio.with_step(configVariable="Second")

    assert studio.document.steps[0].config_variable == "Second"


def test_a_new_variable_has_a_key_that_nothing_has(studio: Studio) -> None:
    for key in ("Acme Connection", "Acme Connection 2"):
        studio.with_variable(a_variable(component="store", key="keys", values={}) | {"key": key})

    studio.with_step()

    assert studio.document.steps[0].config_variable == "Acme Connection 3"


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("The\nStore\x00 ", "The Store Connection"),
        ("\t\x9f", "store Connection"),
        ("x" * 200, "x" * 80 + " Connection"),
        ("x" * 79 + " yz", "x" * 79 + " Connection"),
        ("☃ Ünï", "☃ Ünï Connection"),
    ],
)
def test_a_new_variables_key_is_a_name_whatever_the_label_is(
    studio: Studio, label: str, key: str
) -> None:
    labelled = Component.model_validate({**STORE, "label": label})
    studio.world.components_by_key["store"] = labelled

    studio.with_step(component="store")

    assert list(studio.document.variables) == [key]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "Fetch"}, ("#/name", "is the name of another step too")),
        (
            {"configVariable": "None"},
            ("#/configVariable", "must be the key of one of the config variables"),
        ),
        (
            {"component": "store", "configVariable": "Acme Connection"},
            ("#/configVariable", "must be a config variable of the step's component"),
        ),
    ],
)
def test_what_does_not_fit_is_told_where_the_request_has_it(
    studio: Studio, changes: dict[str, Any], place: tuple[str, str]
) -> None:
    studio.with_step()
    other = studio.with_step("Other")
    before = studio.draft

    added = a_step(**{"name": "New", **changes})
    assert places_of(lambda: studio.editor.add_step(INTEGRATION, added)) == [place]
    assert places_of(lambda: studio.editor.change_step(INTEGRATION, other, changes)) == [place]

    assert studio.draft == before


def test_a_step_is_changed_and_keeps_its_id(studio: Studio) -> None:
    first, second = studio.with_step("One"), studio.with_step("Two")

    draft, step = studio.editor.change_step(INTEGRATION, first, {"name": "New", "action": "send"})

    assert (step.name, step.action, step.config_variable) == ("New", "send", "Acme Connection")
    assert draft.steps == {"New": first, "Two": second}
    assert [each.name for each in studio.document.steps] == ["New", "Two"]


def test_a_step_of_no_published_component_is_refused(studio: Studio) -> None:
    step = a_step(component="none")

    assert places_of(lambda: studio.editor.add_step(INTEGRATION, step)) == [
        ("#/component", "is not a published component")
    ]


def test_a_step_that_is_bound_stays_bound(studio: Studio) -> None:
    step = studio.with_step()
    patch = {"configVariable": None}

    assert places_of(lambda: studio.editor.change_step(INTEGRATION, step, patch)) == [
        (
            "#/configVariable",
            "must be the key of a config variable of its component: a step keeps one",
        )
    ]
    assert studio.document.steps[0].config_variable == "Acme Connection"


def test_a_step_that_was_imported_without_a_variable_is_changed_and_bound(studio: Studio) -> None:
    fetch = {"name": "Fetch", "component": "acme", "action": "fetch"}
    page = {"name": "Page", "elements": [a_variable()]}
    studio.imported({"name": "Sync", "configPages": [page], "steps": [fetch]})
    step = studio.draft.steps["Fetch"]

    studio.editor.change_step(INTEGRATION, step, {"name": "New", "configVariable": None})
    assert studio.document.steps[0].config_variable is None

    studio.editor.change_step(INTEGRATION, step, {"configVariable": "Acme"})
    assert studio.document.steps[0].config_variable == "Acme"


def test_a_step_moves_to_a_component_that_is_published(studio: Studio) -> None:
    fetch = {"name": "Fetch", "component": "acme", "action": "fetch"}
    studio.imported({"name": "Sync", "steps": [fetch]})
    step = studio.draft.steps["Fetch"]

    def moved() -> object:
        return studio.editor.change_step(INTEGRATION, step, {"component": "none"})

    assert places_of(moved) == [("#/component", "is not a published component")]


def test_a_member_that_is_wrong_is_told(studio: Studio) -> None:
    step = studio.with_step()

    ((at, _),) = places_of(lambda: studio.editor.change_step(INTEGRATION, step, {"action": "a b"}))

    assert at == "#/action"


def test_a_step_is_removed_and_its_variable_stays(studio: Studio) -> None:
    first, second = studio.with_step("One"), studio.with_step("Two")

    studio.editor.remove_step(INTEGRATION, first)

    assert studio.draft.steps == {"Two": second}
    assert [each.name for each in studio.document.steps] == ["Two"]
    assert list(studio.document.variables) == ["Acme Connection"]


def test_a_step_that_is_not_there_is_not_found(studio: Studio) -> None:
    studio.with_step()

    with pytest.raises(NotFound):
        studio.editor.remove_step(INTEGRATION, NONE)
    with pytest.raises(NotFound):
        studio.editor.change_step(INTEGRATION, NONE, {})


def test_a_component_that_is_gone_bothers_only_new_steps(studio: Studio) -> None:
    step = studio.with_step()
    del studio.world.components_by_key["acme"]

    studio.editor.change_step(INTEGRATION, step, {"name": "New"})

    studio.editor.remove_step(INTEGRATION, step)
    assert studio.world.drafts_by_id[INTEGRATION][1].components == {"acme"}


def test_a_variable_that_is_one_too_many_is_told_of_the_whole_step(studio: Studio) -> None:
    for number in range(30):
        studio.with_variable(
            a_variable(component="store", key="keys", values={}) | {"key": f"Store {number}"}
        )

    assert places_of(studio.with_step) == [
        ("#", "is one too many: there may be 30 config variables")
    ]
