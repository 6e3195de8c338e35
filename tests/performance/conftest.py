"""These tests speak to the demo provider over loopback."""

import pytest


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let them."""
