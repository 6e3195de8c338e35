"""A provider's recorded shapes, as the files beside this one have them.

Each file has `builtIn` (component and connection) or a `definition`; the `values` entered; and, by
stage, what is sent and what comes back. A stage that a provider does not have is left out.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from connections.domain.flow import Flow
from connections.domain.grant import Issuance
from connections.oauth.authorization import AuthorizationResponse, parse_authorization_response
from connections.oauth.client import OAuthClient
from connections.oauth.messages import ServerRequest, ServerResponse
from tests.builders import NOW, a_flow
from tests.unit.components.built_in import BUILT_IN

FOLDER = Path(__file__).parent
ENTERED = {"clientId": "the-client", "clientSecret": "the-secret"}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""Of RFC 7636 appendix B, as is its challenge."""


@dataclass(frozen=True)
class Provider:
    """A provider and its recorded shapes."""

    name: str
    shapes: dict[str, Any]

    @cached_property
    def issuance(self) -> Issuance:
        """What its grants are issued under."""
        values = {**ENTERED, **self.shapes["values"]}
        if "definition" in self.shapes:
            return Issuance(definition=self.shapes["definition"], values=values)
        component, key = self.shapes["builtIn"]
        definition = BUILT_IN[component].connection(key)
        assert definition is not None
        return Issuance(definition=definition.document(), values=values)

    @property
    def flow(self) -> Flow:
        """An authorization that was begun."""
        return a_flow(issuance=self.issuance)

    @property
    def callback(self) -> AuthorizationResponse:
        """What the browser brings back."""
        return parse_authorization_response(self.shapes["callback"]["query"])

    @property
    def client(self) -> OAuthClient:
        """The client before the callback."""
        return OAuthClient.of(self.issuance)

    @property
    def client_with_context(self) -> OAuthClient:
        """The client after it."""
        return OAuthClient.of(self.issuance, self.shapes["callback"]["context"])

    @property
    def verifier(self) -> str | None:
        """The code verifier, where the definition wants one."""
        return None if self.client.pkce_method == "none" else VERIFIER


def providers() -> list[Provider]:
    """Return all that were recorded."""
    return [
        Provider(path.stem, json.loads(path.read_text()))
        for path in sorted(FOLDER.glob("*.json"), key=lambda path: path.stem)
    ]


def sent(request: ServerRequest) -> dict[str, Any]:
    """Return a request as the shapes have it."""
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "format": "json" if request.json else "form",
        "body": dict(request.form),
    }


def answered(shape: dict[str, Any]) -> ServerResponse:
    """Return an answer of the shapes as it comes from the network."""
    body = shape["body"]
    return ServerResponse(
        status=shape["status"],
        headers={"content-type": shape.get("contentType", "application/json")},
        body=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
        sent_at=NOW,
    )
