"""What was unsealed lately, remembered in memory: what is read is read many times."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

MOST = 200
KEPT_FOR_SECONDS = 300
Key = tuple[str, str, bytes]


def key_of(purpose: str, record: str, sealed: bytes) -> Key:
    """Return what stands for a ciphertext of a record: another does not open by it."""
    return purpose, record, sha256(sealed).digest()


@dataclass(slots=True, kw_only=True)
class Opened:
    """Plain texts by what they were sealed as: 200 at the most, each for five minutes.

    The branch key that opens them lies in memory for longer.
    """

    monotonic: Callable[[], float]
    _plain: OrderedDict[Key, tuple[float, bytes]] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: Key) -> bytes | None:
        """Return a plain text that was kept not too long ago."""
        with self._lock:
            until, plain = self._plain.get(key, (0.0, b""))
            if self.monotonic() < until:
                self._plain.move_to_end(key)
                return plain
            self._plain.pop(key, None)
            return None

    def keep(self, key: Key, plain: bytes) -> None:
        """Remember a plain text; the one that was not asked for longest makes room."""
        with self._lock:
            self._plain[key] = (self.monotonic() + KEPT_FOR_SECONDS, plain)
            self._plain.move_to_end(key)
            while len(self._plain) > MOST:
                self._plain.popitem(last=False)
