"""Cursors: a place in a list, and nothing around it."""

import re

import pytest

from connections.adapters.lists import cursor_of, place_of
from connections.domain.errors import InvalidRequest

FORM = re.compile(r"cus_[0-9a-z]{26}")
PLACE = "cus_00000000000000000000000001"


def test_a_cursor_is_url_safe_and_leads_back_to_its_place() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor_of(PLACE))
    assert place_of(cursor_of(PLACE), FORM) == PLACE


@pytest.mark.parametrize(
    "place", [f"{PLACE}x", f"{PLACE}\n", f"x{PLACE}", PLACE[:-1], "", "cus_" + "é" * 26, "\ud7ff"]
)
def test_a_place_of_another_form_is_refused(place: str) -> None:
    with pytest.raises(InvalidRequest):
        place_of(cursor_of(place), FORM)


@pytest.mark.parametrize(
    "cursor", [PLACE, cursor_of(PLACE) + "A", cursor_of(PLACE) + "!", "_w", "A", "\ud800"]
)
def test_what_is_no_base64_of_a_text_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        place_of(cursor, FORM)
