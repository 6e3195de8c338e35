"""Components: the connections that they declare, and their documents."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.definitions import Component, ConnectionDefinition, InputField
from tests.builders import a_definition
from tests.unit.sdk.documents import a_component, places

API_KEY = {"key": "apiKey", "label": "API Key", "inputs": {"apiKey": {"type": "password"}}}


def refused(*definitions: dict[str, Any], **changes: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        a_component(*definitions, **changes)
    return caught.value


def test_a_component_declares_connections_of_different_keys() -> None:
    component = a_component(a_definition(), API_KEY)

    assert [connection.key for connection in component.connections] == ["oauth2", "apiKey"]


def test_a_key_that_is_declared_twice_is_refused() -> None:
    error = refused(API_KEY, a_definition(), {**API_KEY, "label": "Another"}, a_definition())

    assert [(each["loc"], each["msg"]) for each in error.errors()] == [
        (("connections", index, "key"), "is the key of another connection too") for index in (2, 3)
    ]


def test_keys_that_differ_in_case_are_different() -> None:
    assert len(a_component(API_KEY, {**API_KEY, "key": "ApiKey"}).connections) == 2


def test_a_component_declares_1_to_50_connections() -> None:
    connections = [{**API_KEY, "key": f"key{number}"} for number in range(51)]

    assert len(a_component(*connections[:50]).connections) == 50
    assert places(refused(*connections)) == [("too_long", ("connections",))]
    assert places(refused()) == [("too_short", ("connections",))]


@pytest.mark.parametrize("name", ["key", "label", "connections"])
def test_a_component_has_key_label_and_connections(name: str) -> None:
    document = a_component(API_KEY).document()
    del document[name]

    with pytest.raises(ValidationError) as caught:
        Component.model_validate(document)

    assert places(caught.value) == [("missing", (name,))]


def test_an_unknown_key_is_refused() -> None:
    assert places(refused(API_KEY, iconUrl="x")) == [("extra_forbidden", ("iconUrl",))]


def test_the_description_has_up_to_4000_characters() -> None:
    assert a_component(API_KEY, description="x" * 4000).description == "x" * 4000
    assert places(refused(API_KEY, description="x" * 4001)) == [
        ("string_too_long", ("description",))
    ]


def test_the_documentation_is_at_an_https_url() -> None:
    longest = "https://acme.example/".ljust(2000, "x")

    assert a_component(API_KEY, documentationUrl=longest).documentation_url == longest
    for url in (longest + "x", "http://acme.example/", "javascript:alert(1)", " https://a.example"):
        assert places(refused(API_KEY, documentationUrl=url))[0][1] == ("documentationUrl",)


def test_a_connection_is_found_by_its_key() -> None:
    component = a_component(a_definition(), API_KEY)

    assert component.connection("apiKey") is component.connections[1]
    assert component.connection("APIKEY") is None


def test_a_document_says_what_was_said_and_no_more() -> None:
    document: dict[str, Any] = {
        "key": "acme",
        "label": "Acme",
        "description": None,
        "documentationUrl": "https://acme.example/docs",
        "connections": [
            a_definition(
                comments="Ask Ada.",
                oauth2PkceMethod="plain",
                provider={"authorizeParams": {"prompt": "consent"}, "refreshBuffer": 30},
            ),
            API_KEY,
        ],
    }
    component = Component.model_validate(document)

    assert component.document() == document
    assert component.connections[0].document() == document["connections"][0]
    assert json.loads(json.dumps(component.document())) == document


def test_every_kind_of_default_comes_back_as_it_was() -> None:
    texts, pairs = {"collection": "valuelist"}, {"collection": "keyvaluelist"}
    fields: list[dict[str, Any]] = [
        {"default": ""},
        {"default": "x"},
        {"type": "boolean", "default": True},
        {"type": "boolean", "default": False},
        {**texts, "default": []},
        {**texts, "default": ["a", "b"]},
        {**pairs, "default": [{"key": "k", "value": "v"}]},
    ]
    inputs = {f"input{number}": {"type": "string", **field} for number, field in enumerate(fields)}

    document = a_component({**API_KEY, "inputs": inputs}).document()

    assert document["connections"][0]["inputs"] == inputs


def test_a_definition_may_be_built_in_python_too() -> None:
    definition = ConnectionDefinition(
        key="apiKey",
        label="API Key",
        inputs={"apiKey": InputField(type="string", write_only=True)},
    )

    assert definition.document() == {
        "key": "apiKey",
        "label": "API Key",
        "inputs": {"apiKey": {"type": "string", "writeOnly": True}},
    }


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (50, True), (51, False)])
def test_a_category_is_a_short_word(length: int, fits: bool) -> None:
    category = "x" * length

    if fits:
        assert a_component(API_KEY, category=category).document()["category"] == category
    else:
        ((_, place),) = places(refused(API_KEY, category=category))
        assert place == ("category",)
