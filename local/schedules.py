"""Schedules: a rule of EventBridge invokes a function asynchronously every so many seconds."""

import json
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local.blueprint import ScheduleBlueprint
from local.deployment import ACCOUNT
from local.functions import Answer, Function
from local.partition import partition

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Schedule:
    """One rule and its function. `lock` is held while it runs."""

    def __init__(
        self,
        blueprint: ScheduleBlueprint,
        function: Function,
        region: str,
        sqs_as: Callable[[str], "SQSClient"],
    ) -> None:
        self.blueprint = blueprint
        self.lock = threading.Lock()
        self._function = function
        self._region = region
        self._sqs_as = sqs_as

    def run(self) -> Answer:
        """Invoke the function now, with the retries it has; the caller holds the lock.

        Retries come at once (Lambda waits one minute, then two). What fails in the end is sent
        to the on-failure queue, with the rights of the function's role, as Lambda does it.
        """
        blueprint = self._function.blueprint
        event = self._event()
        answer, attempts = self._function.invoke(event), 1
        while answer.failed and attempts <= blueprint.retries:
            answer, attempts = self._function.invoke(event), attempts + 1
        if answer.failed and blueprint.on_failure is not None:
            sqs = self._sqs_as(blueprint.name)
            queue = blueprint.on_failure.rpartition(":")[2]
            record = json.dumps(self._record(event, answer, attempts))
            url = f"{sqs.meta.endpoint_url}/{ACCOUNT}/{queue}"
            sqs.send_message(QueueUrl=url, MessageBody=record)
        return answer

    def _event(self) -> Any:
        if self.blueprint.input is not None:
            return json.loads(self.blueprint.input)
        place = f"arn:{partition(self._region)}:events:{self._region}:{ACCOUNT}"
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [f"{place}:rule/{self.blueprint.rule}"],
            "detail": {},
        }

    def _record(self, event: Any, answer: Answer, attempts: int) -> dict[str, Any]:
        return {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "requestContext": {
                "requestId": answer.request_id,
                "functionArn": f"{self._function.arn}:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": attempts,
            },
            "requestPayload": event,
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            },
            "responsePayload": answer.payload,
        }
