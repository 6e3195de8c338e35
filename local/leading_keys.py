"""Which partitions a call to DynamoDB reaches, as conditions on dynamodb:LeadingKeys see them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from local.conditions import LEADING_KEYS, Context
from local.deployment import Deployment
from local.resources import of_type

PartitionKeys = Mapping[str, str]
"""Per table and per index, by ARN, the name of the attribute that is its partition key."""

# No key is empty: what cannot be told is allowed by the pattern * alone.
_UNKNOWN = ""
_EQUALITY = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


def partition_keys(deployment: Deployment) -> dict[str, str]:
    """The partition keys of the tables and of their indexes."""
    found = {}
    for name, table in of_type("AWS::DynamoDB::Table", deployment.data).items():
        arn, properties = deployment.data_arns[name], table["Properties"]
        found[arn] = _partition_key(properties["KeySchema"])
        for index in properties.get("GlobalSecondaryIndexes", []):
            found[f"{arn}/index/{index['IndexName']}"] = _partition_key(index["KeySchema"])
    return found


def of_items(items: Iterable[Mapping[str, Any]], key: str | None) -> Context:
    """What is reached of a table by the items, or the keys of items, of a call."""
    return {LEADING_KEYS: tuple(_value(item.get(key or "")) for item in items)}


def of_query(content: Mapping[str, Any], key: str | None) -> Context:
    """What a Query reaches: it gives the partition key one value, of its placeholders."""
    names = content.get("ExpressionAttributeNames") or {}
    values = content.get("ExpressionAttributeValues") or {}
    equalities = _EQUALITY.findall(str(content.get("KeyConditionExpression", "")))
    found = [values.get(value) for name, value in equalities if names.get(name, name) == key]
    return {LEADING_KEYS: tuple(map(_value, found)) or (_UNKNOWN,)}


def _partition_key(schema: Iterable[Mapping[str, str]]) -> str:
    return next(each["AttributeName"] for each in schema if each["KeyType"] == "HASH")


def _value(attribute: object) -> str:
    """A text, a number or bytes (in base64) of an attribute, which names its type."""
    match attribute:
        case {"S": str(value)} | {"N": str(value)} | {"B": str(value)}:
            return value
        case _:
            return _UNKNOWN
