"""Components, connections and their logs."""

from typing import Any

from connections.entrypoints import management

# At the start and not at the first event: a missing setting fails the deployment's first start.
management.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return management.handle(event, context)
