"""Keys that the account's owner makes by invoking the function."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from connections.domain.caller import Organization, Scope
from connections.domain.errors import InvalidRequest
from connections.domain.identifiers import ApiKeyId
from connections.entrypoints import management
from connections.entrypoints.rules import RULES, Reach, Rule
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions
from tests.integration.entrypoints.tenants import Tenants, key_of, made

VALID = {"name": "Integrations", "scopes": ["access:write"]}


def invoke(functions: Functions, wanted: Any) -> dict[str, Any]:
    return functions.invoke("ManagementFunction", {"createApiKey": wanted})


def stored(aws: Aws) -> list[dict[str, Any]]:
    return [each for each in aws.items("Definitions") if each["pk"]["S"] == "api-key"]


def test_the_first_key_may_do_everything(functions: Functions) -> None:
    shown = functions.make_key()

    (key, _) = made(functions.call("GET", "/api-keys"))["items"]
    assert (key["id"], key["scopes"], key["name"]) == (shown["id"], sorted(Scope), "integrations")
    assert functions.key == shown["key"]


def test_the_owner_chooses_scopes(functions: Functions) -> None:
    shown = key_of(functions, "credentials:read", "connections:write")

    (key, _) = made(functions.call("GET", "/api-keys"))["items"]
    assert key["id"] == shown["id"]
    assert key["scopes"] == ["connections:write", "credentials:read"]


def test_what_the_owner_made_stands_in_the_audit(functions: Functions) -> None:
    shown = key_of(functions)

    (entry, _) = made(functions.call("GET", "/audit"))["items"]
    assert {**entry, "id": "", "at": "", "requestId": ""} == {
        "id": "",
        "at": "",
        "requestId": "",
        "action": "api-key.created",
        "actor": {"kind": "operator", "id": None},
        "target": shown["id"],
        "customerId": None,
        "connectionId": None,
        "sourceIp": None,
        "httpStatus": 201,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"scopes": ["access:write"]},
        {"name": "One", "scopes": ["everything"]},
        {"name": "One", "scopes": "access:write"},
        {"name": "One", "scopes": None},
        [],
        "One",
        None,
    ],
)
def test_a_wrong_event_fails_and_makes_nothing(
    aws: Aws, functions: Functions, wrong: object
) -> None:
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)):
        invoke(functions, wrong)

    assert len(stored(aws)) == len(aws.items("Audit")) == 1


def test_no_request_over_http_makes_a_first_key(aws: Aws, functions: Functions) -> None:
    functions.key = ""

    answer = functions.call("POST", "/api-keys", json={"createApiKey": {"name": "Mine"}, **VALID})

    assert answer.status == 401
    assert len(stored(aws)) == 1


def test_an_overlap_of_a_week_and_a_life_of_ten_years_are_taken(functions: Functions) -> None:
    ends = (datetime.now(UTC) + timedelta(days=3652)).isoformat()
    key = made(functions.call("POST", "/api-keys", json={**VALID, "expiresAt": ends}))

    path = f"/api-keys/{key['id']}/rotate"
    rotated = made(functions.call("POST", path, json={"overlapSeconds": 604800}))

    assert datetime.fromisoformat(rotated["expiresAt"]) == datetime.fromisoformat(ends)


def test_scopes_are_said_once_however_often_they_were_asked_for(functions: Functions) -> None:
    twice = {**VALID, "scopes": ["access:write", "access:write"]}

    assert made(functions.call("POST", "/api-keys", json=twice))["scopes"] == ["access:write"]


def test_no_overlap_is_longer_whoever_asks(aws: Aws, functions: Functions) -> None:
    key = key_of(functions)["id"]
    ours = Organization(key_id=ApiKeyId(key), scopes=frozenset(Scope))

    with pytest.raises(InvalidRequest) as caught:
        management.services().keyring.rotate(ApiKeyId(key), timedelta(days=7, seconds=1), ours)

    assert [each.pointer for each in caught.value.problems] == ["#/overlapSeconds"]
    assert not any("formerDigest" in each for each in stored(aws))


@pytest.mark.parametrize(
    ("route", "path"), [("POST /api-keys", ""), ("POST /api-keys/{key}/rotate", "/{key}/rotate")]
)
def test_a_mistake_in_the_table_gives_no_key_to_a_customers_admin(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, route: str, path: str
) -> None:
    tenants = Tenants.founded(functions)
    mistaken = Rule(frozenset(Scope), admin=Reach.CUSTOMER, user=Reach.CUSTOMER)
    monkeypatch.setitem(cast("dict[str, Rule]", RULES), route, mistaken)
    key = path.replace("{key}", key_of(functions)["id"])

    refused = tenants.call(
        tenants.token(role="admin"), "POST", f"/api-keys{key}", json={} if path else VALID
    )

    assert (refused.status, refused.json["code"]) == (403, "forbidden")
