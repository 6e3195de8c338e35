"""What is sealed for what: known also to those who open nothing."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a branch key is for; its value is the branch key's id."""

    TOKENS = "tokens"
    INPUTS = "inputs"
