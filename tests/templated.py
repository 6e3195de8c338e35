"""Definitions whose URLs are templates over other inputs."""

from typing import Any

from tests.builders import a_definition

SHOP_TEMPLATE = "https://{{#shop}}.acme.example/oauth/token"
SHOP_VALUES = {"clientId": "the-client", "clientSecret": "the-secret", "shop": "eu"}
HIDDEN = {"type": "template", "shown": False, "required": True}


def inputs_over_a_shop(**inputs: Any) -> dict[str, Any]:
    """Return the inputs of an OAuth definition whose servers stand under the shop's host name."""
    return {
        **a_definition()["inputs"],
        "shop": {"type": "string", "required": True},
        "authorizeUrl": {**HIDDEN, "default": "https://{{#shop}}.acme.example/authorize?x=1"},
        "tokenUrl": {**HIDDEN, "default": SHOP_TEMPLATE},
        "revokeUrl": {**HIDDEN, "default": "https://{{#shop}}.acme.example/revoke"},
        **inputs,
    }


def a_shop_definition(**inputs: Any) -> dict[str, Any]:
    """Return that definition."""
    return a_definition(inputs=inputs_over_a_shop(**inputs))
