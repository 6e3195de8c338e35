"""Fault injection on the real code: each step of a refresh fails, in each way that it can.

A connection is refreshed by the real handlers against AWS in memory and a real authorization
server; one fault is injected; then everything works again, and time, schedule, queues and
workers go on until nothing is left to do. What the server issued last must then be what is stored,
or on record as unknown where nobody can know it.
"""

from tests.proof.faults.campaign import main, run

__all__ = ["main", "run"]
