"""Sends its event to the queue, unless an item in the table tells it to fail."""

import json
import os
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> Any:
    """Fail if the item "schedule-fails" exists, else send the event on."""
    key = {"pk": {"S": "schedule-fails"}}
    if "Item" in dynamodb.get_item(TableName=os.environ["TABLE"], Key=key):
        raise RuntimeError("as asked")
    sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
