"""Who may do what, over HTTP: keys, customers' users, the audit, and a customer who is leaving."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import httpx
import pytest

from tests.answers import page_code, problem_code
from tests.e2e.demo_crm import DemoCrm
from tests.live_connection import content_of
from tests.stack import RunningStack
from tests.tokens import Signer

LONGEST_ARRIVAL_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever calls the running stack with one credential."""

    stack: RunningStack
    credential: str = field(repr=False)

    def call(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.credential}"}
        answer = self.stack.api.request(method, path, headers=headers, **more)  # type: ignore[arg-type]  # as httpx takes them
        self.stack.evidence.secrets.add(self.credential)
        return answer


@pytest.fixture
def customer_id(running_stack: RunningStack) -> str:
    wanted = {"name": "Acme", "externalId": f"access-{time.time_ns()}"}
    return str(content_of(running_stack.api.post("/customers", json=wanted))["id"])


def made_key(stack: RunningStack, *scopes: str) -> tuple[str, Caller]:
    """Return the id of a new key, and who calls with it."""
    wanted = {"name": "narrow", "scopes": scopes}
    made = stack.api.request("POST", "/api-keys", json=wanted)
    content = content_of(made)
    return content["id"], Caller(stack=stack, credential=content["key"])


def test_a_key_lives_from_its_making_to_its_deletion(running_stack: RunningStack) -> None:
    key_id, reader = made_key(running_stack, "credentials:read")
    connection = f"/connections/{running_stack.connection_id}"

    # Connected or not: what counts here is that the key is let in.
    assert reader.call("GET", f"{connection}/credentials").status_code in {200, 409}
    refused = reader.call("POST", f"{connection}/disconnect")
    assert (refused.status_code, problem_code(refused)) == (403, "forbidden")
    listed = content_of(running_stack.api.get("/api-keys", params={"limit": 200}))["items"]
    [mine] = [each for each in listed if each["id"] == key_id]
    assert (mine["scopes"], mine["lastUsedAt"] is None) == (["credentials:read"], False)
    rotated = running_stack.api.post(f"/api-keys/{key_id}/rotate", json={})
    assert content_of(rotated)["key"] != reader.credential
    assert running_stack.api.delete(f"/api-keys/{key_id}").status_code == 204
    successor = Caller(stack=running_stack, credential=content_of(rotated)["key"])
    assert successor.call("GET", f"{connection}/credentials").status_code == 401


@pytest.mark.parametrize("signer", [Signer.ec(), Signer.ed25519(), Signer.rsa()])
def test_a_customers_user_sees_and_changes_what_is_theirs(
    running_stack: RunningStack, provider: DemoCrm, customer_id: str, signer: Signer
) -> None:
    external_id = content_of(running_stack.api.get(f"/customers/{customer_id}"))["externalId"]
    registered = running_stack.api.post(
        "/signing-keys", json={"name": "ours", "publicKey": signer.public_pem}
    )
    token = signer.token(sub="ada", customer=external_id, role="admin")
    admin = Caller(stack=running_stack, credential=token)
    crm = replace(provider, made=[])
    theirs = crm.connection(customer_id=customer_id).connected()
    others = crm.connection()

    listed = content_of(admin.call("GET", "/connections"))["items"]
    assert [each["id"] for each in listed] == [theirs.id]
    assert admin.call("POST", f"/connections/{theirs.id}/refresh").status_code == 200
    for path in ("", "/logs", "/credentials"):
        assert admin.call("GET", f"/connections/{others.id}{path}").status_code in {403, 404}
    assert admin.call("GET", f"/connections/{theirs.id}/credentials").status_code == 403
    assert admin.call("POST", f"/connections/{others.id}/disconnect").status_code == 404
    assert admin.call("POST", f"/connections/{theirs.id}/disconnect").status_code == 202
    assert running_stack.api.delete(f"/signing-keys/{content_of(registered)['id']}").is_success


def test_who_changed_what_can_be_asked_of_all_of_a_customer_and_of_a_connection(
    running_stack: RunningStack, provider: DemoCrm, customer_id: str
) -> None:
    connection = replace(provider, made=[]).connection(customer_id=customer_id).connected()
    connection.disconnect()

    def actions(**query: str) -> list[str]:
        found = content_of(running_stack.api.get("/audit", params=query))["items"]
        return [each["action"] for each in found]

    of_connection = [
        "connection.disconnected",
        "connection.connected",
        "authorization.created",
        "connection.created",
    ]
    assert actions(connectionId=connection.id) == of_connection
    assert actions(customerId=customer_id) == [*of_connection, "customer.created"]
    assert actions(limit="2")[0] == "connection.disconnected"


def test_all_connections_are_listed_page_by_page(running_stack: RunningStack) -> None:
    found, cursor = [], None
    while True:
        query = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        page = content_of(running_stack.api.get("/connections", params=query))
        found += [each["id"] for each in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert running_stack.connection_id in found
    assert len(found) == len(set(found))


def test_a_consent_to_what_is_deleted_meanwhile_is_revoked_and_leaves_nothing(
    running_stack: RunningStack, provider: DemoCrm, customer_id: str
) -> None:
    crm = replace(provider, made=[])
    connection = crm.connection(exchange="held", customer_id=customer_id)

    with ThreadPoolExecutor() as pool:
        connecting = pool.submit(connection.connect, running_stack.browser())
        assert connection.hold.arrived.wait(LONGEST_ARRIVAL_SECONDS)
        assert running_stack.api.delete(f"/customers/{customer_id}").status_code == 202
        running_stack.tick()
        assert running_stack.api.get(f"/connections/{connection.id}").status_code == 404
        connection.hold.released.set()
        page = connecting.result()
    running_stack.tick()

    assert page_code(page) == "connection-deleted"
    assert len(connection.issued()) == 2
    assert connection.alive() == []
    assert connection.credentials().status_code == 404
