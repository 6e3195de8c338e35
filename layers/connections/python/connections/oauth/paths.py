"""Places in a server's answer, as provider facts name them: `authed_user.id`, `errors.0.code`."""

from collections.abc import Collection
from typing import Any

DEEPEST = 50
"""Levels of an answer that are kept."""


def member(answer: Any, path: str) -> Any:
    """Return what stands at a path of names and list indices; None if nothing does."""
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isascii() and step.isdecimal():
            index = int(step[:6])
            answer = answer[index] if index < len(answer) else None
        else:
            return None
    return answer


def without(
    answer: Any, names: Collection[str], value: str | None = None, levels: int = DEEPEST
) -> Any:
    """Return an answer without members of these names, and without that value anywhere.

    What stands deeper than so many levels is left out: nobody reads it, and it costs a stack.
    """
    if not isinstance(answer, dict | list):
        return answer
    if levels == 0:
        return None
    if isinstance(answer, list):
        return [
            without(each, names, value, levels - 1)
            for each in answer
            if value is None or each != value
        ]
    return {
        name: without(each, names, value, levels - 1)
        for name, each in answer.items()
        if name not in names and (value is None or each != value)
    }
