"""What a builder, a customer and its users do with integrations, over HTTP."""

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.live_connection import LiveConnection, content_of
from tests.page import Page
from tests.stack import RunningStack
from tests.tokens import Signer

_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever calls the running stack with one credential; all that they hear is kept."""

    stack: RunningStack
    credential: str = field(repr=False)
    heard: list[str] = field(default_factory=list, repr=False)

    def call(self, method: str, path: str, content: object = None) -> httpx.Response:
        """Call the API."""
        headers = {"Authorization": f"Bearer {self.credential}"}
        answer = self.stack.api.request(method, path, headers=headers, json=content)
        self.stack.evidence.secrets.add(self.credential)
        self.heard.append(answer.text)
        return answer

    def read(self, path: str) -> dict[str, Any]:
        """Read something that they may."""
        return content_of(self.call("GET", path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A customer with its people."""

    id: str
    external_id: str
    admin: Person
    user: Person
    embedding: Person
    """The application that embeds the service, on behalf of the user."""

    @property
    def people(self) -> tuple[Person, ...]:
        """All who call on the customer's side."""
        return (self.admin, self.user, self.embedding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An integration that is being built."""

    id: str
    api: httpx.Client = field(repr=False)

    def step(self, name: str, component: str, **more: Any) -> dict[str, Any]:
        """Add a step."""
        wanted = {"name": name, "component": component, "action": "listContacts", **more}
        return content_of(self.api.post(f"/integrations/{self.id}/steps", json=wanted))

    def variable(
        self,
        key: str,
        component: str,
        values: Mapping[str, Any] | None = None,
        *,
        definition: str = "oauth2",
        template: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Add a config variable."""
        answer = self.try_variable(
            key, component, values, definition=definition, template=template, **more
        )
        return content_of(answer)

    def try_variable(
        self,
        key: str,
        component: str,
        values: Mapping[str, Any] | None = None,
        *,
        definition: str = "oauth2",
        template: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Try to add a config variable."""
        connection: dict[str, Any] = {
            "component": component, "key": definition, "values": values or {},
        }  # fmt: skip
        if template is not None:
            connection["template"] = template
        wanted = {"key": key, "dataType": "connection", "connection": connection, **more}
        return self.api.post(f"/integrations/{self.id}/config-variables", json=wanted)

    def publish(self) -> int:
        """Publish the draft, and return the version's number."""
        return int(content_of(self.api.post(f"/integrations/{self.id}/versions"))["version"])

    def draft(self) -> dict[str, Any]:
        """Return the draft."""
        draft: dict[str, Any] = content_of(self.api.get(f"/integrations/{self.id}"))["draft"]
        return draft

    def variables(self) -> list[dict[str, Any]]:
        """Return the draft's config variables in the order of the pages."""
        return [each for page in self.draft()["configPages"] for each in page["elements"]]

    def exported(self, media: str, version: int | None = None) -> str:
        """Return the definition."""
        query = {} if version is None else {"version": version}
        path = f"/integrations/{self.id}/definition"
        answer = self.api.get(path, params=query, headers={"Accept": media})
        assert answer.status_code == 200, answer.text
        return answer.text

    def imported(self, text: str, media: str = "application/yaml") -> httpx.Response:
        """Replace the draft."""
        headers = {"Content-Type": media}
        path = f"/integrations/{self.id}/definition"
        return self.api.put(path, content=text.encode(), headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveInstance:
    """An instance of an integration."""

    id: str
    api: httpx.Client = field(repr=False)

    def read(self) -> dict[str, Any]:
        """Return the instance."""
        return content_of(self.api.get(f"/instances/{self.id}"))

    def connection(self, key: str) -> LiveConnection:
        """Return the connection that a config variable holds."""
        [held] = [each for each in self.read()["configVariables"] if each["key"] == key]
        return LiveConnection(id=held["connectionId"], api=self.api)

    def enter(self, key: str, person: Person | None = None, /, **values: Any) -> httpx.Response:
        """Enter values for a config variable."""
        path, content = f"/instances/{self.id}/config-variables", {key: {"values": values}}
        if person is not None:
            return person.call("PATCH", path, content)
        return self.api.patch(path, json=content)

    def asked(self, key: str, person: Person | None = None) -> dict[str, dict[str, Any]]:
        """Return the inputs that somebody is asked for, by name."""
        return {each["name"]: each for each in self.shown(key, person)["inputs"]}

    def shown(self, key: str, person: Person | None = None) -> dict[str, Any]:
        """Return a config variable as somebody sees it on the pages."""
        path = f"/instances/{self.id}/config-pages"
        content = content_of(self.api.get(path)) if person is None else person.read(path)
        [found] = [
            each
            for page in content["pages"]
            for each in page["configVariables"]
            if each["key"] == key
        ]
        return dict(found)

    def deploy(self) -> httpx.Response:
        """Deploy it."""
        return self.api.post(f"/instances/{self.id}/deploy")

    def move(self, version: int) -> dict[str, Any]:
        """Move it to another version."""
        return content_of(self.api.patch(f"/instances/{self.id}", json={"version": version}))

    def credentials(self, key: str, user_id: str | None = None) -> httpx.Response:
        """Read credentials by the name that code uses."""
        query = {"configVariable": key, **({"userId": user_id} if user_id else {})}
        return self.api.get(f"/instances/{self.id}/credentials", params=query)

    def fields(self, key: str) -> dict[str, Any]:
        """Return the fields that code receives."""
        fields: dict[str, Any] = content_of(self.credentials(key))["fields"]
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Where integrations are built, against the demo provider."""

    crm: DemoCrm
    signer: Signer
    """Whose key is registered: it signs the tokens of all customers' people."""

    @property
    def api(self) -> httpx.Client:
        """The API as the organization calls it."""
        return self.crm.stack.api

    def name(self, word: str) -> str:
        """Return a name that nothing else has."""
        return f"{word}-{next(_NUMBERS)}-{secrets.token_hex(3)}"

    def tenant(self) -> Tenant:
        """Make a customer with its people."""
        external_id = self.name("customer")
        wanted = {"name": "Acme", "externalId": external_id}
        made = content_of(self.api.post("/customers", json=wanted))

        def person(**claims: Any) -> Person:
            token = self.signer.token(customer=external_id, **claims)
            return Person(stack=self.crm.stack, credential=token)

        return Tenant(
            id=made["id"],
            external_id=external_id,
            admin=person(sub="grace", role="admin"),
            user=person(sub="ada", role="user"),
            embedding=person(sub="grace", role="admin", embedding=True),
        )

    def client(self) -> dict[str, str]:
        """Register a client at the demo provider, and return its id and secret."""
        client = {
            "client_id": self.name("client"),
            "client_secret": secrets.token_urlsafe(24),
            "redirect_uris": [self.crm.stack.callback_url],
        }
        self.crm.register(client)
        self.crm.stack.evidence.secrets.add(str(client["client_secret"]))
        return {
            "clientId": str(client["client_id"]),
            "clientSecret": str(client["client_secret"]),
        }

    def component(self, *connections: dict[str, Any]) -> str:
        """Publish a component, with an OAuth connection to the demo provider if none is given."""
        key = self.name("component")
        defined = list(connections) or [self.oauth2()]
        self.crm.stack.publish({"key": key, "label": "Demo CRM", "connections": defined})
        return key

    def oauth2(self, **inputs: Any) -> dict[str, Any]:
        """Return an OAuth connection definition of the demo provider."""
        provider = self.crm.stack.provider_url
        hidden = {"type": "string", "required": True, "shown": False}
        return {
            "key": "oauth2",
            "label": "OAuth 2.0",
            "oauth2Type": "authorization_code",
            "inputs": {
                "authorizeUrl": {**hidden, "default": f"{provider}/authorize"},
                "tokenUrl": {**hidden, "default": self.crm.wiretap.url("plain", "token")},
                "revokeUrl": {**hidden, "default": self.crm.wiretap.url("plain", "revoke")},
                "scopes": {
                    "type": "string", "label": "Scopes", "default": "contacts.read offline_access",
                },
                "clientId": {"type": "string", "label": "Client ID", "required": True},
                "clientSecret": {
                    "type": "password", "label": "Client secret", "required": True,
                    "comments": "From the app's settings",
                },
                **inputs,
            },
        }  # fmt: skip

    def integration(self, **more: Any) -> Built:
        """Create an integration."""
        wanted = {"name": self.name("Sync"), **more}
        made = content_of(self.api.post("/integrations", json=wanted))
        return Built(id=made["id"], api=self.api)

    def template(self, component: str, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Create a connection template."""
        answer = self.try_template(component, values, **more)
        return content_of(answer)

    def try_template(
        self, component: str, values: Mapping[str, Any], *, key: str = "oauth2", **more: Any
    ) -> httpx.Response:
        """Try to create a connection template."""
        connection = {"component": component, "key": key, "values": values}
        wanted = {"name": self.name("Template"), "connection": connection, **more}
        return self.api.post("/connection-templates", json=wanted)

    def instance(self, built: Built, tenant: Tenant, version: int | None = None) -> LiveInstance:
        """Create an instance for a customer."""
        wanted: dict[str, Any] = {
            "name": "Of Acme", "customerId": tenant.id, "integrationId": built.id,
        }  # fmt: skip
        if version is not None:
            wanted["version"] = version
        made = content_of(self.api.post("/instances", json=wanted))
        return LiveInstance(id=made["id"], api=self.api)

    def connect(self, connection: LiveConnection, browser: Browser) -> Page:
        """Go through CONNECT and consent in a browser, and return where it ends."""
        asked = browser.submit(browser.get(connection.link()).form)
        return browser.submit(asked.form, "Allow")
