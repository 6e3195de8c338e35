"""Which actions on which resources a call to AWS needs, read from the request itself."""

import base64
import binascii
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

from local import leading_keys
from local.conditions import ENCRYPTION_CONTEXT, Context
from local.deployment import ACCOUNT
from local.leading_keys import PartitionKeys
from local.partition import partition
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


def of_request(
    service: str,
    region: str,
    headers: Mapping[str, str],
    body: bytes,
    partition_keys: PartitionKeys,
) -> list[Need]:
    """The needs of a request; `service` and `region` as its signature names them.

    A call that is not known here needs its action on *: no statement of a function that lists
    its resources allows that.
    """
    operation, content = _operation(headers, body)
    place = f"arn:{partition(region)}:{service}:{region}:{ACCOUNT}:"
    match service:
        case "dynamodb":
            return _dynamodb(operation, content, place, partition_keys)
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


def _dynamodb(
    operation: str, content: Mapping[str, Any], place: str, keys: PartitionKeys
) -> list[Need]:
    if operation in ("BatchGetItem", "BatchWriteItem"):
        tables = content.get("RequestItems", {})
        return [
            _on_table(operation, {"TableName": table, "Batch": batch}, place, keys)
            for table, batch in tables.items()
        ]
    if operation in ("TransactWriteItems", "TransactGetItems"):
        return [
            _on_table(TRANSACTION_PARTS.get(kind, kind), part, place, keys)
            for item in content.get("TransactItems", [])
            for kind, part in item.items()
        ]
    return [_on_table(operation, content, place, keys)]


def _on_table(operation: str, content: Mapping[str, Any], place: str, keys: PartitionKeys) -> Need:
    table = str(content.get("TableName", ""))
    if not table:
        return Need(action=f"dynamodb:{operation}", resource="*")
    arn = table if table.startswith("arn:") else f"{place}table/{table}"
    index = content.get("IndexName")
    resource = arn if index is None else f"{arn}/index/{index}"
    return Need(
        action=f"dynamodb:{operation}",
        resource=resource,
        context=_partitions(operation, content, keys.get(resource)),
    )


def _partitions(operation: str, content: Mapping[str, Any], key: str | None) -> Context:
    """The leading keys; what has none, such as a Scan, has none in AWS either."""
    if operation == "Query":
        return leading_keys.of_query(content, key)
    match content:
        case {"Key": dict(item)} | {"Item": dict(item)}:
            return leading_keys.of_items([item], key)
        case {"Batch": {"Keys": list(items)}}:
            return leading_keys.of_items(items, key)
        case {"Batch": list(requests)}:
            parts = [part for request in requests for part in request.values()]
            items = [part.get("Key") or part.get("Item") or {} for part in parts]
            return leading_keys.of_items(items, key)
        case _:
            return {}


def _kms(operation: str, content: Mapping[str, Any], place: str) -> list[Need]:
    if operation == "ReEncrypt":
        # Each side is judged by itself, with its own encryption context.
        source = content.get("SourceKeyId") or _key_of(content.get("CiphertextBlob"))
        target = content.get("DestinationKeyId")
        return [
            _on_key("ReEncryptFrom", source, content.get("SourceEncryptionContext"), place),
            _on_key("ReEncryptTo", target, content.get("DestinationEncryptionContext"), place),
        ]
    key = content.get("KeyId") or _key_of(content.get("CiphertextBlob"))
    return [_on_key(operation, key, content.get("EncryptionContext"), place)]


def _on_key(operation: str, key: object, bound: object, place: str) -> Need:
    resource = str(key or "*")
    if resource != "*" and not resource.startswith("arn:"):
        kind = "" if resource.startswith("alias/") else "key/"
        resource = f"{place}{kind}{resource}"
    context = {
        f"{ENCRYPTION_CONTEXT}{name}": (str(value),)
        for name, value in (bound.items() if isinstance(bound, dict) else ())
    }
    return Need(action=f"kms:{operation}", resource=resource, context=context)


def _key_of(ciphertext: object) -> str | None:
    try:
        return base64.b64decode(str(ciphertext))[:_KEY_ID_LENGTH].decode("ascii")
    except (binascii.Error, ValueError):
        return None
