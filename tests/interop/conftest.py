"""Starts authorization servers for the interop tests; leaves the suite out without Node.js."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Unpack

import pytest

from tests import stack
from tests.interop import oidc_provider
from tests.interop.oidc_provider import OidcProvider, ProviderOptions, StartProvider
from tests.left_out import leave_out, node_is_there

_LEFT_OUT = "interop suite left out: Node.js was not found"
_NODE_IS_THERE = node_is_there()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every test of this folder out where Node.js is not found."""
    if not _NODE_IS_THERE:
        leave_out(Path(__file__).parent, config, items, words=_LEFT_OUT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the suite was left out."""
    if not _NODE_IS_THERE:
        terminalreporter.write_line(_LEFT_OUT, yellow=True)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over loopback, also where sockets are off for the others."""


@pytest.fixture(scope="session")
def _node_modules() -> None:
    oidc_provider.install()


@pytest.fixture
def start_provider(
    request: pytest.FixtureRequest, _node_modules: None, tmp_path: Path
) -> Iterator[StartProvider]:
    """A function that starts an authorization server; it ends with the test."""
    with _starting(tmp_path, request.session) as start:
        yield start


@pytest.fixture(scope="module")
def start_shared(
    request: pytest.FixtureRequest, _node_modules: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartProvider]:
    """A function that starts an authorization server for all tests of a file."""
    with _starting(tmp_path_factory.mktemp("oidc-provider"), request.session) as start:
        yield start


@contextmanager
def _starting(folder: Path, session: pytest.Session) -> Iterator[StartProvider]:
    """Start servers; what they saw of secrets is looked for in the end, where a stack runs."""
    with ExitStack() as running:

        def start(
            *, redirect_uris: Sequence[str], **options: Unpack[ProviderOptions]
        ) -> OidcProvider:
            log = folder / "oidc-provider.log"
            provider = running.enter_context(
                oidc_provider.running(log=log, redirect_uris=redirect_uris, **options)
            )
            running.callback(_keep_secrets, provider, session)
            return provider

        yield start


def _keep_secrets(provider: OidcProvider, session: pytest.Session) -> None:
    known = stack.known(session)
    if known is not None:
        known.evidence.secrets |= provider.secrets()
