"""The rate of a client registration: moments that batches reserve, one after the other."""

from dataclasses import replace
from datetime import timedelta

from connections.domain.client_registration import Rate, Registration, reserved
from connections.domain.identifiers import RegistrationId
from tests.builders import HOUR, NOW

SECOND = timedelta(seconds=1)
RATE = Rate(requests=30, per=timedelta(minutes=1))
QUIET = Registration(id=RegistrationId("reg_1"))


def test_a_rate_keeps_refreshes_evenly_apart() -> None:
    assert RATE.apart == 2 * SECOND


def test_a_batch_reserves_moments_from_now_on() -> None:
    after, moments = reserved(QUIET, 3, RATE, NOW, NOW + HOUR)

    assert moments == (NOW, NOW + 2 * SECOND, NOW + 4 * SECOND)
    assert after == replace(QUIET, next_at=NOW + 6 * SECOND)


def test_the_next_batch_goes_on_where_that_ended() -> None:
    after, _ = reserved(QUIET, 2, RATE, NOW, NOW + HOUR)

    assert reserved(after, 1, RATE, NOW + SECOND, NOW + HOUR)[1] == (NOW + 4 * SECOND,)


def test_a_pause_is_not_made_up_for() -> None:
    after, _ = reserved(QUIET, 2, RATE, NOW, NOW + HOUR)

    assert reserved(after, 2, RATE, NOW + HOUR, NOW + 2 * HOUR)[1] == (
        NOW + HOUR,
        NOW + HOUR + 2 * SECOND,
    )


def test_no_moment_is_reserved_that_nobody_can_wait_for() -> None:
    after, moments = reserved(QUIET, 3, RATE, NOW, NOW + 2 * SECOND)

    assert moments == (NOW, NOW + 2 * SECOND)
    assert after.next_at == NOW + 4 * SECOND
    assert reserved(after, 3, RATE, NOW, NOW + 3 * SECOND) == (after, ())


def test_what_is_due_stays_due_where_the_moments_of_the_next_minute_are_taken() -> None:
    """Nothing is read or written for what would not be sent before it comes again."""
    free = replace(QUIET, next_at=NOW + 60 * SECOND)
    taken = replace(QUIET, next_at=NOW + 61 * SECOND)

    assert (free.room(NOW), taken.room(NOW)) == (None, 0)
