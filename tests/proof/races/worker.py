"""One of the processes that race: runs the calls of each line of JSON at once, in threads.

It is started by `crew.py`, with the environment of the functions. A line has up to four calls, and
the answer is a line with what each came to. What the functions print goes to stderr.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from connections.entrypoints import credentials, refresh_connections, refreshing
from local.execution_environment import Context
from tests.proof.races.breakages import UnclaimedStates

THREADS = 4
UNCLAIMED = "unclaimed"
"""The argument by which all are given a claim, which the races must notice."""
HANDLERS: dict[str, tuple[Callable[[Any, Any], Any], float]] = {
    # With the seconds that the template gives each.
    "RefreshConnectionsFunction": (refresh_connections.handle, 120.0),
    # NOTE: one at a time in a process, as on Lambda: the router keeps the event that it is at.
    "CredentialsFunction": (credentials.handle, 29.0),
}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if sys.argv[1:] == [UNCLAIMED]:
        # What composes the functions takes it from there.
        vars(refreshing)["DynamoStates"] = UnclaimedStates
    with ThreadPoolExecutor(THREADS) as pool:
        for line in sys.stdin:
            done = list(pool.map(_run, json.loads(line)))
            answers.write(json.dumps(done) + "\n")
            answers.flush()


def _run(call: dict[str, Any]) -> Any:
    """Wait for the moment of the call, and return the function's answer."""
    handle, seconds = HANDLERS[call["function"]]
    time.sleep(max(0.0, call["at"] - time.time()))
    context = Context(
        aws_request_id=str(uuid.uuid4()),
        invoked_function_arn=f"arn:aws:lambda:us-east-2:123456789012:function:{call['function']}",
        deadline=time.time() + seconds,
        function_name=call["function"],
        memory_limit_in_mb="1024",
        log_group_name="/aws/lambda",
        log_stream_name="races",
    )
    try:
        return handle(call["event"], context)
    except Exception as error:  # noqa: BLE001 - whatever it is, the round fails by it
        return {"error": repr(error)}


if __name__ == "__main__":
    main()
