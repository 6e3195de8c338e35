"""The demo provider in this process: under the proof's clock, and able to lose an answer."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from local.demo_provider import app as demo_app
from local.demo_provider.clients import Client
from local.demo_provider.state import ProviderState, Token, digest
from tests.proof.faults.clock import MovingClock

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class Wire:
    """What lies between the service and the token endpoint."""

    app: Application
    loses: str = ""
    """`answer`: it never comes. `body`: half of it comes."""
    times: int = 0
    """For how many requests yet."""

    def lose(self, part: str, times: int = 1) -> None:
        """Lose the next answers."""
        self.loses, self.times = part, times

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/token" or self.times == 0:
            return self.app(environ, start)
        self.times -= 1
        answered: list[Any] = []
        body = b"".join(self.app(environ, lambda *told: answered.extend(told)))
        return self._half(body, start, answered)

    def _half(self, body: bytes, start: Callable[..., Any], told: list[Any]) -> Iterator[bytes]:
        # The server hangs up where its application ends in this way.
        if self.loses == "body":
            start(*told)
            yield body[: len(body) // 2]
        raise ConnectionResetError


@dataclass(kw_only=True)
class WatchedState(ProviderState):
    """A provider's memory that notes what the service has stored when a refresh token comes."""

    stored: Callable[[], Any] = lambda: None
    presented: list[tuple[str, Any]] = field(default_factory=list)
    """Digests of refresh tokens, each with what was stored then."""

    def present_refresh_token(self, unverified_token: str, client: Client) -> Token | None:
        self.presented.append((digest(unverified_token), self.stored()))
        return super().present_refresh_token(unverified_token, client)


@dataclass(slots=True)
class Provider:
    """A running authorization server."""

    url: str
    wire: Wire
    state: WatchedState
    kept: dict[str, Token] = field(default_factory=dict)

    def keep(self) -> None:
        """Remember all tokens, to go back to them."""
        self.kept = dict(self.state._tokens)

    def go_back(self) -> None:
        """Forget what was issued and done since."""
        self.state._tokens = dict(self.kept)
        self.state.presented.clear()
        self.wire.times = 0


class _Quiet(WSGIRequestHandler):
    # A connection for each request, so that an answer that ends early ends it.
    protocol_version = "HTTP/1.0"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Say nothing, also of answers that were cut off."""


@contextmanager
def running(clock: MovingClock) -> Iterator[Provider]:
    """Run a provider on loopback."""
    states: list[WatchedState] = []

    def new_state(**parts: Any) -> ProviderState:
        states.append(WatchedState(**parts))
        return states[0]

    server = make_server("localhost", 0, lambda *_: [], threaded=True, request_handler=_Quiet)
    url = f"http://localhost:{server.server_port}"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(demo_app, "ProviderState", new_state)
        wire = Wire(demo_app.create_app(url, clock=clock.seconds))
    server.app = wire
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Provider(url=url, wire=wire, state=states[0])
    server.shutdown()
    thread.join()
    server.server_close()
