"""IAM on one machine: which call needs which action on what, and who may do it.

Each function calls with an access key of its own, so that the statements of its role, as the
template has them, can be held against every call. Whoever calls with another key is the
developer, who may do everything.
"""

import fnmatch
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.errors import StackError
from local.resources import check_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a role: its actions and resources may have wildcards."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def covers(self, action: str, resource: str) -> bool:
        """It speaks about this action (in any case, as in AWS) on this resource."""
        return any(
            fnmatch.fnmatchcase(action.lower(), known.lower()) for known in self.actions
        ) and any(fnmatch.fnmatchcase(resource, known) for known in self.resources)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Need:
    """An action on a resource that a call needs; the resource is an ARN, or * if none is known."""

    action: str
    resource: str


def read_statements(where: str, policy: Mapping[str, Any]) -> list[Statement]:
    """The statements of a policy document.

    Raises:
        StackError: one has something that is not understood, such as a condition.
    """
    found = []
    for statement in _listed(policy["Statement"]):
        check_keys(where, statement, {"Sid", "Effect", "Action", "Resource"})
        if statement["Effect"] not in ("Allow", "Deny"):
            raise StackError(f"{where}.Effect: {statement['Effect']} is neither Allow nor Deny")
        found.append(
            Statement(
                allows=statement["Effect"] == "Allow",
                actions=tuple(_listed(statement["Action"])),
                resources=tuple(_listed(statement["Resource"])),
            )
        )
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Permissions:
    """What each function may do, and what it did and tried."""

    def __init__(
        self,
        statements: Mapping[str, Iterable[Statement]],
        data_arns: Mapping[str, str],
    ) -> None:
        self._statements = {name: tuple(found) for name, found in statements.items()}
        self._names = {arn: name for name, arn in data_arns.items()}
        self._used: dict[str, set[str]] = {name: set() for name in self._statements}
        self._denied: dict[str, set[str]] = {name: set() for name in self._statements}
        self._lock = threading.Lock()

    def first_denied(self, access_key: str | None, needs: Iterable[Need]) -> Need | None:
        """The first of the needs that this caller may not have; all of them are recorded."""
        statements = self._statements.get(access_key or "")
        if access_key is None or statements is None:
            return None
        first = None
        for need in needs:
            matching = [found for found in statements if found.covers(need.action, need.resource)]
            allowed = bool(matching) and all(found.allows for found in matching)
            with self._lock:
                if allowed:
                    self._used[access_key] |= self._entries(matching, need)
                else:
                    self._denied[access_key].add(f"{need.action} {self._named(need.resource)}")
            first = first or (None if allowed else need)
        return first

    def report(self) -> dict[str, dict[str, list[str]]]:
        """Per function "action resource" for what is allowed, what was used, what was denied.

        Resources have the names they have in the template. Used is written as it is allowed, so
        the two are equal if the template allows exactly what is used.
        """
        with self._lock:
            return {
                name: {
                    "allowed": sorted(
                        f"{action} {self._named(resource)}"
                        for statement in statements
                        if statement.allows
                        for action in statement.actions
                        for resource in statement.resources
                    ),
                    "used": sorted(self._used[name]),
                    "denied": sorted(self._denied[name]),
                }
                for name, statements in self._statements.items()
            }

    def _entries(self, matching: Iterable[Statement], need: Need) -> set[str]:
        return {
            f"{action} {self._named(resource)}"
            for statement in matching
            for action in statement.actions
            for resource in statement.resources
            if Statement(allows=True, actions=(action,), resources=(resource,)).covers(
                need.action, need.resource
            )
        }

    def _named(self, resource: str) -> str:
        for arn, name in self._names.items():
            if resource == arn or resource.startswith(f"{arn}/"):
                return name + resource[len(arn) :]
        return resource
