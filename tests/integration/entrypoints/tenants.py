"""An organization with two customers, whose users come with tokens that it signed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from connections.domain.caller import Scope
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Answer, Functions, forget
from tests.integration.entrypoints.events import event
from tests.tokens import Signer

PUBLIC_URL = "https://oauth2.connections.example"
PLAIN = {
    "key": "plain",
    "label": "Plain",
    "connections": [
        {"key": "apiKey", "label": "API key", "inputs": {"host": {"type": "string"}}},
    ],
}
_TEXT = {"type": "string", "required": True}
OAUTH = {
    "key": "oauth",
    "label": "OAuth",
    "connections": [
        {
            "key": "oauth2",
            "label": "OAuth",
            "oauth2Type": "authorization_code",
            "inputs": {
                "authorizeUrl": {**_TEXT, "default": "https://crm.example/authorize"},
                "tokenUrl": {**_TEXT, "default": "https://crm.example/token"},
                "scopes": {"type": "string", "default": "contacts.read"},
                "clientId": {**_TEXT, "default": "a-client"},
                "clientSecret": {"type": "password"},
            },
        }
    ],
}
KINDS = {"plain": "apiKey", "oauth": "oauth2"}


def bearer(credential: str) -> dict[str, str]:
    """Return the header that carries a credential."""
    return {"authorization": f"Bearer {credential}"} if credential else {}


def anew(functions: Functions) -> Functions:
    """Let every function start anew, as one does that has seen nobody yet."""
    functions.started.clear()
    forget()
    return functions


def made(answer: Answer) -> dict[str, Any]:
    """Return what a call made, which must have worked."""
    assert answer.status in {200, 201}, answer.body
    document: dict[str, Any] = answer.json
    return document


def key_of(functions: Functions, *scopes: str) -> dict[str, str]:
    """Make an API key of these scopes, or of all."""
    wanted = event("management.create-api-key")
    wanted["createApiKey"]["scopes"] = list(scopes or Scope)
    return functions.invoke("ManagementFunction", wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenants:
    """The customers acme and globex by their ids, and who signs for their users."""

    functions: Functions
    signer: Signer
    acme: str
    globex: str

    @classmethod
    def founded(cls, functions: Functions) -> "Tenants":
        """Found the organization; the functions have a key of all scopes."""
        signer = Signer.ed25519()
        key = {"name": "Ours", "publicKey": signer.public_pem}
        made(functions.call("POST", "/signing-keys", json=key))
        for component in (PLAIN, OAUTH):
            made(functions.call("PUT", f"/components/{component['key']}", json=component))
        acme, globex = (customer(functions, name)["id"] for name in ("acme", "globex"))
        return cls(functions=functions, signer=signer, acme=acme, globex=globex)

    def token(self, user: str = "ada", customer: str = "acme", role: str = "user") -> str:
        """Return a user's token, good for as long as any module of tests takes."""
        ends = int(time.time()) + 3000
        return self.signer.token(sub=user, customer=customer, role=role, aud=PUBLIC_URL, exp=ends)

    def call(self, credential: str, method: str, path: str, **more: Any) -> Answer:
        """Send a request with another credential than the functions' key, or none."""
        headers = {**bearer(credential), **more.pop("headers", {})}
        key, self.functions.key = self.functions.key, ""
        answer = self.functions.call(method, path, headers=headers, **more)
        self.functions.key = key
        return answer

    def connection(
        self, credential: str = "", *, component: str = "plain", **more: Any
    ) -> dict[str, Any]:
        """Make a connection, by the organization or by who has this credential."""
        answer = self.call(
            credential or self.functions.key,
            "POST",
            "/connections",
            json={"connection": {"component": component, "key": KINDS[component]}, **more},
        )
        return made(answer)


def customer(functions: Functions, external_id: str, **more: Any) -> dict[str, Any]:
    """Make a customer."""
    wanted = {"name": external_id.title(), "externalId": external_id}
    return made(functions.call("POST", "/customers", json=wanted, **more))


@contextmanager
def running_functions(aws: Aws, development_hosts: str = "") -> Iterator[Functions]:
    """Run the functions for a whole module, with a key of all scopes."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        forget()
        functions = Functions(aws, monkeypatch, development_hosts=development_hosts)
        functions.make_key()
        yield functions
        forget()
    aws.empty()
