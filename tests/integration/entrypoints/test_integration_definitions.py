"""Definitions that come and go as YAML and JSON over HTTP (B16, B72)."""

import base64
import json

import pytest

from connections.entrypoints.http import LARGEST_BODY
from connections_sdk.definition_texts import Media, plain_data
from tests.integration.entrypoints import events
from tests.integration.entrypoints.building import STEP, Builder
from tests.integration.entrypoints.calls import Answer
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.tenants import bearer, made

YAML, JSON = "application/yaml", "application/json"
SECRET = {"set": True, "visibility": "organization"}
UNSUPPORTED = "Send the body as `Content-Type: application/yaml` or `application/json`."


def put(builder: Builder, text: str, media_type: str | None = YAML) -> Answer:
    answer = builder.functions.call(
        "PUT", f"{builder.path}/definition", body=text, content_type=media_type
    )
    assert "value-of-ours" not in answer.body
    return answer


@pytest.fixture
def built(builder: Builder) -> Builder:
    """An integration with a variable, a template and a step."""
    return builder.with_template()


def test_a_definition_is_exported_without_secrets_and_ids(built: Builder) -> None:
    text = built.exported()

    assert text.headers["content-type"] == YAML
    document = plain_data(text.body, Media.YAML)
    assert document == built.exported(JSON).json
    assert [document["name"], document["description"]] == ["Sync", "Every night"]
    variable, filled = document["configPages"][0]["elements"]
    assert variable["connection"]["values"]["clientSecret"] == SECRET
    assert filled["connection"] == {
        "component": "oauth",
        "key": "oauth2",
        "template": "Our app",
        "values": {},
    }
    assert document["steps"] == [{**STEP, "configVariable": "CRM"}]
    assert '"id"' not in built.exported(JSON).body


@pytest.mark.parametrize("media_type", [YAML, JSON])
def test_what_is_exported_is_imported_without_a_loss(built: Builder, media_type: str) -> None:
    before, text = built.read(), built.exported(media_type).body

    after = made(put(built, text, media_type))

    assert after["notes"] == []
    for changed in ("updatedAt", "notes"):
        after.pop(changed), before.pop(changed)
    assert after == before


def test_an_import_elsewhere_tells_which_secrets_are_left_open(built: Builder) -> None:
    wanted = {"name": "Other"}
    other = made(built.functions.call("POST", "/integrations", json=wanted))["id"]

    answer = made(put(Builder(built.functions, f"/integrations/{other}"), built.exported().body))

    assert [each["pointer"] for each in answer["notes"]] == [
        "#/configPages/0/elements/0/connection/values/clientSecret"
    ]
    assert answer["name"] == "Sync"


def test_what_is_read_differently_is_noted(builder: Builder) -> None:
    variable = {"key": "CRM", "connection": {"component": {"key": "plain"}, "key": "apiKey"}}
    document = {"name": "Sync", "configPages": [{"name": "One", "elements": [variable]}]}

    answer = made(put(builder, json.dumps(document), JSON))

    (note,) = answer["notes"]
    assert note["pointer"] == "#/configPages/0/elements/0/connection/component"
    assert builder.read()["notes"] is None


@pytest.mark.parametrize(
    ("text", "media_type", "pointers"),
    [
        ("name: [", YAML, None),
        ("- a", YAML, ["#"]),
        ("a", YAML, ["#"]),
        ("[]", JSON, ["#"]),
        ('{"name": ""}', JSON, ["#/name"]),
        ('{"name": "A", "config_pages": []}', JSON, ["#/config_pages"]),
        ('{"name": "A", "steps": [{"name": "a", "component": "none", "action": "a"}]}', JSON,
         ["#/steps/0/component"]),
        ("name: A\nsecret: value-of-ours\n", YAML, ["#/secret"]),
        ("name: value-of-ours\nconfigPages: value-of-ours\n", YAML, ["#/configPages"]),
    ],
)  # fmt: skip
def test_what_is_no_definition_is_pointed_at(
    builder: Builder, text: str, media_type: str, pointers: list[str] | None
) -> None:
    before = builder.read()

    answer = put(builder, text, media_type)

    assert (answer.status, answer.json["code"]) == (400, "invalid-request")
    if pointers is not None:
        assert [each["pointer"] for each in answer.json["errors"]] == pointers
    assert builder.read() == before


@pytest.mark.parametrize(
    ("text", "media_type", "detail"),
    [
        ("name: A", None, UNSUPPORTED),
        ("name: A", "text/plain", UNSUPPORTED),
        ("name: A", "application/x-www-form-urlencoded", UNSUPPORTED),
        ("name: A", JSON, "The body cannot be read as JSON."),
        ("[" * 100_000, JSON, "The body cannot be read as JSON."),
        ("", JSON, "Send the definition as the body."),
        (" \n", YAML, "Send the definition as the body."),
        ("", None, "Send the definition as the body."),
    ],
)
def test_a_body_of_another_kind_is_refused(
    builder: Builder, text: str, media_type: str | None, detail: str
) -> None:
    answer = put(builder, text, media_type)

    assert (answer.status, answer.json["detail"]) == (400, detail)


@pytest.mark.parametrize(
    "media_type",
    ["application/yaml", "Application/YAML; charset=utf-8", "text/yaml", "text/x-yaml",
     "application/x-yaml"],
)  # fmt: skip
def test_yaml_has_many_names(builder: Builder, media_type: str) -> None:
    assert made(put(builder, "name: Ünïcode ☃", media_type))["name"] == "Ünïcode ☃"


@pytest.mark.parametrize("body", ["bmFtZTog/w==", "x"], ids=["no UTF-8", "no base64"])
@pytest.mark.parametrize("media_type", [YAML, JSON])
def test_bytes_that_are_no_text_are_refused(
    builder: Builder, logged: Logged, body: str, media_type: str
) -> None:
    function, event = events.request("PUT", f"{builder.path}/definition")
    event["headers"] |= {"content-type": media_type, **bearer(builder.functions.key)}
    event |= {"body": body, "isBase64Encoded": True}

    answer = Answer.of(builder.functions.invoke(function, event))

    assert answer.status == 400
    assert logged.of("unhandled-error") == []


def test_json_may_come_in_base64_and_not_in_another_encoding(builder: Builder) -> None:
    for encoding, status in (("utf-8", 200), ("utf-16", 400)):
        function, event = events.request("PUT", f"{builder.path}/definition")
        event["headers"] |= {"content-type": JSON, **bearer(builder.functions.key)}
        body = base64.b64encode('{"name": "A"}'.encode(encoding)).decode()
        event |= {"body": body, "isBase64Encoded": True}

        assert Answer.of(builder.functions.invoke(function, event)).status == status


@pytest.mark.parametrize("media_type", [YAML, JSON])
def test_a_definition_that_is_too_large_is_refused(builder: Builder, media_type: str) -> None:
    assert put(builder, "x" * (LARGEST_BODY + 1), media_type).status == 413


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/html", JSON),
        ("application/yaml", YAML),
        ("text/yaml;q=0.9, application/json;q=0.1", YAML),
        ("text/html, application/json, application/yaml;q=0.5", JSON),
    ],
)
def test_the_first_form_that_is_accepted_is_answered(
    builder: Builder, accept: str, media_type: str
) -> None:
    assert builder.exported(accept).headers["content-type"] == media_type
