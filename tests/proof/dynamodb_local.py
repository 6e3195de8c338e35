"""A DynamoDB on this machine whose conditional writes and transactions are atomic: dynoxide.

It is a program of its own over SQLite, under the MIT license or Apache-2.0; nothing of it is shared
with moto. Cargo builds it once from its source, in about two minutes, into the user's cache.
(Amazon's own DynamoDB Local is under terms that are no open-source license. Whoever has accepted
them, and runs it, names it in `DYNAMODB_ENDPOINT`: then that is used.)
"""

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.aws import TEMPLATE
from tests.stack import spare_ports

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

VERSION = "3.2.0"
CRATE_SHA256 = "a2d1ffc871ddd8d1d26bcd0a52e32386a8cf08083c0995b78959afa987923ae4"
START_TIMEOUT_SECONDS = 20.0
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_FOLDER = _CACHE / "connections" / f"dynoxide-{VERSION}"
"""Apart from the checkout: it is built once for all of them."""
_PROGRAM = _FOLDER / "bin" / "dynoxide"
_WHAT_TABLES_ARE = {
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
}


def can_be_built() -> bool:
    """Tell whether there is one, or what builds it: Rust's package manager."""
    return "DYNAMODB_ENDPOINT" in os.environ or _PROGRAM.exists() or _cargo_works()


@cache
def _cargo_works() -> bool:
    """Tell whether there is a cargo that runs: rustup's stands in for those that are not there."""
    cargo = shutil.which("cargo")
    if cargo is None:
        return False
    asked = subprocess.run(
        [cargo, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return asked.returncode == 0


def install() -> None:
    """Build the program, unless it is there.

    Raises: RuntimeError when Cargo cannot, or the source is not the one that is expected.
    """
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "lock").open("w") as held:
        # Two test runs in one checkout must not build at the same time.
        fcntl.flock(held, fcntl.LOCK_EX)
        if not _PROGRAM.exists():
            _build()


def _build() -> None:
    cargo = shutil.which("cargo") or "cargo"
    version = ["--version", VERSION, "--locked"]
    features = ["--no-default-features", "--features", "native-sqlite,http-server,cli"]
    done = subprocess.run(
        [cargo, "install", "dynoxide-rs", *version, *features, "--root", _FOLDER],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"cargo install ended with {done.returncode}:\n{done.stderr}")
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    crates = home.glob(f"registry/cache/*/dynoxide-rs-{VERSION}.crate")
    if {sha256(each.read_bytes()).hexdigest() for each in crates} != {CRATE_SHA256}:
        _PROGRAM.unlink()
        raise RuntimeError("the source of dynoxide is not the one that is expected")


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Run it, empty and in memory, until the block ends; yields its endpoint's URL.

    Any credentials do; all of them see the same tables.

    Raises: RuntimeError when it cannot be built or does not listen.
    """
    if named := os.environ.get("DYNAMODB_ENDPOINT"):
        yield named
        return
    install()
    (port,) = spare_ports(1)
    command = [str(_PROGRAM), "serve", "--host", "127.0.0.1", "--port", str(port), "--log", "quiet"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def create_tables(client: "DynamoDBClient") -> dict[str, str]:
    """Create the template's tables, under their logical ids; return their names by those."""
    tables = {
        name: resource["Properties"]
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::DynamoDB::Table"
    }
    there = client.list_tables()["TableNames"]
    for name, properties in tables.items():
        if name in there:  # of a run before this one, where the program is not ours
            client.delete_table(TableName=name)
        client.create_table(
            TableName=name,
            **{each: value for each, value in properties.items() if each in _WHAT_TABLES_ARE},
        )
    return {name: name for name in tables}


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"dynoxide does not listen on port {port}")
