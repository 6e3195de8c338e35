"""The steps of a refresh: each call to AWS and to the authorization server, in turn."""

import json
from dataclasses import dataclass
from typing import Any

CLAIM = "claim"
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: an operation of a service, and what it is about."""

    service: str
    operation: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.operation} {self.about}".strip()

    @property
    def claims(self) -> bool:
        return self.about.endswith(CLAIM)

    @property
    def transacts(self) -> bool:
        return self.operation == "TransactWriteItems"

    @property
    def writes(self) -> bool:
        """Whether it can meet somebody's transaction."""
        return self.service == "dynamodb" and (self.transacts or self.operation in _WRITES)


TOKEN_REQUEST = Call("provider", "POST", "/token")
COMMIT = Call("dynamodb", "PutItem", "Tokens")
STATE = Call("dynamodb", "UpdateItem", "Connections state")


def call_of(target: str, body: dict[str, Any], names: dict[str, str]) -> Call:
    """Return the call that a request of AWS's JSON protocols makes."""
    prefix, _, operation = target.partition(".")
    service = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "TrentService": "kms"}[prefix]
    logical = {physical: name for name, physical in names.items()}
    parts = [next(iter(each.values())) for each in body.get("TransactItems", [])]
    named = [body.get("TableName"), body.get("QueueUrl"), *body.get("RequestItems", {})]
    named += [each["TableName"] for each in parts]
    about = dict.fromkeys(logical[each] for each in named if each)
    kind = body.get("Key", {}).get("sk", {}).get("S", "")
    if ":holder" in body.get("ExpressionAttributeValues", {}):
        kind = CLAIM
    named_so = " ".join([*about, kind if kind.isalpha() else ""]).strip()
    return Call(service, operation, named_so)


def parsed(target: object, body: object) -> tuple[str, dict[str, Any]]:
    """Return a request's target and body; they come as text or as bytes."""
    told = target.decode() if isinstance(target, bytes) else str(target)
    content: dict[str, Any] = json.loads(body) if isinstance(body, str | bytes) else {}
    return told, content
