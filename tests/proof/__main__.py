"""The whole proof that no grant is lost: `make proof`. Each part prints what it found."""

import sys
import time

from tests.proof import explorer, faults, outage, races

PARTS = {"explorer": explorer, "faults": faults, "races": races, "outage": outage}


def main() -> None:
    """Run all parts, or those that are named."""
    for name in sys.argv[1:] or PARTS:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        PARTS[name].run(full=True)
        print(f"== {name}: held, in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
