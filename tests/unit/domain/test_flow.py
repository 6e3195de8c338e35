"""What became of an authorization."""

from datetime import datetime, timedelta

import pytest

from connections.domain.flow import LAPSED_AFTER, Outcome
from tests.builders import AUTHORIZATION, CONNECTION, HOUR, NOW, an_offer

LAST = NOW + HOUR - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("outcome", "now", "status"),
    [
        (None, LAST, "waiting"),
        (None, NOW + HOUR, "expired"),
        (Outcome(), NOW, "succeeded"),
        (Outcome(), NOW + HOUR, "succeeded"),
        (Outcome(error="consent-refused"), NOW + HOUR, "failed"),
        (Outcome(error="authorization-expired"), NOW, "expired"),
    ],
)
def test_an_authorization_says_how_it_stands(
    outcome: Outcome | None, now: datetime, status: str
) -> None:
    offer = an_offer(
        id=AUTHORIZATION, connection_id=CONNECTION, expires_at=NOW + HOUR, outcome=outcome
    )

    assert offer.status(now) == status


def test_a_queue_can_wait_until_a_flow_has_lapsed() -> None:
    assert timedelta(minutes=10) < LAPSED_AFTER <= timedelta(seconds=900)
