"""Connection definitions of OAuth 2.0: the inputs that they need, and PKCE."""

from typing import Any

import pytest
from pydantic import ValidationError

from connections_sdk.definitions import ConnectionDefinition
from tests.builders import a_definition
from tests.unit.sdk.documents import a_connection_definition, places

FIELD = {"type": "string"}


def refused(**changes: Any) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError) as caught:
        a_connection_definition(**changes)
    return places(caught.value)


def faults(document: dict[str, Any]) -> dict[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as caught:
        ConnectionDefinition.model_validate(document)
    return {each["loc"]: each["msg"] for each in caught.value.errors()}


NEEDED = "is required: an OAuth 2.0 connection has this input"
OAUTH_INPUTS = ["authorizeUrl", "tokenUrl", "scopes", "clientId", "clientSecret"]


@pytest.mark.parametrize("name", OAUTH_INPUTS)
def test_an_oauth_connection_needs_each_input_of_the_five(name: str) -> None:
    document = a_definition()
    del document["inputs"][name]

    assert faults(document) == {("inputs", name): NEEDED}


def test_all_inputs_that_an_oauth_connection_lacks_are_named() -> None:
    document = {**a_definition(), "inputs": {}}

    assert list(faults(document)) == [("inputs", name) for name in OAUTH_INPUTS]


@pytest.mark.parametrize("name", [*OAUTH_INPUTS, "refreshUrl", "revokeUrl"])
@pytest.mark.parametrize(
    "changes", [{"type": "boolean"}, {"type": "data"}, {"collection": "valuelist"}]
)
def test_the_inputs_of_an_oauth_connection_are_plain_text(
    name: str, changes: dict[str, str]
) -> None:
    document = a_definition()
    document["inputs"][name] = {**FIELD, **changes}

    assert list(faults(document)) == [("inputs", name, *changes)]


def test_which_text_an_oauth_input_is_is_told() -> None:
    document = a_definition()
    document["inputs"] |= {
        "tokenUrl": {"type": "boolean"},
        "clientId": {"type": "template"},
        "scopes": {"type": "data", "collection": "valuelist"},
    }

    assert faults(document) == {
        ("inputs", "tokenUrl", "type"): (
            "must be one of string, text, password, template for OAuth 2.0"
        ),
        ("inputs", "clientId", "type"): "must be one of string, text, password for OAuth 2.0",
        ("inputs", "scopes", "type"): "must be one of string, text, password for OAuth 2.0",
        ("inputs", "scopes", "collection"): "must be left out: OAuth 2.0 takes one text",
    }


@pytest.mark.parametrize("kind", ["string", "text", "password"])
def test_each_kind_of_plain_text_will_do_for_an_oauth_connection(kind: str) -> None:
    document = a_definition()
    for name in (*OAUTH_INPUTS, "refreshUrl", "revokeUrl"):
        document["inputs"][name] = {"type": kind}

    assert ConnectionDefinition.model_validate(document).inputs["refreshUrl"].type == kind


def test_the_inputs_of_another_connection_may_be_of_any_kind() -> None:
    inputs = {"scopes": {**FIELD, "collection": "valuelist"}}

    assert a_connection_definition(inputs=inputs).oauth2_type is None


def test_an_oauth_connection_needs_no_more_than_the_five() -> None:
    document = a_definition()
    inputs = {name: document["inputs"][name] for name in OAUTH_INPUTS}

    assert ConnectionDefinition.model_validate({**document, "inputs": inputs}).oauth2_type


def test_a_connection_that_is_not_oauth_needs_none_of_them() -> None:
    definition = a_connection_definition(inputs={})

    assert (definition.oauth2_type, definition.inputs) == (None, {})


def test_client_credentials_need_no_authorize_url() -> None:
    inputs = a_definition()["inputs"]
    del inputs["authorizeUrl"]
    config = {"overrideGrantType": "urn:acme", "allowedTokenParams": ["audience"]}
    document = {
        "key": "m2m", "label": "M", "oauth2Type": "client_credentials", "oauth2Config": config,
    }  # fmt: skip

    definition = ConnectionDefinition.model_validate({**document, "inputs": inputs})

    assert definition.oauth2_config is not None
    assert definition.oauth2_config.allowed_token_params == ["audience"]
    for name in ("tokenUrl", "scopes", "clientId", "clientSecret"):
        fewer = {each: field for each, field in inputs.items() if each != name}
        assert faults({**document, "inputs": fewer}) == {("inputs", name): NEEDED}
    for kind in (None, "authorization_code"):
        of_consent = {**document, "oauth2Type": kind, "inputs": a_definition()["inputs"]}
        assert faults(of_consent) == {
            ("oauth2Config",): "must be left out: it is of client credentials alone"
        }


@pytest.mark.parametrize("kind", ["", "password", "AUTHORIZATION_CODE", 1])
def test_no_other_type_of_oauth_connection_is_known(kind: object) -> None:
    assert refused(oauth2Type=kind) == [("literal_error", ("oauth2Type",))]


@pytest.mark.parametrize("method", ["S256", "plain", "none"])
def test_a_definition_names_the_pkce_method(method: str) -> None:
    assert a_connection_definition(oauth2PkceMethod=method).oauth2_pkce_method == method


def test_the_pkce_method_is_s256_by_default_and_no_other_is_known() -> None:
    assert a_connection_definition().oauth2_pkce_method == "S256"
    assert refused(oauth2PkceMethod="s256") == [("literal_error", ("oauth2PkceMethod",))]
