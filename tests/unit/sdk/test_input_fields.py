"""Input fields: what one may be, and which values fit."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.unit.sdk.documents import a_field, places

PAIRS = {"collection": "keyvaluelist"}


def refused(**changes: Any) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError) as caught:
        a_field(**changes)
    return places(caught.value)


@pytest.mark.parametrize("kind", ["string", "text", "password", "boolean", "data", "template"])
def test_a_field_has_one_of_six_types(kind: str) -> None:
    assert a_field(type=kind).type == kind


@pytest.mark.parametrize("kind", ["", "String", "number", None, 1])
def test_a_field_has_no_other_type(kind: object) -> None:
    assert refused(type=kind) == [("literal_error", ("type",))]


def test_a_field_may_be_just_its_type() -> None:
    field = a_field()

    assert (field.label, field.default, field.collection, field.model) == (None, None, None, None)
    assert (field.placeholder, field.comments, field.example, field.pattern) == (None,) * 4
    assert (field.required, field.shown) == (False, True)
    assert (field.write_only, field.on_prem_controlled) == (False, False)


@pytest.mark.parametrize(
    ("changes", "secret"),
    [
        ({"type": "password"}, True),
        ({"type": "password", "writeOnly": False}, True),
        ({"type": "string", "writeOnly": True}, True),
        ({"type": "string"}, False),
        ({"type": "text"}, False),
        ({"type": "boolean"}, False),
        ({"type": "data"}, False),
    ],
)
def test_passwords_and_what_is_write_only_are_secret(
    changes: dict[str, Any], *, secret: bool
) -> None:
    assert a_field(**changes).secret is secret


@pytest.mark.parametrize("model", [[], [{"label": "", "value": "x"}], [{"label": "X"}], ["x"]])
def test_a_model_has_choices_with_label_and_value(model: list[object]) -> None:
    assert refused(model=model)


@pytest.mark.parametrize(
    ("changes", "at_most"),
    [
        (lambda size: {"label": "x" * size}, 200),
        (lambda size: {"placeholder": "x" * size}, 4000),
        (lambda size: {"comments": "x" * size}, 4000),
        (lambda size: {"example": "x" * size}, 4000),
        (lambda size: {"pattern": "x" * size}, 500),
        (lambda size: {"default": "x" * size}, 65536),
        (lambda size: {"collection": "valuelist", "default": ["x"] * size}, 200),
        (lambda size: {"collection": "valuelist", "default": ["x" * size]}, 4000),
        (lambda size: {**PAIRS, "default": [{"key": "k", "value": "v"}] * size}, 200),
        (lambda size: {**PAIRS, "default": [{"key": "x" * size, "value": ""}]}, 1000),
        (lambda size: {**PAIRS, "default": [{"key": "k", "value": "x" * size}]}, 4000),
        (lambda size: {"model": [{"label": "x", "value": "x"}] * size}, 500),
        (lambda size: {"model": [{"label": "x" * size, "value": "x"}]}, 200),
        (lambda size: {"model": [{"label": "x", "value": "x" * size}]}, 4000),
    ],
)
def test_everything_has_a_largest_size(changes: Any, at_most: int) -> None:
    assert a_field(**changes(at_most)).model_fields_set == {"type", *changes(at_most)}
    assert refused(**changes(at_most + 1))


@pytest.mark.parametrize("changes", [{"label": ""}, {"default": [{"key": "", "value": "v"}]}])
def test_a_name_is_not_empty(changes: dict[str, Any]) -> None:
    assert refused(**changes)


@pytest.mark.parametrize("collection", ["valuelist", "keyvaluelist"])
def test_a_field_may_be_a_collection_of_one_of_two_kinds(collection: str) -> None:
    assert a_field(collection=collection).collection == collection
    assert refused(collection=collection.upper()) == [("literal_error", ("collection",))]


VALUES: list[object] = [None, "", "x", True, 1, 1.5, [], ["x"], [1], [{}], {}, {"a": "b"}]


@pytest.mark.parametrize("value", ["", "x", "a\nb", "é", "x" * 70_000])
@pytest.mark.parametrize("kind", ["string", "text", "password", "data"])
def test_any_text_fits_an_input_of_text(kind: str, value: str) -> None:
    assert a_field(type=kind).fault(value) is None


@pytest.mark.parametrize("value", [each for each in VALUES if not isinstance(each, str)])
@pytest.mark.parametrize("kind", ["string", "text", "password", "data"])
def test_nothing_else_fits_an_input_of_text(kind: str, value: object) -> None:
    assert a_field(type=kind).fault(value) == "must be a string"


@pytest.mark.parametrize("value", [True, False, "true", "false"])
def test_true_and_false_fit_a_boolean_input(value: object) -> None:
    assert a_field(type="boolean", required=True).fault(value) is None


@pytest.mark.parametrize("value", [None, "", "True", "yes", "1", 2, -1, 1.5, [], [True], {}])
def test_nothing_else_fits_a_boolean_input(value: object) -> None:
    assert a_field(type="boolean").fault(value) == "must be true or false"


@pytest.mark.parametrize("kind", ["string", "boolean", "password"])
def test_a_list_of_texts_fits_a_value_list(kind: str) -> None:
    field = a_field(type=kind, collection="valuelist")

    assert [value for value in VALUES if field.fault(value) is None] == [[], ["x"]]
    assert {field.fault(value) for value in VALUES} == {None, "must be a list of strings"}
    assert field.fault(["x", 1]) is not None
    assert field.fault(("x",)) is not None


@pytest.mark.parametrize("kind", ["string", "boolean", "password"])
def test_a_list_of_pairs_fits_a_key_value_list(kind: str) -> None:
    field = a_field(type=kind, collection="keyvaluelist")
    pair = {"key": "k", "value": "v"}

    assert field.fault([]) is None
    assert field.fault([pair, pair]) is None
    for value in (None, "", "x", pair, ["x"], [pair, "x"], (pair,)):
        assert field.fault(value) == "must be a list of {key, value} objects"


def test_a_required_text_is_not_empty() -> None:
    assert a_field(required=True).fault("") == "is required and must not be empty"
    assert a_field(required=True).fault("x") is None
    assert a_field(required=False).fault("") is None


def test_only_what_the_model_offers_fits() -> None:
    model = [{"label": "Europe", "value": "eu"}, {"label": "Nowhere", "value": ""}]
    field = a_field(model=model)

    assert field.fault("eu") is None
    assert field.fault("") is None
    for value in ("Europe", "EU", "e", "us"):
        assert field.fault(value) == "must be one of the values that the input offers"


def test_a_value_must_be_offered_and_have_the_form() -> None:
    model = [{"label": "A", "value": "a1"}, {"label": "B", "value": "b1"}]
    field = a_field(model=model, pattern="a[0-9]+")

    assert field.fault("a1") is None
    assert field.fault("b1") == "does not have the form that the input's pattern asks for"
    assert field.fault("a2") == "must be one of the values that the input offers"


FIELDS = [
    a_field(type="boolean"),
    a_field(collection="valuelist"),
    a_field(collection="keyvaluelist"),
    a_field(pattern="a", required=True),
    a_field(model=[{"label": "A", "value": "a"}]),
]


@given(st.sampled_from(FIELDS), st.text(min_size=40) | st.lists(st.integers() | st.text()))
@settings(deadline=None)
def test_no_fault_depends_on_the_value_that_it_is_about(field: Any, value: object) -> None:
    assert field.fault(value) in {
        None,
        "must be true or false",
        "must be a list of strings",
        "must be a list of {key, value} objects",
        "must be a string",
        "must be one of the values that the input offers",
        "does not have the form that the input's pattern asks for",
    }
