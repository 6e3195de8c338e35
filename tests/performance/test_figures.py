"""Figures beside budgets."""

import math

import pytest

from tests.performance.figures import Figure, number, print_figures, ratio


def a_figure(value: float, budget: float | None) -> Figure:
    return Figure(name="time", value=value, unit="ms", budget=budget)


@pytest.mark.parametrize(
    ("value", "budget", "exceeded"),
    [(10, 10, False), (10.001, 10, True), (0, 0, False), (1e9, None, False)],
)
def test_a_budget_is_the_most_that_is_allowed(
    value: float, budget: float | None, exceeded: bool
) -> None:
    assert a_figure(value, budget).exceeded is exceeded


@pytest.mark.parametrize(
    ("larger", "smaller", "expected"), [(22, 20, 1.1), (0, 0, 1.0), (1, 0, math.inf)]
)
def test_a_ratio_tells_growth_also_from_nothing(
    larger: float, smaller: float, expected: float
) -> None:
    assert ratio(larger, smaller) == expected


def test_a_table_shows_value_unit_budget_and_what_is_exceeded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_figures("Times", [a_figure(12.34, 10), a_figure(5, 10), a_figure(5, None)])

    assert capsys.readouterr().out.splitlines() == [
        "",
        "Times",
        "  time  12.3 ms  at most 10  EXCEEDED",
        "  time  5 ms     at most 10",
        "  time  5 ms",
    ]


@pytest.mark.parametrize(
    ("value", "shown"), [(1000.0, "1,000"), (1234.5, "1,234"), (0.12345, "0.123"), (12.34, "12.3")]
)
def test_a_number_has_the_digits_that_matter(value: float, shown: str) -> None:
    assert number(value) == shown
