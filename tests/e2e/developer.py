"""The stack's AWS as a developer reaches it."""

import json
from typing import Any

import boto3

from tests.stack import RunningStack


def developer(stack: RunningStack, service: str) -> Any:
    """Return a client with the rights of a developer."""
    session = boto3.Session(
        aws_access_key_id="developer", aws_secret_access_key="local", region_name=stack.region
    )
    return session.client(service, endpoint_url=stack.aws_url)  # type: ignore[call-overload]


def everything_stored(stack: RunningStack, but: str, *, ending: bool = True) -> str:
    """Return all items of all tables but one, as text.

    Without `ending`, authorizations and used flows are left out, which are cleared away by time.
    """
    dynamodb = developer(stack, "dynamodb")
    names = [name for name in dynamodb.list_tables()["TableNames"] if f"-{but}-" not in name]
    pages = (
        page for name in names for page in dynamodb.get_paginator("scan").paginate(TableName=name)
    )
    items = [item for page in pages for item in page["Items"] if ending or not _ending(item)]
    assert items != []
    return json.dumps(items, default=lambda value: value.decode("latin-1"))


def _ending(item: dict[str, Any]) -> bool:
    of_consent = item.get("sk") in ({"S": "authorization"}, {"S": "flow"})
    return of_consent and "ttl" in item and "sealed" not in item
