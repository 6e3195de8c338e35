"""Integrations that customers build or may enable, and what they see of them (B69-B71)."""

from typing import Any

import pytest

from tests.integration.entrypoints.building import STEP, TEMPLATE, VARIABLE
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.tenants import Tenants, made

TEMPLATED = {
    "key": "CRM",
    "connection": {"component": "oauth", "key": "oauth2", "template": "Our app"},
}


@pytest.fixture
def tenants(functions: Functions) -> Tenants:
    return Tenants.founded(functions)


@pytest.fixture
def admin(tenants: Tenants) -> str:
    return tenants.token("root", role="admin")


def create(tenants: Tenants, credential: str, **changes: Any) -> Answer:
    wanted = {"name": "Sync", **changes}
    return tenants.call(credential, "POST", "/integrations", json=wanted)


def build(tenants: Tenants, credential: str = "", **changes: Any) -> str:
    made_one = made(create(tenants, credential or tenants.functions.key, **changes))
    return f"/integrations/{made_one['id']}"


def listed(tenants: Tenants, credential: str, **query: str) -> list[str]:
    page = tenants.call(credential, "GET", "/integrations", query=query)
    return [f"/integrations/{each['id']}" for each in made(page)["items"]]


def test_an_admin_builds_an_integration_of_their_customer(tenants: Tenants, admin: str) -> None:
    path = build(tenants, admin)

    made(tenants.call(admin, "POST", f"{path}/config-variables", json=VARIABLE))
    made(tenants.call(admin, "POST", f"{path}/steps", json=STEP))
    made(tenants.call(admin, "POST", f"{path}/versions"))

    read = made(tenants.call(admin, "GET", path))
    assert (read["customerId"], read["latestVersion"]) == (tenants.acme, 1)
    assert read["draft"]["steps"][0]["configVariable"] == "CRM"
    secret = read["draft"]["configPages"][0]["elements"][0]["connection"]["values"]["clientSecret"]
    assert (secret["value"], secret["set"]) == (None, True)
    assert made(tenants.call(tenants.token("ada"), "GET", path))["draft"] == read["draft"]
    assert tenants.call(admin, "DELETE", path).status == 204


def test_what_is_another_customers_does_not_exist(tenants: Tenants, admin: str) -> None:
    path = build(tenants, admin)
    other = tenants.token("root", customer="globex", role="admin")

    assert create(tenants, other, customerId=tenants.acme).status == 404
    for method, below in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/definition"),
                          ("POST", "/versions"), ("GET", "/versions/1")):  # fmt: skip
        assert tenants.call(other, method, path + below).status == 404
    assert listed(tenants, other) == []
    assert listed(tenants, admin) == [path]
    assert listed(tenants, tenants.functions.key) == []
    assert listed(tenants, tenants.functions.key, customerId=tenants.acme) == [path]


def test_what_is_offered_is_seen_and_its_draft_is_not(tenants: Tenants, admin: str) -> None:
    offered, own = build(tenants, offered=True), build(tenants)
    made(tenants.call(tenants.functions.key, "POST", f"{offered}/config-variables", json=VARIABLE))

    for credential in (admin, tenants.token("ada")):
        assert listed(tenants, credential, offered="true") == [offered]
        assert listed(tenants, credential) == []
        read = made(tenants.call(credential, "GET", offered))
        assert (read["name"], read["draft"], read["customerId"]) == ("Sync", None, None)
        for below in ("/definition", "/versions", "/versions/1"):
            assert tenants.call(credential, "GET", offered + below).status == 404
        assert tenants.call(credential, "GET", own).status == 404
    assert listed(tenants, tenants.functions.key, offered="true") == [offered]


def test_what_is_offered_no_more_does_not_exist(tenants: Tenants, admin: str) -> None:
    path = build(tenants, offered=True)

    made(tenants.call(tenants.functions.key, "PATCH", path, json={"offered": False}))

    assert tenants.call(admin, "GET", path).status == 404
    assert listed(tenants, admin, offered="true") == []


def test_a_customers_own_is_not_offered(tenants: Tenants, admin: str) -> None:
    path = build(tenants, admin)

    for answer in (
        create(tenants, admin, offered=True),
        tenants.call(admin, "PATCH", path, json={"offered": True}),
        create(tenants, tenants.functions.key, customerId=tenants.acme, offered=True),
    ):
        assert [each["pointer"] for each in answer.json["errors"]] == ["#/offered"]


def test_templates_that_are_not_shared_look_like_none(tenants: Tenants, admin: str) -> None:
    made(tenants.functions.call("POST", "/connection-templates", json=TEMPLATE))
    path = f"{build(tenants, admin)}/config-variables"

    answers = []
    for name in ("Our app", "None"):
        connection = {**TEMPLATED["connection"], "template": name}  # type: ignore[dict-item]
        wanted = {**TEMPLATED, "connection": connection}
        answers.append(tenants.call(admin, "POST", path, json=wanted))

    assert {answer.status for answer in answers} == {400}
    assert answers[0].json == answers[1].json


def test_a_shared_template_is_referred_to_and_tells_nothing(tenants: Tenants, admin: str) -> None:
    template = made(
        tenants.functions.call("POST", "/connection-templates", json={**TEMPLATE, "shared": True})
    )
    path = build(tenants, admin)
    calls = [
        tenants.call(admin, "POST", f"{path}/config-variables", json=TEMPLATED),
        tenants.call(admin, "POST", f"{path}/versions"),
        tenants.call(admin, "GET", path),
        tenants.call(admin, "GET", f"{path}/definition"),
        tenants.call(admin, "GET", f"{path}/versions/1"),
    ]

    assert {answer.status for answer in calls} == {200, 201}
    assert not any("value-of-ours" in answer.body for answer in calls)
    changed = tenants.functions.call(
        "PATCH",
        f"/connection-templates/{template['id']}",
        json={"connection": {"values": {"clientId": "b"}}},
    )
    assert (changed.status, changed.json["code"]) == (409, "template-locked")


def test_a_customer_does_not_say_where_a_templates_secrets_are_sent(
    tenants: Tenants, admin: str
) -> None:
    made(tenants.functions.call("POST", "/connection-templates", json={**TEMPLATE, "shared": True}))
    path = f"{build(tenants, admin)}/config-variables"
    values = {"tokenUrl": {"value": "https://elsewhere.example/token"}}
    connection = {**TEMPLATED["connection"], "values": values}  # type: ignore[dict-item]

    answer = tenants.call(admin, "POST", path, json={**TEMPLATED, "connection": connection})

    assert [each["pointer"] for each in answer.json["errors"]] == ["#/connection/values/tokenUrl"]


def test_nothing_is_built_for_a_customer_who_is_gone(tenants: Tenants) -> None:
    answer = create(tenants, tenants.functions.key, customerId="cus_" + "0" * 26)

    assert (answer.status, answer.json["code"]) == (409, "customer-being-deleted")
