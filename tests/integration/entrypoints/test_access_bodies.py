"""Bodies and queries that make no key, no signing key and no customer: each place is pointed at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.tenants import running_functions
from tests.tokens import Signer

KEY = {"name": "Integrations", "scopes": ["access:write"]}
CUSTOMER = {"name": "Acme", "externalId": "acme"}
PEM = {"publicKey": Signer.ed25519().public_pem}
NOW = datetime.now(UTC)
OURS = ("secret-of-mine", "of-mine", "n" * 201, "x" * 2000)
"""What no answer may repeat."""


@pytest.fixture(scope="module")
def functions(_running_aws: Aws) -> Iterator[Functions]:
    """The functions, for all these tests: nothing is ever made."""
    with running_functions(_running_aws) as functions:
        yield functions


@pytest.fixture(autouse=True)
def _nothing_is_made(functions: Functions) -> Iterator[None]:
    before = made(functions)
    yield
    assert made(functions) == before


def made(functions: Functions) -> list[str]:
    """Return the places of all items."""
    items = functions.aws.items("Definitions")
    return sorted(f"{each['pk']['S']} {each['sk']['S']} {'formerDigest' in each}" for each in items)


def assert_pointed_at(refused: Answer, *pointers: str) -> None:
    assert (refused.status, refused.json["code"]) == (400, "invalid-request")
    assert [each["pointer"] for each in refused.json["errors"]] == list(pointers)
    assert not [each for each in OURS if each in refused.body]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "#/name"),
        ({"name": ""}, "#/name"),
        ({"name": "n" * 201}, "#/name"),
        ({"name": 7}, "#/name"),
        ({"scopes": None}, "#/scopes"),
        ({"scopes": []}, "#/scopes"),
        ({"scopes": ["access:write"] * 6}, "#/scopes"),
        ({"scopes": ["secret-of-mine"]}, "#/scopes/0"),
        ({"scopes": "access:write"}, "#/scopes"),
        ({"expiresAt": "secret-of-mine"}, "#/expiresAt"),
        ({"expiresAt": "2030-01-01T00:00:00"}, "#/expiresAt"),
        ({"expiresAt": (NOW - timedelta(seconds=1)).isoformat()}, "#/expiresAt"),
        ({"expiresAt": (NOW + timedelta(days=3654)).isoformat()}, "#/expiresAt"),
        ({"id": "secret-of-mine"}, "#/id"),
    ],
)
def test_a_wrong_place_of_an_api_key_is_pointed_at(
    functions: Functions, change: dict[str, Any], pointer: str
) -> None:
    assert_pointed_at(functions.call("POST", "/api-keys", json={**KEY, **change}), pointer)


@pytest.mark.parametrize(
    ("path", "whole"), [("/api-keys", KEY), ("/customers", CUSTOMER), ("/signing-keys", {})]
)
def test_what_a_body_lacks_is_pointed_at(
    functions: Functions, path: str, whole: dict[str, Any]
) -> None:
    for missing in whole:
        content = {name: value for name, value in whole.items() if name != missing}

        assert_pointed_at(functions.call("POST", path, json=content), f"#/{missing}")
    assert functions.call("POST", path, json={}).status == 400


@pytest.mark.parametrize("seconds", [-1, 604801, 1.5, "secret-of-mine", None, 2**70])
def test_an_overlap_is_at_most_a_week(functions: Functions, seconds: object) -> None:
    content = {"overlapSeconds": seconds}

    refused = functions.call("POST", "/api-keys/key_1/rotate", json=content)

    assert_pointed_at(refused, "#/overlapSeconds")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": "n" * 201}, "#/name"),
        ({"externalId": ""}, "#/externalId"),
        ({"externalId": "e" * 201}, "#/externalId"),
        ({"externalId": "secret\nof-mine"}, "#/externalId"),
        ({"externalId": "secret\u0085of-mine"}, "#/externalId"),
        ({"externalId": "secret-of-mine\n"}, "#/externalId"),
        ({"externalId": None}, "#/externalId"),
        ({"id": "secret-of-mine"}, "#/id"),
    ],
)
def test_a_wrong_place_of_a_customer_is_pointed_at(
    functions: Functions, change: dict[str, str], pointer: str
) -> None:
    assert_pointed_at(functions.call("POST", "/customers", json={**CUSTOMER, **change}), pointer)


def test_an_external_id_cannot_be_changed(functions: Functions) -> None:
    refused = functions.call(
        "PATCH", "/customers/cus_1", json={"name": "N", "externalId": "of-mine"}
    )

    assert_pointed_at(refused, "#/externalId")


@pytest.mark.parametrize(
    ("key", "pointer"),
    [
        ({}, "#/publicKey"),
        ({"publicKey": "a", "jwksUrl": "https://acme.example"}, "#/publicKey"),
        ({"publicKey": "secret-of-mine"}, "#/publicKey"),
        ({"publicKey": {"kty": "oct", "k": "secret-of-mine"}}, "#/publicKey"),
        ({**PEM, "name": ""}, "#/name"),
        ({**PEM, "issuer": ""}, "#/issuer"),
        ({**PEM, "kid": "1"}, "#/kid"),
        ({"jwksUrl": "https://acme.example/" + "x" * 2000}, "#/jwksUrl"),
        ({"jwksUrl": "http://acme.example/keys"}, "#/jwksUrl"),
        ({"jwksUrl": "https://127.0.0.1/keys"}, "#/jwksUrl"),
        ({"jwksUrl": "https://user:secret-of-mine@acme.example/keys"}, "#/jwksUrl"),
        ({"jwksUrl": "ftp://acme.example/keys"}, "#/jwksUrl"),
        ({"jwksUrl": "acme.example"}, "#/jwksUrl"),
    ],
)
def test_a_wrong_place_of_a_signing_key_is_pointed_at(
    functions: Functions, key: dict[str, Any], pointer: str
) -> None:
    refused = functions.call("POST", "/signing-keys", json={"name": "Ours", **key})

    assert_pointed_at(refused, pointer)


@pytest.mark.parametrize("path", ["/api-keys", "/customers", "/audit", "/connections"])
@pytest.mark.parametrize("cursor", ["zzz", "é", "", "b2YtbWluZQ", "x" * 501])
def test_a_cursor_of_nobodys_is_refused(functions: Functions, path: str, cursor: str) -> None:
    assert_pointed_at(functions.call("GET", path, query={"cursor": cursor}), "#/query/cursor")


@pytest.mark.parametrize("path", ["/api-keys", "/customers", "/audit", "/connections"])
@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "of-mine"])
def test_a_page_has_1_to_200_items(functions: Functions, path: str, limit: str) -> None:
    assert_pointed_at(functions.call("GET", path, query={"limit": limit}), "#/query/limit")


@pytest.mark.parametrize("query", [{"customerId": ""}, {"connectionId": "c" * 101}])
def test_a_wrong_query_of_the_audit_is_pointed_at(
    functions: Functions, query: dict[str, str]
) -> None:
    refused = functions.call("GET", "/audit", query=query)

    assert_pointed_at(refused, f"#/query/{next(iter(query))}")
