"""Whoever forges a credential hears the same as whoever has none, and leaves it in no log."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.tenants import (
    PUBLIC_URL,
    anew,
    bearer,
    customer,
    key_of,
    made,
    running_functions,
)
from tests.integration.entrypoints.test_callers import assert_refused
from tests.tokens import FORGERIES, Signer

SIGNERS = {
    "RSA": Signer.rsa("2026"),
    "P-256": Signer.ec("2026"),
    "Ed25519": Signer.ed25519("2026"),
}
FIELDS = {
    "level", "location", "message", "timestamp", "service", "correlation_id", "reason",
}  # fmt: skip
ROUTES = [("GET", "/connections"), ("GET", f"/connections/con_{'0' * 26}/credentials")]
"""One of each function that asks who calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stolen:
    """What a thief has of API keys."""

    key: str
    other: str
    """The id of another key."""
    former: str
    """A key as it was before it was rotated."""
    expired: str
    deleted: str
    functions: Functions

    @property
    def id(self) -> str:
        return self.key.split("_")[1]

    @property
    def secret(self) -> str:
        return self.key[len(f"cnx_{self.id}_") :]


KEYS: dict[str, tuple[str, Callable[[Stolen], str]]] = {
    "cut off": ("malformed-key", lambda it: it.key[:-1]),
    "without its secret": ("malformed-key", lambda it: f"cnx_{it.id}"),
    "with an empty secret": ("malformed-key", lambda it: f"cnx_{it.id}_"),
    "extended": ("malformed-key", lambda it: it.key + "A"),
    "with padding": ("malformed-key", lambda it: it.key + "="),
    "with another's id": (
        "refused-key",
        lambda it: f"cnx_{it.other.removeprefix('key_')}_{it.secret}",
    ),
    "with an id that does not exist": ("unknown-key", lambda it: f"cnx_{'0' * 26}_{it.secret}"),
    "with its id as it is told": ("malformed-key", lambda it: f"cnx_key_{it.id}_{it.secret}"),
    "with its last character changed": (
        "refused-key",
        lambda it: it.key[:-1] + ("A" if it.key[-1] != "A" else "B"),
    ),
    "with a secret of nothing": ("refused-key", lambda it: f"cnx_{it.id}_{'A' * 43}"),
    "with its secret in another case": (
        "refused-key",
        lambda it: f"cnx_{it.id}_{it.secret.swapcase()}",
    ),
    "with its id in upper case": (
        "malformed-key",
        lambda it: f"cnx_{it.id.upper()}_{it.secret}",
    ),
    "with its prefix in upper case": ("not-compact", lambda it: "CNX" + it.key[3:]),
    "without its prefix": ("not-compact", lambda it: it.key.removeprefix("cnx_")),
    "with its secret first": ("malformed-key", lambda it: f"cnx_{it.secret}_{it.id}"),
    "its secret alone": ("not-compact", lambda it: it.secret),
    "before its rotation": ("refused-key", lambda it: it.former),
    "after its end": ("refused-key", lambda it: it.expired),
    "deleted": ("unknown-key", lambda it: it.deleted),
    "twice, with a comma": ("malformed-key", lambda it: f"{it.key},{it.key}"),
    "twice, as a proxy joins headers": ("malformed-key", lambda it: f"{it.key}, Bearer {it.key}"),
    "with a space before it": ("not-compact", lambda it: " " + it.key),
    "with a space behind it": ("malformed-key", lambda it: it.key + " "),
    "with a line break": ("malformed-key", lambda it: it.key + "\n"),
    "with a NUL": ("malformed-key", lambda it: it.key + "\0"),
    "in quotes": ("not-compact", lambda it: f'"{it.key}"'),
    "with a letter that looks the same": (
        "malformed-key",
        lambda it: f"cnx_{it.id}_{'А' + it.secret[1:]}",  # noqa: RUF001 - a Cyrillic letter
    ),
    "with digits of another script": ("malformed-key", lambda it: f"cnx_{'٣' * 26}_{it.secret}"),
    "of 9 KB": ("too-long", lambda it: it.key + "A" * 9000),
}


@pytest.fixture(scope="module", params=SIGNERS)
def signer(request: pytest.FixtureRequest) -> Signer:
    return SIGNERS[request.param]


@pytest.fixture(scope="module")
def organization(_running_aws: Aws, signer: Signer) -> Iterator[Functions]:
    """An organization with one signing key and the customer acme."""
    with running_functions(_running_aws) as functions:
        key = {"name": "Ours", "publicKey": signer.public_jwk}
        made(functions.call("POST", "/signing-keys", json=key))
        customer(functions, "acme")
        yield functions


@pytest.fixture(scope="module")
def stolen(_running_aws: Aws) -> Iterator[Stolen]:
    with running_functions(_running_aws) as functions:
        keys = {name: key_of(functions) for name in ("former", "expired", "deleted")}
        rotated = keys["former"]["id"]
        made(functions.call("POST", f"/api-keys/{rotated}/rotate", json={"overlapSeconds": 0}))
        assert functions.call("DELETE", f"/api-keys/{keys['deleted']['id']}").status == 204
        _running_aws.dynamodb.update_item(
            TableName=_running_aws.names["Definitions"],
            Key={"pk": {"S": "api-key"}, "sk": {"S": keys["expired"]["id"]}},
            UpdateExpression="SET expiresAt = :past",
            ExpressionAttributeValues={":past": {"N": str(datetime.now(UTC).timestamp() - 0.1)}},
        )
        yield Stolen(
            key=functions.key,
            other=key_of(functions)["id"],
            functions=anew(functions),
            **{name: each["key"] for name, each in keys.items()},
        )


def assert_unknown(refused: Answer, logged: Logged, reason: str, credential: str) -> None:
    assert_refused(refused)
    (line,) = logged.lines
    assert set(line) == FIELDS
    assert (line["message"], line["level"], line["reason"]) == ("caller-unknown", "WARNING", reason)
    secrets = [each for each in re.split(r"[^A-Za-z0-9-]+", credential) if len(each) > 10]
    assert not [each for each in secrets if each in logged.text or each in refused.body]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_refused_like_none(
    organization: Functions, signer: Signer, logged: Logged, name: str
) -> None:
    token = FORGERIES[name](signer, PUBLIC_URL, datetime.now(UTC))

    refused = organization.call("GET", "/connections", headers=bearer(token))

    reason = "too-long" if len(token) > 8192 else FORGERIES[name].reason
    assert_unknown(refused, logged, reason, token)


def test_a_right_token_is_known(organization: Functions, signer: Signer, logged: Logged) -> None:
    token = signer.token(aud=PUBLIC_URL)

    assert organization.call("GET", "/connections", headers=bearer(token)).status == 200
    assert logged.lines == []


def test_a_token_for_a_customer_that_does_not_exist_is_refused(
    organization: Functions, signer: Signer, logged: Logged
) -> None:
    token = signer.token(customer="initech", aud=PUBLIC_URL)

    refused = organization.call("GET", "/connections", headers=bearer(token))

    assert_unknown(refused, logged, "unknown-customer", token)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", KEYS)
def test_a_forged_key_is_refused_like_none(
    stolen: Stolen, logged: Logged, name: str, route: tuple[str, str]
) -> None:
    reason, forge = KEYS[name]
    credential = forge(stolen)

    refused = stolen.functions.call(*route, headers=bearer(credential))

    assert_unknown(refused, logged, reason, credential)


@pytest.mark.parametrize("route", ROUTES)
def test_the_key_itself_is_known(stolen: Stolen, route: tuple[str, str]) -> None:
    assert stolen.functions.call(*route, headers=bearer(stolen.key)).status in {200, 404}


def test_enough_is_tried() -> None:
    assert len(FORGERIES) >= 150
    assert len(KEYS) >= 25
