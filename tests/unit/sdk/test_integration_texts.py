"""Integrations are read from YAML and JSON and written as YAML, and nothing is lost."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections_sdk.integration_texts import (
    Media,
    UnreadableDefinition,
    read_integration,
    written,
)
from connections_sdk.integrations import Integration
from tests.integrations_strategy import integrations


def problems(text: str, media: Media = Media.YAML) -> dict[str, str]:
    with pytest.raises(UnreadableDefinition) as refused:
        read_integration(text, media)
    return {each.pointer: each.detail for each in refused.value.problems}


def without_column(detail: str) -> str:
    """Return it without where a text ends being YAML, of which parsers think differently."""
    return detail.partition(" at line")[0]


@given(integrations())
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back_as_the_same(integration: Integration) -> None:
    text = written(integration)
    read = read_integration(text)

    assert read.integration == integration
    assert read.notes == ()
    assert read.integration.document() == integration.document()
    assert written(read.integration) == text


@given(integrations())
@settings(max_examples=60, deadline=None)
def test_json_says_the_same(integration: Integration) -> None:
    read = read_integration(json.dumps(integration.document()), Media.JSON)

    assert read.integration == integration
    assert read.notes == ()


YAML_LIKE = st.lists(
    st.sampled_from(
        ["name", "configPages", "elements", "connection", "values", "flows", "steps", "action",
         "requiredConfigVars", "inputs", "type", "value", ": ", ":", "- ", "\n", "\n  ", "[", "]",
         "{", "}", ", ", "? ", "&a ", "*a", "!!x ", "'", '"', "|", ">", "%", "---", "...", "#",
         "configVar", "complex", "null", "1", "true", "\t", "\x00", "\ud800", "é", "\\", "\\ud800"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.text() | YAML_LIKE, st.sampled_from(Media))
@settings(max_examples=500, deadline=None)
def test_arbitrary_text_is_read_or_refused_in_one_way(text: str, media: Media) -> None:
    with suppress(UnreadableDefinition):
        read_integration(text, media)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    | st.sampled_from(["configVar", "complex", "connection", "k"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["name", "configPages", "elements", "connection", "values", "flows", "steps", "action",
             "requiredConfigVars", "inputs", "type", "value", "key", "component", "branches",
             "meta", "orgOnly", "stableKey", "dataType", "permissionAndVisibilityType", "x"]
        ),
        inner, max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip
SHAPED = st.builds(
    lambda variable, element, step: {
        "name": "x",
        "requiredConfigVars": [{"key": "k", "connection": {}} | variable],
        "configPages": [{"name": "p", "elements": [element, {"type": "configVar", "value": "k"}]}],
        "flows": [{"name": "f", "steps": [step]}],
    },
    st.dictionaries(st.sampled_from(["connection", "inputs", "stableKey", "meta"]), JSON),
    JSON,
    JSON,
)


@given(JSON | SHAPED)
@settings(max_examples=500, deadline=None)
def test_any_tree_is_read_or_refused_in_one_way(tree: object) -> None:
    with suppress(UnreadableDefinition):
        read = read_integration(json.dumps(tree), Media.JSON).integration
        assert read_integration(written(read)).integration == read


def test_it_is_written_in_blocks_in_a_fixed_order_without_folding() -> None:
    text = written(Integration(name="Größe " * 30, description="yes", config_pages=[], steps=[]))

    assert text.startswith(f"name: '{'Größe ' * 30}'\ndescription: 'yes'\nconfigPages: []\n")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("name: &a x", "must not have anchors (&): line 1, column 7"),
        ("- &a [x]\n- *a", "must not have anchors (&): line 1, column 3"),
        ("name: *a", "must not have aliases (*): line 1, column 7"),
        ("name: !!str x", "must not have tags (!): line 1, column 7"),
        ("!x\nname: x", "must not have tags (!): line 1, column 1"),
        ("name: x\n---\nname: y", "must be one document, not several: line 2, column 1"),
        (
            "? [a]\n: b",
            "must have names, not lists or objects, before its colons: line 1, column 3",
        ),
        ("name: [x", "must be YAML; it ends being so at line 1, column 9"),
        ("name: \x07", "must be YAML; it has a character that YAML does not have"),
        ("", "must not be empty"),
        ("# nothing", "must not be empty"),
        ("[" * 65, "must not be deeper than 64 levels"),
        ("name: " + "x" * 256 * 1024, "must be at most 256 KB"),
        ("name: \ud800", "must be Unicode text, without lone surrogates"),
        ("null", "must be an object"),
        ("- x", "must be an object"),
    ],
)
def test_what_definitions_have_no_use_for_is_refused(text: str, detail: str) -> None:
    found = problems(text)

    assert set(found) == {"#"}
    assert without_column(found["#"]) == without_column(detail)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('{"name": "x",}', "must be JSON; it ends being so at line 1, column 14"),
        ("", "must be JSON; it ends being so at line 1, column 1"),
        ('{"name": NaN}', "must have only numbers that JSON has, of reasonable size"),
        (f'{{"name": {"1" * 5000}}}', "must have only numbers that JSON has, of reasonable size"),
        ("[" * 66 + "]" * 66, "must not be deeper than 64 levels"),
        ("[" * 100_000, "must not be deeper than 64 levels"),
        ("5", "must be an object"),
    ],
)
def test_what_is_no_json_is_refused(text: str, detail: str) -> None:
    found = problems(text, Media.JSON)

    assert set(found) == {"#"}
    assert without_column(found["#"]) == without_column(detail)


@pytest.mark.parametrize("media", Media)
def test_a_name_that_stands_twice_is_refused_where_it_stands(media: Media) -> None:
    text = '{"name": "x", "steps": [{"a/b": "1", "a/b": "2"}]}'

    assert problems(text, media) == {"#/steps/0/a~1b": "stands twice in its object"}


@pytest.mark.parametrize("word", ["yes", "on", "2024-01-01", "12:30", "0x1f", "1_000", "<<", "="])
def test_what_yaml_1_2_takes_for_a_string_is_one(word: str) -> None:
    assert read_integration(f"name: {word}").integration.name == word


@pytest.mark.parametrize("word", ["true", "FALSE", "1", "-1.5e3", ".5", "null", "~", ""])
def test_what_is_no_string_is_refused_as_a_name(word: str) -> None:
    assert problems(f"name: {word}") == {"#/name": "Input should be a valid string"}


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_integration('\ufeff{"name": "x"}', Media.JSON).integration.name == "x"
    assert read_integration("\ufeffname: x").integration.name == "x"


@pytest.mark.parametrize(("number", "text"), [("5", "5"), ("{value: 31}", "31"), ("0.5", "0.5")])
def test_a_number_is_read_as_text(number: str, text: str) -> None:
    written = f"""
name: x
configPages:
- name: Page
  elements:
  - key: CRM
    connection: {{component: crm, key: oauth2, values: {{version: {number}}}}}
"""
    read = read_integration(written)

    assert read.integration.variables["CRM"].connection.values["version"].value == text
    assert read.notes[-1].detail == "is a number and was read as text"


def test_a_fault_is_named_at_its_place_without_its_value() -> None:
    text = """
name: x
config_pages: []
surprise: hunter2
configPages:
- name: Page
  elements:
  - key: CRM
    connection:
      component: crm
      key: hunter2!
      values: {a: {value: {x: 5}}, b: {value: [5]}, c: {value: [{key: k, value: hunter2, more: 1}]}}
    oauthRedirects: {enabled: true}
steps:
- {name: List, component: other, action: list, configVariable: hunter2}
"""
    with pytest.raises(UnreadableDefinition) as refused:
        read_integration(text)

    at = "#/configPages/0/elements/0"
    found = {each.pointer: each.detail for each in refused.value.problems}
    assert set(found) == {
        "#/config_pages",
        "#/surprise",
        f"{at}/connection/key",
        f"{at}/connection/values/a/value",
        f"{at}/connection/values/b/value/0",
        f"{at}/connection/values/c/value/0/more",
        f"{at}/oauthRedirects/successUri",
        f"{at}/oauthRedirects/failureUri",
    }
    assert found[f"{at}/oauthRedirects/successUri"] == "is required: redirects are enabled"
    assert "hunter2" not in str(refused.value)


def test_of_very_many_problems_the_first_are_told() -> None:
    found = problems("name: x\n" + "".join(f"m{number}: 1\n" for number in range(150)))

    assert len(found) == 101
    assert found["#"] == "50 more places are wrong"
