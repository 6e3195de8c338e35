"""Places in an answer, and answers without what must not be handed on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.oauth.paths import DEEPEST, member, without

ANSWER = {"a": {"b": [{"c": 1}, None, [2]]}, "0": "zero", "a.b": "dotted"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.0.c", 1),
        ("a.b.2.0", 2),
        ("0", "zero"),
        ("a.b.1", None),
        ("a.b.3", None),
        ("a.b.999999999999", None),
        ("a.b.-1", None),
        ("a.b.x", None),
        ("a.b.\u0663", None),
        ("a.b.0.c.d", None),
        ("x", None),
        ("a.x.b", None),
    ],
)
def test_a_path_leads_through_names_and_indices(path: str, value: object) -> None:
    assert member(ANSWER, path) == value


@pytest.mark.parametrize("answer", [None, 1, "text", True])
def test_nothing_stands_in_what_has_no_members(answer: object) -> None:
    assert member(answer, "a") is None


def test_members_of_these_names_are_left_out_however_deep_they_stand() -> None:
    answer = {"a": {"x": 1, "k": 2}, "x": {"k": 3}, "list": [{"y": 4, "k": 5}, [{"x": 6}]]}

    assert without(answer, {"x", "y"}) == {"a": {"k": 2}, "list": [{"k": 5}, [{}]]}


def test_a_value_is_left_out_wherever_it_stands() -> None:
    answer = {"a": "r", "b": ["r", "s", ["r"]], "c": {"d": "r", "e": "rr"}, "r": 1}

    assert without(answer, (), "r") == {"b": ["s", []], "c": {"e": "rr"}, "r": 1}


def test_without_a_value_none_is_left_out() -> None:
    answer = {"a": None, "b": [None, "x"]}

    assert without(answer, ()) == answer


def nested(levels: int, kind: type) -> Any:
    answer: Any = "x"
    for _ in range(levels):
        answer = [answer] if kind is list else {"a": answer}
    return answer


@pytest.mark.parametrize("kind", [list, dict])
def test_what_stands_deeper_than_fifty_levels_is_left_out(kind: type) -> None:
    assert DEEPEST == 50
    assert without(nested(50, kind), ()) == nested(50, kind)
    assert "x" not in json.dumps(without(nested(51, kind), ()))
    assert without(nested(900, kind), ()) == without(nested(51, kind), ())


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "refresh_token"]), inner)
    ),
)


@given(ANSWERS)
def test_no_member_of_the_name_is_ever_left(answer: object) -> None:
    assert '"refresh_token":' not in json.dumps(without(answer, {"refresh_token"}))
