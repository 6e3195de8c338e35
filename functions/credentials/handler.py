"""Live credentials; refresh and disconnect by hand."""

from typing import Any

from connections.entrypoints import credentials

# At the start and not at the first event: a missing setting fails the deployment's first start.
credentials.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return credentials.handle(event, context)
