"""What the list of components needs of the world.

As with the other ports, every method may raise `Unavailable`.
"""

from collections.abc import Sequence
from typing import Protocol

from connections_sdk.definitions import Component


class ComponentList(Protocol):
    """The components that the organization published, in the order of their keys."""

    def page(self, *, limit: int, after: str | None) -> tuple[Sequence[Component], bool]:
        """Return the components behind a key, in the order of keys, and whether more may follow.

        There may be fewer than `limit`; if there are none, no more follow.
        """
