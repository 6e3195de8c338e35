"""AWS in memory, with the tables, queues and key that template.yaml describes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient

ROOT = Path(__file__).parent.parent.parent
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
REGION = "us-east-2"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}
_MADE = {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::KMS::Key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aws:
    """Clients, and what the template's resources are called."""

    dynamodb: "DynamoDBClient"
    kms: "KMSClient"
    sqs: "SQSClient"
    names: dict[str, str]
    """The physical names of tables and the URLs of queues, by logical id."""
    key_arn: str

    @property
    def queue_urls(self) -> dict[str, str]:
        """The queues' URLs, by logical id."""
        return {name: value for name, value in self.names.items() if value.startswith("http")}

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return every raw item of a table."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.names[table])
        return [dict(item) for page in pages for item in page["Items"]]

    def empty(self) -> None:
        """Delete every item and every message but the branch keys, which take a second to make."""
        for logical, name in self.names.items():
            if logical == "BranchKeys":
                continue
            if name.startswith("http"):
                self.messages(logical)
                continue
            self.clear(logical)

    def clear(self, table: str) -> None:
        """Delete every item of a table."""
        name = self.names[table]
        keys = self.dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
        for item in self.items(table):
            key = {each["AttributeName"]: item[each["AttributeName"]] for each in keys}
            self.dynamodb.delete_item(TableName=name, Key=key)

    def messages(self, queue: str) -> list[str]:
        """Take the bodies of the messages that a queue holds."""
        bodies: list[str] = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.names[queue], MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                return bodies
            for message in answer["Messages"]:
                bodies.append(message["Body"])
                self.sqs.delete_message(
                    QueueUrl=self.names[queue], ReceiptHandle=message["ReceiptHandle"]
                )


@contextmanager
def aws_in_memory() -> Iterator[Aws]:
    """Run moto with the template's resources; the environment must hold CREDENTIALS."""
    resources = {
        name: resource
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] in _MADE
    }
    outputs = {
        name: {"Value": {"Fn::GetAtt": [name, "Arn"]} if "KMS" in each["Type"] else {"Ref": name}}
        for name, each in resources.items()
    }
    with mock_aws():
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="test",
            TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs}),
        )
        stack = cloudformation.describe_stacks(StackName="test")["Stacks"][0]
        names = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        key_arn = names.pop("SealingKey")
        yield Aws(
            dynamodb=boto3.client("dynamodb"),
            kms=boto3.client("kms"),
            sqs=boto3.client("sqs"),
            names=names,
            key_arn=key_arn,
        )


def environment_of(function: str, aws: Aws, **changes: str) -> dict[str, str]:
    """Return the environment variables that the template gives a function, resolved."""
    properties = TEMPLATE["Resources"][function]["Properties"]
    resolved = {
        name: _resolved(value, aws)
        for name, value in properties["Environment"]["Variables"].items()
    }
    return {**resolved, **changes}


def _resolved(value: Any, aws: Aws) -> str:
    match value:
        case {"Ref": "Domain"}:
            return "connections.example"
        case {"Ref": "DevelopmentHosts"}:
            return ""
        case {"Ref": "AuditDays"}:
            return str(TEMPLATE["Parameters"]["AuditDays"]["Default"])
        case {"Ref": name}:
            return aws.names[name]
        case {"Fn::GetAtt": ["SealingKey", "Arn"]}:
            return aws.key_arn
        case {"Fn::GetAtt": ["PublicUrl", "Value"]}:
            return "https://oauth2.connections.example"
        case {"Fn::Sub": "${PublicUrl.Value}/callback"}:
            return "https://oauth2.connections.example/callback"
    raise AssertionError(f"The template has a setting that tests do not know: {value}")
