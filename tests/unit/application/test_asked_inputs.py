"""Which inputs customers are kept from beside a template's secrets."""

from typing import Any

import pytest

from connections.application.asked_inputs import asked, kept_from_customers
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.integrations import ConfigVariable, Visibility
from tests.builders import a_definition

TEXT: dict[str, Any] = {"type": "string", "required": True}


def a_checked_definition(**inputs: Any) -> ConnectionDefinition:
    merged = {**a_definition()["inputs"], **inputs}
    return ConnectionDefinition.model_validate(a_definition(inputs=merged))


def a_variable(values: dict[str, Any] | None = None, **changes: Any) -> ConfigVariable:
    connection = {"component": "acme", "key": "oauth2", "values": values or {}}
    return ConfigVariable.model_validate({"key": "Acme", "connection": connection, **changes})


def asked_of(definition: ConnectionDefinition, *templated: str) -> dict[str, Visibility]:
    return asked(definition, a_variable(), templated)


@pytest.mark.parametrize("whole", [*Visibility, None])
def test_an_input_of_which_nothing_is_said_is_asked_as_the_variable_is(
    whole: Visibility | None,
) -> None:
    definition = a_checked_definition()
    said = {"scopes": {"visibility": "customer"}, "clientId": {"value": "an-id"}}

    found = asked(definition, a_variable(said, visibility=whole), ())

    assert found == {
        "scopes": Visibility.CUSTOMER,
        "clientId": whole or Visibility.CUSTOMER,
        "clientSecret": whole or Visibility.CUSTOMER,
    }


def test_a_secret_that_the_builder_entered_is_the_organizations_whatever_the_whole_is() -> None:
    variable = a_variable({"clientSecret": {"value": "builders"}}, visibility="customer")

    found = asked(a_checked_definition(), variable, ())

    assert (found["clientSecret"], found["scopes"]) == (
        Visibility.ORGANIZATION,
        Visibility.CUSTOMER,
    )


def test_what_is_kept_from_customers_is_kept_whatever_the_whole_is() -> None:
    definition = a_checked_definition(tokenUrl=TEXT)

    found = asked(definition, a_variable(visibility="customer"), ("clientSecret",))

    assert (found["tokenUrl"], found["clientId"]) == (
        Visibility.ORGANIZATION,
        Visibility.CUSTOMER,
    )


def test_beside_a_templates_secret_only_the_organization_says_where_it_is_sent() -> None:
    definition = a_checked_definition(tokenUrl=TEXT)

    assert asked_of(definition, "clientSecret")["tokenUrl"] is Visibility.ORGANIZATION
    assert asked_of(definition, "clientId")["tokenUrl"] is Visibility.CUSTOMER
    assert asked_of(definition)["tokenUrl"] is Visibility.CUSTOMER


@pytest.mark.parametrize(
    ("url", "visibility"),
    [
        ("https://{{#domain}}/token", Visibility.ORGANIZATION),
        ("https://login.{{#domain}}:8443/token", Visibility.ORGANIZATION),
        ("https://{{#domain}}.acme.example/token", Visibility.CUSTOMER),
        ("https://acme.example/{{#domain}}", Visibility.CUSTOMER),
    ],
)
def test_a_slot_is_kept_if_it_leaves_the_domain_open(url: str, visibility: Visibility) -> None:
    template = {"type": "template", "shown": False, "default": url}
    definition = a_checked_definition(tokenUrl=template, domain=TEXT)

    assert asked_of(definition, "clientSecret")["domain"] is visibility


def test_a_top_level_domain_alone_is_no_domain_of_the_templates_own() -> None:
    for url in ("https://{{#domain}}.com/token", "https://login.{{#domain}}.dev:8443/token"):
        template = {"type": "template", "shown": False, "default": url}
        definition = a_checked_definition(tokenUrl=template, domain=TEXT)

        assert asked_of(definition, "clientSecret")["domain"] is Visibility.ORGANIZATION


def test_beside_a_builders_secret_only_the_organization_says_where_it_is_sent() -> None:
    definition = a_checked_definition(tokenUrl=TEXT)
    said = {"clientSecret": {"value": "of-the-builder", "visibility": "customer"}}

    found = asked(definition, a_variable(said), ())

    assert found["tokenUrl"] is Visibility.ORGANIZATION
    assert found["clientSecret"] is Visibility.CUSTOMER


def test_beside_a_template_nobody_on_the_customers_side_enters_text_with_slots() -> None:
    definition = a_checked_definition(greeting={"type": "template"}, domain=TEXT)

    assert asked_of(definition, "domain")["greeting"] is Visibility.ORGANIZATION
    assert asked_of(definition)["greeting"] is Visibility.CUSTOMER


def test_what_is_hidden_is_kept_too_and_what_is_unknown_is_no_secret() -> None:
    definition = a_checked_definition()

    kept = kept_from_customers(definition, ["clientSecret"])
    assert kept == {"authorizeUrl", "tokenUrl", "revokeUrl"}
    assert kept_from_customers(definition, ["gone"]) == frozenset()
    without_default = a_checked_definition(
        tokenUrl={"type": "template", "shown": True}, domain=TEXT
    )
    assert "domain" in without_default.directing
