"""Values that are entered: what does not fit, also with what was there, and what is missing."""

import json
from typing import Any

import pytest

from connections.application.entered_values import (
    LARGEST_LAYER,
    missing_inputs,
    size_problems,
    value_problems,
)
from connections.domain.errors import Problem
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import ConnectionDefinition
from tests.builders import a_definition

HOSTS = AllowedHosts.parse("localhost:8080")
URL = "https://{{#tenant}}.acme.example/token"
HOST = "must be a host name or a part of one"


@pytest.fixture
def definition() -> ConnectionDefinition:
    document = a_definition()
    document["inputs"] |= {
        "tenant": {"type": "string"},
        "tokenUrl": {"type": "template", "required": True},
        "greeting": {"type": "template"},
    }
    return ConnectionDefinition.model_validate(document)


def told(
    definition: ConnectionDefinition, values: dict[str, Any], of: set[str] | None = None
) -> list[tuple[str, str]]:
    found = value_problems(definition, values, HOSTS, at="#/values", of=of)
    return [(each.pointer, each.detail[: len(HOST)]) for each in found]


def test_what_is_missing_is_no_problem(definition: ConnectionDefinition) -> None:
    assert value_problems(definition, {}, HOSTS, at="#") == []
    assert value_problems(definition, {"tokenUrl": URL}, HOSTS, at="#") == []


def test_a_value_does_not_fit_the_template_that_was_there_before(
    definition: ConnectionDefinition,
) -> None:
    assert told(definition, {"tokenUrl": URL, "tenant": "a/b"}, {"tenant"}) == [
        ("#/values/tenant", HOST)
    ]


def test_a_template_does_not_fit_the_value_that_was_there_before(
    definition: ConnectionDefinition,
) -> None:
    assert told(definition, {"tokenUrl": URL, "tenant": "a/b"}, {"tokenUrl"}) == [
        ("#/values/tokenUrl", HOST)
    ]


@pytest.mark.parametrize(
    "before",
    [
        {"tokenUrl": URL, "tenant": "a/b"},
        {"tokenUrl": "no template"},
        {"authorizeUrl": "http://acme.example"},
        {"unknown": "x"},
    ],
)
def test_of_what_was_there_before_no_problem_is_told(
    definition: ConnectionDefinition, before: dict[str, Any]
) -> None:
    assert told(definition, {**before, "scopes": "read"}, {"scopes"}) == []


def test_a_template_with_open_slots_is_looked_at_as_far_as_it_is_known(
    definition: ConnectionDefinition,
) -> None:
    url = "http://{{#tenant}}.acme.example/token"
    assert told(definition, {"tokenUrl": url}) == [("#/values/tokenUrl", "must be an https URL")]


def test_a_template_that_is_no_url_may_say_anything(definition: ConnectionDefinition) -> None:
    assert told(definition, {"greeting": "Hello {{#tenant}}", "tenant": "a/b"}) == []


def test_a_value_has_one_problem_the_first(definition: ConnectionDefinition) -> None:
    assert told(definition, {"tokenUrl": URL, "tenant": True}) == [
        ("#/values/tenant", "must be a string")
    ]


def test_what_one_enters_has_a_size() -> None:
    room = LARGEST_LAYER - len(json.dumps({"scopes": "é"}))

    def told(length: int) -> list[Problem]:
        return size_problems({"scopes": "é" + "x" * length}, at="#/values")

    assert told(room) == []
    assert told(room + 1) == [Problem("#/values", "must be at most 12 KB together")]


def test_what_is_missing_is_what_a_connection_cannot_do_without(
    definition: ConnectionDefinition,
) -> None:
    assert missing_inputs(definition, {}) == ["tokenUrl", "clientId", "clientSecret"]
    assert missing_inputs(definition, {"clientId": "", "clientSecret": "x", "tokenUrl": URL}) == [
        "clientId",
        "tenant",
    ]
    known = {"clientId": "x", "clientSecret": "x", "tokenUrl": URL, "tenant": "ours"}
    assert missing_inputs(definition, known) == []


def test_a_value_that_does_not_fit_is_not_missing(definition: ConnectionDefinition) -> None:
    wrong = {"clientId": "x", "clientSecret": "x", "tokenUrl": "no template", "tenant": "a/b"}

    assert missing_inputs(definition, wrong) == []


def test_a_value_does_not_fit_a_url_among_the_facts() -> None:
    document = {**a_definition(), "provider": {"introspectUrl": URL}}
    document["inputs"] |= {"tenant": {"type": "string"}}
    definition = ConnectionDefinition.model_validate(document)

    assert told(definition, {"tenant": "evil.example/"}) == [("#/values/tenant", HOST)]
    assert told(definition, {"tenant": "evil.example/", "clientId": "a"}, {"clientId"}) == []
    assert told(definition, {"tenant": "acme"}) == []
    assert told(definition, {}) == []
