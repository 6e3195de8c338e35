"""Integrations over HTTP: built, changed and deleted, with secrets that never come back."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.entrypoints.building import STEP, TEMPLATE, VARIABLE, Builder
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.tenants import made


def test_an_integration_is_read_with_its_empty_draft(builder: Builder) -> None:
    read = builder.read()

    times = [read.pop("createdAt"), read.pop("updatedAt")]
    assert times[0] == times[1]
    assert read.pop("id") == builder.path.removeprefix("/integrations/")
    assert read == {
        "name": "Sync",
        "description": "Every night",
        "customerId": None,
        "offered": False,
        "latestVersion": None,
        "draft": {"configPages": [], "steps": []},
        "notes": None,
    }
    listed = made(builder.functions.call("GET", "/integrations"))
    assert [set(each) & {"draft", "notes"} for each in listed["items"]] == [set()]


def test_a_key_makes_one_integration(functions: Functions) -> None:
    headers = {"idempotency-key": "integration-1"}

    def create(name: str) -> Answer:
        return functions.call("POST", "/integrations", json={"name": name}, headers=headers)

    assert made(create("A")) == made(create("A"))
    assert (create("B").status, create("B").json["code"]) == (409, "idempotency-key-reused")


def test_a_variable_is_told_with_its_secret_only_as_set(builder: Builder) -> None:
    variable = builder.add("config-variables", VARIABLE)

    assert variable.pop("id").startswith("var_")
    said = {"value": None, "visibility": None, "set": False}
    assert variable == {
        **VARIABLE,
        "dataType": "connection",
        "level": "instance",
        "connection": {
            "component": "oauth",
            "key": "oauth2",
            "template": None,
            "values": {
                "clientId": {**said, "value": "an-id"},
                "clientSecret": {"value": None, "visibility": "organization", "set": True},
                "scopes": {**said, "visibility": "embedded"},
            },
        },
    }
    (page,) = builder.read()["draft"]["configPages"]
    assert (page["name"], page["tagline"]) == ("Configuration", None)
    assert [{**each, "id": None} for each in page["elements"]] == [{**variable, "id": None}]


def test_a_step_makes_a_variable_and_another_uses_it(builder: Builder) -> None:
    first = builder.add("steps", STEP)
    second = builder.add("steps", {**STEP, "name": "Send"})

    assert first == {**STEP, "id": first["id"], "configVariable": "OAuth Connection"}
    assert second["configVariable"] == "OAuth Connection"
    draft = builder.read()["draft"]
    assert draft["steps"] == [first, second]
    assert [len(page["elements"]) for page in draft["configPages"]] == [1]


def test_a_step_is_changed_and_removed(builder: Builder) -> None:
    step = builder.add("steps", STEP)
    at = f"/steps/{step['id']}"

    changed = made(builder.call("PATCH", at, {"name": "New"}))

    assert changed == {**step, "name": "New"}
    refused = builder.call("PATCH", at, {"configVariable": None})
    assert (refused.status, [each["pointer"] for each in refused.json["errors"]]) == (
        400,
        ["#/configVariable"],
    )
    removed = builder.call("DELETE", at)
    assert (removed.status, removed.body) == (204, "")
    assert builder.call("DELETE", at).status == builder.call("PATCH", at, {}).status == 404


def test_a_variable_is_changed_by_a_merge_patch(builder: Builder) -> None:
    made(builder.functions.call("POST", "/connection-templates", json=TEMPLATE))
    variable = builder.add("config-variables", VARIABLE)
    at = f"/config-variables/{variable['id']}"
    nothing: dict[str, Any] = {"clientId": None, "clientSecret": None}

    templated = made(
        builder.call(
            "PATCH",
            at,
            {
                "key": "New",
                "description": None,
                "stableKey": None,
                "connection": {"template": "Our app", "values": nothing},
                "oauthRedirects": {"enabled": False},
            },
        )
    )
    assert (templated["key"], templated["description"], templated["stableKey"]) == (
        "New",
        None,
        None,
    )
    assert (templated["connection"]["template"], list(templated["connection"]["values"])) == (
        "Our app",
        ["scopes"],
    )
    assert templated["oauthRedirects"] == {**VARIABLE["oauthRedirects"], "enabled": False}

    assert templated["visibility"] == "customer"

    change = {"connection": {"template": None}, "oauthRedirects": None, "level": "user"}
    without = made(builder.call("PATCH", at, {**change, "visibility": "embedded"}))
    assert (without["connection"]["template"], without["oauthRedirects"], without["level"]) == (
        None,
        None,
        "user",
    )
    assert without["visibility"] == "embedded"
    assert made(builder.call("PATCH", at, {"visibility": None}))["visibility"] is None


def test_nothing_is_read_of_a_secret_by_moving_it(builder: Builder) -> None:
    leak = {"key": "oauth2", "label": "Leak", "inputs": {"clientSecret": {"type": "string"}}}
    component = {"key": "leak", "label": "Leak", "connections": [leak]}
    made(builder.functions.call("PUT", "/components/leak", json=component))
    variable = builder.add("config-variables", VARIABLE)

    moved = made(
        builder.call(
            "PATCH",
            f"/config-variables/{variable['id']}",
            {"connection": {"component": "leak", "values": {"clientSecret": {"set": True}}}},
        )
    )

    nothing = {"value": None, "visibility": None, "set": False}
    assert moved["connection"]["values"] == {"clientSecret": nothing}


def test_name_description_and_offer_are_changed(builder: Builder) -> None:
    changed = made(builder.call("PATCH", "", {"name": "New", "offered": True}))
    assert (changed["name"], changed["description"], changed["offered"]) == (
        "New",
        "Every night",
        True,
    )
    offered = builder.functions.call("GET", "/integrations", query={"offered": "true"})
    assert [each["id"] for each in made(offered)["items"]] == [changed["id"]]

    assert made(builder.call("PATCH", "", {"description": None}))["description"] is None


def test_what_a_step_works_with_stays(builder: Builder) -> None:
    variable = builder.add("config-variables", VARIABLE)
    builder.add("steps", STEP)
    at = f"/config-variables/{variable['id']}"
    other = {"connection": {"component": "plain", "key": "apiKey"}}

    for refused in (builder.call("DELETE", at), builder.call("PATCH", at, other)):
        assert (refused.status, refused.json["code"]) == (409, "in-use")
        assert '"Fetch"' in refused.json["detail"]

    made(builder.call("PATCH", at, {"key": "New"}))
    (step,) = builder.read()["draft"]["steps"]
    assert step["configVariable"] == "New"
    builder.call("DELETE", f"/steps/{step['id']}")
    removed = builder.call("DELETE", at)
    assert (removed.status, removed.body) == (204, "")
    assert builder.call("DELETE", at).status == 404


def test_an_integration_is_deleted_with_its_versions(builder: Builder) -> None:
    made(builder.functions.call("POST", "/connection-templates", json=TEMPLATE))
    connection = {"component": "oauth", "key": "oauth2", "template": "Our app"}
    builder.add("config-variables", {"key": "CRM", "connection": connection})
    made(builder.call("POST", "/versions"))

    assert builder.call("DELETE").status == 204

    assert builder.call("DELETE").status == builder.call("GET").status == 404
    (template,) = made(builder.functions.call("GET", "/connection-templates"))["items"]
    deleted = builder.functions.call("DELETE", f"/connection-templates/{template['id']}")
    assert deleted.status == 204


def test_a_component_that_a_draft_uses_stays(builder: Builder) -> None:
    builder.add("steps", STEP)

    answer = builder.functions.call("DELETE", "/components/oauth")

    assert (answer.status, answer.json["code"]) == (409, "in-use")


AUDITED: dict[str, tuple[Callable[[Builder], Answer], str]] = {
    "change": (lambda builder: builder.call("PATCH", "", {"name": "A"}), "integration.changed"),
    "add a step": (lambda builder: builder.call("POST", "/steps", STEP), "integration.changed"),
    "add a variable": (
        lambda builder: builder.call("POST", "/config-variables", VARIABLE),
        "integration.changed",
    ),
    "publish": (lambda builder: builder.call("POST", "/versions"), "integration.published"),
    "delete": (lambda builder: builder.call("DELETE"), "integration.deleted"),
}


@pytest.mark.parametrize(("call", "action"), AUDITED.values(), ids=AUDITED)
def test_the_audit_names_the_integration_that_changed(
    builder: Builder, call: Callable[[Builder], Answer], action: str
) -> None:
    assert call(builder).status < 300

    entry = made(builder.functions.call("GET", "/audit"))["items"][0]
    assert (entry["action"], entry["target"]) == (
        action,
        builder.path.removeprefix("/integrations/"),
    )
