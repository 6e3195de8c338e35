"""Fuzzing: cases made from the API's document, sent to the running stack by each kind of caller.

Schemathesis makes the cases and judges the answers: `python -m tests.fuzz` for the full form, and a
short one among the tests.
"""
