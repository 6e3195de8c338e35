"""What attackers have, and what is counted at the end."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.demo_crm import DemoCrm
from tests.hostile.canary import Canary
from tests.hostile.slow import SlowAnswers


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """These tests speak over loopback, also where sockets are off for the others."""


@pytest.fixture(scope="session")
def canary() -> Iterator[Canary]:
    """A server that may be reached by nobody."""
    canary = Canary()
    yield canary
    canary.stop()


@pytest.fixture(autouse=True)
def _nobody_was_led_astray(canary: Canary) -> Iterator[None]:
    """Hold that of every test here."""
    before = canary.connections
    yield
    assert canary.connections == before


@pytest.fixture(scope="session")
def slow(provider: DemoCrm) -> Iterator[SlowAnswers]:
    """Answers that take longer than anybody waits: they go on beside the other tests."""
    with ThreadPoolExecutor(3) as pool:
        yield SlowAnswers.now(provider, pool)


@pytest.fixture(autouse=True)
def _begun_early(slow: SlowAnswers) -> None:
    """Let whichever test is first begin them."""


def category(path: Path) -> str:
    """Return what the tests of a module are about, in its own words."""
    return path.stem.removeprefix("test_").replace("_", " ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests of each category passed."""
    here = Path(__file__).parent.relative_to(Path(__file__).parents[2])
    passed = Counter(
        category(Path(report.nodeid.partition("::")[0]))
        for report in terminalreporter.stats.get("passed", [])
        if report.when == "call" and Path(report.nodeid.partition("::")[0]).parent == here
    )
    if not passed:
        return
    terminalreporter.section("hostile suite")
    for name, count in sorted(passed.items()):
        terminalreporter.write_line(f"{count:5} passed  {name}")
    terminalreporter.write_line(f"{passed.total():5} passed  in all")
