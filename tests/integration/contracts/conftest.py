"""Each contract is kept by the doubles and by the adapters alike; the adapters keep more."""

import pytest

from tests.integration.aws import Aws
from tests.integration.contracts.ports import Ports, adapters, doubles


@pytest.fixture(params=["double", "aws"])
def ports(request: pytest.FixtureRequest) -> Ports:
    """All ports, in memory and over AWS in memory in turn."""
    if request.param == "double":
        return doubles()
    return adapters(request.getfixturevalue("aws"))


@pytest.fixture
def adapter_ports(aws: Aws) -> Ports:
    """All ports over AWS in memory, for what the doubles leave out."""
    return adapters(aws)
