"""`Retry-After` of a token endpoint (RFC 9110 section 10.2.3)."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.oauth.token_response import TokenRequestFailed, token_set
from tests.builders import NOW
from tests.unit.oauth.answers import a_client, an_answer


def retry_after(value: str, status: int = 503) -> int | None:
    with pytest.raises(TokenRequestFailed) as caught:
        token_set(a_client(), an_answer({}, status, retry_after=value), None)
    return caught.value.failure.retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("120", 120),
        (" 120 ", 120),
        ("007", 7),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 5000, 86_400),
    ],
)
def test_a_number_is_seconds_and_bounded(value: str, seconds: int) -> None:
    assert retry_after(value) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2026 13:02:00 +0100", 120),
        ("Sun, 01 Mar 2026 12:02:00 -0000", 120),
        ("Sun, 01 Mar 2026 12:02:00", 120),
        ("Sun, 01 Mar 2026 12:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 11:59:59 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_a_date_is_seconds_from_the_moment_that_the_request_was_sent(
    value: str, seconds: int
) -> None:
    assert retry_after(value) == seconds


def test_a_part_of_a_second_is_waited_for_whole() -> None:
    answer = an_answer(
        {},
        503,
        sent_at=NOW + timedelta(milliseconds=500),
        retry_after="Sun, 01 Mar 2026 12:02:00 GMT",
    )

    with pytest.raises(TokenRequestFailed) as caught:
        token_set(a_client(), answer, None)

    assert caught.value.failure.retry_after == 120


@pytest.mark.parametrize(
    "value",
    ["", " ", "soon", "-1", "1.5", "1e3", "0x10", "²", "120 s", "2026-03-01", "Sun, 99 Mar 2026"],
)
def test_anything_else_asks_for_nothing(value: str) -> None:
    assert retry_after(value) is None


def test_an_answer_that_does_not_ask_asks_for_nothing() -> None:
    with pytest.raises(TokenRequestFailed) as caught:
        token_set(a_client(), an_answer({}, 503), None)

    assert caught.value.failure.retry_after is None


@pytest.mark.parametrize("status", [200, 400, 408, 429, 500, 503])
def test_the_wish_is_read_whatever_the_status(status: int) -> None:
    assert retry_after("30", status) == 30


@given(st.integers(-(10**9), 10**9))
@settings(deadline=None)
def test_every_date_is_as_good_as_its_seconds(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert retry_after(date) == min(max(0, seconds), 86_400)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_read_without_a_crash(value: str) -> None:
    seconds = retry_after(value)

    assert seconds is None or seconds >= 0
