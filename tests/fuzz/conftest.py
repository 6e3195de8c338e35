"""The short form of the fuzzing speaks over loopback, also where sockets are off for the others."""

import pytest


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let it."""
