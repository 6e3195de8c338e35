"""A running oidc-provider: how it is started, what it was asked, what it says of a token.

Every token that appears here belongs to a test and dies with the process.
"""

import fcntl
import json
import secrets
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypedDict, Unpack

import httpx

from tests.interop.ledger import Ledger

FOLDER = Path(__file__).parent / "provider"
START_TIMEOUT_SECONDS = 20.0


class ProviderOptions(TypedDict, total=False):
    """What a test may ask of the authorization server; times to live are in seconds.

    `client` adds to or replaces the metadata of the one client (RFC 7591 section 2), and each of
    `clients` that of a further one; None takes a member away. `resources` are the resource servers
    that it knows (RFC 8707). `features` is passed to oidc-provider as it stands.
    """

    client: Mapping[str, object]
    clients: Sequence[Mapping[str, object]]
    access_token_ttl: int
    refresh_token_ttl: int
    authorization_code_ttl: int
    rotate_refresh_token: bool
    issue_refresh_token: bool
    scopes: Sequence[str]
    resources: Sequence[str]
    features: Mapping[str, object]
    port: int


class StartProvider(Protocol):
    """Starts an authorization server that ends with the test."""

    def __call__(
        self, *, redirect_uris: Sequence[str], **options: Unpack[ProviderOptions]
    ) -> "OidcProvider": ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """A running authorization server and the credentials of its one client."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    process_id: int

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.issuer}/auth"

    @property
    def token_endpoint(self) -> str:
        return f"{self.issuer}/token"

    @property
    def revocation_endpoint(self) -> str:
        return f"{self.issuer}/token/revocation"

    @property
    def introspection_endpoint(self) -> str:
        return f"{self.issuer}/token/introspection"

    @property
    def userinfo_endpoint(self) -> str:
        return f"{self.issuer}/me"

    @property
    def client_authentication(self) -> httpx.BasicAuth:
        """client_secret_basic; the generated credentials need no form encoding."""
        return httpx.BasicAuth(self.client_id, self.client_secret)

    def ledger(self) -> Ledger:
        """Return what was asked so far; our own introspections are in it."""
        return Ledger.of_rows(_answer("GET", f"{self.issuer}/_ledger").json()["entries"])

    def secrets(self) -> set[str]:
        """Return the codes, tokens, client secrets and assertions that it saw."""
        return set(_answer("GET", f"{self.issuer}/_secrets").json())

    def delay_token_responses(self, milliseconds: int) -> None:
        """Send token responses this much later from now on, at most 5000; 0 ends it."""
        _answer("POST", f"{self.issuer}/_delay", json={"ms": milliseconds})

    def introspect(self, token: str) -> dict[str, Any]:
        """Return what the server says of the token (RFC 7662)."""
        auth = self.client_authentication
        return _claims("POST", self.introspection_endpoint, data={"token": token}, auth=auth)

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """Return the claims of the account that the access token stands for.

        Raises: httpx.HTTPStatusError with 401 when the access token is expired or revoked.
        """
        bearer = {"Authorization": f"Bearer {access_token}"}
        return _claims("GET", self.userinfo_endpoint, headers=bearer)


def install() -> None:
    """Install the Node modules of the server, unless they are there and newer than the lock."""
    lock, installed = FOLDER / "package-lock.json", FOLDER / "node_modules/.package-lock.json"
    with lock.open() as held:
        # Two test runs in one checkout must not install at the same time.
        fcntl.flock(held, fcntl.LOCK_EX)
        if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        npm = shutil.which("npm") or "npm"
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise RuntimeError(f"npm ci ended with {done.returncode}:\n{done.stdout}{done.stderr}")


@contextmanager
def running(
    *, log: Path, redirect_uris: Sequence[str], **options: Unpack[ProviderOptions]
) -> Iterator[OidcProvider]:
    """Run the server until the block ends; what it has to say goes to the log file.

    Raises: RuntimeError when it does not listen within `START_TIMEOUT_SECONDS`.
    """
    client = _client(redirect_uris, options.get("client", {}))
    clients = [client, *(_client(redirect_uris, each) for each in options.get("clients", ()))]
    argument = json.dumps({**options, "clients": clients})
    command = [shutil.which("node") or "node", str(FOLDER / "server.mjs"), argument]
    pipe = subprocess.PIPE
    with (
        log.open("ab") as stderr,
        # The arguments are ours: no shell, and the options of a test as one JSON text.
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr) as process,
    ):
        try:
            yield OidcProvider(
                issuer=_issuer(process, log),
                client_id=str(client["client_id"]),
                client_secret=str(client.get("client_secret", "")),
                process_id=process.pid,
            )
        finally:
            _end(process)


def _client(redirect_uris: Sequence[str], metadata: Mapping[str, object]) -> dict[str, object]:
    told = {
        "client_id": "connections",
        "client_secret": secrets.token_hex(24),
        "redirect_uris": list(redirect_uris),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        **metadata,
    }
    return {name: value for name, value in told.items() if value is not None}


def _issuer(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait for the line that says where the server listens."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_TIMEOUT_SECONDS)
    line = process.stdout.readline() if readable else b""
    if not line:
        raise RuntimeError(f"oidc-provider did not start:\n{log.read_text()}")
    return str(json.loads(line)["issuer"])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()


def _answer(method: str, url: str, **arguments: Any) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=10.0) as client:
        return client.request(method, url, **arguments).raise_for_status()


def _claims(method: str, url: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = _answer(method, url, **arguments).json()
    return answer
