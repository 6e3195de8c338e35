"""Leaves a suite out where there is nothing to run it with.

A suite that is left out says so at the end of the run. In continuous integration (`CI=true`) its
absence is an error, so that a broken image cannot pass for a green run.
"""

import os
import shutil
from pathlib import Path

import pytest


def node_is_there() -> bool:
    """Tell whether Node.js is found, with what installs its packages."""
    return bool(shutil.which("node") and shutil.which("npm"))


def leave_out(folder: Path, config: pytest.Config, items: list[pytest.Item], *, words: str) -> None:
    """Leave every test of a folder out.

    Raises: pytest.UsageError where that happens in continuous integration.
    """
    ours = [item for item in items if item.path.is_relative_to(folder)]
    if not ours:
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{words}, and CI is true")
    items[:] = [item for item in items if item not in ours]
    config.hook.pytest_deselected(items=ours)
