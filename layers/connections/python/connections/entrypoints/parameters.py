"""Parameters that many routes take."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from pydantic import StringConstraints

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]
CustomerIdText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
InstanceIdText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[!-~]{8,200}$")] | None,
    Header(alias="Idempotency-Key", description="Determines the id of what is created."),
]
