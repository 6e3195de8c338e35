"""An integration that is built over HTTP, whose secrets must not come back."""

from dataclasses import dataclass
from typing import Any

from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.tenants import OAUTH, PLAIN, made

SECRET = "value-of-ours"
VARIABLE: dict[str, Any] = {
    "key": "CRM",
    "stableKey": "crm",
    "description": "Where contacts are.",
    "visibility": "customer",
    "connection": {
        "component": "oauth",
        "key": "oauth2",
        "values": {
            "clientId": {"value": "an-id"},
            "clientSecret": {"value": f"{SECRET}-1", "visibility": "organization"},
            "scopes": {"visibility": "embedded"},
        },
    },
    "oauthRedirects": {
        "enabled": True,
        "successUri": "https://app.example/yes",
        "failureUri": "https://app.example/no",
    },
}
STEP = {"name": "Fetch", "component": "oauth", "action": "fetch"}
TEMPLATE = {
    "name": "Our app",
    "connection": {
        "component": "oauth",
        "key": "oauth2",
        "values": {"clientId": f"{SECRET}-2", "clientSecret": f"{SECRET}-3"},
    },
}


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds one integration."""

    functions: Functions
    path: str

    @classmethod
    def begun(cls, functions: Functions) -> "Builder":
        """Begin an integration of published components."""
        for component in (PLAIN, OAUTH):
            made(functions.call("PUT", f"/components/{component['key']}", json=component))
        wanted = {"name": "Sync", "description": "Every night"}
        integration = made(functions.call("POST", "/integrations", json=wanted))
        return cls(functions, f"/integrations/{integration['id']}")

    def call(self, method: str, below: str = "", json: Any = None) -> Answer:
        answer = self.functions.call(method, self.path + below, json=json)
        assert SECRET not in answer.body
        return answer

    def add(self, what: str, json: Any) -> dict[str, Any]:
        return made(self.call("POST", f"/{what}", json))

    def read(self) -> dict[str, Any]:
        return made(self.call("GET"))

    def with_template(self) -> "Builder":
        """Add a variable, one that refers to a template, and a step."""
        made(self.functions.call("POST", "/connection-templates", json=TEMPLATE))
        self.add("config-variables", VARIABLE)
        connection = {"component": "oauth", "key": "oauth2", "template": "Our app"}
        self.add("config-variables", {"key": "Filled", "connection": connection})
        self.add("steps", STEP)
        return self

    def exported(self, accept: str = "application/yaml", **query: str) -> Answer:
        """Export a definition."""
        answer = self.functions.call(
            "GET", f"{self.path}/definition", headers={"accept": accept}, query=query
        )
        assert answer.status == 200, answer.body
        assert SECRET not in answer.body
        return answer
