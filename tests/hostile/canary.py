"""A server on loopback where nobody has any business: whoever connects was led astray."""

import socket
from contextlib import suppress

_LONGEST_QUEUE = 128


class Canary:
    """Listens, answers nothing, and counts who came."""

    def __init__(self) -> None:
        first = _listening(socket.AF_INET, "127.0.0.1", 0)
        self.port: int = first.getsockname()[1]
        self._sockets = [first]
        with suppress(OSError):  # Where there is no IPv6, nobody can be led there.
            self._sockets.append(_listening(socket.AF_INET6, "::1", self.port))
        self._count = 0

    @property
    def connections(self) -> int:
        """How many connections were made until now."""
        for each in self._sockets:
            with suppress(BlockingIOError):
                while True:
                    each.accept()[0].close()
                    self._count += 1
        return self._count

    def url(self, host: str, path: str = "/token", scheme: str = "https") -> str:
        """Return its address, under a name or number that leads there."""
        return f"{scheme}://{host}:{self.port}{path}"

    def stop(self) -> None:
        """Listen no more."""
        for each in self._sockets:
            each.close()


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.bind((host, port))
        listening.listen(_LONGEST_QUEUE)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
