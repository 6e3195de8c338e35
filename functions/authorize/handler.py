"""The page before the consent, and the way to it."""

from typing import Any

from connections.entrypoints import authorize

# At the start and not at the first event: a missing setting fails the deployment's first start.
authorize.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return authorize.handle(event, context)
