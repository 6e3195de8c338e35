"""Config variables as they are added and removed, and what of them does not fit."""

from typing import Any

import pytest

from connections.domain.errors import InUse, NotFound
from connections.domain.identifiers import VariableId
from connections_sdk.integrations import ConfigVariable
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_variable, with_template
from tests.unit.application.building import Studio, places_of

NONE = VariableId("var_" + "9" * 26)
NEITHER = {"component": "store", "key": "keys"}
FILLED = "is filled by the connection template: nobody is asked for it"


@pytest.fixture
def studio() -> Studio:
    return Studio().begun()


def changed(studio: Studio, variable: VariableId, **changes: Any) -> ConfigVariable:
    return studio.editor.change_variable(INTEGRATION, variable, changes)


def values(studio: Studio, key: str = "Acme") -> dict[str, Any]:
    return {
        name: each.value for name, each in studio.document.variables[key].connection.values.items()
    }


def test_a_variable_is_added_at_the_end_of_the_last_page(studio: Studio) -> None:
    studio.imported(
        {"name": "Sync", "configPages": [{"name": "One"}, {"name": "Two", "tagline": "Words"}]}
    )

    identifier = studio.with_variable(a_variable())
    studio.with_variable(with_template() | {"key": "Second"})

    one, two = studio.document.config_pages
    assert (one.elements, [each.key for each in two.elements]) == ([], ["Acme", "Second"])
    assert studio.draft.variables["Acme"] == identifier
    assert len(set(studio.draft.variables.values())) == 2


def test_the_first_variable_brings_the_first_page(studio: Studio) -> None:
    studio.with_variable(a_variable())

    assert [each.name for each in studio.document.config_pages] == ["Configuration"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"key": "First"}, ("#/key", "is the key of another config variable too")),
        (
            {"stableKey": "first"},
            ("#/stableKey", "is the stable key of another config variable too"),
        ),
        (
            {"connection": {"component": "none"}},
            ("#/connection/component", "is not a published component"),
        ),
        ({"connection": {"key": "none"}}, ("#/connection/key", "must be one of: oauth2, custom")),
        (
            {"connection": {"template": "None"}},
            ("#/connection/template", "is not the name of a connection template"),
        ),
        (
            {"connection": {"key": "custom", "values": {}, "template": "Acme app"}},
            (
                "#/connection/template",
                "must be a template of acme/custom: this one is of acme/oauth2",
            ),
        ),
        (
            {"connection": {"template": "Acme app", "values": {"clientId": {"value": "a"}}}},
            ("#/connection/values/clientId", FILLED),
        ),
        (
            {"connection": {"template": "Acme app", "values": {"clientId": {}}}},
            ("#/connection/values/clientId", FILLED),
        ),
        (
            {"connection": {"values": {"unknown": {"visibility": "embedded"}}}},
            ("#/connection/values/unknown", "is not an input of this connection"),
        ),
        (
            {"connection": {"values": {"clientId": {"value": True}}}},
            ("#/connection/values/clientId", "must be a string"),
        ),
        (
            {"connection": {"values": {"tokenUrl": {"value": "https://10.0.0.1/token"}}}},
            ("#/connection/values/tokenUrl", "must not name a private address"),
        ),
    ],
)
def test_what_does_not_fit_is_told_where_the_request_has_it(
    studio: Studio, changes: dict[str, Any], place: tuple[str, str]
) -> None:
    studio.with_variable(a_variable() | {"key": "First", "stableKey": "first"})
    other = studio.with_variable(a_variable(values={}) | {"key": "Other"})
    before = studio.draft
    connection = {"component": "acme", "key": "oauth2", **changes.get("connection", {})}
    added = {"key": "New", **changes, "connection": connection}

    assert places_of(lambda: studio.with_variable(added)) == [place]
    assert places_of(lambda: changed(studio, other, **changes)) == [place]

    assert studio.draft == before


def test_there_are_so_many_variables_at_most(studio: Studio) -> None:
    for number in range(30):
        studio.with_variable(a_variable() | {"key": f"Acme {number}"})

    assert places_of(lambda: studio.with_variable(a_variable())) == [
        ("#", "is one too many: there may be 30 config variables")
    ]


def test_a_variable_is_removed(studio: Studio) -> None:
    identifier = studio.with_variable(with_template())
    other = studio.with_variable(a_variable() | {"key": "Other"})

    studio.editor.remove_variable(INTEGRATION, identifier)

    assert studio.draft.variables == {"Other": other}
    assert list(studio.document.variables) == ["Other"]
    assert studio.world.drafts_by_id[INTEGRATION][1].templates == {}


def test_a_variable_with_which_a_step_works_stays(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())
    studio.with_variable(a_variable() | {"key": "Other"})
    studio.with_step("Of another", configVariable="Other")
    studio.with_step()

    with pytest.raises(InUse, match='"Fetch"'):
        studio.editor.remove_variable(INTEGRATION, identifier)

    assert list(studio.document.variables) == ["Acme", "Other"]


def test_a_variable_with_which_no_step_works_is_removed(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())
    studio.with_variable(a_variable() | {"key": "Other"})
    studio.with_step(configVariable="Other")

    studio.editor.remove_variable(INTEGRATION, identifier)

    assert list(studio.document.variables) == ["Other"]


def test_a_variable_that_is_not_there_is_not_found(studio: Studio) -> None:
    studio.with_variable(a_variable())

    with pytest.raises(NotFound):
        studio.editor.remove_variable(INTEGRATION, NONE)
    with pytest.raises(NotFound):
        changed(studio, NONE)


def test_what_stays_is_not_read_again(studio: Studio) -> None:
    studio.with_variable(with_template())
    other = studio.with_variable(a_variable(**NEITHER, values={}) | {"key": "Store"})
    studio.world.calls.clear()

    changed(studio, other, description="Words")

    assert studio.world.calls == [
        "integrations.with_draft",
        "components.get",
        "integrations.saved",
    ]
    assert studio.world.drafts_by_id[INTEGRATION][1].templates.keys() == {"Acme app"}
