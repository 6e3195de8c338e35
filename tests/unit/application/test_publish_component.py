"""Publishing a component: what of its definitions cannot be used is told at its place."""

import json
from typing import Any

import pytest

from connections.application.publish_component import ComponentPublisher
from connections.domain.errors import InvalidRequest, NotFound
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import Component
from tests.builders import a_definition
from tests.doubles.world import World

TEXT = {"type": "string"}
PRIVATE = "https://127.0.0.1/token"


def a_component(*definitions: dict[str, Any]) -> Component:
    connections = list(definitions or [a_definition()])
    return Component.model_validate({"key": "acme", "label": "Acme", "connections": connections})


def with_inputs(**inputs: Any) -> dict[str, Any]:
    """Return an OAuth definition with other inputs beside its own."""
    definition = a_definition()
    definition["inputs"] |= inputs
    return definition


def custom(**inputs: Any) -> dict[str, Any]:
    """Return a definition that is not an OAuth one."""
    return {"key": "custom", "label": "Custom", "inputs": inputs}


@pytest.fixture
def publisher(world: World) -> ComponentPublisher:
    return ComponentPublisher(
        world.components, AllowedHosts.parse("localhost:8080"), world.referrers_of
    )


def problems(
    publisher: ComponentPublisher, world: World, *definitions: dict[str, Any]
) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        publisher.publish("acme", a_component(*definitions))
    assert world.components_by_key == {}
    return [(each.pointer, each.detail) for each in refused.value.problems]


def test_a_component_is_stored_under_its_key_and_read_back(
    publisher: ComponentPublisher, world: World
) -> None:
    assert publisher.publish("acme", a_component()) == a_component()

    assert world.components_by_key == {"acme": a_component()}
    assert publisher.read("acme") == a_component()


def test_a_component_replaces_the_one_that_was_there(publisher: ComponentPublisher) -> None:
    publisher.publish("acme", a_component())

    publisher.publish("acme", a_component(custom()))

    assert publisher.read("acme") == a_component(custom())


def test_a_component_that_nobody_published_is_not_found(publisher: ComponentPublisher) -> None:
    with pytest.raises(NotFound):
        publisher.read("acme")


def test_the_key_is_that_of_the_document(publisher: ComponentPublisher, world: World) -> None:
    with pytest.raises(InvalidRequest) as refused:
        publisher.publish("other", a_component())

    assert [(each.pointer, each.detail) for each in refused.value.problems] == [
        ("#/key", "must be 'other', as in the path")
    ]
    assert world.components_by_key == {}


@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl"])
@pytest.mark.parametrize("url", [PRIVATE, "http://acme.example", "acme.example"])
def test_a_url_of_an_oauth_definition_that_must_not_be_called_is_told(
    publisher: ComponentPublisher, world: World, name: str, url: str
) -> None:
    definition = with_inputs(**{name: {**TEXT, "default": url}})

    ((place, _),) = problems(publisher, world, definition)

    assert place == f"#/connections/0/inputs/{name}/default"


@pytest.mark.parametrize(
    "definition",
    [
        with_inputs(tokenUrl={**TEXT, "default": "http://localhost:8080/token"}),
        with_inputs(revokeUrl={**TEXT, "default": ""}),
        with_inputs(revokeUrl={"type": "template", "default": ""}),
        with_inputs(revokeUrl={**TEXT, "default": "https://acme.example/{{a"}),
        with_inputs(endpoint={**TEXT, "default": PRIVATE}),
        custom(tokenUrl={**TEXT, "default": PRIVATE}),
        a_definition(provider={"refreshUrl": "https://acme.example/refresh"}),
        a_definition(provider={"refreshUrl": "", "revokeUrl": ""}),
    ],
    ids=[
        "development",
        "empty",
        "empty template",
        "no template",
        "another",
        "not OAuth",
        "provider's",
        "provider's empty",
    ],
)
def test_any_other_url_will_do(publisher: ComponentPublisher, definition: dict[str, Any]) -> None:
    component = a_component(definition)

    assert publisher.publish("acme", component) == component


@pytest.mark.parametrize("name", ["refreshUrl", "revokeUrl"])
def test_a_providers_url_that_must_not_be_called_is_told(
    publisher: ComponentPublisher, world: World, name: str
) -> None:
    definition = a_definition(provider={name: PRIVATE})

    assert problems(publisher, world, definition) == [
        (f"#/connections/0/provider/{name}", "must not name a private address")
    ]


def test_all_problems_of_all_definitions_are_told_at_once(
    publisher: ComponentPublisher, world: World
) -> None:
    one = a_definition(provider={"refreshUrl": PRIVATE, "revokeUrl": PRIVATE})
    other = {**with_inputs(tokenUrl={**TEXT, "default": PRIVATE}), "key": "other"}

    assert [place for place, _ in problems(publisher, world, one, other)] == [
        "#/connections/0/provider/refreshUrl",
        "#/connections/0/provider/revokeUrl",
        "#/connections/1/inputs/tokenUrl/default",
    ]


def test_a_definition_is_32_kb_at_most(publisher: ComponentPublisher, world: World) -> None:
    def of_size(size: int) -> dict[str, Any]:
        inputs = {f"a{number}": {**TEXT, "comments": "x" * 3900} for number in range(8)}
        definition = {**custom(**inputs), "comments": ""}
        document = a_component(definition).connections[0].document()
        rest = size - len(json.dumps(document))
        return {**definition, "comments": "x" * rest}

    publisher.publish("acme", a_component(of_size(32 * 1024)))
    world.components_by_key.clear()

    assert problems(publisher, world, a_definition(), of_size(32 * 1024 + 1)) == [
        ("#/connections/1", "must be at most 32 KB")
    ]


def test_client_credentials_are_published_without_an_authorize_url(
    publisher: ComponentPublisher, world: World
) -> None:
    definition = a_definition(oauth2Type="client_credentials")
    del definition["inputs"]["authorizeUrl"]

    publisher.publish("acme", a_component(definition))

    assert world.components_by_key["acme"].connections[0].oauth2_type == "client_credentials"


def test_a_secret_stays_one(publisher: ComponentPublisher, world: World) -> None:
    publisher.publish("acme", a_component(custom(key={"type": "password"}, host=TEXT)))

    with pytest.raises(InvalidRequest) as refused:
        publisher.publish("acme", a_component(custom(key=TEXT, host=TEXT)))

    assert [each.pointer for each in refused.value.problems] == ["#/connections/0/inputs/key/type"]
    publisher.publish("acme", a_component(custom(key={"type": "text", "writeOnly": True})))
    publisher.publish("acme", a_component(custom(other=TEXT)))
