"""What drafts may refer to, and what customers may not learn or say (B68-B71, B76-B79)."""

from typing import Any

import pytest

from connections.application.asked_inputs import KEPT
from connections.domain.caller import ORGANIZATION, Owner
from connections_sdk.definitions import Component
from tests.builders import a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import a_variable, with_template
from tests.unit.application.building import OF_ACME, STORE, Studio, places_of

NONE = ("#/connection/template", "is not the name of a connection template")
GUARDED = KEPT
ELSEWHERE = "https://elsewhere.example/token"


def studio_of(owner: Owner, **template: Any) -> Studio:
    studio = Studio().begun(owner)
    template_of = a_template(**template)
    studio.world.templates_by_id[template_of.id] = template_of
    return studio


@pytest.mark.parametrize("template", ["Acme app", "None"])
def test_a_customers_integration_refers_to_shared_templates_alone(template: str) -> None:
    studio = studio_of(OF_ACME)
    assert places_of(lambda: studio.with_variable(with_template(template=template))) == [NONE]

    shared = studio_of(OF_ACME, shared=True)
    shared.with_variable(with_template())
    assert shared.world.drafts_by_id[INTEGRATION][1].templates.keys() == {"Acme app"}


def test_a_template_of_another_connection_that_is_not_shared_looks_like_none() -> None:
    studio = studio_of(OF_ACME, definition_key="custom")

    assert places_of(lambda: studio.with_variable(with_template())) == [NONE]


def test_a_template_that_is_shared_no_more_is_not_published() -> None:
    studio = studio_of(OF_ACME, shared=True)
    studio.with_variable(with_template())
    studio.world.templates_by_id[a_template().id] = a_template()

    studio.with_step()

    ((at, detail),) = places_of(lambda: studio.publisher.publish(INTEGRATION))
    assert (at, detail) == ("#/configPages/0/elements/0/connection/template", NONE[1])


@pytest.mark.parametrize("name", ["tokenUrl", "authorizeUrl", "revokeUrl"])
def test_a_customer_does_not_say_where_the_secrets_of_a_template_are_sent(name: str) -> None:
    variable = with_template(values={name: {"value": ELSEWHERE}})

    studio = studio_of(OF_ACME, shared=True)
    assert places_of(lambda: studio.with_variable(variable)) == [
        (f"#/connection/values/{name}", GUARDED)
    ]

    for allowed in (
        studio_of(ORGANIZATION),
        studio_of(OF_ACME, shared=True, values={"scopes": "read"}),
        studio_of(OF_ACME, shared=True, values={"clientId": "the-client", "gone": "x"}),
    ):
        allowed.with_variable(variable)


def test_what_a_builder_enters_has_a_size_of_its_own() -> None:
    """What the template fills is not counted: a customer would learn how much that is."""
    studio = studio_of(OF_ACME, shared=True, values={"clientSecret": "x" * 12_000})

    def added(length: int) -> None:
        studio.with_variable(with_template(values={"scopes": {"value": "x" * length}}))

    assert places_of(lambda: added(12_400)) == [
        ("#/connection/values", "must be at most 12 KB together")
    ]
    added(12_000)


def test_a_customer_says_what_decides_nothing() -> None:
    studio = studio_of(OF_ACME, shared=True)

    studio.with_variable(
        with_template(
            values={
                "scopes": {"value": "read", "visibility": "organization"},
                "tokenUrl": {"visibility": "organization"},
            }
        )
    )


def test_what_is_shown_to_nobody_a_customer_does_not_enter_beside_secrets() -> None:
    studio = studio_of(OF_ACME, shared=True, component="hosted", definition_key="keys",
                       values={"apiKey": "a-key"})  # fmt: skip
    inputs = {
        "apiKey": {"type": "password"},
        "host": {"type": "string", "shown": False, "default": "acme.example"},
        "team": {"type": "string"},
    }
    hosted = {"key": "hosted", "label": "Hosted",
              "connections": [{"key": "keys", "label": "Keys", "inputs": inputs}]}  # fmt: skip
    studio.world.components_by_key["hosted"] = Component.model_validate(hosted)
    variable = with_template(
        component="hosted",
        key="keys",
        values={"host": {"value": "elsewhere.example"}, "team": {"value": "ours"}},
    )

    assert places_of(lambda: studio.with_variable(variable)) == [
        ("#/connection/values/host", GUARDED)
    ]


def test_a_value_is_checked_with_what_the_template_fills() -> None:
    studio = studio_of(ORGANIZATION)
    definition = studio.world.components_by_key["acme"].connections[0].document()
    definition["inputs"] |= {
        "tenant": {"type": "string"},
        "tokenUrl": {"type": "template", "required": True},
    }
    component = {"key": "acme", "label": "Acme", "connections": [definition]}
    studio.world.components_by_key["acme"] = Component.model_validate(component)
    filled = a_template(values={"tenant": "a/secret/tenant"})
    studio.world.templates_by_id[filled.id] = filled
    variable = with_template(
        values={"tokenUrl": {"value": "https://{{#tenant}}.acme.example/token"}}
    )

    ((at, detail),) = places_of(lambda: studio.with_variable(variable))

    assert at == "#/connection/values/tokenUrl"
    assert "secret" not in detail


def test_what_is_built_in_is_no_reference() -> None:
    studio = studio_of(ORGANIZATION)

    studio.with_variable(a_variable(component="store", key="keys", values={}) | {"key": "Store"})
    assert studio.world.drafts_by_id[INTEGRATION][1].components == frozenset()

    studio.with_step()
    assert studio.world.drafts_by_id[INTEGRATION][1].components == {"acme"}


def test_an_integration_uses_so_many_own_components_at_most() -> None:
    studio = studio_of(ORGANIZATION)
    for number in range(31):
        component = {**STORE, "key": f"store-{number}"}
        studio.world.components_by_key[f"store-{number}"] = Component.model_validate(component)
    steps = [
        {"name": f"Step {number}", "component": f"store-{number}", "action": "send"}
        for number in range(31)
    ]

    studio.imported({"name": "Sync", "steps": steps[:30]})

    assert places_of(lambda: studio.imported({"name": "Sync", "steps": steps})) == [
        ("#/steps", "may use 30 components of your own at most")
    ]
