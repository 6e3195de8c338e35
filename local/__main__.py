"""`make run`: the stack and the demo provider on this machine, until Ctrl-C."""

import contextlib
import errno
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from local import demo_provider, seed
from local.errors import PortInUse, StackError
from local.server import HOST
from local.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
WRONG_CALL = 2
HIGHEST_PORT = 65535
PORTS = {"PORT": 3000, "PROVIDER_PORT": 3001}


def main() -> int:
    """Run until a signal ends it; the exit code."""
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_REGION"]:
        del os.environ[name]  # a profile or an endpoint of the developer's is not this stack's
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    try:
        ports = {name: _port(name, default) for name, default in PORTS.items()}
    except ValueError as error:
        print(error, file=sys.stderr)
        return WRONG_CALL
    try:
        with contextlib.suppress(KeyboardInterrupt), _signals_interrupt():
            _run(ports["PORT"], ports["PROVIDER_PORT"])
    except PortInUse as error:
        print(_in_use(error.port, ports), file=sys.stderr)
        return WRONG_CALL
    except StackError as error:
        print(f"The stack does not start: {error}", file=sys.stderr)
        return 1
    return 0


def _run(port: int, provider_port: int) -> None:
    stack_file = Path(os.environ.get("STACK_FILE", ROOT / ".local" / "stack.json")).absolute()
    logs = stack_file.parent / "logs"
    with contextlib.ExitStack() as running:
        provider_url = running.enter_context(_provider(provider_port))
        stack = Stack(
            template_path=ROOT / "template.yaml",
            root=ROOT,
            logs=logs,
            development_hosts=_development_hosts(provider_url),
            port=port,
            region=os.environ.get("AWS_REGION") or "us-east-2",
        )
        # The ports are ours now, so a file that is still there is of a stack that was killed.
        stack_file.unlink(missing_ok=True)
        running.enter_context(stack)
        planted = seed.plant(stack, provider_url)
        content = {
            "url": stack.url,
            "apiKey": planted.api_key,
            "providerUrl": provider_url,
            "region": stack.region,
            "connectionId": planted.connection_id,
            "authorizationUrl": planted.authorization_url,
            "awsEndpointUrl": stack.aws_url,
        }
        running.enter_context(_written(stack_file, content))
        print(_greeting(content, logs), flush=True)
        while True:
            signal.pause()


def _port(name: str, default: int) -> int:
    """The port of an environment variable; 0 takes a free one.

    Raises:
        ValueError: it is no port.
    """
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdecimal() or int(value) > HIGHEST_PORT:
        raise ValueError(
            f"{name}={value} is no port: give a number up to {HIGHEST_PORT},"
            f" as in {name}={default} make run"
        )
    return int(value)


def _in_use(port: int, ports: Mapping[str, int]) -> str:
    name = next(name for name, value in ports.items() if value == port)
    return (
        f"Port {port} is in use: stop what listens there, or choose another:"
        f" {name}={port + 100} make run"
    )


def _development_hosts(provider_url: str) -> str:
    """The provider by both of its names, and what the developer adds."""
    port = urlsplit(provider_url).port
    hosts = [f"localhost:{port}", f"{HOST}:{port}", os.environ.get("DEVELOPMENT_HOSTS", "")]
    return ",".join(filter(None, hosts))


@contextlib.contextmanager
def _provider(port: int) -> Iterator[str]:
    """The demo provider's address while it runs.

    It is called by another host name than the stack is: browsers share cookies between ports.
    """
    try:
        provider = demo_provider.serve("localhost", port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from error
        raise
    try:
        yield provider.url
    finally:
        provider.stop()


@contextlib.contextmanager
def _written(path: Path, content: Mapping[str, str]) -> Iterator[None]:
    """The file exists, whole and for its owner only, while the stack is ready."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    unfinished.replace(path)
    try:
        yield
    finally:
        # Another stack in this folder may have written its own meanwhile.
        if path.exists() and json.loads(path.read_text()) == content:
            path.unlink()


@contextlib.contextmanager
def _signals_interrupt() -> Iterator[None]:
    """The first SIGINT or SIGTERM interrupts; further ones do not disturb the ending."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    yield


def _greeting(content: Mapping[str, str], logs: Path) -> str:
    return f"""
Connections runs at {content["url"]} and the demo provider at {content["providerUrl"]}.

Open this link, press CONNECT and allow:
  {content["authorizationUrl"]}

Then read what integration code receives:
  curl -H "Authorization: Bearer {content["apiKey"]}" \\
    {content["url"]}/connections/{content["connectionId"]}/credentials

Logs of the functions: {logs}

Everything is in memory: it is gone when you end the stack, with Ctrl-C."""


if __name__ == "__main__":
    sys.exit(main())
