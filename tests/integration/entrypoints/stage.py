"""An integration that is offered to two customers, whose users and builders configure it."""

from typing import Any

from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.tenants import PUBLIC_URL, Tenants, made

STORE = {
    "key": "store",
    "label": "Store",
    "documentationUrl": "https://store.example/docs",
    "connections": [
        {
            "key": "apiKey",
            "label": "API key",
            "inputs": {
                "host": {
                    "type": "string", "label": "Host", "required": True,
                    "comments": "Without https", "placeholder": "a", "example": "b",
                },
                "apiKey": {"type": "password", "required": True},
                "region": {
                    "type": "string",
                    "model": [{"label": "Europe", "value": "eu"}, {"label": "US", "value": "us"}],
                },
                "headers": {"type": "string", "collection": "keyvaluelist"},
                "team": {"type": "string"},
                "plan": {"type": "string", "required": True},
                "mode": {"type": "string", "shown": False, "default": "live"},
            },
        }
    ],
}  # fmt: skip
VALUES = {"host": "store.example", "apiKey": "the-key", "plan": "gold"}
TEMPLATED = {"clientId": "client-of-template", "scopes": "scopes-of-template"}
NAMES = {
    "organization": ["host", "apiKey", "region", "headers", "team", "plan"],
    "embedding": ["host", "apiKey", "region", "headers", "team"],
    "admin": ["host", "apiKey", "region", "headers"],
    "user": ["host", "apiKey", "region", "headers"],
}


def element(key: str, component: str, definition: str, **more: Any) -> dict[str, Any]:
    connection = {"component": component, "key": definition, **more.pop("connection", {})}
    return {"key": key, "connection": connection, **more}


CRM = element("CRM", "oauth", "oauth2", connection={"template": "Ours"})
SHOP = element(
    "Store",
    "store",
    "apiKey",
    description="Where the orders are",
    connection={
        "values": {"team": {"visibility": "embedded"}, "plan": {"visibility": "organization"}}
    },
)
MAILBOX = element("Mailbox", "plain", "apiKey", level="user")


class Stage:
    """The organization's integration, offered to the customers acme and globex."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.tenants = Tenants.founded(functions)
        made(functions.call("PUT", "/components/store", json=STORE))
        connection = {"component": "oauth", "key": "oauth2", "values": TEMPLATED}
        template = {"name": "Ours", "connection": connection}
        made(functions.call("POST", "/connection-templates", json=template))
        self.integration = made(
            functions.call("POST", "/integrations", json={"name": "Sync", "offered": True})
        )["id"]
        self.publish(CRM, SHOP, MAILBOX)
        token = self.tenants.token
        self.callers = {
            "organization": functions.key,
            "admin": token("root", role="admin"),
            "user": token("ada"),
            "other": token("root", customer="globex", role="admin"),
            "embedding": self.tenants.signer.token(
                sub="root", customer="acme", role="admin", embedding=True, aud=PUBLIC_URL
            ),
        }

    def publish(self, *elements: dict[str, Any]) -> None:
        pages = [{"name": "Connect", "tagline": "First", "elements": list(elements)}]
        document = {"name": "Sync", "configPages": pages, "steps": []}
        path = f"/integrations/{self.integration}"
        answer = self.functions.call("PUT", f"{path}/definition", json=document)
        assert answer.status == 200, answer.body
        made(self.functions.call("POST", f"{path}/versions"))

    def call(self, caller: str, method: str, path: str, **more: Any) -> Answer:
        return self.tenants.call(self.callers[caller], method, path, **more)

    def instance(self, caller: str = "organization", **more: Any) -> dict[str, Any]:
        wanted = {"name": "Sync of Acme", "integrationId": self.integration, **more}
        if caller == "organization":
            wanted.setdefault("customerId", self.tenants.acme)
        return made(self.call(caller, "POST", "/instances", json=wanted))

    def enter(self, caller: str, path: str, **values: Any) -> Answer:
        body = {key: {"values": each} for key, each in values.items()}
        return self.call(caller, "PATCH", f"{path}/config-variables", json=body)

    def shown(self, caller: str, path: str) -> dict[str, dict[str, Any]]:
        pages = made(self.call(caller, "GET", f"{path}/config-pages"))["pages"]
        return {each["key"]: each for page in pages for each in page["configVariables"]}


def path_of(instance: dict[str, Any]) -> str:
    return f"/instances/{instance['id']}"


def pointers(answer: Answer) -> list[str]:
    assert answer.status in {400, 409}, answer.body
    return [each["pointer"] for each in answer.json["errors"]]
