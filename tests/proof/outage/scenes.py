"""The outage, scene by scene, at full size or small."""

import time
from collections.abc import Callable

import pytest

from tests.integration.aws import CREDENTIALS, Aws, aws_in_memory
from tests.proof.outage.bad_hours import Size, expired_secret, server_errors
from tests.proof.outage.lost_answers import with_family_revocation, with_grace

Scene = Callable[[Aws, Size], str]
SCENES: tuple[tuple[Scene, Size, Size], ...] = (
    (server_errors, Size(connections=5000, bad_minutes=60), Size(connections=120, bad_minutes=12)),
    (expired_secret, Size(connections=5000, bad_minutes=60), Size(connections=100, bad_minutes=8)),
    (with_grace, Size(connections=200, bad_minutes=12), Size(connections=60, bad_minutes=8)),
    (
        with_family_revocation,
        Size(connections=200, bad_minutes=12),
        Size(connections=60, bad_minutes=8),
    ),
)
"""Each with its full size and its small one."""


def main() -> None:
    """Play all scenes at full size."""
    run(full=True)


def run(*, full: bool) -> None:
    """Play all scenes, and print what was seen.

    Raises:
        AssertionError: something is not as it must be.
    """
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        with aws_in_memory() as aws:
            for scene, large, small in SCENES:
                _play(scene, aws, large if full else small)


def _play(scene: Scene, aws: Aws, size: Size) -> None:
    began = time.monotonic()
    told = (scene.__doc__ or "").splitlines()[0]
    print(f"\n{told} {size.connections} connections, {size.bad_minutes} bad minutes")
    print(scene(aws, size))
    print(f"(in {time.monotonic() - began:.0f} s)")
