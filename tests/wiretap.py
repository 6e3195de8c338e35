"""A proxy between the service and a provider that keeps every secret that passes.

The first part of a path says how it treats the request: `plain` passes it on, `held` waits until a
test lets it go, `lost` passes it on and hangs up in place of an answer, `scripted` answers what a
test laid down for its client, and passes it on when nothing is left of that.
"""

import base64
import sys
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import httpx

from tests.scripted import Script

LONGEST_HOLD_SECONDS = 900.0
"""Longer than a run. What is let go by itself would reach the provider in the middle of another
test, and take a fault that was meant for that one's request."""
_SECRET_FIELDS = ("client_secret", "code", "code_verifier", "refresh_token", "token")
_SECRET_ANSWERS = ("access_token", "refresh_token")
_PASSED_ON = ("content-type", "retry-after", "www-authenticate")


@dataclass(frozen=True, slots=True)
class Hold:
    """The requests of one client that wait."""

    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


class Wiretap(ThreadingHTTPServer):
    """The running proxy."""

    def __init__(self, port: int, provider_url: str, secrets: set[str]) -> None:
        super().__init__(("127.0.0.1", port), _Exchange)
        self.holds: defaultdict[str, Hold] = defaultdict(Hold)
        self.forms: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self.scripts: defaultdict[str, deque[Script]] = defaultdict(deque)
        self.taken: defaultdict[str, int] = defaultdict(int)
        self._provider = httpx.Client(base_url=provider_url, trust_env=False, timeout=30.0)
        self._secrets = secrets
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, treatment: str, endpoint: str) -> str:
        """Return the address of an endpoint of the provider behind the proxy."""
        return f"http://127.0.0.1:{self.server_port}/{treatment}/{endpoint}"

    def script(self, client_id: str, *answers: Script) -> None:
        """Lay down the next answers to a client's requests to `scripted` endpoints."""
        for each in answers:
            self._secrets.update(each.secrets)
        self.scripts[client_id].extend(answers)

    def stop(self) -> None:
        """Let everything go and end."""
        for hold in self.holds.values():
            hold.released.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        self._provider.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A service that does not wait for the answer any more is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def pass_on(self, endpoint: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """Ask the provider, and keep what was secret in the answer."""
        answer = self._provider.post(f"/{endpoint}", headers=headers, content=body)
        try:
            content: Any = answer.json()
        except ValueError:
            content = {}
        self._secrets.update(content[name] for name in _SECRET_ANSWERS if content.get(name))
        return answer

    def keep(self, form: dict[str, str], authorization: str | None) -> None:
        """Keep what is secret in a request, and by client what is not."""
        told = {name: value for name, value in form.items() if name not in _SECRET_FIELDS}
        self.forms[form.get("client_id", "")].append(told)
        self._secrets.update(form[name] for name in _SECRET_FIELDS if name in form)
        if authorization is not None:
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            self._secrets.add(unquote_plus(pair.partition(":")[2]))


class _Exchange(BaseHTTPRequestHandler):
    server: Wiretap

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = dict(parse_qsl(body.decode()))
        self.server.keep(form, self.headers.get("Authorization"))
        _, treatment, endpoint = self.path.split("/", 2)
        if treatment == "held":
            hold = self.server.holds[form["client_id"]]
            hold.arrived.set()
            hold.released.wait(LONGEST_HOLD_SECONDS)
        script = self.server.scripts[form.get("client_id", "")]
        if treatment == "scripted" and script:
            self.server.taken[form["client_id"]] += script.popleft().play(self.wfile)
            return
        names = ("Authorization", "Content-Type")
        headers = {name: self.headers[name] for name in names if name in self.headers}
        answer = self.server.pass_on(endpoint, headers, body)
        if treatment != "lost":
            self._answer(answer)

    def _answer(self, answer: httpx.Response) -> None:
        self.send_response(answer.status_code)
        for name in _PASSED_ON:
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Requests are the tests' business."""
