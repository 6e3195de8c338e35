"""Keys that sign customers' users' tokens: registered in every form, looked up, and ended."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.tenants import PUBLIC_URL, anew, bearer, customer, made
from tests.integration.network.servers import Server, response, serving
from tests.tokens import Signer

SIGNERS = {"RSA": Signer.rsa(), "P-256": Signer.ec(), "Ed25519": Signer.ed25519()}
by_each_kind = pytest.mark.parametrize("kind", SIGNERS)
ONE, OTHER = Signer.ed25519("one"), Signer.ec("other")


@pytest.fixture(autouse=True)
def _customer(functions: Functions) -> None:
    """There is the customer whose users come."""
    customer(functions, "acme")


def register(functions: Functions, **key: Any) -> Answer:
    return functions.call("POST", "/signing-keys", json={"name": "Ours", **key})


def admits(functions: Functions, signer: Signer, **claims: Any) -> int:
    """Return what a token of this signer is answered."""
    token = signer.token(aud=PUBLIC_URL, **claims)
    return functions.call("GET", "/connections", headers=bearer(token)).status


@contextmanager
def key_server(functions: Functions, *signers: Signer, status: str = "200 OK") -> Iterator[Server]:
    """Serve a key set from a host that the functions may call."""
    body = json.dumps({"keys": [each.public_jwk for each in signers]}).encode()
    with serving(response(body, status)) as server:
        functions.development_hosts = f"localhost:{server.port}"
        anew(functions)
        yield server


def url(server: Server) -> str:
    return f"http://{server.host}/keys.json"


@by_each_kind
def test_a_key_is_registered_as_pem_and_kept_as_jwk(functions: Functions, kind: str) -> None:
    signer = SIGNERS[kind]

    answer = register(functions, publicKey=signer.public_pem)

    assert answer.status == 201
    assert {**answer.json, "id": "", "createdAt": ""} == {
        "id": "",
        "createdAt": "",
        "name": "Ours",
        "jwk": {**signer.public_jwk, "alg": signer.algorithm},
        "jwksUrl": None,
        "issuer": None,
    }
    assert functions.call("GET", "/signing-keys").json == {
        "items": [answer.json],
        "nextCursor": None,
    }
    assert admits(functions, signer) == 200


@by_each_kind
def test_a_key_is_registered_as_jwk(functions: Functions, kind: str) -> None:
    signer = SIGNERS[kind]
    assert admits(functions, signer) == 401

    made(register(functions, publicKey=signer.public_jwk))

    assert admits(functions, signer) == 200


def test_a_key_without_an_id_of_its_own_is_named_by_ours(functions: Functions) -> None:
    signer = SIGNERS["P-256"]
    key = made(register(functions, publicKey=signer.public_pem))

    assert admits(functions, Signer(signer.key, key["id"])) == 200
    assert admits(functions, Signer(signer.key, "another")) == 401


def test_each_of_several_keys_admits(functions: Functions) -> None:
    for signer in SIGNERS.values():
        made(register(functions, publicKey=signer.public_pem))

    assert {admits(functions, signer) for signer in SIGNERS.values()} == {200}
    assert admits(functions, Signer.ed25519()) == 401


def test_keys_are_published_by_url(functions: Functions) -> None:
    with key_server(functions, ONE, OTHER) as server:
        key = made(register(functions, jwksUrl=url(server)))

        assert (key["jwk"], key["jwksUrl"]) == (None, url(server))
        assert (admits(functions, ONE), admits(functions, OTHER)) == (200, 200)
        assert admits(functions, Signer.ed25519("two")) == 401
        assert server.connections == 1


def test_a_key_set_that_cannot_be_had_is_no_refusal(functions: Functions, logged: Logged) -> None:
    with key_server(functions, ONE, status="500 Internal Server Error") as server:
        made(register(functions, jwksUrl=url(server)))
        token = ONE.token(aud=PUBLIC_URL)

        answer = functions.call("GET", "/connections", headers=bearer(token))

    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert logged.of("unavailable")
    assert token not in logged.text


def test_another_key_admits_while_a_key_set_cannot_be_had(functions: Functions) -> None:
    with key_server(functions, ONE, status="500 Internal Server Error") as server:
        made(register(functions, jwksUrl=url(server)))
        made(register(functions, publicKey=OTHER.public_jwk))

        assert admits(functions, OTHER) == 200


def test_an_issuer_that_was_registered_must_be_named(functions: Functions) -> None:
    made(register(functions, publicKey=ONE.public_jwk, issuer="https://id.acme.example"))

    assert admits(functions, ONE, iss="https://id.acme.example") == 200
    assert admits(functions, ONE, iss="https://id.globex.example") == 401
    assert admits(functions, ONE) == 401


def private_jwk(signer: Signer) -> dict[str, str]:
    return {**signer.public_jwk, "d": "a-private-number-of-ours"}


def private_pem(signer: Signer) -> str:
    return signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@by_each_kind
@pytest.mark.parametrize("form", [private_jwk, private_pem])
def test_a_private_key_is_refused_and_said_nowhere(
    aws: Aws, functions: Functions, logged: Logged, kind: str, form: Any
) -> None:
    private = form(SIGNERS[kind])

    refused = register(functions, publicKey=private)

    assert refused.status == 400
    (error,) = refused.json["errors"]
    assert error["pointer"] == "#/publicKey"
    assert "private key" in error["detail"]
    lines = private.splitlines()[1:-1] if isinstance(private, str) else [private["d"]]
    for place in (refused.body, logged.text, str(aws.items("Definitions"))):
        assert not [line for line in lines if line in place]
    assert functions.call("GET", "/signing-keys").json["items"] == []


def test_there_are_twenty_at_the_most(functions: Functions) -> None:
    keys = [made(register(functions, publicKey=ONE.public_jwk))["id"] for _ in range(20)]

    one_more = register(functions, publicKey=ONE.public_jwk)

    assert (one_more.status, one_more.json["code"]) == (409, "too-many")
    assert [each["id"] for each in functions.call("GET", "/signing-keys").json["items"]] == keys
    assert functions.call("DELETE", f"/signing-keys/{keys[0]}").status == 204
    assert register(functions, publicKey=ONE.public_jwk).status == 201


def test_deleting_a_key_ends_what_it_signed(functions: Functions) -> None:
    key = made(register(functions, publicKey=ONE.public_jwk))["id"]
    token = bearer(ONE.token(aud=PUBLIC_URL))
    assert functions.call("GET", "/connections", headers=token).status == 200

    assert functions.call("DELETE", f"/signing-keys/{key}").status == 204

    assert functions.call("GET", "/connections", headers=token).status == 200
    assert functions.call("GET", f"/connections/{'con_' + '0' * 26}", headers=token).status == 404
    anew(functions)
    assert functions.call("GET", "/connections", headers=token).status == 401
    again = functions.call("DELETE", f"/signing-keys/{key}")
    assert (again.status, again.json["detail"]) == (404, "There is no such signing key.")
