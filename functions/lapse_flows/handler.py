"""Says of flows which the queue names that nobody came back."""

from typing import Any

from connections.entrypoints import lapse_flows

# At the start and not at the first event: a missing setting fails the deployment's first start.
lapse_flows.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return lapse_flows.handle(event, context)
