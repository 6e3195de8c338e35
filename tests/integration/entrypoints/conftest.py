"""The functions, the demo provider as authorization server, and what the functions logged."""

import io
import sys
from collections.abc import Iterator

import httpx
import pytest

from connections.entrypoints.logs import logger
from local.demo_provider import serve
from tests.integration.aws import Aws
from tests.integration.entrypoints.building import Builder
from tests.integration.entrypoints.calls import Functions, forget
from tests.integration.entrypoints.demo import Demo
from tests.integration.entrypoints.logged import Logged
from tests.integration.entrypoints.sent import Sent, sending
from tests.integration.entrypoints.stage import Stage
from tests.integration.entrypoints.tenants import anew


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak to the demo provider over loopback."""


@pytest.fixture
def functions(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, running_provider: str
) -> Iterator[Functions]:
    """The functions, allowed to reach the demo provider, with an API key."""
    forget()
    host = running_provider.removeprefix("http://")
    functions = Functions(aws, monkeypatch, development_hosts=host)
    functions.make_key()
    yield functions
    forget()


@pytest.fixture
def builder(functions: Functions) -> Builder:
    """An integration that is built."""
    return Builder.begun(functions)


@pytest.fixture
def sent(functions: Functions) -> Iterator[Sent]:
    """What functions send to AWS, which start anew."""
    with sending() as sent:
        anew(functions)
        yield sent


@pytest.fixture(scope="module")
def running_provider() -> Iterator[str]:
    """The URL of the demo provider."""
    provider = serve("localhost", 0)
    yield provider.url
    provider.stop()


@pytest.fixture
def demo(functions: Functions, running_provider: str) -> Iterator[Demo]:
    """The demo provider, and connections to it."""
    with httpx.Client(base_url=running_provider, trust_env=False) as http:
        yield Demo(functions=functions, http=http, url=running_provider)
        http.delete("/_faults")
        http.delete("/_ledger")


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What the functions write to their logs."""
    written = io.StringIO()
    handler = logger.registered_handler
    handler.setStream(written)  # type: ignore[attr-defined]
    yield Logged(written)
    handler.setStream(sys.stdout)  # type: ignore[attr-defined]


@pytest.fixture
def stage(functions: Functions) -> Stage:
    """A published integration, and all who configure its instances."""
    return Stage(functions)
