"""How many requests each operation sends to AWS: every route, and every other event."""

import base64
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.integration.entrypoints import events
from tests.integration.entrypoints.building import STEP
from tests.integration.entrypoints.demo import SECRET, Customer
from tests.integration.entrypoints.stage import VALUES, Stage
from tests.integration.entrypoints.tenants import PLAIN
from tests.performance.counting import Counting
from tests.performance.scene import BATCH, COMPONENT, WORKER, Scene, scene_in_memory

HEADINGS = ("operation", "requests", "of which")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations(Counting):
    """Does everything once that can be asked of the functions."""

    stage: Stage

    def run(self) -> dict[str, Counter[str]]:
        """Return what each operation sends; functions have started and know the caller."""
        for part in (
            self._around, self._components, self._templates, self._keys, self._customers,
            self._integration, self._instance, self._consent, self._connection,
            self._refreshes,
        ):  # fmt: skip
            part()
        return self.counts

    def _around(self) -> None:
        for path in ("/health", "/regions", "/openapi.json", "/problems/not-found"):
            self.call("GET", path)
        for path in ("/organization", "/audit"):
            self.call("GET", path)
        self.call("PATCH", "/organization", json={"name": "Ours"})

    def _components(self) -> None:
        self.call("GET", "/components")
        self.call("GET", f"/components/{COMPONENT}")
        self.call("PUT", "/components/spare", json={**PLAIN, "key": "spare"})
        self.call("DELETE", "/components/spare")

    def _templates(self) -> None:
        connection = {"component": "plain", "key": "apiKey", "values": {"host": "h"}}
        wanted = {"name": "Another", "connection": connection}
        path = f"/connection-templates/{self.made('/connection-templates', wanted)}"
        self.call("GET", "/connection-templates")
        self.call("GET", path)
        self.call("PATCH", path, json={"connection": {"values": {"host": "i"}}})
        self.call("DELETE", path)

    def _keys(self) -> None:
        self.call("GET", "/api-keys")
        key = self.made("/api-keys", {"name": "Another", "scopes": ["access:write"]})
        self.call("POST", f"/api-keys/{key}/rotate", json={})
        self.call("DELETE", f"/api-keys/{key}")
        self.call("GET", "/signing-keys")
        wanted = {"name": "Set", "jwksUrl": "https://acme.example/keys"}
        self.call("DELETE", f"/signing-keys/{self.made('/signing-keys', wanted)}")
        make = events.event("management.create-api-key")
        invoke = self.scene.functions.invoke
        self.count("create an API key by invocation", lambda: invoke("ManagementFunction", make))

    def _customers(self) -> None:
        self.call("GET", "/customers")
        customer = self.made("/customers", {"name": "Spare", "externalId": "spare"})
        self.call("GET", f"/customers/{customer}")
        self.call("PATCH", f"/customers/{customer}", json={"name": "Another"})
        self.call("DELETE", f"/customers/{customer}")
        self._delete("delete a customer with nothing")

    def _integration(self) -> None:
        path = f"/integrations/{self.made('/integrations', {'name': 'Another'})}"
        step = f"{path}/steps/{self.made(f'{path}/steps', STEP)}"
        connection = {"component": "plain", "key": "apiKey"}
        wanted = {"key": "Another", "connection": connection}
        variable = f"{path}/config-variables/{self.made(f'{path}/config-variables', wanted)}"
        self.call("GET", "/integrations")
        for below in ("", "/definition"):
            self.call("GET", path + below)
        self.call("PATCH", path, json={"description": "Every night"})
        self.call("PATCH", step, json={"name": "Another"})
        self.call("PATCH", variable, json={"key": "Other"})
        self.call("POST", f"{path}/versions")
        for below in ("/versions", "/versions/1"):
            self.call("GET", path + below)
        self.call("DELETE", step)
        self.call("DELETE", variable)
        self.call("PUT", f"{path}/definition", json={"name": "Another"})
        self.call("DELETE", path)

    def _instance(self) -> None:
        wanted = {
            "name": "Sync of Acme",
            "integrationId": self.stage.integration,
            "customerId": self.stage.tenants.acme,
        }
        path = f"/instances/{self.made('/instances', wanted)}"
        entered = {"Store": {"values": VALUES}, "CRM": {"values": {"clientSecret": SECRET}}}
        self.call("GET", "/instances")
        self.call("GET", path)
        self.call("PATCH", path, json={"name": "Another"})
        self.call("GET", f"{path}/config-pages")
        self.call("PATCH", f"{path}/config-variables", json=entered)
        self.call("POST", f"{path}/deploy", json={})
        for method, below, body in (
            ("GET", "config-pages", None),
            ("PATCH", "config-variables", {"Mailbox": {"values": {"host": "h"}}}),
            ("POST", "deploy", {}),
        ):
            self.call(method, f"{path}/users/ada/{below}", json=body)
        self.call("GET", f"{path}/credentials", query={"configVariable": "Store"})
        self.call("DELETE", path)
        self._delete("delete an instance of two connections")

    def _consent(self) -> None:
        values = {"clientId": COMPONENT, "clientSecret": SECRET}
        wanted = {"connection": {"component": COMPONENT, "key": "oauth2", "values": values}}
        customer = Customer(
            demo=self.scene.demo, id=self.made("/connections", wanted), client_id=COMPONENT
        )
        path = f"/connections/{customer.id}/authorizations"
        offered = self.call("POST", path).json
        link = str(offered["url"]).partition("authorization=")[2]
        page = self.count("GET /authorize", lambda: customer.open(link))
        self.count("POST /authorize", lambda: customer.press(page))
        query = customer.answered()
        self.call("POST", "/callback", form=query, cookies=customer.cookies)
        self.call("GET", "/callback", query=query, cookies=customer.cookies)
        self.call("GET", "/authorization-complete")
        self.call("GET", f"{path}/{offered['id']}")
        self.invoke(
            "nobody came back from a consent",
            "LapseFlowsFunction",
            self.first("LapsesQueue", "lapse_flows.over"),
        )

    def _connection(self) -> None:
        path = f"/connections/{self.scene.customers[-1].id}"
        self.call("GET", "/connections")
        for below in ("", "/logs", "/credentials"):
            self.call("GET", path + below)
        self.call("PATCH", path, json={"name": "Another"})
        self.call("POST", f"{path}/reports", json={"outcome": "success"})
        self.call("POST", f"{path}/refresh")
        self.scene.aws.messages("RevocationsQueue")
        self.call("POST", f"{path}/disconnect")
        revoked = self.first("RevocationsQueue", "revoke_tokens.disconnected")
        self.invoke("revoke what was disconnected", "RevokeTokensFunction", revoked)
        self.call("DELETE", path)
        self._delete("delete a connection")

    def _refreshes(self) -> None:
        scene, worker = self.scene, WORKER
        self.count("schedule", scene.sweep)
        batch = scene.queued("RefreshesQueue", "refresh_connections.due")
        self.invoke(f"refresh a batch of {BATCH}", worker, batch)
        table, key = scene.aws.names["Tokens"], {"pk": {"S": scene.customers[0].id}}
        before = self.meter.dynamodb.get_item(TableName=table, Key=key)["Item"]
        alone = scene.batch()
        named = [each for each in alone["Records"] if scene.customers[0].id in each["body"]]
        self.invoke("refresh one connection", worker, {"Records": named})
        issued = self.meter.dynamodb.get_item(TableName=table, Key=key)["Item"]
        self.meter.dynamodb.put_item(TableName=table, Item=before)
        rescued = events.event("refresh_connections.rescued")
        rescued["Records"][0]["body"] = _rescue(issued)
        queue = scene.aws.names["RescuesQueue"].rpartition("/")[2]
        arn = rescued["Records"][0]["eventSourceARN"]
        rescued["Records"][0]["eventSourceARN"] = f"{arn.rpartition(':')[0]}:{queue}"
        self.invoke("rescue a token set", worker, rescued)

    def _delete(self, name: str) -> None:
        deletion = self.first("DeletionsQueue", "delete_connections.connection")
        self.invoke(name, "DeleteConnectionsFunction", deletion)
        self.scene.aws.messages("DeletionsQueue")


def counted_operations() -> dict[str, Counter[str]]:
    """Count with AWS in memory."""
    with scene_in_memory() as (scene, meter):
        scene.publish()
        scene.connect(BATCH)
        operations = Operations(scene=scene, meter=meter, stage=Stage(scene.functions))
        _warm(scene)
        return operations.run()


def rows(counts: dict[str, Counter[str]]) -> list[tuple[str, ...]]:
    """Return the lines of a table."""
    return [
        (name, str(each.total()), ", ".join(f"{n} {what}" for what, n in sorted(each.items())))
        for name, each in counts.items()
    ]


def _warm(scene: Scene) -> None:
    """Let the functions start that keep something from their first event."""
    scene.refresh(scene.batch())
    scene.customers[0].credentials()
    scene.connect(1)
    scene.customers[-1].call("POST", "/disconnect")
    event = events.event("revoke_tokens.disconnected")
    event["Records"][0]["body"] = scene.aws.messages("RevocationsQueue")[0]
    scene.functions.invoke("RevokeTokensFunction", event, seconds=60)
    scene.aws.messages("LapsesQueue")
    scene.customers.pop()


def _rescue(issued: dict[str, Any]) -> str:
    """Return the message of a token set that could not be stored."""
    return json.dumps(
        {
            "pk": issued["pk"]["S"],
            "grantId": issued["grantId"]["S"],
            "generation": int(issued["generation"]["N"]),
            "sealed": base64.b64encode(issued["sealed"]["B"]).decode(),
        }
    )
