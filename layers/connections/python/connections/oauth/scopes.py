"""Lists of scopes (RFC 6749 section 3.3), also of servers that separate them otherwise."""

from collections.abc import Iterable


def scope_list(text: str, separator: str) -> list[str]:
    """Return the scopes of a text: spaces separate them everywhere, and what this server wants."""
    return text.replace(separator.strip() or " ", " ").split()


def united(*lists: Iterable[str]) -> list[str]:
    """Return scopes of several lists in their order, each once."""
    return list(dict.fromkeys(scope for each in lists for scope in each))
