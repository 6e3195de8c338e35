"""The demo provider on a port, in a thread of this process."""

import socket
import threading
from dataclasses import dataclass, field

from werkzeug.serving import (
    BaseWSGIServer,
    WSGIRequestHandler,
    make_server,
    select_address_family,
)

from local.demo_provider.app import create_app


class _QuietHandler(WSGIRequestHandler):
    # One connection per request: a kept one would go on being answered after stop().
    protocol_version = "HTTP/1.0"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: a request line of the authorization endpoint holds the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProvider:
    """A running demo provider. `url` is its base URL and its issuer."""

    url: str
    _server: BaseWSGIServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stop answering and free the port. Requests under way may be cut off."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(host: str, port: int) -> DemoProvider:
    """Run a new provider on `host`, a loopback address, and `port`; 0 takes a free one.

    Raises:
        OSError: when the port is in use or the address is not of this machine.
        ValueError: when `host` is not loopback.
    """
    # Bound here because werkzeug ends the process when it cannot bind.
    with socket.create_server((host, port), family=select_address_family(host, port)) as bound:
        name = f"[{host}]" if ":" in host else host
        url = f"http://{name}:{bound.getsockname()[1]}"
        server = make_server(
            host,
            port,
            create_app(url),
            threaded=True,
            request_handler=_QuietHandler,
            fd=bound.fileno(),
        )
    thread = threading.Thread(
        # It looks every so many seconds whether it was stopped.
        target=server.serve_forever,
        args=(0.02,),
        name="demo-provider",
        daemon=True,
    )
    thread.start()
    return DemoProvider(url=url, _server=server, _thread=thread)
