"""URLs that are written for others to fill: no more open than the definition leaves them."""

from typing import Any

import pytest

from connections.application.entered_values import openness_problems
from connections.domain.errors import Problem
from connections_sdk.definitions import ConnectionDefinition
from tests.builders import a_definition

TEXT = {"type": "string", "label": "Text"}


def a_templated(default: str | None, **changes: Any) -> ConnectionDefinition:
    """Return a definition whose token URL is a template over `sub` and `host`."""
    definition = a_definition()
    url = {"type": "template", "label": "Token URL", "default": default}
    inputs = {**definition["inputs"], "tokenUrl": url, "sub": TEXT, "host": TEXT}
    return ConnectionDefinition.model_validate({**definition, "inputs": inputs, **changes})


@pytest.mark.parametrize(
    ("default", "text"),
    [
        ("https://{{#sub}}.acme.example/t", "https://{{#host}}/t"),
        ("https://{{#sub}}.acme.example/t", "https://{{#sub}}.{{#host}}/t"),
        ("https://acme.example/{{#sub}}", "https://{{#host}}.com/t"),
    ],
)
def test_what_leaves_more_of_the_domain_open_is_refused(default: str, text: str) -> None:
    (problem,) = openness_problems(a_templated(default), {"tokenUrl": text}, at="#/values")

    assert problem == Problem(
        "#/values/tokenUrl",
        f"must leave the domain no more open than {default} does: host decides it",
    )


@pytest.mark.parametrize(
    ("default", "text"),
    [
        ("https://{{#sub}}.acme.example/t", "https://{{#host}}.acme.example/t"),
        ("https://{{#host}}/t", "https://{{#host}}/another"),
        ("https://{{#host}}/t", "https://acme.example/{{#host}}"),
        (None, "https://{{#host}}/t"),
        ("", "https://{{#host}}/t"),
    ],
)
def test_what_leaves_no_more_open_or_has_nothing_to_be_held_to_is_good(
    default: str | None, text: str
) -> None:
    definition = a_templated(default)
    assert openness_problems(definition, {"tokenUrl": text}, at="#/values") == []
    assert openness_problems(definition, {}, at="#/values") == []


def test_a_template_that_is_no_url_of_a_server_may_say_anything() -> None:
    text = {"type": "template", "label": "Title", "default": "{{#sub}}"}
    definition = a_templated("https://{{#sub}}.acme.example/t")
    inputs = {**definition.document()["inputs"], "title": text}
    other = ConnectionDefinition.model_validate({**definition.document(), "inputs": inputs})

    assert openness_problems(other, {"title": "https://{{#host}}"}, at="#/values") == []


@pytest.mark.parametrize("default", [None, ""])
def test_where_the_text_is_left_to_be_written_any_plain_input_may_direct(
    default: str | None,
) -> None:
    assert a_templated(default).directing == {
        "sub", "host", "authorizeUrl", "tokenUrl", "revokeUrl",
    }  # fmt: skip


def test_the_definitions_own_text_says_what_directs() -> None:
    assert a_templated("https://{{#sub}}.acme.example/t").directing == {
        "authorizeUrl", "tokenUrl", "revokeUrl",
    }  # fmt: skip
    assert "host" in a_templated("https://{{#host}}/t").directing
