"""Patterns of input fields: which there may be, and which values have their form."""

import pytest
from pydantic import ValidationError

from tests.unit.sdk.documents import a_field, places


def refused(pattern: str) -> list[tuple[str, tuple[int | str, ...]]]:
    with pytest.raises(ValidationError, match="must be a regular expression without") as caught:
        a_field(pattern=pattern, default="a")
    return places(caught.value)


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<a>x)(?P<a>y)", "\\"])
def test_a_pattern_that_is_no_regular_expression_is_refused(pattern: str) -> None:
    assert refused(pattern) == [("rule", ("pattern",))]


@pytest.mark.parametrize(
    "pattern", ["(?=a)", "(?<!a)b", r"(a)\1", "a{4294967296}", "((a{1000}){1000}){1000}"]
)
def test_a_pattern_that_takes_more_than_linear_time_is_refused(pattern: str) -> None:
    assert refused(pattern) == [("rule", ("pattern",))]


def test_no_pattern_takes_for_ever_over_a_value() -> None:
    assert a_field(pattern="(a+)+").fault("a" * 60_000 + "!") is not None


def test_either_alternative_of_a_pattern_is_meant_as_a_whole() -> None:
    field = a_field(pattern="ab|cd")

    assert [field.fault(value) for value in ("ab", "cd")] == [None, None]
    assert None not in [field.fault(value) for value in ("abx", "xcd", "abcd")]


@pytest.mark.parametrize("value", ["a1", "a123"])
def test_a_value_with_the_form_of_the_pattern_fits(value: str) -> None:
    assert a_field(pattern="a[0-9]+").fault(value) is None


@pytest.mark.parametrize("value", ["", "a", "1a1", "a1a", "A1", "a1\n", "xa1"])
def test_a_value_has_the_form_of_the_pattern_as_a_whole(value: str) -> None:
    assert a_field(pattern="a[0-9]+").fault(value) == (
        "does not have the form that the input's pattern asks for"
    )
