"""Answers of which a byte comes now and then: the whole has ten seconds, not each byte."""

from tests.answers import problem_code
from tests.hostile.attack import (
    EXCHANGE,
    REFRESH,
    last_entry,
    refused,
    still_pending,
    still_working,
    token_requests,
)
from tests.hostile.slow import SlowAnswers


def test_a_code_whose_answer_dribbles_in_brings_no_grant(slow: SlowAnswers) -> None:
    refused(slow.connecting.result(), "exchange-failed")

    assert token_requests(slow.exchanged) == [EXCHANGE]
    assert "did not answer in time" in last_entry(slow.exchanged)[2]
    still_pending(slow.exchanged)


def test_a_refresh_whose_answer_dribbles_in_costs_no_living_token(slow: SlowAnswers) -> None:
    answer = slow.refreshing.result()

    assert (answer.status_code, problem_code(answer)) == (503, "unavailable")
    assert 9 < answer.elapsed.total_seconds() < 20
    assert token_requests(slow.refreshed) == [EXCHANGE, REFRESH]
    assert slow.refreshed.read()["reason"] == "outcome-unknown"
    still_working(slow.refreshed, slow.access_token)
