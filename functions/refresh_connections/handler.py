"""Refreshes what the queue names."""

from typing import Any

from connections.entrypoints import refresh_connections

# At the start and not at the first event: a missing setting fails the deployment's first start.
refresh_connections.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return refresh_connections.handle(event, context)
