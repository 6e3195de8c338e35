"""Definitions that are imported: what keeps its id and its secrets, and what is left open (B16)."""

from typing import Any

import pytest

from connections_sdk.integrations import Integration
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_document, a_variable, with_template
from tests.unit.application.building import Studio, places_of

SECRET = {"clientSecret": {"set": True}}
LEFT_OUT = "was left out of the export as a secret, and is stored nowhere here: enter it again"
AT = "#/configPages/0/elements"


@pytest.fixture
def studio() -> Studio:
    return Studio().begun()


def imported(studio: Studio, document: dict[str, Any]) -> list[tuple[str, str]]:
    _, _, left = studio.editor.replace_definition(INTEGRATION, Integration.model_validate(document))
    return [(each.pointer, each.detail) for each in left]


def ids(studio: Studio) -> dict[str, str]:
    return dict(studio.draft.variables)


def secret(studio: Studio, key: str = "Acme") -> Any:
    return studio.document.variables[key].connection.values["clientSecret"].value


def keyed(key: str, stable_key: str | None = None, **connection: Any) -> dict[str, Any]:
    return a_variable(**connection) | {"key": key, "stableKey": stable_key}


def test_an_import_takes_the_place_of_the_draft(studio: Studio) -> None:
    studio.with_variable(keyed("Former"))
    step = {"name": "Fetch", "component": "acme", "action": "fetch", "configVariable": "Acme"}
    document = a_document(with_template(), name="New", description="Words", steps=[step])

    head, draft, left = studio.editor.replace_definition(
        INTEGRATION, Integration.model_validate(document)
    )

    assert (head.name, head.description, left) == ("New", "Words", [])
    assert studio.document == Integration.model_validate(document)
    assert (list(draft.variables), list(draft.steps)) == (["Acme"], ["Fetch"])
    assert studio.world.integrations_by_id[INTEGRATION] == head


def test_what_is_exported_is_imported_without_a_loss(studio: Studio) -> None:
    studio.with_variable(keyed("Acme", "acme"))
    studio.with_variable(with_template() | {"key": "Other"})
    studio.with_step()
    before = studio.draft
    exported = studio.reader.draft(before)

    assert imported(studio, exported.document()) == []

    assert studio.draft == before


def test_a_key_keeps_id_and_secrets(studio: Studio) -> None:
    identifier = studio.with_variable(keyed("Acme"))

    assert imported(studio, a_document(keyed("Acme", "acme", values=SECRET))) == []

    assert (ids(studio), secret(studio)) == ({"Acme": identifier}, "the-secret")


def test_a_stable_key_keeps_id_and_secrets_of_what_is_renamed(studio: Studio) -> None:
    identifier = studio.with_variable(keyed("Acme", "acme"))

    assert imported(studio, a_document(keyed("New", "acme", values=SECRET))) == []

    assert (ids(studio), secret(studio, "New")) == ({"New": identifier}, "the-secret")


def test_variables_that_swap_their_keys_are_told_apart_by_their_stable_keys(
    studio: Studio,
) -> None:
    one, two = studio.with_variable(keyed("One", "one")), studio.with_variable(keyed("Two", "two"))

    imported(studio, a_document(keyed("Two", "one"), keyed("One", "two")))

    assert ids(studio) == {"Two": one, "One": two}


def test_a_key_that_another_takes_over_is_not_the_formers(studio: Studio) -> None:
    former = studio.with_variable(keyed("Acme", "acme"))

    left = imported(
        studio, a_document(keyed("Acme", values=SECRET), keyed("New", "acme", values=SECRET))
    )

    assert left == [(f"{AT}/0/connection/values/clientSecret", LEFT_OUT)]
    assert ids(studio)["New"] == former != ids(studio)["Acme"]
    assert (secret(studio), secret(studio, "New")) == (None, "the-secret")


def test_a_key_stays_the_same_under_another_stable_key(studio: Studio) -> None:
    identifier = studio.with_variable(keyed("Acme", "acme"))

    imported(studio, a_document(keyed("Acme", "other")))

    assert ids(studio) == {"Acme": identifier}


def test_a_secret_that_is_kept_nowhere_is_left_open(studio: Studio) -> None:
    left = imported(studio, a_document(a_variable(values=SECRET)))

    assert left == [(f"{AT}/0/connection/values/clientSecret", LEFT_OUT)]
    assert secret(studio) is None
    assert not studio.document.variables["Acme"].connection.values["clientSecret"].set


def test_a_secret_of_another_connection_is_left_open(studio: Studio) -> None:
    studio.with_variable(a_variable())
    other = a_variable(key="custom", values={"apiKey": {"set": True}, "scopes": {"set": True}})

    left = imported(studio, a_document(other))

    assert [at for at, _ in left] == [
        f"{AT}/0/connection/values/apiKey",
        f"{AT}/0/connection/values/scopes",
    ]


def test_a_secret_that_is_written_out_is_taken(studio: Studio) -> None:
    studio.with_variable(a_variable())
    said = {"clientSecret": {"value": "another", "set": True, "visibility": "organization"}}

    assert imported(studio, a_document(a_variable(values=said))) == []

    assert secret(studio) == "another"


def test_what_is_not_imported_again_is_gone(studio: Studio) -> None:
    studio.with_variable(keyed("One"))
    two = studio.with_variable(keyed("Two"))
    studio.with_step()

    imported(studio, a_document(keyed("Two")))

    assert (ids(studio), studio.draft.steps) == ({"Two": two}, {})


def test_a_step_of_the_same_name_keeps_its_id(studio: Studio) -> None:
    identifier = studio.with_step()
    step = {"name": "Fetch", "component": "store", "action": "send"}
    other = {**step, "name": "Other"}

    imported(studio, {"name": "Sync", "steps": [other, step]})

    assert studio.draft.steps["Fetch"] == identifier != studio.draft.steps["Other"]


def test_every_place_that_does_not_fit_is_told(studio: Studio) -> None:
    steps = [{"name": "Fetch", "component": "none", "action": "fetch"}]
    document = a_document(
        keyed("One", component="none"),
        keyed("Two", values={"unknown": {}, "clientId": {"value": True}}),
        keyed("Three", values={}, template="None"),
        keyed("Four", values={}, template="None"),
        steps=steps,
    )

    assert places_of(lambda: imported(studio, document)) == [
        (f"{AT}/0/connection/component", "is not a published component"),
        (f"{AT}/1/connection/values/unknown", "is not an input of this connection"),
        (f"{AT}/1/connection/values/clientId", "must be a string"),
        (f"{AT}/2/connection/template", "is not the name of a connection template"),
        (f"{AT}/3/connection/template", "is not the name of a connection template"),
        ("#/steps/0/component", "is not a published component"),
    ]
    assert ids(studio) == {}


def test_components_and_templates_are_read_once(studio: Studio) -> None:
    variables = [with_template() | {"key": f"Acme {number}"} for number in range(5)]
    steps = [
        {"name": f"Step {number}", "component": "acme", "action": "fetch"} for number in range(5)
    ]

    imported(studio, a_document(*variables, steps=steps))

    assert studio.world.calls == [
        "integrations.with_draft",
        "components.get",
        "templates.named",
        "integrations.saved",
    ]
