"""Connections to a running oidc-provider, made by the functions that the customer's browser uses.

Each has a client of its own at the server, so that the server's ledger tells them apart.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from connections.adapters.aws import to_item
from connections.adapters.connections_table import DynamoConnections
from connections.adapters.grant_items import grant_item
from connections.adapters.sealing import Sealer
from connections.adapters.state_items import due_item, state_key
from connections.adapters.tokens_table import DynamoTokens
from connections.domain.connection import Connection
from connections.domain.grant import Grant
from connections.domain.identifiers import ConnectionId
from connections.entrypoints.logs import logger
from tests.browser import Browser
from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Functions, forget
from tests.integration.entrypoints.demo import CALLBACK, Customer, Demo
from tests.interop import oidc_provider
from tests.interop.consent import walk_consent
from tests.interop.ledger import Ledger
from tests.interop.oidc_provider import OidcProvider
from tests.stack import spare_ports

ISSUED_AGO = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A connection, what is stored of it, and what its server saw of its client."""

    customer: Customer
    provider: OidcProvider
    aws: Aws
    sealer: Sealer

    @property
    def id(self) -> ConnectionId:
        """Its id."""
        return ConnectionId(self.customer.id)

    @property
    def tokens(self) -> DynamoTokens:
        """Where its tokens are."""
        return DynamoTokens(self.aws.dynamodb, self.aws.names["Tokens"], self.sealer)

    def grant(self) -> Grant:
        """Return the grant that is stored."""
        grant = self.tokens.get(self.id)
        assert grant is not None
        return grant

    def state(self) -> Connection:
        """Return the state that is stored."""
        table = self.aws.names["Connections"]
        state = DynamoConnections(self.aws.dynamodb, table, self.sealer).get(self.id)
        assert state is not None
        return state

    def ledger(self) -> Ledger:
        """Return what its client asked of the server."""
        return self.provider.ledger().of(self.customer.client_id)

    def age(self, left: timedelta) -> None:
        """Let the stored token set have been issued an hour ago, end after `left`, and be due."""
        now, grant = datetime.now(UTC), self.grant()
        ends = now + left
        tokens = replace(grant.tokens, issued_at=now - ISSUED_AGO, expires_at=ends)
        item = grant_item(replace(grant, tokens=tokens), self.sealer)
        client, names = self.aws.dynamodb, self.aws.names
        client.put_item(TableName=names["Tokens"], Item=to_item(item))
        sets = {"expiresAt": ends, **due_item(self.id, now)}
        client.update_item(
            TableName=names["Connections"],
            Key=to_item(dict(state_key(self.id))),
            UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in sets),
            ExpressionAttributeValues=to_item({f":{name}": each for name, each in sets.items()}),
        )


@contextmanager
def connected(aws: Aws, folder: Path, number: int, **facts: object) -> Iterator[list[Connected]]:
    """Run a server, and connect so many connections to it; all end with the block."""
    (port,) = spare_ports(1)
    clients = [
        {"client_id": f"client-{each}", "client_secret": secrets.token_hex(24)}
        for each in range(number)
    ]
    oidc_provider.install()
    with (
        oidc_provider.running(
            log=folder / "oidc-provider.log", redirect_uris=[CALLBACK], clients=clients, port=port
        ) as provider,
        pytest.MonkeyPatch.context() as monkeypatch,
        httpx.Client(trust_env=False) as http,
        _logging_to(folder / "functions.log"),
    ):
        host = urlsplit(provider.issuer).netloc
        functions = Functions(aws, monkeypatch, development_hosts=host)
        forget()
        functions.make_key()
        demo = Demo(functions=functions, http=http, url=provider.issuer)
        sealer = Sealer(aws.dynamodb, aws.kms, aws.names["BranchKeys"], aws.key_arn)
        try:
            yield [
                Connected(
                    customer=_connected(demo, provider, client, facts),
                    provider=provider,
                    aws=aws,
                    sealer=sealer,
                )
                for client in clients
            ]
        finally:
            forget()


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """Let the functions of this process log to a file: what is printed here are results."""
    handler = logger.registered_handler
    with file.open("a") as stream:
        before = handler.setStream(stream)  # type: ignore[attr-defined]
        yield
        handler.setStream(before)  # type: ignore[attr-defined]


def _connected(
    demo: Demo, provider: OidcProvider, client: Mapping[str, str], facts: Mapping[str, object]
) -> Customer:
    """Publish a component for the server, create a connection, and consent to it."""
    key = client["client_id"]
    document = {"key": key, "label": "A real server", "connections": [_definition(provider, facts)]}
    published = demo.functions.call("PUT", f"/components/{key}", json=document)
    assert published.status == 200, published.body
    values = {"clientId": key, "clientSecret": client["client_secret"]}
    wanted = {"connection": {"component": key, "key": "oauth2", "values": values}}
    created = demo.functions.call("POST", "/connections", json=wanted)
    assert created.status == 201, created.body
    customer = Customer(demo=demo, id=created.json["id"], client_id=key)
    with Browser(stop_at=CALLBACK) as browser:
        asked = browser.get(customer.press(customer.open(customer.link())))
        back = walk_consent(browser, asked)
    done = customer.returns(urlsplit(back.url).query)
    assert done.status == 303, done.body
    return customer


def _definition(provider: OidcProvider, facts: Mapping[str, object]) -> dict[str, object]:
    fixed = {
        # Without `prompt` an OpenID server gives no refresh token for `offline_access`.
        "authorizeUrl": f"{provider.authorization_endpoint}?prompt=consent",
        "tokenUrl": provider.token_endpoint,
        "revokeUrl": provider.revocation_endpoint,
        "scopes": "openid offline_access",
    }
    shown = {"type": "string", "required": True}
    return {
        "key": "oauth2",
        "label": "A real server",
        "oauth2Type": "authorization_code",
        "inputs": {
            **{name: {**shown, "shown": False, "default": each} for name, each in fixed.items()},
            "clientId": shown,
            "clientSecret": {"type": "password", "required": True},
        },
        "provider": {
            "issuer": provider.issuer,
            "clientAuthentication": "client_secret_basic",
            "rotation": "revokes-family",
            **facts,
        },
    }
