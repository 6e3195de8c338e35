"""All cases of all providers, and a quick choice of them: run, and printed as a table."""

import io
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import pytest

from connections.entrypoints.logs import logger
from tests.integration.aws import CREDENTIALS, Aws, aws_in_memory
from tests.proof.faults.cases import Case, Judged, cases_of, steps_of
from tests.proof.faults.cases import run as run_case
from tests.proof.faults.faults import Fault
from tests.proof.faults.paths import PATHS
from tests.proof.faults.scene import Scene, connected
from tests.proof.faults.table import table

PROVIDERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no rotation": ({"rotation": "none"}, {"rotation": "none"}),
    "rotation": ({"rotation": "rotates"}, {"rotation": "rotates"}),
    "rotation with grace": (
        {"rotation": "rotates", "reuse_grace": 60},
        {"rotation": "rotates", "reuseGraceSeconds": 60},
    ),
    "family revocation": ({"rotation": "revokes-family"}, {"rotation": "revokes-family"}),
}
"""How a client is registered, and what the facts say of it."""
STRICTEST = "family revocation"
PROCESSES = 2


def main() -> None:
    """Run all of it."""
    run(full=True)


def run(*, full: bool) -> None:
    """Run the cases and print their table.

    Raises:
        AssertionError: something was lost, or given up.
    """
    began = time.monotonic()
    judged = _every() if full else _quick()
    print(table(judged))
    print(f"in {time.monotonic() - began:.0f} s")
    failed = failures(judged)
    assert not failed, "\n".join(failed)


def _every() -> list[Judged]:
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        every: list[Judged] = []
        for provider, judged in zip(PROVIDERS, pool.map(judged_cases, PROVIDERS), strict=True):
            print(f"{provider}: {len(judged)} faults", flush=True)
            every += judged
        return every


def _quick() -> list[Judged]:
    with a_cloud() as aws, a_scene(aws, STRICTEST) as scene:
        return [run_case(scene, each) for each in quick_cases(scene, STRICTEST)]


def judged_cases(provider: str) -> list[Judged]:
    """Run all cases of one provider, in a cloud of their own."""
    with a_cloud() as aws, a_scene(aws, provider) as scene:
        return [run_case(scene, each) for each in every_case(scene, provider)]


def quick_cases(scene: Scene, provider: str) -> list[Case]:
    """Return so few cases that each step fails, and each fault happens."""
    cases = every_case(scene, provider)
    used: Counter[Fault] = Counter()
    chosen: list[Case] = []
    steps = dict.fromkeys((each.path, each.step) for each in cases)
    for step in steps:
        own = [each for each in cases if (each.path, each.step) == step]
        chosen.append(min(own, key=lambda each: used[each.fault]))
        used[chosen[-1].fault] += 1
    never = [fault for fault in Fault if fault not in used]
    return chosen + [next(each for each in cases if each.fault is fault) for fault in never]


def every_case(scene: Scene, provider: str) -> list[Case]:
    """Return all cases of one provider."""
    return [case for path in PATHS for case in cases_of(provider, path, steps_of(scene, path))]


def failures(judged: Sequence[Judged]) -> list[str]:
    """Return what was lost or given up."""
    return [str(each) for each in judged if each.verdict.fails]


@contextmanager
def a_scene(aws: Aws, provider: str) -> Iterator[Scene]:
    """Connect a connection to a provider."""
    client, facts = PROVIDERS[provider]
    with connected(aws, client, facts) as scene:
        yield scene


@contextmanager
def a_cloud() -> Iterator[Aws]:
    """Run AWS in memory, and functions that log to nobody."""
    handler: Any = logger.registered_handler
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        handler.setStream(io.StringIO())
        with aws_in_memory() as aws:
            yield aws
        handler.setStream(sys.stdout)
