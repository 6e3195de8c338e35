"""Races for connections: against a real authorization server, and for items of the tables."""


def run(full: bool) -> None:
    """Run all races, in their full size or a small one, and print what they came to.

    Raises: AssertionError when a refresh token came twice, or not exactly one won.
    """
    # Only here: the processes that race are of this package, and start quicker without it.
    from tests.proof.races.running import run_all  # noqa: PLC0415

    run_all(full=full)
