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


def asked_of(definition: ConnectionDefinition, *templated: str) -> dict[str, Visibility]:
    connection = {"component": "acme", "key": "oauth2", "values": {}}
    variable = ConfigVariable.model_validate({"key": "Acme", "connection": connection})
    return asked(definition, variable, templated)


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


def test_beside_a_builders_secret_only_the_organization_says_where_it_is_sent() -> None:
    definition = a_checked_definition(tokenUrl=TEXT)
    connection = {"component": "acme", "key": "oauth2"}
    said = {"clientSecret": {"value": "of-the-builder", "visibility": "customer"}}
    document = {"key": "Acme", "connection": {**connection, "values": said}}

    found = asked(definition, ConfigVariable.model_validate(document), ())

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
    assert "domain" not in without_default.directing
