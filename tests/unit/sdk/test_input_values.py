"""The value of an input: of one of four types, and an error speaks of that one alone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from connections_sdk.definitions import ProviderFacts
from connections_sdk.forms import TYPE_MARK, InputValue, KeyValue
from tests.unit.sdk.documents import a_field, places

ADAPTER: TypeAdapter[Any] = TypeAdapter(InputValue)
TEXT, FLAG = f"{TYPE_MARK}text", f"{TYPE_MARK}boolean"
TEXTS, PAIRS = f"{TYPE_MARK}texts", f"{TYPE_MARK}pairs"
PAIR = {"key": "k", "value": "v"}


def refused(value: object) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(value)
    return places(caught.value)


@pytest.mark.parametrize("value", ["", "x", "true", True, False, [], ["x"], ["", "y"], "x" * 65536])
def test_a_text_a_boolean_and_a_list_of_texts_are_values(value: object) -> None:
    validated = ADAPTER.validate_python(value)

    assert (validated, type(validated)) == (value, type(value))


@pytest.mark.parametrize("pair", [PAIR, KeyValue(key="k", value="v")])
def test_a_list_of_pairs_is_a_value(pair: object) -> None:
    assert ADAPTER.validate_python([pair, pair]) == [KeyValue(key="k", value="v")] * 2


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        ("x" * 65537, [("string_too_long", (TEXT,))]),
        ([1], [("string_type", (TEXTS, 0))]),
        (["x", {}], [("string_type", (TEXTS, 1))]),
        (["x", True, None], [("string_type", (TEXTS, 1)), ("string_type", (TEXTS, 2))]),
        ([[]], [("string_type", (TEXTS, 0))]),
        (["x" * 4001], [("string_too_long", (TEXTS, 0))]),
        (["x"] * 201, [("too_long", (TEXTS,))]),
        ([{}], [("missing", (PAIRS, 0, "key")), ("missing", (PAIRS, 0, "value"))]),
        ([PAIR, "x"], [("model_type", (PAIRS, 1))]),
        ([PAIR, {**PAIR, "x": 1}], [("extra_forbidden", (PAIRS, 1, "x"))]),
        ([{"key": "", "value": "v"}], [("string_too_short", (PAIRS, 0, "key"))]),
        ([{"key": "k", "value": 1}], [("string_type", (PAIRS, 0, "value"))]),
        ([PAIR] * 201, [("too_long", (PAIRS,))]),
    ],
)
def test_each_error_points_to_the_one_type_that_the_value_is_of(
    value: object, errors: list[tuple[str, tuple[int | str, ...]]]
) -> None:
    assert refused(value) == errors


@pytest.mark.parametrize("value", [None, 0, 1, 1.5, {}, PAIR, b"x", {"a"}])
def test_what_is_of_no_type_is_told_all_four(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(value)

    assert [(each["type"], each["loc"], each["msg"]) for each in caught.value.errors()] == [
        (
            "value_type",
            (),
            "must be a string, true or false, a list of strings, or a list of {key, value} objects",
        )
    ]


def test_an_error_of_a_default_is_told_once() -> None:
    with pytest.raises(ValidationError) as caught:
        a_field(default=[1])

    assert places(caught.value) == [("string_type", ("default", TEXTS, 0))]


@pytest.mark.parametrize(
    ("value", "of"),
    [
        ("x", {}),
        (True, {"type": "boolean"}),
        (["x"], {"collection": "valuelist"}),
        ([PAIR], {"collection": "keyvaluelist"}),
    ],
)
def test_a_value_comes_back_as_it_was_written(value: object, of: dict[str, str]) -> None:
    field = a_field(**of, default=value)

    assert field.model_dump(mode="json")["default"] == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each),
        max_leaves=8,
    )
)
@settings(deadline=None)
def test_all_errors_of_a_value_are_of_one_type(value: object) -> None:
    errors: list[tuple[str, tuple[int | str, ...]]] = []
    try:
        ADAPTER.validate_python(value)
    except ValidationError as error:
        errors = places(error)

    assert len({place[:1] for _, place in errors}) <= 1


def test_the_mark_of_a_type_is_in_no_name_that_anybody_gives() -> None:
    assert TYPE_MARK == "\0"
    with pytest.raises(ValidationError):
        ProviderFacts.model_validate({"contextParameters": [f"{TYPE_MARK}text"]})


@pytest.mark.parametrize("names", [None, [], ["realmId"], [f"a{each}" for each in range(30)]])
def test_the_wanted_parameters_of_a_callback_are_names(names: list[str] | None) -> None:
    facts = ProviderFacts.model_validate({"contextParameters": names})

    assert facts.context_parameters == names


@pytest.mark.parametrize(
    "names", ["realmId", [""], ["a b"], [1], [f"a{each}" for each in range(31)]]
)
def test_the_wanted_parameters_of_a_callback_are_nothing_else(names: object) -> None:
    with pytest.raises(ValidationError):
        ProviderFacts.model_validate({"contextParameters": names})
