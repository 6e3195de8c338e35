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

from tests.integration import memory

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient

ROOT = Path(__file__).parent.parent.parent
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
REGION = memory.REGION
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

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return every raw item of a table."""
        return memory.raw_items(self.names[table])

    def empty(self) -> None:
        """Delete every item and every message but the branch keys, which take a second to make."""
        for logical, name in self.names.items():
            if logical == "BranchKeys":
                continue
            if name.startswith("http"):
                memory.forget_messages(name)
                continue
            self.clear(logical)

    def clear(self, table: str) -> None:
        """Delete every item of a table."""
        memory.forget_items(self.names[table])

    def messages(self, queue: str) -> list[str]:
        """Take the bodies of a queue's messages, also of those that are delayed or hidden."""
        memory.show_messages(self.names[queue])
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
    with mock_aws(), memory.light_copies(), memory.one_at_a_time():
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
        case {"Fn::GetAtt": ["PublicUrl" | "OtherUrl", "Value"]}:
            return "https://oauth2.connections.example"
    raise AssertionError(f"The template has a setting that tests do not know: {value}")
