"""`make bench`: print what the service costs beside its budgets; fail if one is exceeded.

BENCH_ITEMS=100000 makes the larger of the large tables smaller; the default takes the longest.
"""

import os
import platform
import sys
import time
from collections.abc import Callable

from tests.integration.aws import TEMPLATE
from tests.performance import cost, handler_times, imports, operations, refreshing, sweep
from tests.performance.figures import Figure, print_figures, print_table
from tests.performance.handler_times import Times
from tests.performance.refreshing import Steady
from tests.performance.scene import LARGE_ACCESS_TOKEN_BYTES
from tests.proof.dynamodb_local import can_be_built


def main() -> int:
    """Print all parts; return how many budgets are exceeded."""
    began = time.monotonic()
    # Times are those of this machine, and longer the more other programs want its processors.
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    print(f"Python {platform.python_version()} on {machine}", flush=True)
    steady = refreshing.steady()
    figures = _shown("A refresh through the worker, in steady state", steady.figures())
    times = handler_times.measured()
    figures += _shown(
        "Our time; AWS and the authorization server are processes of their own", times.figures()
    )
    figures += _sweeps()
    figures += _starts()
    print_table(
        "Requests of every operation",
        [operations.HEADINGS, *operations.rows(operations.counted_operations())],
    )
    figures += _bill("tokens of about 1 KB", steady, times)
    large = refreshing.steady(LARGE_ACCESS_TOKEN_BYTES)
    figures += _bill("tokens of about 4 KB", large, times)
    exceeded = [each for each in figures if each.exceeded]
    print(f"\n{len(exceeded)} budgets exceeded; {time.monotonic() - began:.0f} s", flush=True)
    for each in exceeded:
        print("  " + "  ".join(each.row()))
    return len(exceeded)


def _sweeps() -> list[Figure]:
    figures = _swept("in memory", sweep.swept_in_memory)
    if not can_be_built():
        print("\nNo sweep over large tables: Cargo, which builds their DynamoDB, is not found.")
        return figures
    return figures + _swept("in a DynamoDB on this machine", sweep.swept_at_large)


def _swept(where: str, swept: Callable[[], list[sweep.Swept]]) -> list[Figure]:
    few, many = swept()
    title = f"A sweep over {sweep.DUE:,} due connections, {where}"
    print_table(title, [sweep.HEADINGS, few.row(), many.row()])
    return _shown("Growth", sweep.growth(few, many))


def _starts() -> list[Figure]:
    floor, starts = imports.starts()
    title = f"How functions start; bare clients of AWS take {floor * 1000:.0f} ms of CPU time"
    print_table(title, [imports.HEADINGS, *(each.row(floor) for each in starts)])
    unneeded = sum(len(each.unneeded) for each in starts)
    name = "packages that a function imports and cannot use"
    return _shown("Imports", [Figure(name=name, value=unneeded, unit="", budget=0)])


def _bill(which: str, steady: Steady, times: Times) -> list[Figure]:
    parts = cost.bill(steady, times, TEMPLATE)
    title = f"A month of {cost.CONNECTIONS:,} connections refreshed hourly, {which}"
    print_table(title, [cost.HEADINGS, *(each.row() for each in parts)])
    return _shown("In all", [cost.total(parts)])


def _shown(title: str, figures: list[Figure]) -> list[Figure]:
    print_figures(title, figures)
    return figures


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
