"""The demo provider, and connections to it: each with a client of its own."""

import itertools
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from connections.oauth.digests import digest
from tests.integration.entrypoints.calls import Answer, Functions

CALLBACK = "https://oauth2.connections.example/callback"
SECRET = "a-client-secret-that-no-log-may-show"
_NUMBERS = itertools.count(1)


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def fingerprint(token: str) -> str:
    """Return how the demo provider names a token."""
    return digest(token)[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The demo provider's control surface, and the functions that are connected to it."""

    functions: Functions
    http: httpx.Client
    url: str

    def component(self, key: str, **changes: Any) -> dict[str, Any]:
        """Return the document of a component for the demo provider."""
        text = {"type": "string", "required": True}
        definition = {
            "key": "oauth2",
            "label": "Demo CRM",
            "oauth2Type": "authorization_code",
            "inputs": {
                "authorizeUrl": {**text, "shown": False, "default": f"{self.url}/authorize"},
                "tokenUrl": {**text, "shown": False, "default": f"{self.url}/token"},
                "revokeUrl": {**text, "shown": False, "default": f"{self.url}/revoke"},
                "scopes": {"type": "string", "default": "contacts.read offline_access"},
                "clientId": text,
                "clientSecret": {"type": "password", "required": True},
            },
            "provider": {"issuer": self.url},
            **changes,
        }
        return {"key": key, "label": "Demo CRM", "connections": [definition]}

    def register(self, client_id: str, **changes: Any) -> None:
        """Register a client, in place of one of the same id."""
        client = {
            "client_id": client_id,
            "client_secret": SECRET,
            "redirect_uris": [CALLBACK],
            **changes,
        }
        assert self.http.post("/_clients", json=client).status_code == 201

    def connection(
        self,
        *,
        secret: str = SECRET,
        name: str | None = None,
        customer_id: str | None = None,
        client: dict[str, Any] | None = None,
        **definition: Any,
    ) -> "Customer":
        """Create a connection whose client is registered with the demo provider."""
        key = f"crm-{next(_NUMBERS)}"
        self.register(key, **(client or {}))
        published = self.functions.call(
            "PUT", f"/components/{key}", json=self.component(key, **definition)
        )
        assert published.status == 200, published.body
        values = {"clientId": key, "clientSecret": secret}
        wanted: dict[str, Any] = {
            "connection": {"component": key, "key": "oauth2", "values": values}
        }
        if name is not None:
            wanted["name"] = name
        if customer_id is not None:
            wanted["customerId"] = customer_id
        created = self.functions.call("POST", "/connections", json=wanted)
        assert created.status == 201, created.body
        return Customer(demo=self, id=created.json["id"], client_id=key)

    def fault(self, endpoint: str, fault: str, **options: Any) -> None:
        """Let the next request of an endpoint go wrong."""
        content = {"endpoint": endpoint, "fault": fault, **options}
        assert self.http.post("/_faults", json=content).status_code == 201

    def active(self, token: str) -> bool:
        """Tell whether the provider takes a token."""
        told = self.http.get(f"/_tokens/{fingerprint(token)}").raise_for_status()
        return bool(told.json()["active"])

    def requests(self, endpoint: str) -> list[dict[str, Any]]:
        """Return the requests that an endpoint saw."""
        entries = self.http.get("/_ledger").raise_for_status().json()["entries"]
        return [each for each in entries if each["endpoint"] == endpoint]


@dataclass(slots=True, kw_only=True)
class Customer:
    """A connection, and the browser of the customer who connects it."""

    demo: Demo
    id: str
    client_id: str
    cookies: list[str] = field(default_factory=list)

    @property
    def functions(self) -> Functions:
        return self.demo.functions

    def call(self, method: str, step: str, **more: Any) -> Answer:
        """Send a request about the connection."""
        return self.functions.call(method, f"/connections/{self.id}{step}", **more)

    def link(self) -> str:
        """Return what a new link carries."""
        offered = self.call("POST", "/authorizations")
        assert offered.status == 201, offered.body
        return str(offered.json["url"]).partition("authorization=")[2]

    def open(self, authorization: str) -> Answer:
        """Open a link."""
        page = self.functions.call(
            "GET", "/authorize", query={"authorization": authorization}, cookies=self.cookies
        )
        if page.cookies:
            self.cookies = [page.cookies[0].partition(";")[0]]
        return page

    def press(self, page: Answer) -> str:
        """Press CONNECT, and return where the browser is sent."""
        sent = self.functions.call(
            "POST", "/authorize", form=urlencode(fields(page.body)), cookies=self.cookies
        )
        assert sent.status == 303, sent.body
        return sent.headers["location"]

    def answered(self, decision: str = "allow", *, link: str | None = None, **extra: str) -> str:
        """Go under a new link, or this one, as far as the redirect back, and return its query."""
        url = self.press(self.open(link or self.link()))
        asked = self.demo.http.get(url + ("&" + urlencode(extra) if extra else ""))
        assert asked.status_code == 200, asked.text
        form = {**fields(asked.text), "decision": decision}
        back = self.demo.http.post("/authorize", data=form)
        if back.status_code == 200:
            return urlencode(fields(back.text))
        assert back.headers["location"].startswith(CALLBACK)
        return urlsplit(back.headers["location"]).query

    def returns(self, query: str, cookies: list[str] | None = None) -> Answer:
        """Come back to the redirect URI."""
        kept = self.cookies if cookies is None else cookies
        return self.functions.call("GET", "/callback", query=query, cookies=kept)

    def connected(self) -> "Customer":
        """Connect, which must work."""
        done = self.returns(self.answered())
        assert done.status == 303, done.body
        return self

    def read(self) -> dict[str, Any]:
        """Return the connection."""
        read: dict[str, Any] = self.call("GET", "").json
        return read

    def credentials(self) -> dict[str, Any]:
        """Return the credentials, which there must be."""
        read = self.call("GET", "/credentials")
        assert read.status == 200, read.body
        content: dict[str, Any] = read.json
        return content

    def log(self) -> list[dict[str, Any]]:
        """Return the log, newest first."""
        entries: list[dict[str, Any]] = self.call("GET", "/logs").json["items"]
        return entries


def parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query."""
    return dict(parse_qsl(query))
