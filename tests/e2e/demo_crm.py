"""The demo provider of the running stack, and connections to it: each with a client of its own.

The service reaches its token and revocation endpoints through the wiretap.
"""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.browser import Browser
from tests.live_connection import LiveConnection
from tests.page import Page
from tests.stack import RunningStack
from tests.wiretap import Hold, Wiretap

ALWAYS_DUE = 7200
"""A refresh buffer in seconds that is longer than access tokens live: the next sweep takes it."""
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmConnection(LiveConnection):
    """A connection to the demo provider."""

    crm: "DemoCrm"
    client: dict[str, Any] = field(repr=False)
    """The registration of its client, as the provider has it."""

    @property
    def client_id(self) -> str:
        """The client that is this connection's alone."""
        return str(self.client["client_id"])

    @property
    def hold(self) -> Hold:
        """What the wiretap does with its requests to `held` endpoints."""
        return self.crm.wiretap.holds[self.client_id]

    def consent_page(self, browser: Browser) -> Page:
        """Press CONNECT, and return the provider's page that asks for consent."""
        return browser.submit(browser.get(self.link()).form)

    def connect(self, browser: Browser, decision: str = "Allow") -> Page:
        """Go through the whole flow in the browser and return where it ends."""
        return browser.submit(self.consent_page(browser).form, decision)

    def connected(self) -> "CrmConnection":
        """Connect it in a browser of its own, which must work."""
        page = self.connect(self.crm.stack.browser())
        assert page.title == "Authorization complete", page.text
        return self

    def change_client(self, **changes: Any) -> None:
        """Register its client anew; tokens that were issued stay as they are."""
        self.crm.register({**self.client, **changes})

    def requests(self, endpoint: str, grant_type: str | None = None) -> list[dict[str, Any]]:
        """Return what the provider's ledger has of its client."""
        return [
            entry
            for entry in self.crm.ledger()["entries"]
            if (entry["endpoint"], entry["client_id"]) == (endpoint, self.client_id)
            and grant_type in (None, entry.get("grant_type"))
        ]

    def refreshes(self) -> list[dict[str, Any]]:
        """Return the refresh requests that the provider saw."""
        return self.requests("token", "refresh_token")

    def exchanges(self) -> list[dict[str, Any]]:
        """Return the code exchanges that the provider saw."""
        return self.requests("token", "authorization_code")

    def fetches(self) -> list[dict[str, Any]]:
        """Return the requests with the client's own credentials that the provider saw."""
        return self.requests("token", "client_credentials")

    def issued(self) -> list[str]:
        """Return the fingerprints of all tokens that it was issued, the oldest first."""
        return self.crm.issued(self.client_id)

    def alive(self) -> list[str]:
        """Return the fingerprints of those that the provider takes."""
        return [each for each in self.issued() if self.crm.active(each)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCrm:
    """The demo provider's control surface, and the connections that tests make to it."""

    stack: RunningStack
    wiretap: Wiretap
    control: httpx.Client
    made: list[CrmConnection] = field(default_factory=list)

    def connection(
        self,
        *,
        client: dict[str, Any] | None = None,
        exchange: str = "plain",
        refresh: str = "plain",
        revocable: bool = True,
        values: dict[str, str] | None = None,
        inputs: dict[str, Any] | None = None,
        credentials: dict[str, Any] | None = None,
        customer_id: str | None = None,
        **facts: Any,
    ) -> CrmConnection:
        """Create a connection of a component and a client of its own.

        `client` changes the client's registration; `exchange` and `refresh` say how the wiretap
        treats these requests; `inputs` are the definition's other inputs; `credentials` makes it
        one of client credentials, with these particulars; `facts` its provider facts.
        """
        name = f"crm-{next(_NUMBERS)}"
        registration = {
            "client_id": name,
            "client_secret": secrets.token_urlsafe(24),
            "redirect_uris": [self.stack.callback_url],
            **(client or {}),
        }
        self.register(registration)
        defined = {
            "authorizeUrl": _fixed(f"{self.stack.provider_url}/authorize"),
            "tokenUrl": _fixed(self.wiretap.url(exchange, "token")),
            "scopes": _fixed("contacts.read offline_access"),
            "clientId": {"type": "string", "required": True},
            "clientSecret": {"type": "password", "required": True},
        }
        if revocable:
            defined["revokeUrl"] = _fixed(self.wiretap.url("plain", "revoke"))
        provider = {
            "issuer": self.stack.provider_url,
            "refreshUrl": self.wiretap.url(refresh, "token"),
            **facts,
        }
        definition: dict[str, Any] = {
            "key": "oauth2",
            "label": "Demo CRM",
            "oauth2Type": "authorization_code",
            "inputs": {**defined, **(inputs or {})},
            "provider": provider,
        }
        if credentials is not None:
            definition |= {"oauth2Type": "client_credentials", "oauth2Config": credentials}
        self.stack.publish({"key": name, "label": "Demo CRM", "connections": [definition]})
        entered = {"clientId": name, "clientSecret": registration["client_secret"]}
        self.stack.evidence.secrets.add(registration["client_secret"])
        made = self.stack.connection(name, "oauth2", {**entered, **(values or {})}, customer_id)
        connection = CrmConnection(id=made.id, api=made.api, crm=self, client=registration)
        self.made.append(connection)
        return connection

    def register(self, client: dict[str, Any]) -> None:
        """Register a client in place of one of the same id."""
        assert self.control.post("/_clients", json=client).status_code == 201

    def fault(self, endpoint: str, fault: str, **options: Any) -> None:
        """Let the next request of an endpoint go wrong."""
        content = {"endpoint": endpoint, "fault": fault, **options}
        assert self.control.post("/_faults", json=content).status_code == 201

    def end(self) -> None:
        """Forget what is to go wrong, and disconnect what would be due while other tests run."""
        assert self.control.delete("/_faults").status_code == 204
        soon = (datetime.now(UTC) + timedelta(minutes=20)).isoformat()
        for connection in self.made:
            if (connection.read()["refreshAt"] or "z") < soon:
                connection.disconnect()

    def ledger(self) -> dict[str, Any]:
        """Return the requests that the provider saw, and its count of double spends."""
        content: dict[str, Any] = self.control.get("/_ledger").raise_for_status().json()
        return content

    def issued(self, client_id: str) -> list[str]:
        """Return the fingerprints of all tokens that a client was issued, the oldest first."""
        return [
            fingerprint
            for entry in self.ledger()["entries"]
            if (entry["endpoint"], entry["client_id"]) == ("token", client_id)
            for fingerprint in entry.get("issued", {}).values()
        ]

    def active(self, fingerprint: str) -> bool:
        """Tell whether the provider takes a token."""
        return bool(self.control.get(f"/_tokens/{fingerprint}").raise_for_status().json()["active"])

    def end_token(self, connection: CrmConnection, token: str) -> None:
        """Revoke an access token, and nothing else of its grant, as its client may."""
        client = (connection.client_id, connection.client["client_secret"])
        self.control.post("/revoke", data={"token": token}, auth=client).raise_for_status()

    def userinfo(self, access_token: str) -> httpx.Response:
        """Ask the provider whose the access token is."""
        bearer = {"Authorization": f"Bearer {access_token}"}
        return self.control.get("/userinfo", headers=bearer)


def _fixed(value: str) -> dict[str, Any]:
    return {"type": "string", "required": True, "shown": False, "default": value}
