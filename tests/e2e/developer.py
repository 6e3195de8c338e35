"""The stack's AWS as a developer reaches it."""

from typing import Any

import boto3

from tests.stack import RunningStack


def developer(stack: RunningStack, service: str) -> Any:
    """Return a client with the rights of a developer."""
    session = boto3.Session(
        aws_access_key_id="developer", aws_secret_access_key="local", region_name=stack.region
    )
    return session.client(service, endpoint_url=stack.aws_url)  # type: ignore[call-overload]
