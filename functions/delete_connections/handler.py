"""Deletes connections, instances, and customers with all they have."""

from typing import Any

from connections.entrypoints import delete_connections

# At the start and not at the first event: a missing setting fails the deployment's first start.
delete_connections.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return delete_connections.handle(event, context)
