"""Small servers on loopback that answer as they are told, byte for byte."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answering = Callable[[socket.socket], None]


@dataclass(slots=True)
class Server:
    """A server with what it received."""

    port: int
    received: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def host(self) -> str:
        """The host and port by which it is allowed."""
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """A URL of it, with a query that must survive."""
        return f"http://{self.host}/token?tenant=acme"


def saying(answer: bytes) -> Answering:
    """Answer with these bytes, and close."""
    return lambda connection: connection.sendall(answer)


def response(
    body: bytes = b'{"access_token":"a"}', status: str = "200 OK", *headers: str
) -> Answering:
    """Answer with a response of that body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return saying("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def trickling(connection: socket.socket) -> None:
    """Send a byte now and then, for ever as far as a client's patience goes."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.03)


def resetting(connection: socket.socket) -> None:
    """Reset the connection in place of an answer."""
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@contextmanager
def serving(answering: Answering, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port until the test ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(port=listener.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            try:
                connection = (
                    context.wrap_socket(accepted, server_side=True) if context else accepted
                )
                with connection:
                    server.received.append(_request(connection))
                    answering(connection)
            except OSError:
                accepted.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _request(connection: socket.socket) -> bytes:
    """Read one request: its head, and the body that it announces."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    ]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
