"""Takes messages, keeps what it saw, and reports those that say so as failed."""

import json
import os
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: Any) -> Any:
    """Keep each record; a body with "fail" in it fails, one with "crash" fails all."""
    failures = []
    for record in event["Records"]:
        if "crash" in record["body"]:
            raise RuntimeError("as asked")
        if "fail" in record["body"]:
            failures.append({"itemIdentifier": record["messageId"]})
        count = record["attributes"]["ApproximateReceiveCount"]
        item = {
            "pk": {"S": f"message/{record['body']}/{count}"},
            "record": {"S": json.dumps(record)},
            "batch": {"N": str(len(event["Records"]))},
        }
        dynamodb.put_item(TableName=os.environ["TABLE"], Item=item)
    return {"batchItemFailures": failures}
