"""The values of a new connection that fill in templates: what is wrong is told where it was put."""

from typing import Any

import pytest

from connections.application.create_connection import ConnectionCreator
from connections.domain.errors import InvalidRequest
from connections_sdk.templates import HOST_FAULT
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.hostile_values import HOSTILE, NUMBERS
from tests.templated import HIDDEN, SHOP_VALUES, a_shop_definition
from tests.unit.application.creating import a_creator, publish, wanting

TEXT = {"type": "string"}


@pytest.fixture
def world() -> World:
    world = World()
    publish(world, a_shop_definition())
    return world


@pytest.fixture
def creator(world: World, clock: ManualClock) -> ConnectionCreator:
    return a_creator(world, clock)


def problems(creator: ConnectionCreator, **values: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        creator.create(wanting(values={**SHOP_VALUES, **values}))
    assert all(each.detail not in values.values() for each in refused.value.problems)
    return [
        (each.pointer.removeprefix("#/connection/values/"), each.detail)
        for each in refused.value.problems
    ]


def test_what_was_entered_is_stored_as_it_was(creator: ConnectionCreator) -> None:
    assert creator.create(wanting(values=SHOP_VALUES))[1].values == SHOP_VALUES


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_told_at_the_input_that_it_was_entered_in(
    creator: ConnectionCreator, world: World, value: str
) -> None:
    assert problems(creator, shop=value) == [("shop", HOST_FAULT)]
    assert (world.connections_by_id, world.entries) == ({}, [])


def test_a_value_that_does_not_fit_its_own_input_is_told_once(
    creator: ConnectionCreator, world: World
) -> None:
    publish(world, a_shop_definition(shop={**TEXT, "pattern": "[a-z]+"}))

    assert problems(creator, shop="a/b") == [
        ("shop", "does not have the form that the input's pattern asks for")
    ]


@pytest.mark.parametrize("shop", [TEXT, {**TEXT, "required": True}, {**TEXT, "default": ""}])
def test_a_value_that_a_template_needs_is_required(
    creator: ConnectionCreator, world: World, shop: dict[str, Any]
) -> None:
    publish(world, a_shop_definition(shop=shop))
    values = {name: value for name, value in SHOP_VALUES.items() if name != "shop"}

    with pytest.raises(InvalidRequest) as refused:
        creator.create(wanting(values=values))

    assert [(each.pointer, each.detail) for each in refused.value.problems] == [
        ("#/connection/values/shop", "is required")
    ]


def test_a_default_that_fits_fills_the_template_in(
    creator: ConnectionCreator, world: World
) -> None:
    publish(world, a_shop_definition(shop={**TEXT, "default": "www"}))
    values = {name: value for name, value in SHOP_VALUES.items() if name != "shop"}

    assert creator.create(wanting(values=values))[1].values == values


NO_SLOT = "must have a slot such as {{#domain}}; without one the input's type is string"
NOT_PLAIN = (
    "must name inputs of type string or text that are neither secret nor a list: clientSecret is"
    " none"
)
NO_HOST = (
    "must have a host of letters, digits, hyphens, dots and slots, and nothing more than a port in"
    " digits: neither a user name nor a slot in the port"
)
ENTERED = [
    ("https://{{#shop}}.elsewhere.example/token", None),
    ("http://localhost:8080/{{#shop}}", None),
    ("http://localhost:8081/{{#shop}}", "must be an https URL"),
    ("http://{{#shop}}.acme.example/", "must be an https URL"),
    ("https://10.0.0.1/{{#shop}}", "must not name a private address"),
    ("https://acme.example/token", NO_SLOT),
    ("{{#shop}}.acme.example", "must begin with https://"),
    ("https://{{#none}}/", "must name inputs of this connection: there is no none"),
    ("https://{{#clientSecret}}/", NOT_PLAIN),
    ("https://{{#shop}}@acme.example/", NO_HOST),
    (["x"], "must be a string"),
]


@pytest.mark.parametrize(("template", "told"), ENTERED)
@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl"])
def test_what_is_entered_for_a_template_is_the_template_and_told_at_its_place(
    creator: ConnectionCreator, world: World, name: str, template: object, told: str | None
) -> None:
    publish(world, a_shop_definition(refreshUrl={"type": "template"}))

    if told is None:
        values = {**SHOP_VALUES, name: template}
        assert creator.create(wanting(values=values))[1].values == values
    else:
        assert problems(creator, **{name: template}) == [(name, told)]


@pytest.mark.parametrize("value", NUMBERS)
def test_a_template_that_was_entered_makes_no_address(
    creator: ConnectionCreator, value: str
) -> None:
    ((place, told),) = problems(creator, shop=value, tokenUrl="https://{{#shop}}/")

    assert (place, told.startswith("must make one host name")) == ("shop", True)


@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl"])
def test_an_empty_template_is_no_value(creator: ConnectionCreator, world: World, name: str) -> None:
    publish(world, a_shop_definition(**{name: {"type": "template", "default": ""}}))

    assert problems(creator) == [(name, "is required")]
    assert problems(creator, **{name: ""}) == [(name, "is required")]


def test_a_revocation_template_may_be_emptied(creator: ConnectionCreator, world: World) -> None:
    publish(world, a_shop_definition(revokeUrl={**HIDDEN, "required": False, "default": ""}))

    assert creator.create(wanting(values={**SHOP_VALUES, "revokeUrl": ""}))


def test_every_template_is_filled_in_whether_it_is_called_or_not(
    creator: ConnectionCreator, world: World
) -> None:
    inputs = {
        "url": {"type": "template", "default": "http://{{#shop}}.internal:99/"},
        "greeting": {"type": "template", "default": "Hello {{#who}}"},
        "shop": TEXT,
        "who": TEXT,
    }
    publish(world, {"key": "oauth2", "label": "Custom", "inputs": inputs})

    assert creator.create(wanting(values={"shop": "a"}))[1].values == {"shop": "a"}
    with pytest.raises(InvalidRequest) as refused:
        creator.create(wanting(values={"shop": "a@b", "who": "a\nb"}))

    assert [(each.pointer, each.detail) for each in refused.value.problems] == [
        ("#/connection/values/shop", HOST_FAULT),
        ("#/connection/values/who", "must not contain control characters"),
    ]
