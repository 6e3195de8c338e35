"""Answers with the event, or does what a query parameter says."""

import json
import os
import sys
import time
from typing import Any

from from_layer import GREETING

remembered = 0


def handler(event: dict[str, Any], context: Any) -> Any:
    """Echo the event; `do` in the query asks for something else."""
    global remembered  # noqa: PLW0603 - what an environment remembers is what is tested
    remembered += 1
    query = event.get("queryStringParameters", {})
    match query.get("do"):
        case "sleep":
            time.sleep(float(query["seconds"]))
        case "fail":
            raise RuntimeError("as asked")
        case "exit":
            sys.exit(3)
        case "print":
            print("printed by the function")
            sys.stderr.write("written by the function\n")
        case "log":
            print(query["line"])
        case "plain":
            return {"plain": True}
        case "respond":
            return json.loads(event["body"])
    answer = {
        "event": event,
        "pid": os.getpid(),
        "remembered": remembered,
        "environment": dict(os.environ),
        "path": sys.path,
        "folder": os.getcwd(),
        "layer": GREETING,
        "milliseconds": context.get_remaining_time_in_millis(),
        "context": {
            name: getattr(context, name)
            for name in (
                "aws_request_id",
                "function_name",
                "function_version",
                "invoked_function_arn",
                "memory_limit_in_mb",
                "log_group_name",
                "log_stream_name",
            )
        },
    }
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(answer),
    }
