"""What a member takes is what JSON Schema says of it: nothing stands for another type."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from connections_sdk.forms import Flag, Moment, Seconds

FLAG, MOMENT, SECONDS = (TypeAdapter[Any](form) for form in (Flag, Moment, Seconds))


@pytest.mark.parametrize("value", [True, False])
def test_a_flag_is_true_or_false(value: bool) -> None:
    assert FLAG.validate_python(value) is value


@pytest.mark.parametrize("value", ["yes", "true", "", 0, 1, None])
def test_nothing_else_is_a_flag(value: object) -> None:
    with pytest.raises(ValidationError):
        FLAG.validate_python(value)


@pytest.mark.parametrize(("value", "seconds"), [(0, 0), (300, 300), (300.0, 300)])
def test_seconds_are_a_whole_number(value: float, seconds: int) -> None:
    assert SECONDS.validate_python(value) == seconds


@pytest.mark.parametrize("value", ["300", True, None, 0.5, -1, 10**9])
def test_nothing_else_is_seconds(value: object) -> None:
    with pytest.raises(ValidationError):
        SECONDS.validate_python(value)


@pytest.mark.parametrize(
    "value",
    ["2030-01-01T00:00:00Z", "2030-01-01t00:00:00.000z", "2030-01-01T01:00:00+01:00"],
)
def test_a_moment_is_written_as_in_rfc_3339(value: str) -> None:
    assert MOMENT.validate_python(value) == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        1893456000, "1893456000", "2030-01-01", "2030-01-01T00:00Z", "2030-01-01 00:00:00Z",
        "2030-01-01_00:00:00Z", "2030-01-01T00:00:00", "2030-01-01T00:00:00+0100",
        "2030-13-01T00:00:00Z", "\uff12030-01-01T00:00:00Z", "2030-01-01T00:00:00Z\n", None,
    ],
)  # fmt: skip
def test_nothing_else_is_a_moment(value: object) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(value)
