"""Who may use the sealing key for which purpose: statements and key policy say exactly the same."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from connections.adapters.purpose import Purpose
from local import template

ROOT = Path(__file__).parent.parent.parent
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
KEY_POLICY: list[dict[str, Any]] = RESOURCES["SealingKey"]["Properties"]["KeyPolicy"]["Statement"]
FUNCTIONS = [
    name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"
]

INPUTS, TOKENS = Purpose.INPUTS.value, Purpose.TOKENS.value
OPEN = {"kms:Decrypt"}
MAKE = {"kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
USES: dict[str, dict[str, set[str]]] = {
    "ManagementFunction": {INPUTS: OPEN | MAKE, TOKENS: MAKE},
    "AuthorizeFunction": {INPUTS: OPEN},
    "CallbackFunction": {INPUTS: OPEN, TOKENS: OPEN},
    "CredentialsFunction": {INPUTS: OPEN, TOKENS: OPEN},
    "RefreshConnectionsFunction": {INPUTS: OPEN, TOKENS: OPEN},
    "RevokeTokensFunction": {TOKENS: OPEN},
}
"""What each function seals or opens, and for whom it may be the first to do so."""
PURPOSE = "kms:EncryptionContext:branch-key-id"
ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
ROLE = re.compile(
    r"arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:role/\$\{AWS::StackName\}-(\w+)Role-\*"
)
USE = re.compile(
    r"kms:(Decrypt|Encrypt|ReEncrypt|Generate|Derive|Sign|Verify|CreateGrant|ReplicateKey)"
)
OTHERS = ("dynamodb:", "events:", "sqs:")
LONGEST_ROLE_NAME = 64
RANDOM_END = "-ABCDEFGHIJKLM"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def kms_statements(function: str) -> Iterator[dict[str, Any]]:
    """The function's statements that could speak of KMS, be it by a wildcard."""
    for policy in RESOURCES[function]["Properties"].get("Policies", []):
        for statement in policy["Statement"]:
            if any(not action.startswith(OTHERS) for action in listed(statement["Action"])):
                yield statement


def uses(statements: Iterator[dict[str, Any]]) -> dict[str, set[str]]:
    """The actions that are allowed per purpose."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        for purpose in listed(statement["Condition"]["StringEquals"][PURPOSE]):
            found.setdefault(purpose, set()).update(listed(statement["Action"]))
    return found


def for_role(function: str) -> Iterator[dict[str, Any]]:
    """The statements of the key policy that name the function's role."""
    for statement in KEY_POLICY[1:]:
        for pattern in listed(statement["Condition"]["ArnLike"]["aws:PrincipalArn"]):
            name = ROLE.fullmatch(pattern["Fn::Sub"])
            assert name, pattern
            if name[1] == function:
                yield statement


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_uses_the_key_for_its_own_purposes(function: str) -> None:
    assert uses(kms_statements(function)) == USES.get(function, {})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_key_policy_allows_a_function_just_that(function: str) -> None:
    assert uses(for_role(function)) == USES.get(function, {})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_statement_about_the_key_is_without_its_purpose(function: str) -> None:
    for statement in kms_statements(function):
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] == {"Fn::GetAtt": ["SealingKey", "Arn"]}
        assert set(statement["Condition"]) == {"StringEquals"}
        assert set(statement["Condition"]["StringEquals"]) == {PURPOSE}


def test_no_use_in_the_key_policy_is_without_purpose_and_roles() -> None:
    for statement in KEY_POLICY[1:]:
        assert statement["Effect"] == "Allow"
        assert statement["Principal"] == ACCOUNT
        assert set(statement["Condition"]) == {"StringEquals", "ArnLike"}
        assert set(statement["Condition"]["StringEquals"]) == {PURPOSE}
        assert set(statement["Condition"]["ArnLike"]) == {"aws:PrincipalArn"}
        assert set(listed(statement["Action"])) <= OPEN | MAKE


def test_whoever_administers_the_key_cannot_use_it() -> None:
    administration = KEY_POLICY[0]
    assert administration["Principal"] == ACCOUNT
    assert "Condition" not in administration
    assert [action for action in administration["Action"] if USE.match(action)] == []
    assert [action for action in administration["Action"] if "*" in action] == []
    # Without this one KMS refuses the policy, and nobody could ever mend it.
    assert "kms:PutKeyPolicy" in administration["Action"]


def test_the_roles_of_the_key_policy_are_those_that_the_functions_get() -> None:
    parameters = template.parameter_values(TEMPLATE, {"Domain": "example.com"})
    translated = template.translate(TEMPLATE, parameters, "us-east-2")["Resources"]
    for function in USES:
        assert translated[function]["Properties"]["Role"] == {
            "Fn::GetAtt": [f"{function}Role", "Arn"]
        }
        assert translated[f"{function}Role"]["Type"] == "AWS::IAM::Role"
        # Else CloudFormation would name it, or its path, otherwise than the key policy does.
        assert {"RoleName", "Path"} & translated[f"{function}Role"]["Properties"].keys() == set()


def test_no_role_has_a_name_so_long_that_cloudformation_shortens_it() -> None:
    regions = tomllib.loads((ROOT / "samconfig.toml").read_text())
    regions.pop("version")
    stacks = {region["deploy"]["parameters"]["stack_name"] for region in regions.values()}
    for stack in stacks:
        for function in USES:
            assert len(f"{stack}-{function}Role{RANDOM_END}") <= LONGEST_ROLE_NAME
