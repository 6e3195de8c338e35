"""The redirect URI."""

from typing import Any

from connections.entrypoints import callback

# At the start and not at the first event: a missing setting fails the deployment's first start.
callback.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return callback.handle(event, context)
