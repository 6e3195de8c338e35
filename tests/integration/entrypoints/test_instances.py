"""Instances over HTTP: made, configured and deployed by each who may, and read by code."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.entrypoints import events
from tests.integration.entrypoints.stage import (
    MAILBOX,
    SHOP,
    VALUES,
    Stage,
    path_of,
    pointers,
)


def test_a_customer_enables_configures_and_deploys_and_code_reads(stage: Stage) -> None:
    """B10, B11, B18 and B63."""
    instance = stage.instance("admin")
    path = path_of(instance)
    assert instance["customerId"] == stage.tenants.acme
    assert (instance["version"], instance["enabled"], instance["deployedAt"]) == (1, True, None)
    asked = ["#/Store/values/host", "#/Store/values/apiKey"]
    for caller, named in (("admin", asked), ("organization", [*asked, "#/Store/values/plan"])):
        assert pointers(stage.call(caller, "POST", f"{path}/deploy")) == named

    mine = {name: VALUES[name] for name in ("host", "apiKey")}
    assert stage.enter("admin", path, Store=mine).status == 200
    refused = stage.call("admin", "POST", f"{path}/deploy")
    assert (refused.status, refused.json["code"], refused.json["detail"]) == (
        409, "configuration-incomplete", "The organization has to enter more.",
    )  # fmt: skip
    assert "plan" not in refused.body
    assert stage.enter("organization", path, Store={"plan": "gold"}).status == 200
    deployed = stage.call("admin", "POST", f"{path}/deploy")
    assert deployed.status == 200
    assert deployed.json["deployedAt"] is not None
    stage.enter("organization", path, Store={"plan": None})
    assert stage.call("admin", "GET", path).json["deployedAt"] is None
    stage.enter("organization", path, Store={"plan": "gold"})

    query = {"configVariable": "Store"}
    read = stage.call("organization", "GET", f"{path}/credentials", query=query)
    assert read.json["fields"] == {**VALUES, "mode": "live"}
    assert (read.json["key"], read.json["configVarKey"]) == ("apiKey", "Store")


@pytest.mark.parametrize(
    "body",
    [
        {"Store": {}}, {"Store": {"values": {"host": 5}}}, {"Store": {"values": {"a b": "x"}}},
        {"Store": {"values": {}, "more": 1}}, {" Store": {"values": {}}}, [],
        {f"V{number}": {"values": {}} for number in range(31)},
    ],
)  # fmt: skip
def test_a_body_of_another_form_is_refused(stage: Stage, body: Any) -> None:
    path = path_of(stage.instance())

    refused = stage.call("organization", "PATCH", f"{path}/config-variables", json=body)

    assert refused.status == 400
    assert refused.json["errors"]


def test_an_instance_is_listed_renamed_moved_and_deleted(stage: Stage) -> None:
    own = stage.instance("user")
    instance = stage.instance()
    path = path_of(instance)
    assert own["userId"] == "ada"
    stage.publish(SHOP)

    moved = stage.call("admin", "PATCH", path, json={"name": "New", "enabled": False, "version": 2})
    assert (moved.json["name"], moved.json["version"], moved.json["enabled"]) == ("New", 2, False)
    assert [each["key"] for each in moved.json["configVariables"]] == ["Store"]
    refused = stage.call("admin", "PATCH", path, json={"version": 3})
    assert pointers(refused) == ["#/version"]
    listed = {
        caller: [each["id"] for each in stage.call(caller, "GET", "/instances").json["items"]]
        for caller in stage.callers
    }
    both = [instance["id"], own["id"]]
    assert listed == {
        "organization": both, "admin": both, "user": both, "embedding": both, "other": [],
    }  # fmt: skip
    assert stage.call("user", "DELETE", path).status == 403

    first = stage.call("admin", "DELETE", path)

    assert first.status == 202
    for caller in stage.callers:
        for method, below in (("GET", ""), ("PATCH", ""), ("GET", "/config-pages")):
            body: dict[str, str] | None = {} if method == "PATCH" else None
            refused = stage.call(caller, method, path + below, json=body)
            own_alone = (caller, method) == ("user", "PATCH")
            assert refused.status == (403 if own_alone else 404)
    messages = [json.loads(each) for each in stage.functions.aws.messages("DeletionsQueue")]
    assert {"instanceId": instance["id"]} in messages


def test_a_deletion_whose_message_was_lost_is_asked_for_again(stage: Stage) -> None:
    instance = stage.instance()
    path = path_of(instance)
    first = stage.call("admin", "DELETE", path)
    stage.functions.aws.messages("DeletionsQueue")

    for caller in ("admin", "organization"):
        again = stage.call(caller, "DELETE", path)
        assert (again.status, again.json) == (202, first.json)
        messages = stage.functions.aws.messages("DeletionsQueue")
        assert [json.loads(each) for each in messages] == [{"instanceId": instance["id"]}]

    assert stage.call("other", "DELETE", path).status == 404
    wanted = events.event("delete_connections.instance")
    wanted["Records"][0]["body"] = json.dumps({"instanceId": instance["id"]})
    stage.functions.invoke("DeleteConnectionsFunction", wanted, seconds=120)
    for caller in ("admin", "organization"):
        assert stage.call(caller, "DELETE", path).status == 404


def test_what_a_deleted_instance_or_a_moved_one_held_gives_nothing_at_once(stage: Stage) -> None:
    instances = [stage.instance(), stage.instance()]
    held = [each["configVariables"][1]["connectionId"] for each in instances]
    for instance in instances:
        stage.enter("organization", path_of(instance), Store=VALUES)
    for each in held:
        path = f"/connections/{each}/credentials"
        assert stage.call("organization", "GET", path).status == 200
    stage.publish(MAILBOX)

    stage.call("organization", "PATCH", path_of(instances[0]), json={"version": 2})
    stage.call("organization", "DELETE", path_of(instances[1]))

    for each in held:
        for below in ("", "/credentials"):
            path = f"/connections/{each}{below}"
            assert stage.call("organization", "GET", path).status == 404


def test_customers_choose_among_the_versions_of_what_they_build_alone(stage: Stage) -> None:
    stage.publish(SHOP)
    older = {"name": "Sync of Acme", "integrationId": stage.integration, "version": 1}
    for caller in ("admin", "user", "embedding"):
        refused = stage.call(caller, "POST", "/instances", json=older)
        assert (refused.status, pointers(refused)) == (400, ["#/version"])
    instance = stage.instance("admin", version=2)
    path = path_of(instance)

    refused = stage.call("admin", "PATCH", path, json={"version": 1})

    assert (refused.status, pointers(refused)) == (400, ["#/version"])
    assert stage.call("admin", "PATCH", path, json={"version": 2, "name": "A"}).status == 200
    assert stage.call("organization", "PATCH", path, json={"version": 1}).json["version"] == 1
    assert stage.call("admin", "PATCH", path, json={"version": 1}).status == 200
    stage.publish(SHOP)
    assert stage.call("admin", "PATCH", path, json={"version": 3}).json["version"] == 3


def test_a_user_has_what_is_theirs_and_nobody_elses(stage: Stage) -> None:
    path = path_of(stage.instance())
    own, others = f"{path}/users/ada", f"{path}/users/bob"

    before = stage.shown("user", own)["Mailbox"]
    assert (before["connectionId"], before["status"], before["actions"]) == (
        None, None, ["configure"],
    )  # fmt: skip
    entered = stage.enter("user", own, Mailbox={"host": "mail.example"})
    (page,) = entered.json["pages"]
    (mailbox,) = page["configVariables"]
    assert (mailbox["status"], mailbox["inputs"][0]["set"]) == ("active", True)
    deployed = stage.call("user", "POST", f"{own}/deploy")
    assert deployed.status == 200
    assert deployed.json["userId"] == "ada"
    assert list(deployed.json["connections"].values()) == [mailbox["connectionId"]]

    for method, below in (("GET", "/config-pages"), ("POST", "/deploy")):
        assert stage.call("user", method, others + below).status == 404
        assert stage.call("admin", method, others + below).status == 200
        assert stage.call("other", method, others + below).status == 404
    assert stage.enter("user", others, Mailbox={}).status == 404
    query = {"configVariable": "Mailbox", "userId": "ada"}
    read = stage.call("organization", "GET", f"{path}/credentials", query=query)
    assert read.json["fields"] == {"host": "mail.example"}
    nobody = stage.call(
        "organization", "GET", f"{path}/credentials", query={"configVariable": "Mailbox"}
    )
    assert pointers(nobody) == ["#/query/userId"]


@pytest.mark.parametrize(
    "user", ["a b", "a/b?c#d", "a%2Fb", "100%", "ada@acme.example", "Ünï|☃", "👩‍💻" * 20, '"\\`']
)
def test_an_id_of_the_organizations_is_percent_encoded_once(stage: Stage, user: str) -> None:
    path = path_of(stage.instance())
    stage.callers["someone"] = stage.tenants.token(user)
    own = f"{path}/users/{quote(user, safe='')}"

    assert stage.enter("someone", own, Mailbox={"host": "theirs"}).status == 200

    assert stage.call("organization", "POST", f"{own}/deploy").json["userId"] == user
    assert stage.shown("someone", own)["Mailbox"]["inputs"][0]["set"] is True
    assert stage.call("user", "GET", f"{own}/config-pages").status == 404


@pytest.mark.parametrize("user", ["%00", "a" * 201, "%E2%80%A8", "%0A"])
def test_what_is_no_users_id_is_refused(stage: Stage, user: str) -> None:
    path = path_of(stage.instance())

    refused = stage.call("organization", "GET", f"{path}/users/{user}/config-pages")

    assert pointers(refused) == ["#/path/user"]


def test_an_idempotency_key_makes_one_instance(stage: Stage) -> None:
    wanted = {"name": "One", "integrationId": stage.integration, "customerId": stage.tenants.acme}
    headers = {"idempotency-key": "instance-1"}

    first, second = (
        stage.call("organization", "POST", "/instances", json=wanted, headers=headers)
        for _ in range(2)
    )
    other = {**wanted, "name": "Two"}
    third = stage.call("organization", "POST", "/instances", json=other, headers=headers)

    assert first.json == second.json
    assert (third.status, third.json["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"customerId": None}, "#/customerId"),
        ({"integrationId": "int_" + "0" * 26}, "#/integrationId"),
        ({"version": 9}, "#/version"),
        ({"version": 0}, "#/version"),
        ({"name": ""}, "#/name"),
    ],
)
def test_what_makes_no_instance_is_refused(
    stage: Stage, changes: dict[str, Any], pointer: str
) -> None:
    wanted = {"name": "One", "integrationId": stage.integration, "customerId": stage.tenants.acme}

    refused = stage.call("organization", "POST", "/instances", json={**wanted, **changes})

    assert pointers(refused) == [pointer]


def test_changes_stand_in_the_audit(stage: Stage) -> None:
    instance = stage.instance("admin")
    path = path_of(instance)
    stage.enter("admin", path, Store={"host": "x"})
    stage.enter("user", f"{path}/users/ada", Mailbox={})

    entries = stage.functions.call("GET", "/audit").json["items"]

    told = [(each["action"], each["target"], each["customerId"]) for each in entries[:3]]
    assert told == [
        ("instance.configured", instance["id"], stage.tenants.acme),
        ("instance.configured", instance["id"], stage.tenants.acme),
        ("instance.created", instance["id"], stage.tenants.acme),
    ]


@pytest.mark.parametrize(
    "name", ["management.create-instance", "management.enter-values",
             "management.read-user-pages", "credentials.read-by-variable"],
)  # fmt: skip
def test_the_events_are_answered_where_there_is_what_they_name(stage: Stage, name: str) -> None:
    instance = stage.instance()
    stage.enter("organization", path_of(instance), Store=VALUES)
    event = events.event(name)
    event["headers"]["authorization"] = f"Bearer {stage.functions.key}"
    if "pathParameters" in event:
        former = event["pathParameters"]["instance"]
        event = json.loads(json.dumps(event).replace(former, instance["id"]))
    else:
        body = {**json.loads(event["body"]), "customerId": stage.tenants.acme}
        event["body"] = json.dumps({**body, "integrationId": stage.integration})
    function = "CredentialsFunction" if name.startswith("credentials") else "ManagementFunction"

    answered = stage.functions.invoke(function, event)

    assert answered["statusCode"] in {200, 201}, answered["body"]
