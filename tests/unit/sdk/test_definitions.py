"""Components and connection definitions: every rule from both sides."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.definitions import ConnectionDefinition, ProviderFacts
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


def test_the_facts_have_the_safest_defaults() -> None:
    assert ProviderFacts().model_dump() == {
        "issuer": None,
        "authorize_params": {},
        "token_params": {},
        "refresh_params": {},
        "scope_separator": " ",
        "client_authentication": "client_secret_post",
        "context_parameters": None,
        "refresh_url": None,
        "revoke_url": None,
        "refresh_buffer": None,
        "expires_in_default": None,
        "rotation": "revokes-family",
        "invalid_grant_synonyms": [],
    }


TEN_YEARS = 10 * 365 * 24 * 3600


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("issuer", ["x" * 2000], ["x" * 2001, 1]),
        ("refreshUrl", ["x" * 2000], ["x" * 2001]),
        ("revokeUrl", ["x" * 2000], ["x" * 2001]),
        ("scopeSeparator", [",", "%20"], ["", "abcd"]),
        ("refreshBuffer", [0, TEN_YEARS], [-1, TEN_YEARS + 1, 1.5]),
        ("expiresInDefault", [0, TEN_YEARS], [-1, TEN_YEARS + 1]),
        ("rotation", ["none", "rotates", "revokes-family"], ["", "revokes_family"]),
        ("invalidGrantSynonyms", [["x"] * 20], [["x"] * 21, [1]]),
        (
            "clientAuthentication",
            ["client_secret_basic", "client_secret_basic_raw", "client_secret_post", "none"],
            ["", "private_key_jwt"],
        ),
        *(
            (
                name,
                [{str(number): "x" * 2000 for number in range(30)}],
                [{str(number): "x" for number in range(31)}, {"a": "x" * 2001}, {"a": 1}],
            )
            for name in ("authorizeParams", "tokenParams", "refreshParams")
        ),
    ],
)
def test_each_fact_has_its_bounds(name: str, good: list[object], bad: list[object]) -> None:
    for value in good:
        facts = ProviderFacts.model_validate({name: value})
        assert facts.model_dump(by_alias=True, exclude_unset=True) == {name: value}
    for value in bad:
        with pytest.raises(ValidationError):
            ProviderFacts.model_validate({name: value})


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
