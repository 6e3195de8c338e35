"""What the local stack does not understand in a template is an error that names it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import template
from local.errors import StackError
from local.stack import Stack

FIXTURE = Path(__file__).parent / "fixture_stack"
Change = Callable[[dict[str, Any]], None]


def refusal(tmp_path: Path, change: Change, **parameters: str) -> str:
    """Why the fixture's template does not start after this change."""
    changed = template.load(FIXTURE / "template.yaml")
    change(changed)
    path = tmp_path / "template.yaml"
    # YAML contains JSON.
    path.write_text(json.dumps(changed), encoding="utf-8")
    stack = Stack(template_path=path, root=FIXTURE, logs=tmp_path / "logs", parameters=parameters)
    with pytest.raises(StackError) as refused, stack:
        pass
    assert "\n" not in str(refused.value)
    return str(refused.value)


def with_resource(name: str, kind: str, **properties: Any) -> Change:
    def change(found: dict[str, Any]) -> None:
        found["Resources"][name] = {"Type": kind, "Properties": properties}

    return change


def with_property(path: str, value: Any) -> Change:
    def change(found: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        node = found["Resources"]
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node[parent]
        node[last] = value

    return change


def route(path: str) -> dict[str, Any]:
    return {
        "Type": "HttpApi",
        "Properties": {"ApiId": {"Ref": "HttpApi"}, "Method": "GET", "Path": path},
    }


STATEMENT = "StoreFunction.Properties.Policies.0.Statement"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (with_resource("Bucket", "AWS::S3::Bucket"), "Bucket is an AWS::S3::Bucket"),
        (with_property("Items.Properties.StreamSpecification", {}), "Items.StreamSpecification"),
        (with_property("Queue.Properties.FifoQueue", True), "Queue.FifoQueue"),
        (with_property("EchoFunction.Properties.FunctionName", "x"), "EchoFunction.FunctionName"),
        (
            with_property("HttpApi.Properties", {"CorsConfiguration": {"AllowOrigins": ["*"]}}),
            "HttpApi.Body.x-amazon-apigateway-cors",
        ),
        (with_property("EchoFunction.Properties.Events.X", route("/{x+}")), "GET /{x+}"),
        (
            with_property(
                "ConsumerFunction.Properties.Events.Messages.Properties.FilterCriteria",
                {"Filters": [{"Pattern": "{}"}]},
            ),
            "ConsumerFunctionMessages.FilterCriteria",
        ),
        (
            with_property(
                "ScheduledFunction.Properties.Events.Hourly.Properties.Schedule",
                "cron(0 * * * ? *)",
            ),
            "ScheduledFunctionHourly.ScheduleExpression: cron(0 * * * ? *)",
        ),
        (
            with_property(
                STATEMENT,
                [
                    {
                        "Effect": "Allow",
                        "Action": "dynamodb:GetItem",
                        "Resource": "*",
                        "Condition": {"StringEquals": {"a": "b"}},
                    }
                ],
            ),
            "StoreFunctionRole.StoreFunctionRolePolicy0.Condition.StringEquals.a is not",
        ),
        (
            with_property(f"{STATEMENT}.0.Condition", {"Bool": {"aws:SecureTransport": "true"}}),
            "StoreFunctionRole.StoreFunctionRolePolicy0.Condition.Bool is not",
        ),
        (
            with_property(
                f"{STATEMENT}.0.Condition",
                {"StringEquals": {"kms:EncryptionContext:purpose": "${aws:username}"}},
            ),
            "kms:EncryptionContext:purpose: ${aws:username} is not understood",
        ),
        (
            with_property("Key.Properties.KeyPolicy.Statement.1.Principal", {"AWS": "*"}),
            "Key.KeyPolicy.Principal must be the account",
        ),
        (
            with_property("Key.Properties.KeyPolicy.Statement.1.NotAction", "kms:Encrypt"),
            "Key.KeyPolicy.NotAction is not understood",
        ),
        (
            with_property("StoreFunction.Properties.Policies", ["AmazonDynamoDBFullAccess"]),
            "AmazonDynamoDBFullAccess",
        ),
        (with_property("EchoFunction.Properties.CodeUri", "absent"), "EchoFunction: there is no"),
        (with_property("EchoFunction.Properties.CodeUri", "s3://a/b"), "EchoFunction.CodeUri"),
        (with_property("Layer.Properties.ContentUri", "echo"), "Layer"),
        (
            with_property(
                "EchoFunction.Properties.Environment.Variables.X",
                {"Fn::GetAtt": ["Items", "Nothing"]},
            ),
            "EchoFunction",
        ),
        (
            with_property(
                "EchoFunction.Properties.Environment.Variables.X",
                {"Fn::GetAtt": ["ConsumerFunction", "SnapStartResponse"]},
            ),
            "ConsumerFunction.SnapStartResponse has no value on one machine",
        ),
        (
            with_property("EchoFunction.Properties.Environment.Variables.X", {"Ref": "Nothing"}),
            "EchoFunction",
        ),
        (
            with_property("EchoFunction.Properties.Handler", "handler.absent"),
            "EchoFunction does not",
        ),
        (
            with_property("EchoFunction.Properties.Handler", "absent.handler"),
            "EchoFunction does not",
        ),
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, change: Change, named: str) -> None:
    assert named in refusal(tmp_path, change)


def test_a_type_that_is_not_known_is_an_error_once_its_condition_is_true(tmp_path: Path) -> None:
    assert "Bucket is an AWS::S3::Bucket" in refusal(tmp_path, lambda _: None, Extra="yes")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Nothing": "x"}, "Parameters.Nothing: the template has no such parameter"),
        ({"Extra": "perhaps"}, "Parameters.Extra: 'perhaps' is none of ['yes', 'no']"),
    ],
)
def test_parameters_are_checked(tmp_path: Path, parameters: dict[str, str], message: str) -> None:
    assert refusal(tmp_path, lambda _: None, **parameters) == message


def test_a_parameter_must_match_its_pattern() -> None:
    declared = {"Parameters": {"Domain": {"Type": "String", "AllowedPattern": "[a-z]+"}}}
    with pytest.raises(StackError, match=r"Parameters\.Domain: 'A' does not match"):
        template.parameter_values(declared, {"Domain": "A"})
    with pytest.raises(StackError, match=r"Parameters\.Domain has no default"):
        template.parameter_values(declared, {})


def test_a_template_that_is_absent_or_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="cannot be read"):
        template.load(tmp_path / "absent.yaml")
    (tmp_path / "list.yaml").write_text("[1]")
    with pytest.raises(StackError, match="has no Resources"):
        template.load(tmp_path / "list.yaml")
