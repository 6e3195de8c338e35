"""A customer with forty connections is deleted, and the work is killed half-way."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.e2e.developer import everything_stored
from tests.live_connection import content_of
from tests.stack import RunningStack

CONNECTIONS = 40
PATIENCE_SECONDS = 60.0


def process_of(stack: RunningStack, folder: str) -> int:
    """Return the process in which the stack runs the function of that folder."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    [found] = [
        int(pid)
        for pid, parent, command in rows
        if int(parent) == stack.process_id and f"functions/{folder}" in command
    ]
    return found


def kept(stack: RunningStack, customer_id: str) -> int:
    """Return how many connections a customer has left."""
    query: dict[str, str | int] = {"customerId": customer_id, "limit": 200}
    return len(content_of(stack.api.get("/connections", params=query))["items"])


@pytest.fixture
def customer_id(running_stack: RunningStack) -> str:
    wanted = {"name": "Acme", "externalId": f"acme-{time.time_ns()}"}
    created = running_stack.api.post("/customers", json=wanted)
    return str(content_of(created)["id"])


@pytest.fixture
def forty(provider: DemoCrm, customer_id: str) -> list[CrmConnection]:
    """Forty connected connections of the customer, which end with it."""
    crm = replace(provider, made=[])

    def connected(_: int) -> CrmConnection:
        return crm.connection(customer_id=customer_id).connected()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(connected, range(CONNECTIONS)))


def test_a_customer_goes_with_all_it_had_also_when_the_work_is_killed(
    running_stack: RunningStack, customer_id: str, forty: list[CrmConnection], provider: DemoCrm
) -> None:
    path = f"/customers/{customer_id}"
    another = replace(provider, made=[]).connection().connected()
    waiting = replace(provider, made=[]).connection(customer_id=customer_id)
    link = waiting.link()
    issued = [token for connection in forty for token in connection.issued()]
    assert len(issued) == 2 * CONNECTIONS
    assert all(map(provider.active, issued))

    assert running_stack.api.delete(path).status_code == 202
    killed = process_of(running_stack, "delete_connections")
    while kept(running_stack, customer_id) > CONNECTIONS // 2:
        time.sleep(0.01)
    os.kill(killed, signal.SIGKILL)
    time.sleep(0.5)
    left = kept(running_stack, customer_id)
    assert 0 < left <= CONNECTIONS // 2

    until = time.monotonic() + PATIENCE_SECONDS
    while running_stack.api.get(path).status_code != 404:
        assert time.monotonic() < until
        # Whoever asks again takes up what stood still; by itself it would after twelve minutes.
        assert running_stack.api.delete(path).status_code in {202, 404}
        running_stack.tick()

    assert process_of(running_stack, "delete_connections") != killed
    assert [token for token in issued if provider.active(token)] == []
    stored = everything_stored(running_stack, but="Audit")
    mine = [customer_id, waiting.id, link.rpartition("=")[2], *(each.id for each in forty)]
    assert [each for each in mine if each in stored] == []
    assert running_stack.browser().get(link).status == 404
    assert another.credentials().status_code == 200
    audited = content_of(running_stack.api.get("/audit", params={"customerId": customer_id}))
    assert "customer.deleted" in [entry["action"] for entry in audited["items"]]
