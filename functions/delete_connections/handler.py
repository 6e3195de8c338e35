"""Deletes customers with all they have."""

from typing import Any

from connections.entrypoints import delete_customers

# At the start and not at the first event: a missing setting fails the deployment's first start.
delete_customers.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return delete_customers.handle(event, context)
