"""An outage of a provider, seen by thousands of connections in simulated time.

The real handlers on AWS in memory: schedule, queue, workers, readings of credentials and of
connections, minute by minute; the provider has bad hours, and a ledger of what it was sent.
"""

from tests.proof.outage.scenes import main, run

__all__ = ["main", "run"]
