"""Config variables as they are changed by a merge patch (RFC 7396)."""

from typing import Any

import pytest

from connections.domain.errors import InUse
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


def test_what_a_patch_leaves_out_stays(studio: Studio) -> None:
    identifier = studio.with_variable(
        a_variable() | {"stableKey": "acme", "level": "user", "description": "Words"}
    )
    before = studio.document

    assert changed(studio, identifier).stable_key == "acme"

    assert studio.document == before


def test_a_patch_changes_values_one_by_one(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())
    patch = {
        "values": {
            "clientId": None,
            "clientSecret": {"visibility": "organization"},
            "scopes": {"value": "read", "visibility": None},
        }
    }

    variable = changed(studio, identifier, connection=patch)

    said = {name: each.visibility for name, each in variable.connection.values.items()}
    assert said == {"clientSecret": "organization", "scopes": None}
    assert values(studio) == {"clientSecret": "the-secret", "scopes": "read"}


def test_a_value_is_taken_away_and_its_visibility_stays(studio: Studio) -> None:
    identifier = studio.with_variable(
        a_variable(values={"scopes": {"value": "read", "visibility": "embedded"}})
    )

    variable = changed(studio, identifier, connection={"values": {"scopes": {"value": None}}})

    said = variable.connection.values["scopes"]
    assert (said.value, said.visibility) == (None, "embedded")


def test_a_secret_that_was_read_as_set_is_sent_back_so(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())

    for patch in ({"set": True}, {"set": True, "visibility": "organization"}):
        changed(studio, identifier, connection={"values": {"clientSecret": patch}})
        assert values(studio)["clientSecret"] == "the-secret"

    changed(studio, identifier, connection={"values": {"scopes": {"set": True}}})
    assert values(studio)["scopes"] is None


def test_a_template_is_chosen_and_left(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())
    nothing = {"clientId": None, "clientSecret": None}

    changed(studio, identifier, connection={"template": "Acme app", "values": nothing})
    assert values(studio) == {"scopes": None}
    assert [each.id for users in studio.world.referrers.values() for each in users.values()] == [
        INTEGRATION, INTEGRATION,
    ]  # fmt: skip

    changed(studio, identifier, connection={"template": None})
    assert studio.document.variables["Acme"].connection.template is None
    assert studio.world.drafts_by_id[INTEGRATION][1].templates == {}


@pytest.mark.parametrize("other", [NEITHER, {"key": "custom"}])
def test_nothing_that_was_entered_for_another_connection_stays(
    studio: Studio, other: dict[str, str]
) -> None:
    studio.world.components_by_key["store"] = studio.world.components_by_key["acme"].model_copy(
        update={"key": "store"}
    )
    entered = studio.with_variable(a_variable())
    filled = studio.with_variable(with_template() | {"key": "Filled"})
    wanted = {"component": "acme", **other}
    wanted["key"] = "custom"

    for identifier in (entered, filled):
        variable = changed(
            studio,
            identifier,
            connection={**wanted, "values": {"apiKey": {"set": True}, "scopes": {"value": "a"}}},
        )
        assert (variable.connection.component, variable.connection.key) == tuple(wanted.values())
        assert variable.connection.template is None

    for key in ("Acme", "Filled"):
        assert values(studio, key) == {"apiKey": None, "scopes": "a"}


def test_a_variable_with_which_a_step_works_keeps_its_component(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())
    studio.with_step()

    with pytest.raises(InUse, match='"Fetch"'):
        changed(studio, identifier, connection=NEITHER)

    changed(studio, identifier, connection={"key": "custom"})


def test_steps_follow_a_changed_key(studio: Studio) -> None:
    identifier = studio.with_variable(a_variable())
    second = studio.with_variable(a_variable() | {"key": "Second"})
    studio.with_step()
    studio.with_step("Other", configVariable="Second")

    changed(studio, identifier, key="New")

    assert [each.config_variable for each in studio.document.steps] == ["New", "Second"]
    assert studio.draft.variables == {"New": identifier, "Second": second}
    assert list(studio.document.variables) == ["New", "Second"]


def test_where_the_user_lands_is_changed_member_by_member(studio: Studio) -> None:
    uris = {"successUri": "https://acme.example/yes", "failureUri": "https://acme.example/no"}
    identifier = studio.with_variable(a_variable() | {"oauthRedirects": {"enabled": False, **uris}})

    variable = changed(studio, identifier, oauthRedirects={"enabled": True})
    assert variable.oauth_redirects is not None
    assert variable.oauth_redirects.model_dump(by_alias=True) == {"enabled": True, **uris}

    ((at, _),) = places_of(lambda: changed(studio, identifier, oauthRedirects={"failureUri": None}))
    assert at == "#/oauthRedirects/failureUri"
    assert changed(studio, identifier, oauthRedirects=None).oauth_redirects is None
