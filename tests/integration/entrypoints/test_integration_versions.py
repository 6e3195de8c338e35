"""Versions over HTTP: published, listed, read, and with templates that they lock (B80, B81)."""

from typing import Any

import pytest

from connections_sdk.definition_texts import Media, plain_data
from tests.integration.entrypoints import events
from tests.integration.entrypoints.building import Builder
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.tenants import made


@pytest.fixture
def built(builder: Builder) -> Builder:
    """An integration with a variable, a template and a step."""
    return builder.with_template()


def test_versions_are_published_listed_and_read(built: Builder) -> None:
    draft = built.read()["draft"]
    first = made(built.call("POST", "/versions"))
    made(built.call("PATCH", "", {"name": "New"}))
    second = made(built.call("POST", "/versions"))

    assert (first["version"], second["version"], set(first)) == (1, 2, {"version", "publishedAt"})
    listed = made(built.call("GET", "/versions"))
    assert listed == {"items": [second, first], "nextCursor": None}
    assert built.read()["latestVersion"] == 2
    names = {"name": "Sync", "description": "Every night"}
    assert made(built.call("GET", "/versions/1")) == {**first, **names, **draft}
    former = built.exported(version="1")
    assert plain_data(former.body, Media.YAML)["name"] == "Sync"
    assert plain_data(built.exported().body, Media.YAML)["name"] == "New"


def test_versions_are_paged(built: Builder) -> None:
    for _ in range(3):
        made(built.call("POST", "/versions"))

    def page(**query: str) -> dict[str, Any]:
        return made(built.functions.call("GET", f"{built.path}/versions", query=query))

    first = page(limit="2")
    assert [each["version"] for each in first["items"]] == [3, 2]
    second = page(limit="2", cursor=first["nextCursor"])
    assert ([each["version"] for each in second["items"]], second["nextCursor"]) == ([1], None)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/versions/1", {}, 404),
        ("/versions/0", {}, 400),
        ("/versions/x", {}, 400),
        ("/definition", {"version": "1"}, 404),
        ("/definition", {"version": "0"}, 400),
        ("/versions", {"cursor": "x"}, 400),
    ],
)
def test_a_version_that_is_not_there_is_not_found(
    builder: Builder, path: str, query: dict[str, str], status: int
) -> None:
    assert builder.functions.call("GET", builder.path + path, query=query).status == status


def test_a_published_version_locks_its_template(built: Builder) -> None:
    (template,) = made(built.functions.call("GET", "/connection-templates"))["items"]
    at = f"/connection-templates/{template['id']}"
    change = {"connection": {"values": {"clientId": "b"}}}
    made(built.functions.call("PATCH", at, json=change))
    made(built.call("POST", "/versions"))

    refused = built.functions.call("PATCH", at, json=change | {"name": "New"})

    assert (refused.status, refused.json["code"]) == (409, "template-locked")
    assert 'version 1 of "Sync"' in refused.json["detail"]


def test_the_events_build_an_integration_and_publish_it(functions: Functions) -> None:
    def send(name: str, identifier: str = "") -> dict[str, Any]:
        event = events.event(f"management.{name}")
        event["headers"]["authorization"] = f"Bearer {functions.key}"
        if identifier:
            event["rawPath"] = event["rawPath"].replace(
                event["pathParameters"]["integration"], identifier
            )
            event["pathParameters"]["integration"] = identifier
        return made(Answer.of(functions.invoke("ManagementFunction", event)))

    send("publish-component")
    identifier = send("create-integration")["id"]

    imported = send("import-definition", identifier)

    assert imported["draft"]["steps"][0]["configVariable"] == "CRM"
    assert send("publish-version", identifier)["version"] == 1
