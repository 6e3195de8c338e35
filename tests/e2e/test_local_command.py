"""`python -m local` as a command: its ports, its file, its signals, its children."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = Path(__file__).parent / "fixture_stack"

# The command on the fixture's template, which has no service that could be seeded.
COMMAND = f"""
import sys
from pathlib import Path
from local import __main__ as command, seed
command.ROOT = Path({str(FIXTURE)!r})
seed.plant = lambda stack, provider: seed.Seed(
    api_key="key", connection_id="con_1", authorization_url=stack.url + "/authorize"
)
sys.exit(command.main())
"""


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    return {
        **os.environ,
        "PORT": "0",
        "PROVIDER_PORT": "0",
        "STACK_FILE": str(tmp_path / "stack.json"),
        **variables,
    }


@contextmanager
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", COMMAND],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_file(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """The processes that were started by this one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status = (entry / "stat").read_text()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == pid:
            found.append(int(entry.name))
    return found


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


def refused(tmp_path: Path, **variables: str) -> tuple[int, str]:
    result = subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=environment(tmp_path, **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stdout == ""
    return result.returncode, result.stderr


@pytest.mark.parametrize("name", ["PORT", "PROVIDER_PORT"])
def test_a_port_in_use_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = refused(tmp_path, **{name: str(port)})
    assert code == 2
    assert said == (
        f"Port {port} is in use: stop what listens there, or choose another:"
        f" {name}={port + 100} make run\n"
    )
    assert not (tmp_path / "stack.json").exists()


@pytest.mark.parametrize("value", ["http", "65536", "-1", "3000 "])
def test_what_is_no_port_is_refused(tmp_path: Path, value: str) -> None:
    code, said = refused(tmp_path, PORT=value)
    assert code == 2
    assert said == f"PORT={value} is no port: give a number up to 65535, as in PORT=3000 make run\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "stack.json"
    with running(tmp_path) as process:
        wait_for_file(file)
        content = json.loads(file.read_text())
        environments = children(process.pid)
        assert len(environments) == 4
        process.send_signal(number)
        said, complained = process.communicate(timeout=20)
        assert (process.returncode, complained) == (0, "")
    assert content["authorizationUrl"] in said
    assert content["apiKey"] in said
    assert "Ctrl-C" in said
    assert not any(Path(f"/proc/{pid}").exists() for pid in environments)
    assert not file.exists()


def test_the_stack_file_is_for_its_owner_and_tells_where_everything_is(tmp_path: Path) -> None:
    file = tmp_path / "stack.json"
    with running(tmp_path):
        wait_for_file(file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [entry.name for entry in tmp_path.iterdir()] != []
        content = json.loads(file.read_text())
    assert set(content) == {
        "url",
        "apiKey",
        "providerUrl",
        "region",
        "connectionId",
        "authorizationUrl",
        "awsEndpointUrl",
    }
    assert content["url"].startswith("http://127.0.0.1:")
    assert content["providerUrl"].startswith("http://localhost:")


def test_a_signal_while_it_starts_ends_everything(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        deadline = time.monotonic() + 60
        while not (environments := children(process.pid)):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=20)
        assert (process.returncode, complained) == (0, "")
    assert all(gone(pid) for pid in environments)
    assert not (tmp_path / "stack.json").exists()


def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        wait_for_file(tmp_path / "stack.json")
        environments = children(process.pid)
        assert environments
        process.kill()
        process.communicate(timeout=20)
    assert all(gone(pid) for pid in environments)
