"""The values of a new connection: what does not fit is told at its place."""

import json
from typing import Any

import pytest

from connections.application.create_connection import ConnectionCreator
from connections.domain.errors import InvalidRequest
from tests.builders import a_definition
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.creating import VALUES, a_creator, publish, wanting

TEXT = {"type": "string"}
REQUIRED = {**TEXT, "required": True}
IS_REQUIRED = "is required"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def creator(world: World, clock: ManualClock) -> ConnectionCreator:
    return a_creator(world, clock)


def problems(creator: ConnectionCreator, **wanted: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        creator.create(wanting(**wanted))
    return [(each.pointer, each.detail) for each in refused.value.problems]


def custom(world: World, **inputs: Any) -> None:
    publish(world, {"key": "custom", "label": "Custom", "inputs": inputs})


def oauth(world: World, **inputs: Any) -> None:
    definition = a_definition()
    definition["inputs"] |= inputs
    publish(world, definition)


def test_a_component_that_nobody_published_is_told(creator: ConnectionCreator) -> None:
    assert problems(creator, component="other") == [
        ("#/connection/component", "is not a published component")
    ]


def test_a_connection_that_the_component_does_not_have_is_told(creator: ConnectionCreator) -> None:
    assert problems(creator, key="other") == [
        ("#/connection/key", "must be one of: oauth2, custom")
    ]


@pytest.mark.parametrize(
    ("name", "place"),
    [("unknown", "unknown"), ("a/b", "a~1b"), ("~a", "~0a"), ("~1", "~01"), ("", "")],
)
def test_an_input_that_there_is_not_is_told_by_a_json_pointer(
    creator: ConnectionCreator, name: str, place: str
) -> None:
    assert problems(creator, values={**VALUES, name: "x"}) == [
        (f"#/connection/values/{place}", "is not an input of this connection")
    ]


def test_all_that_does_not_fit_is_told_at_once_and_nothing_is_made(
    creator: ConnectionCreator, world: World
) -> None:
    oauth(world, flag={"type": "boolean"}, names={**TEXT, "collection": "valuelist"})
    values = {"clientId": "", "flag": "yes", "names": "a", "unknown": "x"}

    assert problems(creator, values=values) == [
        ("#/connection/values/clientId", "is required and must not be empty"),
        ("#/connection/values/flag", "must be true or false"),
        ("#/connection/values/names", "must be a list of strings"),
        ("#/connection/values/unknown", "is not an input of this connection"),
        ("#/connection/values/clientSecret", IS_REQUIRED),
    ]
    assert (world.connections_by_id, world.entries) == ({}, [])


@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl", "clientId"])
@pytest.mark.parametrize("field", [TEXT, {**TEXT, "default": ""}])
@pytest.mark.parametrize("entered", [None, ""])
def test_what_oauth_needs_is_required_whether_the_definition_says_so_or_not(
    creator: ConnectionCreator, world: World, name: str, field: dict[str, Any], entered: str | None
) -> None:
    oauth(world, **{name: field})
    values = {each: value for each, value in VALUES.items() if each != name}

    assert problems(creator, values=values | ({} if entered is None else {name: entered})) == [
        (f"#/connection/values/{name}", IS_REQUIRED)
    ]


def test_what_oauth_does_not_need_may_be_left_out(creator: ConnectionCreator, world: World) -> None:
    oauth(world, clientSecret={"type": "password"}, scopes=TEXT, revokeUrl=TEXT)

    connection, _ = creator.create(wanting(values={"clientId": "the-client"}))

    assert connection.requested_scopes is None


def test_another_connection_needs_nothing_of_oauth(
    creator: ConnectionCreator, world: World
) -> None:
    custom(world, clientId=TEXT, tokenUrl={**TEXT, "default": ""})

    assert not creator.create(wanting(key="custom", values={}))[0].oauth


@pytest.mark.parametrize("field", [REQUIRED, {**REQUIRED, "default": ""}])
def test_a_required_input_without_a_value_is_told(
    creator: ConnectionCreator, world: World, field: dict[str, Any]
) -> None:
    custom(world, token=field)

    assert problems(creator, key="custom", values={}) == [
        ("#/connection/values/token", IS_REQUIRED)
    ]


def test_an_empty_default_of_an_input_that_nobody_is_shown_is_its_value(
    creator: ConnectionCreator, world: World
) -> None:
    custom(world, prefix={**REQUIRED, "shown": False, "default": ""})

    assert creator.create(wanting(key="custom", values={}))[1].values == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({**REQUIRED, "default": "x"}, None),
        (REQUIRED, "x"),
        ({"type": "boolean", "required": True}, False),
        ({**REQUIRED, "collection": "valuelist"}, []),
        ({"type": "boolean", "required": True, "default": False}, None),
        (TEXT, ""),
        (TEXT, None),
    ],
)
def test_a_value_or_a_default_will_do(
    creator: ConnectionCreator, world: World, field: dict[str, Any], value: object
) -> None:
    custom(world, a=field)
    values = {} if value is None else {"a": value}

    assert creator.create(wanting(key="custom", values=values))[1].values == values


@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl"])
def test_a_url_that_must_not_be_called_is_told(
    creator: ConnectionCreator, world: World, name: str
) -> None:
    oauth(world, refreshUrl=TEXT)

    assert problems(creator, values={**VALUES, name: "https://10.0.0.1/"}) == [
        (f"#/connection/values/{name}", "must not name a private address")
    ]


def test_a_url_that_does_not_fit_its_input_is_told_once(
    creator: ConnectionCreator, world: World
) -> None:
    oauth(world, tokenUrl={**REQUIRED, "pattern": "https://.+[.]example"})

    assert problems(creator, values={**VALUES, "tokenUrl": "https://10.0.0.1/"}) == [
        (
            "#/connection/values/tokenUrl",
            "does not have the form that the input's pattern asks for",
        )
    ]


@pytest.mark.parametrize("values", [{"revokeUrl": ""}, {"tokenUrl": "http://localhost:8080/token"}])
def test_an_empty_url_and_one_of_a_development_host_will_do(
    creator: ConnectionCreator, world: World, values: dict[str, str]
) -> None:
    oauth(world, revokeUrl=TEXT)

    assert creator.create(wanting(values={**VALUES, **values}))[1].values == {**VALUES, **values}


def test_another_connections_url_is_not_called_so_it_may_be_anything(
    creator: ConnectionCreator, world: World
) -> None:
    custom(world, tokenUrl=TEXT)

    values = {"tokenUrl": "https://10.0.0.1/"}
    assert creator.create(wanting(key="custom", values=values))[1].values == values


def test_the_values_are_12_kb_at_most_without_the_defaults(
    creator: ConnectionCreator, world: World
) -> None:
    custom(world, a=TEXT, b={**TEXT, "default": "é" * 1000})
    rest = 12 * 1024 - len(json.dumps({"a": ""}))

    creator.create(wanting(key="custom", values={"a": "x" * rest}))

    assert problems(creator, key="custom", values={"a": "x" * (rest + 1)}) == [
        ("#/connection/values", "must be at most 12 KB together")
    ]
