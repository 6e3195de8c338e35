"""IAM on one machine: which call needs which action on what, and who may do it.

Each function calls with an access key of its own, so that the statements of its role, as the
template has them, can be held against every call, and so can the policy of a key. Whoever calls
with another key is the developer, who may do everything.
"""

import itertools
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from local.conditions import PRINCIPAL, Condition, Context, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An action on a resource that a call needs; the resource is an ARN, or * if none is known.

    The context is what conditions look at.
    """

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy: its actions and resources may have wildcards."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()

    def covers(self, need: Need) -> bool:
        """It speaks about this action (in any case, as in AWS) on this resource, now."""
        return (
            any(matches(known.lower(), need.action.lower()) for known in self.actions)
            and any(matches(known, need.resource) for known in self.resources)
            and all(condition.holds(need.context) for condition in self.conditions)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The role that a function has."""

    arn: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """What a caller may not have, and the kind of policy that does not allow it."""

    need: Need
    policy: str


class Permissions:
    """What each function may do, and what it did and tried.

    Roles are by the functions' names, key policies by the ARNs of what they are the policies of.
    """

    def __init__(
        self,
        roles: Mapping[str, Role],
        data_arns: Mapping[str, str],
        key_policies: Mapping[str, tuple[Statement, ...]],
    ) -> None:
        self._roles = dict(roles)
        self._names = {arn: name for name, arn in data_arns.items()}
        self._key_policies = dict(key_policies)
        self._used: dict[str, set[str]] = {name: set() for name in self._roles}
        self._denied: dict[str, set[str]] = {name: set() for name in self._roles}
        self._lock = threading.Lock()

    def first_denied(self, access_key: str | None, needs: Iterable[Need]) -> Denial | None:
        """The first of the needs that this caller may not have; all of them are recorded."""
        role = self._roles.get(access_key or "")
        if access_key is None or role is None:
            return None
        first = None
        for need in needs:
            of_role = replace(need, context={**need.context, PRINCIPAL: (role.arn,)})
            denial = self._denial(role, of_role)
            with self._lock:
                if denial is None:
                    self._used[access_key] |= self._entries(role.statements, of_role)
                else:
                    self._denied[access_key].add(f"{need.action} {self._named(need.resource)}")
            first = first or denial
        return first

    def report(self) -> dict[str, dict[str, list[str]]]:
        """Per function "action resource" for what is allowed, what was used, what was denied.

        Resources have the names they have in the template. What has a condition is followed by
        "if key is value", once a value. Used is written as it is allowed, so the two are equal if
        the template allows exactly what is used.
        """
        with self._lock:
            return {
                name: {
                    "allowed": sorted(self._entries(role.statements, None)),
                    "used": sorted(self._used[name]),
                    "denied": sorted(self._denied[name]),
                }
                for name, role in self._roles.items()
            }

    def _denial(self, role: Role, need: Need) -> Denial | None:
        if not _allow(role.statements, need):
            return Denial(need=need, policy="identity-based")
        # A key policy speaks of the account, which leaves it to the role's statements: both decide.
        if not _allow(self._key_policies.get(need.resource, _EVERYTHING), need):
            return Denial(need=need, policy="resource-based")
        return None

    def _entries(self, statements: Iterable[Statement], need: Need | None) -> set[str]:
        """What the statements allow, or as much of it as a need uses that they allow."""
        return {
            f"{action} {self._named(resource)}" + (f" if {' and '.join(values)}" if values else "")
            for statement in statements
            if statement.allows
            for action in statement.actions
            for resource in statement.resources
            if need is None
            or replace(statement, actions=(action,), resources=(resource,)).covers(need)
            for values in itertools.product(
                *(
                    condition.told() if need is None else condition.used(need.context)
                    for condition in statement.conditions
                )
            )
        }

    def _named(self, resource: str) -> str:
        for arn, name in self._names.items():
            if resource == arn or resource.startswith(f"{arn}/"):
                return name + resource[len(arn) :]
        return resource


_EVERYTHING = (Statement(allows=True, actions=("*",), resources=("*",)),)


def _allow(statements: Iterable[Statement], need: Need) -> bool:
    matching = [found.allows for found in statements if found.covers(need)]
    return bool(matching) and all(matching)
