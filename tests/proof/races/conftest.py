"""Leaves the races out where there is nothing to run them with."""

from pathlib import Path

import pytest

from tests.left_out import leave_out, node_is_there
from tests.proof import dynamodb_local

_LEFT_OUT = "races left out: Node.js or Rust's cargo was not found"
_ALL_IS_THERE = node_is_there() and dynamodb_local.can_be_built()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every test of this folder out where its servers cannot be run."""
    if not _ALL_IS_THERE:
        leave_out(Path(__file__).parent, config, items, words=_LEFT_OUT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the suite was left out."""
    if not _ALL_IS_THERE:
        terminalreporter.write_line(_LEFT_OUT, yellow=True)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over loopback."""
