"""Revokes what was disconnected."""

from typing import Any

from connections.entrypoints import revoke_tokens

# At the start and not at the first event: a missing setting fails the deployment's first start.
revoke_tokens.services()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Pass the event to the service."""
    return revoke_tokens.handle(event, context)
