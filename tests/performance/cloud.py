"""AWS in memory and the demo provider, in a process of their own: their CPU time is not ours.

Run as `python -m tests.performance.cloud`, it prints where they are and ends with its input.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from local.aws import AwsServer
from local.demo_provider import serve
from tests.integration.aws import ROOT, Aws, aws_in_memory
from tests.performance.scene import Scene, credentials, scene_of


def main() -> None:
    """Serve until the input ends."""
    with credentials(), aws_in_memory() as aws:
        server, provider = AwsServer(), serve("localhost", 0)
        server.start()
        told = {"aws": server.url, "provider": provider.url, "names": aws.names, "key": aws.key_arn}
        print(json.dumps(told), flush=True)
        sys.stdin.read()
        provider.stop()
        server.stop()


@contextmanager
def scene_apart() -> Iterator[Scene]:
    """Run the functions in this process, and all that they call in another."""
    with credentials() as environment, _process() as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        environment.setenv("AWS_ENDPOINT_URL", told["aws"])
        aws = Aws(
            dynamodb=boto3.client("dynamodb"),
            kms=boto3.client("kms"),
            sqs=boto3.client("sqs"),
            names=told["names"],
            key_arn=told["key"],
        )
        with scene_of(aws, told["provider"], environment) as scene:
            yield scene


@contextmanager
def _process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.performance.cloud"],
        cwd=ROOT,
        env=os.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.communicate()


if __name__ == "__main__":
    main()
