"""Policies as the resolved resources have them: of the functions' roles, and of keys."""

from collections.abc import Mapping
from typing import Any

from local.conditions import read_conditions
from local.deployment import ACCOUNT, Deployment
from local.errors import StackError
from local.permissions import Role, Statement
from local.resources import check_keys, of_type
from local.template import PLATFORM_POLICIES

_WHOLE_ACCOUNT = f":iam::{ACCOUNT}:root"


def role(name: str, arn: str, properties: Mapping[str, Any]) -> Role:
    """The role of that name.

    Raises:
        StackError: it has something that is not understood.
    """
    for policy in properties.get("ManagedPolicyArns", []):
        if policy.partition(":iam::aws:policy/")[2] not in PLATFORM_POLICIES:
            raise StackError(f"{name}.ManagedPolicyArns: {policy} is not known here")
    statements = [
        statement
        for policy in properties.get("Policies", [])
        for statement in _statements(f"{name}.{policy['PolicyName']}", policy["PolicyDocument"])
    ]
    return Role(arn=arn, statements=tuple(statements))


def key_policies(deployment: Deployment) -> dict[str, tuple[Statement, ...]]:
    """Per key, by its ARN, the statements of its policy.

    Raises:
        StackError: one speaks of others than the whole account, or has something that is not
            understood.
    """
    found = {}
    for name, key in of_type("AWS::KMS::Key", deployment.data).items():
        policy = key["Properties"]["KeyPolicy"]
        for statement in _listed(policy["Statement"]):
            principal = statement.get("Principal")
            named = principal.get("AWS") if isinstance(principal, dict) else None
            if not isinstance(named, str) or not named.endswith(_WHOLE_ACCOUNT):
                raise StackError(
                    f"{name}.KeyPolicy.Principal must be the account: name roles in"
                    " a condition on aws:PrincipalArn"
                )
        found[deployment.data_arns[name]] = tuple(
            _statements(f"{name}.KeyPolicy", policy, "Principal")
        )
    return found


def _statements(where: str, policy: Mapping[str, Any], *more: str) -> list[Statement]:
    found = []
    for statement in _listed(policy["Statement"]):
        known = {"Sid", "Effect", "Action", "Resource", "Condition", *more}
        check_keys(where, statement, known)
        if statement["Effect"] not in ("Allow", "Deny"):
            raise StackError(f"{where}.Effect: {statement['Effect']} is neither Allow nor Deny")
        found.append(
            Statement(
                allows=statement["Effect"] == "Allow",
                actions=tuple(_listed(statement["Action"])),
                resources=tuple(_listed(statement["Resource"])),
                conditions=tuple(read_conditions(where, statement.get("Condition", {}))),
            )
        )
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
