"""Calls AWS as the body says and answers with the error's code, if there is one."""

import json
import os
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

clients = {name: boto3.client(name) for name in ("dynamodb", "kms", "sqs", "sts")}


def handler(event: dict[str, Any], context: Any) -> Any:
    """Make the call that the body names, with $TABLE and others put in."""
    text = event["body"]
    for name in ("TABLE", "KEY", "QUEUE"):
        text = text.replace(f"${name}", os.environ[name])
    call = json.loads(text)
    began = time.perf_counter()
    answer: dict[str, Any] = {}
    try:
        for _ in range(call.get("times", 1)):
            answer = getattr(clients[call["service"]], call["operation"])(**call["with"])
    except ClientError as error:
        return {**error.response["Error"], "status": error.response["ResponseMetadata"]}
    answer.pop("ResponseMetadata", None)
    return {"answer": json.loads(json.dumps(answer, default=str)), "s": time.perf_counter() - began}
