"""Config pages over HTTP: what each caller is shown, may enter and can do."""

from typing import Any

import pytest
from botocore.client import BaseClient

from tests.integration.entrypoints import events
from tests.integration.entrypoints.stage import (
    NAMES,
    TEMPLATED,
    VALUES,
    Stage,
    element,
    path_of,
    pointers,
)
from tests.integration.entrypoints.tenants import OAUTH, made


@pytest.mark.parametrize("caller", NAMES)
def test_each_caller_is_shown_what_they_are_asked_for(stage: Stage, caller: str) -> None:
    """B12 to B15, B17, B39 and B77."""
    path = path_of(stage.instance())

    shown = stage.shown(caller, path)

    assert list(shown) == ["CRM", "Store"]
    assert [each["name"] for each in shown["Store"]["inputs"]] == NAMES[caller]
    of_crm = [each["name"] for each in shown["CRM"]["inputs"]]
    assert of_crm == ["authorizeUrl", "tokenUrl", "clientSecret"]
    assert shown["CRM"]["connection"]["template"] == ("Ours" if caller == "organization" else None)
    missing = [name for name in ("host", "apiKey", "plan") if name in NAMES[caller]]
    assert shown["Store"]["missing"] == missing
    assert shown["Store"]["actions"] == ([] if caller == "user" else ["configure"])
    assert shown["CRM"]["actions"] == ([] if caller == "user" else ["configure", "connect"])


def test_a_page_tells_all_that_a_form_needs(stage: Stage) -> None:
    """B17."""
    instance = stage.instance()
    page = stage.call("admin", "GET", f"{path_of(instance)}/config-pages").json

    (found,) = page["pages"]
    assert (page["instanceId"], page["version"]) == (instance["id"], 1)
    assert (found["name"], found["tagline"]) == ("Connect", "First")
    crm, store = found["configVariables"]
    assert crm["connectionId"] == instance["configVariables"][0]["connectionId"]
    assert (crm["status"], crm["reason"], crm["light"]) == ("pending", "not-connected", None)
    assert (store["status"], store["reason"]) == ("pending", "not-configured")
    assert (crm["level"], store["level"]) == ("instance", "instance")
    own = stage.shown("admin", f"{path_of(instance)}/users/ada")
    assert own["Mailbox"]["level"] == "user"
    assert store["description"] == "Where the orders are"
    assert store["connection"] == {
        "component": "store", "componentLabel": "Store", "key": "apiKey", "label": "API key",
        "oauth2Type": None, "documentationUrl": "https://store.example/docs", "template": None,
    }  # fmt: skip
    assert store["inputs"][0] == {
        "name": "host", "type": "string", "label": "Host", "required": True, "collection": None,
        "default": None, "placeholder": "a", "comments": "Without https", "example": "b",
        "model": None, "pattern": None, "visibility": "customer", "value": None, "set": False,
    }  # fmt: skip


def test_what_was_entered_is_told_to_be_set_and_secrets_are_never_told(stage: Stage) -> None:
    """B37 and B71."""
    path = path_of(stage.instance())
    entered = {**VALUES, "region": "us", "headers": [{"key": "x", "value": "hidden"}]}

    answers = [stage.enter("organization", path, Store=entered)]
    answers += [stage.call(each, "GET", f"{path}/config-pages") for each in stage.callers]

    shown = {each["name"]: each for each in stage.shown("admin", path)["Store"]["inputs"]}
    assert {name: each["set"] for name, each in shown.items()} == dict.fromkeys(shown, True)
    assert shown["region"]["value"] == "us"
    told = " ".join(each.body for each in answers)
    secrets = ["the-key", "hidden", *TEMPLATED.values()]
    assert [each for each in secrets if each in told] == []


def test_the_builders_values_are_defaults_and_secrets_are_the_organizations(
    stage: Stage,
) -> None:
    values = {
        "host": {"value": "builder.example"}, "apiKey": {"value": "builders-secret"},
        "headers": {"value": [{"key": "x", "value": "y"}]},
        "region": {"value": "eu", "visibility": "organization"},
    }  # fmt: skip
    stage.publish(element("Store", "store", "apiKey", connection={"values": values}))
    path = path_of(stage.instance())

    shown = stage.shown("admin", path)["Store"]
    inputs = {each["name"]: each for each in shown["inputs"]}
    assert list(inputs) == ["host", "headers", "team", "plan"]
    # Free text of a connection without OAuth may be a key: that it is there is told.
    assert (inputs["host"]["default"], inputs["host"]["set"]) == (None, True)
    assert "builder.example" not in stage.call("admin", "GET", f"{path}/config-pages").body
    found = stage.shown("organization", path)["Store"]["inputs"]
    told = {each["name"]: each["default"] for each in found}
    assert told["host"] == "builder.example"
    assert told["headers"] == [{"key": "x", "value": "y"}]
    assert shown["missing"] == ["plan"]
    assert stage.enter("admin", path, Store={"apiKey": "mine"}).status == 403
    for caller in ("organization", "admin"):
        assert "builders-secret" not in stage.call(caller, "GET", f"{path}/config-pages").body


@pytest.mark.parametrize(
    ("caller", "name", "status"),
    [
        ("admin", "host", 200), ("admin", "team", 403), ("admin", "plan", 403),
        ("admin", "mode", 400), ("embedding", "team", 200), ("embedding", "plan", 403),
        ("organization", "plan", 200), ("organization", "mode", 400), ("user", "host", 403),
        ("other", "host", 404),
    ],
)  # fmt: skip
def test_each_caller_enters_what_is_theirs(
    stage: Stage, caller: str, name: str, status: int
) -> None:
    path = path_of(stage.instance())

    assert stage.enter(caller, path, Store={name: "x"}).status == status


def test_wrong_values_are_told_at_their_places_and_never_quoted(stage: Stage) -> None:
    path = path_of(stage.instance())

    refused = stage.enter(
        "organization", path, Store={"region": "secret-mars", "nope": "x"}, CRM=TEMPLATED, Gone={}
    )

    assert pointers(refused) == [
        "#/Store/values/nope", "#/Store/values/region", "#/CRM/values/clientId",
        "#/CRM/values/scopes", "#/Gone",
    ]  # fmt: skip
    assert "secret-mars" not in refused.body
    assert "client-of-template" not in refused.body


def test_entering_answers_with_what_was_written_and_asks_no_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(stage.instance())
    own = f"{path}/users/ada"
    stage.enter("user", own, Mailbox={})
    requests: list[str] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(self: BaseClient, operation: str, wanted: dict[str, Any]) -> Any:
        requests.append(operation)
        return call(self, operation, wanted)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    answers = []
    for entered, at in (({"Store": {"host": "x"}}, path), ({"Mailbox": {"host": "x"}}, own)):
        requests.clear()
        answers.append(stage.enter("organization", at, **entered))
        # Whose it is, what is there, the change with its entry in the log, and the audit.
        users = ["GetItem"] if at == own else []
        assert requests == [
            "GetItem", "GetItem", "GetItem", *users, "BatchGetItem", "TransactWriteItems",
            "TransactWriteItems", "PutItem",
        ]  # fmt: skip

    for answer, at in zip(answers, (path, own), strict=True):
        assert answer.json == stage.call("organization", "GET", f"{at}/config-pages").json


def test_a_granted_connection_offers_to_disconnect(stage: Stage) -> None:
    instance = stage.instance()
    key = {"pk": {"S": instance["configVariables"][0]["connectionId"]}, "sk": {"S": "state"}}
    stage.functions.aws.dynamodb.update_item(
        TableName=stage.functions.aws.names["Connections"],
        Key=key,
        UpdateExpression="SET #status = :active",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":active": {"S": "active"}},
    )

    crm = stage.shown("admin", path_of(instance))["CRM"]

    assert (crm["status"], crm["light"]) == ("active", "yellow")
    assert crm["actions"] == ["configure", "connect", "disconnect"]


def test_what_lacks_something_is_not_offered_to_be_connected(stage: Stage) -> None:
    """B50."""
    component: dict[str, Any] = {**OAUTH, "key": "strict"}
    (definition,) = component["connections"]
    inputs = {**definition["inputs"], "clientId": {"type": "string", "required": True}}
    component["connections"] = [{**definition, "inputs": inputs}]
    made(stage.functions.call("PUT", "/components/strict", json=component))
    stage.publish(element("Strict", "strict", "oauth2"))
    path = path_of(stage.instance())
    before = stage.shown("admin", path)["Strict"]
    assert (before["missing"], before["actions"]) == (["clientId"], ["configure"])

    stage.enter("admin", path, Strict={"clientId": "mine"})

    after = stage.shown("admin", path)["Strict"]
    assert (after["missing"], after["actions"]) == ([], ["configure", "connect"])
    assert after["reason"] == "not-connected"


def test_a_key_that_cannot_write_is_offered_nothing_to_do(stage: Stage) -> None:
    path = path_of(stage.instance())
    wanted = events.event("management.create-api-key")
    wanted["createApiKey"]["scopes"] = ["connections:read"]
    key = stage.functions.invoke("ManagementFunction", wanted)["key"]

    pages = stage.tenants.call(key, "GET", f"{path}/config-pages").json["pages"]

    assert [each["actions"] for each in pages[0]["configVariables"]] == [[], []]


def test_client_credentials_are_refreshed_and_not_connected(stage: Stage) -> None:
    stage.publish(element("Machine", "generic-oauth2", "clientCredentials"))
    path = path_of(stage.instance())
    before = stage.shown("admin", path)["Machine"]
    assert (before["reason"], before["actions"]) == ("not-configured", ["configure"])

    url = "https://auth.example.com/token"
    stage.enter("admin", path, Machine={"tokenUrl": url, "clientId": "a", "clientSecret": "b"})

    after = stage.shown("admin", path)["Machine"]
    assert (after["status"], after["light"]) == ("pending", None)
    assert (after["reason"], after["actions"]) == ("not-connected", ["configure", "refresh"])
