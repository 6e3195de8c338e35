"""The whole service as `make run` starts it, and what a test does with it over HTTP.

`python -m local` runs as a process of its own on free ports, and everything is on loopback. One
stack serves all tests that ask for one: starting it costs more than most of them.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import Browser
from tests.evidence import Evidence
from tests.live_connection import LiveConnection, content_of

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_SECONDS = 60.0
END_TIMEOUT_SECONDS = 20.0
CALL_TIMEOUT_SECONDS = 40.0
SPARE_PORTS = 24
_UNCLAIMED = range(20_000, 32_000)
"""Below the ports that Linux gives to whoever asks for any: free now stays free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningStack:
    """A stack that answers, with a client of its API."""

    url: str
    provider_url: str
    aws_url: str
    process_id: int
    region: str
    api_key: str = field(repr=False)
    connection_id: str
    authorization_url: str
    folder: Path
    spare_ports: list[int]
    """Ports on 127.0.0.1 where a test may start an authorization server, each taken once."""
    api: httpx.Client = field(repr=False)
    transport: httpx.BaseTransport
    """What the browsers share; everything is on loopback, where there is no TLS to verify."""
    evidence: Evidence

    @property
    def callback_url(self) -> str:
        """The redirect URI to register with authorization servers."""
        return f"{self.url}/callback"

    def tick(self) -> dict[str, Any]:
        """Run the schedule and empty the queues; return what that came to."""
        return content_of(self.api.post("/_local/tick"))

    def later(self) -> dict[str, Any]:
        """Do the same as if so much time had passed that all messages come."""
        return content_of(self.api.post("/_local/later"))

    def outage(self) -> None:
        """Let the tokens of the next refresh find no storage."""
        content_of(self.api.post("/_local/outage"))

    def permissions(self) -> dict[str, dict[str, list[str]]]:
        """Return per function what it may do, did, and was denied."""
        return content_of(self.api.get("/_local/permissions"))

    def connection(
        self, component: str, key: str, values: dict[str, str], customer_id: str | None = None
    ) -> LiveConnection:
        """Create a connection of a published component."""
        wanted = {"component": component, "key": key, "values": values}
        content = {"connection": wanted, "customerId": customer_id}
        created = self.api.post("/connections", json=content)
        assert created.status_code == 201, created.text
        return LiveConnection(id=created.json()["id"], api=self.api)

    def publish(self, component: dict[str, Any]) -> None:
        """Publish a component."""
        content_of(self.api.put(f"/components/{component['key']}", json=component))

    def function_logs(self) -> dict[str, str]:
        """Return what each function logged."""
        return {path.stem: path.read_text() for path in (self.folder / "logs").glob("*.log")}

    def browser(self) -> Browser:
        """Return a new person's browser."""
        browser = Browser(timeout=CALL_TIMEOUT_SECONDS, transport=self.transport)
        self.evidence.browsers.append(browser)
        return browser


def spare_ports(count: int) -> list[int]:
    """Return ports on 127.0.0.1 that are free and are given to nobody who asks for any."""
    found: list[int] = []
    for port in random.sample(_UNCLAIMED, k=len(_UNCLAIMED)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
        if len(found) == count:
            break
    return found


@contextmanager
def running(folder: Path) -> Iterator[RunningStack]:
    """Run a stack until the block ends, and see that it ends cleanly.

    Raises: AssertionError when it does not start, or does not end as it should.
    """
    ports = spare_ports(SPARE_PORTS)
    file = folder / "stack.json"
    environment = {
        **os.environ,
        "PORT": "0",
        "PROVIDER_PORT": "0",
        "STACK_FILE": str(file),
        "DEVELOPMENT_HOSTS": ",".join(f"127.0.0.1:{port}" for port in ports),
    }
    with ExitStack() as held:
        said, complained = (held.enter_context((folder / name).open("wb")) for name in _OUTPUT)
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "local"],
            cwd=ROOT,
            env=environment,
            stdout=said,
            stderr=complained,
        )
        held.callback(_kill, process)
        told = _told(process, file)
        evidence = Evidence(secrets={told["apiKey"]})
        api = httpx.Client(
            base_url=told["url"],
            headers={"Authorization": f"Bearer {told['apiKey']}"},
            timeout=CALL_TIMEOUT_SECONDS,
            trust_env=False,
            event_hooks={"response": [evidence.hear]},
        )
        transport = httpx.HTTPTransport(verify=False, trust_env=False)
        with api, transport:
            yield RunningStack(
                url=told["url"],
                provider_url=told["providerUrl"],
                aws_url=told["awsEndpointUrl"],
                process_id=process.pid,
                region=told["region"],
                api_key=told["apiKey"],
                connection_id=told["connectionId"],
                authorization_url=told["authorizationUrl"],
                folder=folder,
                spare_ports=ports,
                api=api,
                transport=transport,
                evidence=evidence,
            )
        process.send_signal(signal.SIGINT)
        assert process.wait(END_TIMEOUT_SECONDS) == 0
        assert (folder / "complained").read_text() == ""
        assert not file.exists()


_OUTPUT = ("said", "complained")


def _told(process: subprocess.Popen[bytes], file: Path) -> dict[str, str]:
    """Wait for the file with which the stack says that it is ready."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not file.exists():
        complaint = (file.parent / "complained").read_text()
        assert process.poll() is None, f"the stack did not start: {complaint}"
        assert time.monotonic() < deadline, f"the stack is not ready: {complaint}"
        time.sleep(0.02)
    told: dict[str, str] = json.loads(file.read_text())
    return told


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


_SHARED = pytest.StashKey[RunningStack]()


@contextmanager
def shared(session: pytest.Session, folder: Path) -> Iterator[RunningStack]:
    """The session's stack: whoever asks first starts it, and ends it when the session ends."""
    if _SHARED in session.stash:
        yield session.stash[_SHARED]
        return
    with running(folder) as stack:
        session.stash[_SHARED] = stack
        yield stack


def known(session: pytest.Session) -> RunningStack | None:
    """Return the session's stack, if somebody has asked for it."""
    return session.stash.get(_SHARED, None)
