"""Every minute: what is due goes to the queue."""

from typing import Any

from connections.entrypoints import schedule_refreshes

# At the start and not at the first event: a missing setting fails the deployment's first start.
schedule_refreshes.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return schedule_refreshes.handle(event, context)
