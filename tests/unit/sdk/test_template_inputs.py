"""Inputs that are templates: what a definition may say of them, and how values fill them in."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.templates import TemplateFault
from tests.templated import SHOP_TEMPLATE, SHOP_VALUES, a_shop_definition
from tests.unit.sdk.documents import a_component, a_connection_definition, a_field

TEXT = {"type": "string"}
NOT_PLAIN = "must name inputs of type string or text that are neither secret nor a list: {} is none"

NO_SLOT = "must have a slot such as {{#domain}}; without one the input's type is string"
ONE_HOST_NAME = (
    "must make one host name with the rest of the template, of at most 253 characters, and no"
    " address made of numbers"
)


def template(default: Any, **changes: Any) -> dict[str, Any]:
    return {"type": "template", "default": default, **changes}


def refused(**inputs: Any) -> dict[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as caught:
        a_connection_definition(inputs=inputs)
    return {each["loc"]: each["msg"] for each in caught.value.errors()}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"writeOnly": True}, ("writeOnly", "must be false: a template is read back")),
        ({"collection": "valuelist"}, ("collection", "must be left out: a template is one text")),
        (
            {"collection": "keyvaluelist", "default": []},
            ("collection", "must be left out: a template is one text"),
        ),
    ],
)
def test_a_template_is_one_text_that_is_read_back(
    changes: dict[str, Any], told: tuple[str, str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        a_field(type="template", **changes)

    assert [(*each["loc"], each["msg"]) for each in caught.value.errors()] == [told]


def test_a_template_may_have_no_default_or_an_empty_one() -> None:
    for field in ({"type": "template"}, template(None), template("")):
        definition = a_connection_definition(inputs={"url": field})
        assert list(definition.templates) == ["url"]


@pytest.mark.parametrize("kind", ["string", "text"])
def test_a_slot_names_an_input_of_plain_text(kind: str) -> None:
    inputs = {"url": template("https://{{#a}}/"), "a": {"type": kind}}

    assert a_connection_definition(inputs=inputs).template_fault("url", "x{{#a}}") is None


@pytest.mark.parametrize(
    "field",
    [
        {"type": "password"},
        {**TEXT, "writeOnly": True},
        {"type": "boolean"},
        {"type": "data"},
        {**TEXT, "collection": "valuelist"},
        {**TEXT, "collection": "keyvaluelist"},
        {"type": "template"},
    ],
)
def test_a_slot_names_no_other_input(field: dict[str, Any]) -> None:
    faults = refused(url=template("https://{{#ok}}.{{#a}}/"), a=field, ok=TEXT)

    assert faults == {("inputs", "url", "default"): NOT_PLAIN.format("a")}


@pytest.mark.parametrize(
    ("default", "told"),
    [
        ("https://{{#b}}/", "must name inputs of this connection: there is no b"),
        ("https://{{#url}}/", NOT_PLAIN.format("url")),
        ("https://x.example/", NO_SLOT),
        (True, "must be a string"),
        (["{{#a}}"], "must be a string"),
        ("https://{{#a}}..example/", ONE_HOST_NAME),
        ("http{{#a}}://x.example", "must begin with https://, written out: a scheme has no slots"),
    ],
)  # fmt: skip
def test_a_default_that_is_no_template_is_told_at_its_place(default: object, told: str) -> None:
    assert refused(url=template(default), a=TEXT) == {("inputs", "url", "default"): told}


def test_all_defaults_that_are_no_templates_are_told_at_once() -> None:
    faults = refused(
        one=template("{{a}}"), other=template("{{#b}}"), good=template("{{#a}}"), a=TEXT
    )

    assert list(faults) == [("inputs", "one", "default"), ("inputs", "other", "default")]


def test_the_place_stands_below_that_of_the_definition() -> None:
    document = a_shop_definition(tokenUrl=template("{{#none}}"))

    with pytest.raises(ValidationError) as caught:
        a_component(document)

    (error,) = caught.value.errors()
    assert error["loc"] == ("connections", 0, "inputs", "tokenUrl", "default")


@pytest.mark.parametrize("name", ["authorizeUrl", "tokenUrl", "refreshUrl", "revokeUrl"])
def test_the_urls_of_an_oauth_connection_may_be_templates_of_urls(name: str) -> None:
    good = a_shop_definition(**{name: template(SHOP_TEMPLATE)})
    assert ConnectionDefinition.model_validate(good).calls(name)

    for default in ("{{#shop}}", "ftp://{{#shop}}/", "{{#shop}}.acme.example", "//{{#shop}}/"):
        with pytest.raises(ValidationError, match="must begin with https://"):
            ConnectionDefinition.model_validate(a_shop_definition(**{name: template(default)}))


@pytest.mark.parametrize("name", ["scopes", "clientId", "clientSecret"])
def test_what_else_oauth_needs_is_no_template(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ConnectionDefinition.model_validate(a_shop_definition(**{name: template("{{#shop}}")}))

    assert [each["loc"] for each in caught.value.errors()] == [("inputs", name, "type")]


def test_only_an_oauth_connections_urls_are_called() -> None:
    oauth = ConnectionDefinition.model_validate(a_shop_definition())

    assert (oauth.calls("tokenUrl"), oauth.calls("shop")) == (True, False)
    assert not a_connection_definition(inputs={"tokenUrl": TEXT}).calls("tokenUrl")


def test_values_and_defaults_fill_templates_in() -> None:
    definition = ConnectionDefinition.model_validate(a_shop_definition())
    values = {**SHOP_VALUES, "revokeUrl": "https://{{#shop}}.{{#clientId}}.example/"}

    assert definition.filled(values) == {
        "authorizeUrl": "https://eu.acme.example/authorize?x=1",
        "tokenUrl": "https://eu.acme.example/oauth/token",
        "revokeUrl": "https://eu.the-client.example/",
        "scopes": "read write",
        **SHOP_VALUES,
    }
    assert values["revokeUrl"] == "https://{{#shop}}.{{#clientId}}.example/"


def test_a_template_without_a_value_is_left_out_and_an_empty_one_stays_empty() -> None:
    definition = a_connection_definition(
        inputs={"none": {"type": "template"}, "empty": template(""), "a": TEXT}
    )

    assert definition.filled({"a": "x"}) == {"a": "x", "empty": ""}
    assert definition.rendered("none", {}) == ""


@pytest.mark.parametrize(
    ("values", "culprit"),
    [
        ({"shop": "evil.example/"}, "shop"),
        ({"shop": "a", "tokenUrl": "https://{{#clientSecret}}.example"}, "tokenUrl"),
        ({"shop": "a", "tokenUrl": "https://acme.example"}, "tokenUrl"),
        ({"shop": "a", "tokenUrl": ["x"]}, "tokenUrl"),
        ({}, "shop"),
    ],
)
def test_who_is_to_blame_is_named(values: dict[str, object], culprit: str) -> None:
    definition = ConnectionDefinition.model_validate(a_shop_definition())

    with pytest.raises(TemplateFault) as refused:
        definition.filled(values)

    assert refused.value.culprit == culprit
