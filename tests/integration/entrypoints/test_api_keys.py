"""API keys: made, shown once, used, rotated, ended; the first one by whoever owns the account."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.domain.caller import Scope
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.sent import Sent
from tests.integration.entrypoints.tenants import anew, bearer, key_of, made

KEY = re.compile(r"cnx_[0-9a-z]{26}_(?P<secret>[A-Za-z0-9_-]{43})")
ALL = sorted(Scope)


def create(functions: Functions, *scopes: str, key: str = "", **more: Any) -> Answer:
    wanted = {"name": "Integrations", "scopes": list(scopes or ["access:write"]), **more}
    return functions.call("POST", "/api-keys", json=wanted, headers=bearer(key))


def uses(functions: Functions, key: str) -> int:
    """Return what a use of a key is answered."""
    return functions.call("GET", "/api-keys", headers=bearer(key)).status


def secret(key: str) -> str:
    parts = KEY.fullmatch(key)
    assert parts is not None
    return parts["secret"]


def read(functions: Functions, key_id: str) -> dict[str, Any]:
    items = made(functions.call("GET", "/api-keys"))["items"]
    (found,) = [each for each in items if each["id"] == key_id]
    key: dict[str, Any] = found
    return key


def test_a_key_is_shown_when_it_is_made(functions: Functions) -> None:
    answer = create(functions, "credentials:read", "connections:read")
    shown = answer.json

    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    assert {**shown, "id": "", "key": "", "createdAt": ""} == {
        "id": "",
        "name": "Integrations",
        "scopes": ["connections:read", "credentials:read"],
        "createdAt": "",
        "expiresAt": None,
        "lastUsedAt": None,
        "key": "",
    }
    assert shown["key"].startswith(f"cnx_{shown['id'].removeprefix('key_')}_")
    assert KEY.fullmatch(shown["key"])


def test_a_key_is_shown_this_once(aws: Aws, functions: Functions, logged: Logged) -> None:
    first = made(create(functions))
    second = made(functions.call("POST", f"/api-keys/{first['id']}/rotate", json={}))
    uses(functions, second["key"])
    uses(functions, first["key"])

    for key in (first["key"], second["key"]):
        assert secret(key) not in str(aws.items("Definitions")) + str(aws.items("Audit"))
        for path in ("/api-keys", "/audit"):
            assert secret(key) not in functions.call("GET", path).body
        assert secret(key) not in logged.text
    assert "key" not in read(functions, first["id"])


@pytest.mark.parametrize("beyond", [each for each in ALL if each != "access:write"])
def test_a_key_gives_no_scope_that_it_has_not(aws: Aws, functions: Functions, beyond: str) -> None:
    poor = key_of(functions, "access:write")["key"]
    before = aws.items("Definitions")

    refused = create(functions, "access:write", beyond, key=poor)

    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert beyond in refused.json["detail"]
    assert len(aws.items("Definitions")) == len(before)
    assert create(functions, "access:write", key=poor).status == 201


def test_a_key_gives_no_secret_of_a_key_that_may_do_more(functions: Functions) -> None:
    rich, poor = key_of(functions), key_of(functions, "access:write")
    path = f"/api-keys/{rich['id']}/rotate"

    refused = functions.call("POST", path, json={}, headers=bearer(poor["key"]))

    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert uses(functions, rich["key"]) == 200


def test_a_key_ends_when_it_was_said_to_even_where_it_is_remembered(functions: Functions) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1)
    key = made(create(functions, expiresAt=ends.isoformat()))["key"]

    assert uses(functions, key) == 200
    time.sleep((ends - datetime.now(UTC)).total_seconds() + 0.01)

    assert uses(functions, key) == 401
    assert uses(anew(functions), key) == 401


def test_a_first_use_is_noted_and_the_next_ones_of_the_hour_are_not(
    aws: Aws, functions: Functions, sent: Sent
) -> None:
    made_key = key_of(functions, "access:write")
    before = read(functions, made_key["id"])["lastUsedAt"]
    sent.anew()

    assert uses(functions, made_key["key"]) == uses(anew(functions), made_key["key"]) == 200

    assert sent.operations.count("UpdateItem") == 1
    assert before is None
    noted = datetime.fromisoformat(read(functions, made_key["id"])["lastUsedAt"])
    assert timedelta(0) <= datetime.now(UTC) - noted < timedelta(seconds=30)


@pytest.mark.parametrize(("minutes", "writes"), [(59, 0), (61, 1)])
def test_a_use_is_noted_again_after_an_hour(
    aws: Aws, functions: Functions, sent: Sent, minutes: int, writes: int
) -> None:
    key = key_of(functions, "access:write")
    past = datetime.now(UTC) - timedelta(minutes=minutes)
    aws.dynamodb.update_item(
        TableName=aws.names["Definitions"],
        Key={"pk": {"S": "api-key"}, "sk": {"S": key["id"]}},
        UpdateExpression="SET lastUsedAt = :past",
        ExpressionAttributeValues={":past": {"N": str(past.timestamp())}},
    )
    sent.anew()

    uses(functions, key["key"])

    assert sent.operations.count("UpdateItem") == writes


def test_a_rotation_without_overlap_ends_the_former_secret(functions: Functions) -> None:
    former = made(create(functions, expiresAt=None))
    rotated = made(functions.call("POST", f"/api-keys/{former['id']}/rotate", json={}))

    assert {**rotated, "key": ""} == {**former, "key": ""}
    assert uses(functions, former["key"]) == 401
    assert uses(functions, rotated["key"]) == 200


def test_of_two_rotations_at_the_same_moment_one_is_a_conflict(
    aws: Aws, functions: Functions, sent: Sent
) -> None:
    key = key_of(functions, "access:write")
    uses(functions, functions.key)
    sent.meanwhile["PutItem"] = lambda: aws.dynamodb.update_item(
        TableName=aws.names["Definitions"],
        Key={"pk": {"S": "api-key"}, "sk": {"S": key["id"]}},
        UpdateExpression="SET digest = :other",
        ExpressionAttributeValues={":other": {"S": "of another rotation"}},
    )

    lost = functions.call("POST", f"/api-keys/{key['id']}/rotate", json={})

    assert (lost.status, lost.json["code"]) == (409, "conflict")


def test_a_rotation_with_overlap_ends_the_former_secret_later(functions: Functions) -> None:
    former = made(create(functions))
    path = f"/api-keys/{former['id']}/rotate"
    rotated = made(functions.call("POST", path, json={"overlapSeconds": 1}))

    assert uses(functions, former["key"]) == uses(functions, rotated["key"]) == 200
    time.sleep(1.01)

    assert uses(functions, former["key"]) == 401
    assert uses(functions, rotated["key"]) == 200


def test_of_two_rotations_only_the_last_secret_but_one_is_the_former(functions: Functions) -> None:
    first = made(create(functions))
    path = f"/api-keys/{first['id']}/rotate"
    second, third = (
        made(functions.call("POST", path, json={"overlapSeconds": 60}))["key"] for _ in range(2)
    )

    assert [uses(functions, key) for key in (first["key"], second, third)] == [401, 200, 200]


def test_a_deleted_key_is_refused_and_gone(functions: Functions) -> None:
    key = made(create(functions))

    assert functions.call("DELETE", f"/api-keys/{key['id']}").status == 204

    assert uses(functions, key["key"]) == 401
    assert key["id"] not in functions.call("GET", "/api-keys").body
    again = functions.call("DELETE", f"/api-keys/{key['id']}")
    assert (again.status, again.json["detail"]) == (404, "There is no such API key.")


def test_a_deleted_key_is_taken_for_a_minute_where_it_is_remembered(functions: Functions) -> None:
    key = key_of(functions, "access:write")
    assert uses(functions, key["key"]) == 200
    functions.call("DELETE", f"/api-keys/{key['id']}")

    assert uses(functions, key["key"]) == 200
    assert uses(anew(functions), key["key"]) == 401


def test_a_key_that_is_broken_in_storage_is_a_failure_and_no_way_in(
    aws: Aws, functions: Functions, logged: Logged
) -> None:
    key = key_of(functions, "access:write")
    aws.dynamodb.update_item(
        TableName=aws.names["Definitions"],
        Key={"pk": {"S": "api-key"}, "sk": {"S": key["id"]}},
        UpdateExpression="REMOVE digest",
    )

    failed = functions.call("GET", "/api-keys", headers=bearer(key["key"]))

    assert (failed.status, failed.json["code"]) == (500, "internal-error")
    assert [each["error"] for each in logged.of("unhandled-error")] == ["KeyError"]
    assert secret(key["key"]) not in logged.text + failed.body


def test_keys_are_listed_page_by_page_newest_first(functions: Functions) -> None:
    ids = [key_of(functions, "access:write")["id"] for _ in range(4)]
    (ours,) = [each for each in listed(functions, 200)[0] if each not in ids]

    assert listed(functions, 2) == [[*reversed(ids[2:])], [*reversed(ids[:2])], [ours]]


def listed(functions: Functions, limit: int) -> list[list[str]]:
    found, cursor = [], None
    while True:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = made(functions.call("GET", "/api-keys", query=query))
        found.append([each["id"] for each in page["items"]])
        cursor = page["nextCursor"]
        if cursor is None:
            return found
