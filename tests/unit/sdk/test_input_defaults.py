"""Defaults of input fields, and what else of their members goes together."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.sdk.documents import a_field, places


def refused(**changes: Any) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError) as caught:
        a_field(**changes)
    return places(caught.value)


def test_a_required_input_that_is_not_shown_needs_a_default() -> None:
    assert refused(required=True, shown=False) == [("rule", ("default",))]
    assert refused(required=True, shown=False, default=None) == [("rule", ("default",))]


@pytest.mark.parametrize(
    "changes",
    [
        {"required": True, "shown": False, "default": "x"},
        {"required": True, "shown": False, "default": ""},
        {"type": "boolean", "required": True, "shown": False, "default": False},
        {"required": True, "shown": True},
        {"required": False, "shown": False},
    ],
)
def test_any_other_input_can_be_entered_or_needs_not_be(changes: dict[str, Any]) -> None:
    assert a_field(**changes).required is changes["required"]


def test_why_a_hidden_required_input_is_refused_is_told() -> None:
    with pytest.raises(ValidationError, match="is required: nobody can enter a required input"):
        a_field(required=True, shown=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "password", "default": "x"},
        {"type": "string", "writeOnly": True, "default": "x"},
        {"type": "string", "writeOnly": True, "default": ["x"]},
        {"type": "boolean", "writeOnly": True, "default": False},
    ],
)
def test_a_secret_has_no_default(changes: dict[str, Any]) -> None:
    assert refused(**changes) == [("rule", ("default",))]
    with pytest.raises(ValidationError, match="must be left out: a secret belongs to"):
        a_field(**changes)


@pytest.mark.parametrize("default", [None, ""])
def test_an_empty_default_gives_no_secret_away(default: str | None) -> None:
    assert a_field(type="password", default=default).default == default


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"pattern": "[0-9]+", "default": "x"},
            "does not have the form that the input's pattern asks for",
        ),
        (
            {"model": [{"label": "A", "value": "a"}], "default": "b"},
            "must be one of the values that the input offers",
        ),
        (
            {"type": "template", "pattern": "https.+", "default": "http://{{#shop}}/"},
            "does not have the form that the input's pattern asks for",
        ),
        ({"type": "boolean", "default": "yes"}, "must be true or false"),
        ({"default": True}, "must be a string"),
        (
            {"collection": "valuelist", "default": [{"key": "k", "value": "v"}]},
            "must be a list of strings",
        ),
        (
            {"collection": "keyvaluelist", "default": ["a"]},
            "must be a list of {key, value} objects",
        ),
    ],
)
def test_a_default_is_a_value_of_its_input(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        a_field(**changes)

    assert [(each["loc"], each["msg"]) for each in caught.value.errors()] == [(("default",), told)]


@pytest.mark.parametrize(
    "changes",
    [
        {"required": True, "default": ""},
        {"pattern": "[0-9]+", "default": ""},
        {"pattern": "[0-9]+", "default": "5"},
        {"pattern": "[0-9]+"},
        {"model": [{"label": "A", "value": "a"}], "default": ""},
        {"model": [{"label": "A", "value": "a"}], "default": "a"},
        {"type": "boolean", "default": ""},
        {"type": "boolean", "default": "true"},
        {"collection": "valuelist", "default": ""},
        {"collection": "valuelist", "default": ["a"]},
        {"collection": "keyvaluelist", "default": [{"key": "k", "value": "v"}]},
    ],
)
def test_a_default_that_fits_or_is_empty_will_do(changes: dict[str, Any]) -> None:
    assert a_field(**changes).model_fields_set == {"type", *changes}


def test_all_that_is_wrong_with_a_field_is_told_at_once() -> None:
    faults = refused(type="template", writeOnly=True, collection="valuelist", pattern="(")

    assert [place for _, place in faults] == [("writeOnly",), ("collection",), ("pattern",)]
