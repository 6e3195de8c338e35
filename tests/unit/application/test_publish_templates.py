"""Publishing templates: what no value can mend is told at once, at its place."""

import pytest

from connections.application.publish_component import ComponentPublisher
from connections.domain.errors import InvalidRequest
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component
from tests.builders import a_definition
from tests.doubles.world import World
from tests.templated import HIDDEN, inputs_over_a_shop


@pytest.fixture
def publisher(world: World) -> ComponentPublisher:
    return ComponentPublisher(
        world.components, AllowedHosts.parse("localhost:8080"), world.referrers_of
    )


def a_component(name: str, default: str) -> Component:
    inputs = inputs_over_a_shop(**{name: {**HIDDEN, "default": default}})
    connections = [a_definition(inputs=inputs)]
    return Component.model_validate({"key": "acme", "label": "Acme", "connections": connections})


URLS = ["authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl"]


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize(
    "default",
    [
        "https://{{#shop}}.acme.example/token",
        "https://{{#shop}}",
        "https://{{#shop}}:8443/",
        "https://acme.example/{{#shop}}/token?shop={{#shop}}",
        "http://localhost:8080/{{#shop}}/token",
    ],
)
def test_a_template_of_what_may_be_called_will_do(
    publisher: ComponentPublisher, name: str, default: str
) -> None:
    component = a_component(name, default)

    assert publisher.publish("acme", component) == component


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize(
    ("default", "told"),
    [
        ("http://{{#shop}}.acme.example/", "must be an https URL"),
        ("http://{{#shop}}:8080/", "must be an https URL"),
        ("http://localhost:8081/{{#shop}}", "must be an https URL"),
        ("https://127.0.0.1/{{#shop}}", "must not name a private address"),
        ("https://[::1]/{{#shop}}", "must not name a private address"),
        ("https://{{#shop}}.acme.example:99999/", "is not a URL"),
    ],
)
def test_a_template_that_must_not_be_called_whatever_the_values_is_told(
    publisher: ComponentPublisher, world: World, name: str, default: str, told: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        publisher.publish("acme", a_component(name, default))

    assert [(each.pointer, each.detail) for each in refused.value.problems] == [
        (f"#/connections/0/inputs/{name}/default", told)
    ]
    assert world.components_by_key == {}


def test_a_template_that_is_not_called_may_lead_anywhere(publisher: ComponentPublisher) -> None:
    component = a_component("endpoint", "http://{{#shop}}.internal/")

    assert publisher.publish("acme", component) == component
