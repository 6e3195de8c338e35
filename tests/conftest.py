"""The running stack with its demo provider and browsers, for all tests of the service over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from tests import stack
from tests.browser import Browser
from tests.e2e.begun import Begun
from tests.e2e.demo_crm import DemoCrm
from tests.stack import RunningStack
from tests.wiretap import Wiretap

LAST = "test_afterwards.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of the running stack come last, and those that look back on them at the end.

    The stack runs until the session ends, which is to disturb no other test.
    """
    items.sort(
        key=lambda item: (
            "running_stack" in getattr(item, "fixturenames", ()),
            item.path.name == LAST,
        )
    )


@pytest.fixture(scope="session")
def running_stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    """The stack, which all tests share."""
    with stack.shared(request.session, tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def wiretap(running_stack: RunningStack) -> Iterator[Wiretap]:
    """The proxy in front of the demo provider."""
    port, secrets = running_stack.spare_ports.pop(), running_stack.evidence.secrets
    wiretap = Wiretap(port, running_stack.provider_url, secrets)
    yield wiretap
    wiretap.stop()


@pytest.fixture(scope="session")
def provider(running_stack: RunningStack, wiretap: Wiretap) -> Iterator[DemoCrm]:
    """The demo provider for what lasts as long as the stack."""
    with httpx.Client(base_url=running_stack.provider_url, trust_env=False) as control:
        yield DemoCrm(stack=running_stack, wiretap=wiretap, control=control)


@pytest.fixture(scope="session")
def begun(provider: DemoCrm) -> Iterator[Begun]:
    """What takes so long that it begins before the other tests and is looked at after them."""
    with ThreadPoolExecutor(2) as pool:
        begun = Begun.now(provider, pool)
        yield begun
        begun.let_go()


@pytest.fixture
def crm(provider: DemoCrm, begun: Begun) -> Iterator[DemoCrm]:
    """The demo provider; what a test makes with it ends with the test."""
    crm = replace(provider, made=[])
    yield crm
    crm.end()


@pytest.fixture
def browser(running_stack: RunningStack) -> Browser:
    """One person's browser."""
    return running_stack.browser()
