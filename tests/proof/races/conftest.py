"""Leaves the races out where there is nothing to run them with.

A suite that is left out says so at the end of the run. In continuous integration (`CI=true`) its
absence is an error, so that a broken image cannot pass for a green run.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.proof import dynamodb_local

_LEFT_OUT = "races left out: Node.js or Rust's cargo was not found"
_ALL_IS_THERE = bool(shutil.which("node") and shutil.which("npm")) and dynamodb_local.can_be_built()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every test of this folder out where its servers cannot be run.

    Raises: pytest.UsageError where that happens in continuous integration.
    """
    ours = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    if _ALL_IS_THERE or not ours:
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{_LEFT_OUT}, and CI is true")
    items[:] = [item for item in items if item not in ours]
    config.hook.pytest_deselected(items=ours)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the suite was left out."""
    if not _ALL_IS_THERE:
        terminalreporter.write_line(_LEFT_OUT, yellow=True)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over loopback."""
