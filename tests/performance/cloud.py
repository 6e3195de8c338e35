"""AWS in memory and the demo provider, in a process of their own: their CPU time is not ours.

Nor is what they take from us by pushing us from processor to processor: where there are several,
the functions have one alone, as in Lambda.

Run as `python -m tests.performance.cloud`, it prints where they are and ends with its input.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import boto3

from local.aws import AwsServer
from local.demo_provider import serve
from tests.integration.aws import ROOT, Aws, aws_in_memory
from tests.performance.scene import Scene, credentials, scene_of


def main() -> None:
    """Serve until the input ends."""
    _keep_to(_processors()[1:])
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
    with credentials() as environment, _process() as process, _on_one_processor():
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
def _on_one_processor() -> Iterator[None]:
    allowed = _processors()
    _keep_to(allowed[:1])
    try:
        yield
    finally:
        _keep_to(allowed)


def _processors() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []


def _keep_to(processors: Sequence[int]) -> None:
    """Run on these processors alone; on any, where there are none or the system cannot do it."""
    if processors and sys.platform == "linux":
        os.sched_setaffinity(0, processors)


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
