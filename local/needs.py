"""Which actions on which resources a call to AWS needs, read from the request itself."""

import base64
import binascii
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

from local.deployment import ACCOUNT
from local.permissions import Need

TRANSACTION_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
# moto's ciphertexts begin with the id of their key.
_KEY_ID_LENGTH = 36


def of_request(service: str, region: str, headers: Mapping[str, str], body: bytes) -> list[Need]:
    """The needs of a request; `service` and `region` as its signature names them.

    A call that is not known here needs its action on *: no statement of a function that lists
    its resources allows that.
    """
    operation, content = _operation(headers, body)
    place = f"arn:aws:{service}:{region}:{ACCOUNT}:"
    match service:
        case "dynamodb":
            return _dynamodb(operation, content, place)
        case "kms":
            return _kms(operation, content, place)
        case "sqs":
            name = str(content.get("QueueUrl", "*")).rpartition("/")[2]
            return [Need(action=f"sqs:{operation.removesuffix('Batch')}", resource=place + name)]
        case _:
            return [Need(action=f"{service}:{operation or '*'}", resource="*")]


def _operation(headers: Mapping[str, str], body: bytes) -> tuple[str, Mapping[str, Any]]:
    """The operation and its input, in the JSON or in the older query protocol."""
    target = headers.get("x-amz-target")
    try:
        if target is not None:
            content = json.loads(body or b"{}")
            return target.rpartition(".")[2], content if isinstance(content, dict) else {}
        form = dict(urllib.parse.parse_qsl(body.decode()))
    except ValueError:
        return "", {}
    return form.get("Action", ""), form


def _dynamodb(operation: str, content: Mapping[str, Any], place: str) -> list[Need]:
    if operation in ("BatchGetItem", "BatchWriteItem"):
        tables = content.get("RequestItems", {})
        return [_on_table(operation, {"TableName": table}, place) for table in tables]
    if operation in ("TransactWriteItems", "TransactGetItems"):
        return [
            _on_table(TRANSACTION_PARTS.get(kind, kind), part, place)
            for item in content.get("TransactItems", [])
            for kind, part in item.items()
        ]
    return [_on_table(operation, content, place)]


def _on_table(operation: str, content: Mapping[str, Any], place: str) -> Need:
    table = str(content.get("TableName", ""))
    if not table:
        return Need(action=f"dynamodb:{operation}", resource="*")
    arn = table if table.startswith("arn:") else f"{place}table/{table}"
    index = content.get("IndexName")
    return Need(
        action=f"dynamodb:{operation}", resource=arn if index is None else f"{arn}/index/{index}"
    )


def _kms(operation: str, content: Mapping[str, Any], place: str) -> list[Need]:
    if operation == "ReEncrypt":
        source = content.get("SourceKeyId") or _key_of(content.get("CiphertextBlob"))
        return [
            _on_key("ReEncryptFrom", source, place),
            _on_key("ReEncryptTo", content.get("DestinationKeyId"), place),
        ]
    key = content.get("KeyId") or _key_of(content.get("CiphertextBlob"))
    return [_on_key(operation, key, place)]


def _on_key(operation: str, key: object, place: str) -> Need:
    resource = str(key or "*")
    if resource != "*" and not resource.startswith("arn:"):
        kind = "" if resource.startswith("alias/") else "key/"
        resource = f"{place}{kind}{resource}"
    return Need(action=f"kms:{operation}", resource=resource)


def _key_of(ciphertext: object) -> str | None:
    try:
        return base64.b64decode(str(ciphertext))[:_KEY_ID_LENGTH].decode("ascii")
    except (binascii.Error, ValueError):
        return None
