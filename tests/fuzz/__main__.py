"""The full form: every kind of caller, every operation, thousands of cases."""

import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import stack
from tests.fuzz.campaign import Budget, Tally
from tests.fuzz.run import LEAST_SUCCESSES, fuzz
from tests.fuzz.scene import ADMIN, ORGANIZATION

LEAST_CASES = 5000


def main() -> int:
    """Fuzz a stack of its own, and tell how it went; SEED makes other cases."""
    began = time.monotonic()
    seed = int(os.environ.get("SEED", "1"))
    budgets = dict.fromkeys(
        LEAST_SUCCESSES, Budget(examples=12, covering=False, histories=15, seed=seed)
    )
    # Whoever comes far enough for bodies to be looked at, and may change the most.
    budgets |= dict.fromkeys(
        (ADMIN, ORGANIZATION), Budget(examples=10, covering=True, histories=15, seed=seed)
    )
    with TemporaryDirectory() as folder, stack.running(Path(folder)) as running:
        outcome = fuzz(running, budgets)
    for tally in outcome.tallies:
        print("\n".join(_lines(tally)), end="\n\n")
    print(f"{outcome.cases} cases in {time.monotonic() - began:.0f} s with seed {seed}")
    faults = [*outcome.faults, *outcome.never_done()]
    if outcome.cases < LEAST_CASES:
        faults.append(f"there are to be {LEAST_CASES} cases")
    for fault in faults:
        print(f"\n{fault}", file=sys.stderr)
    return 1 if faults else 0


def _lines(tally: Tally) -> Iterator[str]:
    share = f"{tally.share(2, 3):.0%} successes"
    yield f"{tally.caller}: {tally.cases} cases in {tally.seconds:.0f} s, {share}"
    statuses: dict[str, Counter[int]] = defaultdict(Counter)
    for (operation, status), count in tally.answers.items():
        statuses[operation][status] += count
    for operation, counted in sorted(statuses.items()):
        each = "  ".join(f"{status}: {count}" for status, count in sorted(counted.items()))
        yield f"  {operation:47} {counted.total():5}   {each}"


if __name__ == "__main__":
    sys.exit(main())
