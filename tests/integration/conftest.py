"""What the integration tests share: AWS in memory."""

from collections.abc import Iterator

import pytest

from tests.integration.aws import CREDENTIALS, Aws, aws_in_memory


@pytest.fixture(scope="package")
def _running_aws() -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        with aws_in_memory() as running:
            yield running


@pytest.fixture
def aws(_running_aws: Aws) -> Iterator[Aws]:
    """AWS in memory with the template's tables, queues and key, empty for each test."""
    yield _running_aws
    _running_aws.empty()
