"""Components and connection definitions: every rule from both sides."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.definitions import ConnectionDefinition
from tests.builders import a_definition
from tests.unit.sdk.documents import a_component, a_connection_definition, places

SECRET = "hunter2-hunter2"
FIELD = {"type": "string"}


def refused(**changes: Any) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError) as caught:
        a_connection_definition(**changes)
    return places(caught.value)


@pytest.mark.parametrize("key", ["a", "apiKey", "API_key-2", "a" + "1" * 99])
def test_a_key_is_a_letter_and_up_to_99_letters_digits_and_lines(key: str) -> None:
    assert a_connection_definition(key=key).key == key
    assert list(a_connection_definition(inputs={key: FIELD}).inputs) == [key]
    assert a_component(a_definition(), key=key).key == key


BAD_KEYS = ["", "1a", "_a", "-a", "a b", "a.b", "a/b", "é", "aé", "a\n", "\na", "a" * 101]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_is_nothing_else(key: str) -> None:
    assert refused(key=key) == [("string_pattern_mismatch", ("key",))]
    assert refused(inputs={key: FIELD}) == [
        ("string_pattern_mismatch", ("inputs", key, "[key]")),
    ]
    with pytest.raises(ValidationError):
        a_component(a_definition(), key=key)


def test_a_label_has_1_to_200_characters() -> None:
    assert a_connection_definition(label="x" * 200).label == "x" * 200
    assert refused(label="") == [("string_too_short", ("label",))]
    assert refused(label="x" * 201) == [("string_too_long", ("label",))]


def test_a_definition_has_at_most_100_inputs() -> None:
    inputs = {f"input{number}": FIELD for number in range(101)}

    assert refused(inputs=inputs) == [("too_long", ("inputs",))]
    del inputs["input0"]
    assert len(a_connection_definition(inputs=inputs).inputs) == 100


@pytest.mark.parametrize("name", ["key", "label", "inputs"])
def test_a_definition_has_key_label_and_inputs(name: str) -> None:
    document = a_connection_definition().document()
    del document[name]

    with pytest.raises(ValidationError) as caught:
        ConnectionDefinition.model_validate(document)

    assert places(caught.value) == [("missing", (name,))]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"unknown": 1}, ("unknown",)),
        ({"oauth2_typo": 1}, ("oauth2_typo",)),
        ({"inputs": {"a": {**FIELD, "unknown": 1}}}, ("inputs", "a", "unknown")),
        ({"provider": {"unknown": 1}}, ("provider", "unknown")),
    ],
)
def test_an_unknown_key_is_refused(changes: dict[str, Any], place: tuple[str, ...]) -> None:
    assert refused(**changes) == [("extra_forbidden", place)]


def test_values_are_resolved_with_the_defaults_where_nothing_was_entered() -> None:
    definition = a_connection_definition(
        inputs={
            "text": {**FIELD, "default": "default"},
            "entered": {**FIELD, "default": "default"},
            "flag": {"type": "boolean", "default": False},
            "list": {**FIELD, "collection": "valuelist", "default": ["a"]},
            "pairs": {
                **FIELD,
                "collection": "keyvaluelist",
                "default": [{"key": "k", "value": "v"}],
            },
            "nothing": FIELD,
        }
    )
    values = {"entered": "x"}

    assert definition.resolved(values) == {
        "text": "default",
        "entered": "x",
        "flag": False,
        "list": ["a"],
        "pairs": [{"key": "k", "value": "v"}],
    }
    assert values == {"entered": "x"}


def test_nothing_of_a_definition_can_be_changed() -> None:
    with pytest.raises(ValidationError):
        a_connection_definition().label = "Another"  # type: ignore[misc]


def test_an_error_never_repeats_the_value_that_it_is_about() -> None:
    values: list[dict[str, Any]] = [
        {"key": f"{SECRET} "},
        {"label": [SECRET]},
        {"oauth2Type": SECRET},
        {"unknown": SECRET},
        {"inputs": {"a": {**FIELD, "default": {"x": SECRET}}}},
        {"inputs": {"a": {**FIELD, "pattern": f"({SECRET}"}}},
        {"inputs": {"a": {**FIELD, "required": True, "shown": False, "comments": SECRET}}},
        {"provider": {"rotation": SECRET}},
        {"provider": {"tokenParams": {"password": SECRET * 200}}},
    ]
    for changes in values:
        with pytest.raises(ValidationError) as caught:
            a_connection_definition(**changes)
        assert SECRET not in str(caught.value)
        assert SECRET not in repr(caught.value)
