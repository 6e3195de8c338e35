"""Changing and deleting connections that were made for themselves; templates that fill them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.tenants import (
    PLAIN,
    Tenants,
    key_of,
    made,
    running_functions,
)

VALUES = "#/connection/values"


@pytest.fixture(scope="module")
def tenants(_running_aws: Aws) -> Iterator[Tenants]:
    with running_functions(_running_aws) as functions:
        yield Tenants.founded(functions)


def read(tenants: Tenants, connection: str) -> dict[str, Any]:
    return made(tenants.functions.call("GET", f"/connections/{connection}"))


def patch(tenants: Tenants, identifier: str, **changes: Any) -> Any:
    answer = tenants.functions.call("PATCH", f"/connections/{identifier}", json=changes)
    assert answer.status == 200, answer.body
    return answer.json


def templated(tenants: Tenants, name: str, **more: Any) -> dict[str, Any]:
    wanted = {
        "name": name,
        "connection": {
            "component": "oauth",
            "key": "oauth2",
            "values": {"clientId": "of-template", "scopes": "template.scope"},
        },
        **more,
    }
    return made(tenants.functions.call("POST", "/connection-templates", json=wanted))


def filled(template: str, **values: str) -> dict[str, Any]:
    return {
        "connection": {
            "component": "oauth",
            "key": "oauth2",
            "template": template,
            "values": values,
        }
    }


def deliver(tenants: Tenants) -> None:
    for body in tenants.functions.aws.messages("DeletionsQueue"):
        wanted = event("delete_connections.connection")
        wanted["Records"][0]["body"] = body
        done = tenants.functions.invoke("DeleteConnectionsFunction", wanted, seconds=120)
        assert done == {"batchItemFailures": []}


def test_a_connection_is_changed_by_a_merge_patch(tenants: Tenants) -> None:
    connection = tenants.connection(component="oauth", customerId=tenants.acme)["id"]

    patch(tenants, connection, name="Another", connection={"values": {"clientId": "b"}})
    answer = patch(tenants, connection, connection={"values": {"scopes": "x", "odd": None}})

    assert answer == read(tenants, connection)
    assert answer["name"] == "Another"
    assert answer["scopes"]["requested"] == "x"
    values = answer["connection"]["values"]
    assert values["clientId"] == {"value": "b", "set": True}
    patch(tenants, connection, connection={"values": {"clientId": None}})
    values = read(tenants, connection)["connection"]["values"]
    assert values["clientId"] == {"value": "a-client", "set": False}
    log = tenants.functions.call("GET", f"/connections/{connection}/logs").json["items"]
    assert [each["event"] for each in log] == ["connection.changed"] * 3 + ["connection.created"]


def test_a_value_that_does_not_fit_is_refused(tenants: Tenants) -> None:
    connection = tenants.connection(component="oauth")["id"]
    body = {"connection": {"values": {"odd": "x"}}}

    answer = tenants.functions.call("PATCH", f"/connections/{connection}", json=body)

    assert answer.status == 400
    assert [each["pointer"] for each in answer.json["errors"]] == [f"{VALUES}/odd"]


def test_a_deleted_connection_answers_404_at_once_and_is_removed(
    tenants: Tenants,
) -> None:
    connection = tenants.connection(component="oauth", customerId=tenants.acme)["id"]
    path = f"/connections/{connection}"

    answer = tenants.functions.call("DELETE", path)

    assert (answer.status, answer.json) == (202, {"id": connection, "status": "deleting"})
    for method, below in (("GET", ""), ("GET", "/credentials"), ("GET", "/logs")):
        assert tenants.functions.call(method, path + below).status == 404
    listed = tenants.functions.call("GET", "/connections", query={"limit": "200"}).json["items"]
    assert connection not in [each["id"] for each in listed]
    deliver(tenants)
    assert not [
        item for item in tenants.functions.aws.items("Connections") if connection in str(item)
    ]
    assert tenants.functions.call("DELETE", path).status == 404


def test_a_template_fills_a_connection_and_tells_nobody(tenants: Tenants) -> None:
    templated(tenants, "Shared app", shared=True)
    admin = tenants.token("root", role="admin")

    answer = tenants.call(admin, "POST", "/connections", json=filled("Shared app"))

    connection = made(answer)
    for read_by in (admin, tenants.functions.key):
        answer = tenants.call(read_by, "GET", f"/connections/{connection['id']}")
        assert answer.json["connection"]["template"] == "Shared app"
        values = answer.json["connection"]["values"]
        assert values["clientId"] == values["scopes"] == {"value": None, "set": True}
        assert answer.json["scopes"] == {"requested": None, "granted": None}
        assert "of-template" not in answer.body
        assert "template.scope" not in answer.body
    body = {"connection": {"values": {"clientId": "mine"}}}
    refused = tenants.call(admin, "PATCH", f"/connections/{connection['id']}", json=body)
    assert [each["pointer"] for each in refused.json["errors"]] == [f"{VALUES}/clientId"]


def test_a_customer_does_not_know_a_template_that_is_not_shared(tenants: Tenants) -> None:
    templated(tenants, "Own app")
    admin = tenants.token("root", role="admin")

    refused = [
        tenants.call(admin, "POST", "/connections", json=filled(name))
        for name in ("Own app", "No app")
    ]

    assert [each.status for each in refused] == [400, 400]
    assert refused[0].body == refused[1].body
    assert made(tenants.functions.call("POST", "/connections", json=filled("Own app")))


def test_a_template_is_in_use_until_the_connection_is_removed(
    tenants: Tenants,
) -> None:
    template = templated(tenants, "Busy app")["id"]
    connection = made(tenants.functions.call("POST", "/connections", json=filled("Busy app")))
    path = f"/connection-templates/{template}"
    assert tenants.functions.call("DELETE", path).json["code"] == "in-use"

    tenants.functions.call("DELETE", f"/connections/{connection['id']}")
    deliver(tenants)

    assert tenants.functions.call("DELETE", path).status == 204


def test_a_component_is_deleted_when_nothing_uses_it(tenants: Tenants) -> None:
    made(tenants.functions.call("PUT", "/components/spare", json={**PLAIN, "key": "spare"}))
    wanted = {"name": "The one", "connection": {"component": "spare", "key": "apiKey"}}
    connection = made(tenants.functions.call("POST", "/connections", json=wanted))
    refused = tenants.functions.call("DELETE", "/components/spare")
    assert (refused.status, refused.json["code"]) == (409, "in-use")
    assert 'the connection "The one"' in refused.json["detail"]

    tenants.functions.call("DELETE", f"/connections/{connection['id']}")
    deliver(tenants)

    assert tenants.functions.call("DELETE", "/components/spare").status == 204
    assert tenants.functions.call("DELETE", "/components/spare").status == 404


def test_a_component_of_which_there_is_a_template_is_not_deleted(tenants: Tenants) -> None:
    made(tenants.functions.call("PUT", "/components/kept", json={**PLAIN, "key": "kept"}))
    filling = {"component": "kept", "key": "apiKey", "values": {"host": "a.example"}}
    wanted = {"name": "Kept", "connection": filling}
    path = "/connection-templates/"
    path += made(tenants.functions.call("POST", "/connection-templates", json=wanted))["id"]
    made(tenants.functions.call("PATCH", path, json={"name": "Keeping it"}))

    refused = tenants.functions.call("DELETE", "/components/kept")

    assert (refused.status, refused.json["code"]) == (409, "in-use")
    assert 'the connection template "Keeping it"' in refused.json["detail"]
    assert tenants.functions.call("DELETE", path).status == 204
    assert tenants.functions.call("DELETE", "/components/kept").status == 204


def test_a_built_in_component_is_not_deleted(tenants: Tenants) -> None:
    filling = {"component": "salesforce", "key": "oauth2", "values": {"scopes": "api"}}
    wanted = {"name": "Of a built-in one", "connection": filling}
    made(tenants.functions.call("POST", "/connection-templates", json=wanted))

    answer = tenants.functions.call("DELETE", "/components/salesforce")

    assert (answer.status, answer.json["code"]) == (409, "built-in-component")


def test_connections_of_no_instance_are_in_no_list_of_one(tenants: Tenants) -> None:
    query = {"instanceId": "ins_" + "0" * 26}

    assert tenants.functions.call("GET", "/connections", query=query).json["items"] == []


def test_what_is_missing_is_named_where_a_link_is_asked_for(tenants: Tenants) -> None:
    changed = {**PLAIN, "key": "later"}
    changed["connections"] = [
        {"key": "apiKey", "label": "K", "inputs": {"host": {"type": "string", "required": True}}}
    ]
    made(tenants.functions.call("PUT", "/components/later", json=changed))
    reader = key_of(tenants.functions, "connections:read")["key"]

    wanted = {"connection": {"component": "later", "key": "apiKey"}}
    answer = tenants.functions.call("POST", "/connections", json=wanted)

    assert [each["pointer"] for each in answer.json["errors"]] == [f"{VALUES}/host"]
    assert tenants.call(reader, "DELETE", "/components/later").status == 403


def test_a_customer_does_not_say_where_the_organizations_secret_is_sent(tenants: Tenants) -> None:
    admin = tenants.token("root", role="admin")
    connection = {"component": "oauth", "key": "oauth2", "values": {"clientSecret": "ours"}}
    elsewhere = {"connection": {"values": {"tokenUrl": "https://elsewhere.example/token"}}}

    ours = tenants.connection(customerId=tenants.acme, connection=connection)["id"]
    theirs = tenants.connection(admin, connection=connection)["id"]

    refused = tenants.call(admin, "PATCH", f"/connections/{ours}", json=elsewhere)
    assert refused.status == 400
    assert [each["pointer"] for each in refused.json["errors"]] == [f"{VALUES}/tokenUrl"]
    assert tenants.call(admin, "PATCH", f"/connections/{theirs}", json=elsewhere).status == 200
    patch(tenants, ours, **elsewhere)
