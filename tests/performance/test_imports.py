"""What functions import, and what they cannot use as the template has them."""

import pytest

from tests.performance.imports import NOWHERE, ROUTER, start_of, unneeded


@pytest.mark.parametrize(
    ("function", "needless"),
    [
        ("CredentialsFunction", set()),
        ("RefreshConnectionsFunction", {ROUTER, "authlib"}),
        (
            "ScheduleRefreshesFunction",
            {ROUTER, "authlib", "httpx", "httpcore", "aws_encryption_sdk"},
        ),
    ],
)
def test_a_function_needs_what_its_routes_and_settings_let_it_use(
    function: str, needless: set[str]
) -> None:
    assert unneeded(function) == NOWHERE | needless


def test_the_schedule_imports_nothing_that_it_cannot_use() -> None:
    start = start_of("ScheduleRefreshesFunction", times=1)

    assert start.unneeded == []
    assert "connections.entrypoints.schedule_refreshes" in start.modules
    assert start.seconds > 0
    assert len(start.parts) == 5


def test_what_a_function_cannot_use_is_found() -> None:
    start = start_of("CredentialsFunction", times=1)

    assert start.unneeded == []
    assert {ROUTER, "httpx", "aws_encryption_sdk"} <= start.modules
