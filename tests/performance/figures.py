"""Figures beside their budgets, as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something measured or counted."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    """What it may be at most; None where it is for information."""

    @property
    def exceeded(self) -> bool:
        """Whether it is more than its budget."""
        return self.budget is not None and self.value > self.budget

    def row(self) -> tuple[str, str, str]:
        """Return its line of a table."""
        allowed = "" if self.budget is None else f"at most {number(self.budget)}"
        verdict = f"{allowed}  EXCEEDED" if self.exceeded else allowed
        return self.name, f"{number(self.value)} {self.unit}", verdict


def ratio(larger: float, smaller: float) -> float:
    """Return how many times one is the other; what stays nothing has not grown."""
    if smaller == 0:
        return 1.0 if larger == 0 else float("inf")
    return larger / smaller


def print_figures(title: str, figures: Sequence[Figure]) -> None:
    """Print figures below a title."""
    print_table(title, [each.row() for each in figures])


def print_table(title: str, rows: Iterable[Sequence[str]]) -> None:
    """Print rows below a title, each column as wide as its widest cell."""
    printed = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*printed, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in printed]
    print("\n".join(["", title, *(f"  {line}" for line in lines)]), flush=True)


def number(value: float) -> str:
    """Return a number to be read: whole, or with as many digits as matter."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
