"""Conditions of IAM statements: those that the template uses, and no others."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.errors import StackError

Context = Mapping[str, tuple[str, ...]]
"""What a request is about: the values that it has for condition keys."""

PRINCIPAL = "aws:PrincipalArn"
ENCRYPTION_CONTEXT = "kms:EncryptionContext:"
LEADING_KEYS = "dynamodb:LeadingKeys"


def matches(pattern: str, value: str) -> bool:
    """The value is what the pattern says, in which * and ? stand for any characters and for one."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _equals(known: str, value: str) -> bool:
    return known == value


def _arn_matches(pattern: str, arn: str) -> bool:
    """Each of an ARN's six parts for itself: a * does not reach over a colon."""
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) and all(map(matches, patterns, parts))


# Per operator how a value is compared, and the key that it is known for.
_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], str]] = {
    "StringEquals": (_equals, f"{ENCRYPTION_CONTEXT}?*"),
    "ArnLike": (_arn_matches, PRINCIPAL),
    "ForAllValues:StringLike": (matches, LEADING_KEYS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a request must have for a condition key: one of the values, or of the patterns."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """The request has it.

        NOTE: as in AWS, ForAllValues holds of a request that has no such key at all, so that a
        Scan, which has no leading keys, must not be among the actions of such a statement.
        """
        found = context.get(self.key, ())
        if not found and not self.operator.startswith("ForAllValues:"):
            return False
        return all(any(self._compare(known, value) for known in self.values) for value in found)

    def used(self, context: Context) -> list[str]:
        """Those of the values that the request has, each as it is told in reports."""
        found = context.get(self.key, ())
        return [
            f"{self.key} is {known}"
            for known in self.values
            if any(self._compare(known, value) for value in found)
        ]

    def told(self) -> list[str]:
        """All of the values as they are told in reports."""
        return [f"{self.key} is {known}" for known in self.values]

    def _compare(self, known: str, value: str) -> bool:
        compare, _ = _OPERATORS[self.operator]
        return compare(known, value)


def read_conditions(where: str, conditions: Mapping[str, Mapping[str, Any]]) -> list[Condition]:
    """The conditions of a statement, all of which must hold.

    Raises:
        StackError: an operator, a key or a value is not understood.
    """
    found = []
    for operator, wanted in conditions.items():
        if operator not in _OPERATORS:
            raise StackError(f"{where}.Condition.{operator} is not understood by the local stack")
        _, known = _OPERATORS[operator]
        for key, value in wanted.items():
            values = value if isinstance(value, list) else [value]
            if not matches(known, key):
                raise StackError(
                    f"{where}.Condition.{operator}.{key} is not understood by the local stack"
                )
            if not values or any(not isinstance(one, str) or "${" in one for one in values):
                raise StackError(f"{where}.Condition.{operator}.{key}: {value} is not understood")
            found.append(Condition(operator=operator, key=key, values=tuple(values)))
    return found
