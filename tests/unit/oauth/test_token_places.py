"""Token responses of another form: roots, names, marks, and what is nested in them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from connections.domain.failure import FailureKind
from connections.domain.grant import TokenSet
from connections.oauth.token_response import TokenRequestFailed, token_set
from tests.builders import HOUR, NOW, a_token_set
from tests.unit.oauth.answers import a_client, an_answer

FORMER = a_token_set(
    response={"access_token": "access-1", "scope": "read"},
    issued_at=NOW - HOUR,
    expires_at=NOW,
)


def read(body: object, former: TokenSet | None = None, **form: Any) -> TokenSet:
    """Return what a token response of another form becomes."""
    return token_set(a_client(tokenResponse=form), an_answer(body), former)


def test_the_tokens_may_stand_below_a_root() -> None:
    inner = {"access_token": "a", "refresh_token": "r", "expires_in": 60, "scope": "s"}

    tokens = read({"code": 0, "data": {"oauth": inner}}, root="data.oauth")

    kept = {"access_token": "a", "expires_in": 60, "scope": "s"}
    assert tokens.response == {"code": 0, "data": {"oauth": kept}, **kept}
    assert (tokens.refresh_token, tokens.expires_at) == ("r", NOW + timedelta(minutes=1))


def test_what_stands_below_the_root_counts_for_more_than_what_stands_above() -> None:
    above = {"access_token": "above", "refresh_token": "ra", "expires_in": 5}

    tokens = read({**above, "user": {"access_token": "a", "refresh_token": "r"}}, root="user")

    assert (tokens.access_token, tokens.refresh_token) == ("a", "r")
    assert tokens.expires_at is None
    assert tokens.response["user"] == {"access_token": "a"}


@pytest.mark.parametrize("user", [{}, {"user": None}, {"user": "x"}, {"user": []}])
def test_without_the_root_the_whole_answer_is_read(user: dict[str, Any]) -> None:
    tokens = read({"access_token": "a", "refresh_token": "r", **user}, root="user")

    assert (tokens.access_token, tokens.refresh_token) == ("a", "r")


@pytest.mark.parametrize("inner", [{}, {"access_token": ""}, {"access_token": None}])
def test_below_a_root_without_a_token_none_is_looked_for_elsewhere(inner: dict[str, Any]) -> None:
    with pytest.raises(TokenRequestFailed):
        read({"access_token": "of somebody else", "user": inner}, root="user")


def test_members_may_have_other_names_and_places() -> None:
    names = {
        "access_token": "token.value",
        "refresh_token": "token.renewal",
        "expires_in": "token.lifetime",
        "scope": "rights",
        "token_type": "kind",
    }
    answer = {
        "token": {"value": "a", "renewal": "r", "lifetime": "60"},
        "rights": "read",
        "kind": "Bearer",
    }

    tokens = read(answer, names=names)

    assert tokens.response == {
        "access_token": "a",
        "expires_in": "60",
        "scope": "read",
        "token_type": "Bearer",
        "token": {"value": "a", "lifetime": "60"},
        "rights": "read",
        "kind": "Bearer",
    }
    assert (tokens.refresh_token, tokens.expires_at) == ("r", NOW + timedelta(minutes=1))


def test_the_end_may_have_another_name() -> None:
    answer = {"access_token": "a", "ends": (NOW + HOUR).isoformat()}

    assert read(answer, names={"expires_at": "ends"}).expires_at == NOW + HOUR


def test_names_start_from_the_root() -> None:
    names = {"access_token": "value", "refresh_token": "list.1"}

    tokens = read(
        {"value": "no", "data": {"value": "a", "list": ["x", "r"]}}, root="data", names=names
    )

    assert (tokens.access_token, tokens.refresh_token) == ("a", "r")
    assert tokens.response == {
        "value": "no", "data": {"value": "a", "list": ["x"]}, "access_token": "a"
    }  # fmt: skip


NESTED: list[dict[str, Any]] = [
    {"user": {"refresh_token": "other-refresh"}},
    {"users": [{"deep": [{"refresh_token": "other-refresh"}]}]},
    {"scope": {"refresh_token": "other-refresh"}},
    {"echo": "refresh-2", "echoes": ["refresh-2", {"again": "refresh-2"}]},
    {"refresh_token": "refresh-2", "expires_at": [{"refresh_token": "other-refresh"}]},
]


@pytest.mark.parametrize("more", NESTED)
@pytest.mark.parametrize("former", [None, FORMER])
def test_no_refresh_token_is_in_what_code_receives(
    more: dict[str, Any], former: TokenSet | None
) -> None:
    tokens = read({"access_token": "a", "refresh_token": "refresh-2", **more}, former)

    received = json.dumps(tokens.response)
    assert tokens.refresh_token == "refresh-2"
    assert "refresh-2" not in received
    assert "other-refresh" not in received


def test_a_server_may_have_one_token_for_both() -> None:
    tokens = read({"access_token": "t", "refresh_token": "t"})

    assert (tokens.access_token, tokens.refresh_token) == ("t", "t")


@pytest.mark.parametrize(
    ("equals", "fails", "passes"),
    [
        (False, [False], [True, 0, "false", None]),
        (True, [True], [False, 1, "true", None]),
        (0, [0], [1, False, "0", None]),
        (1, [1], [0, True, "1", None]),
        ("error", ["error"], ["ok", "Error", None]),
    ],
)
def test_the_server_may_mark_a_failure_its_own_way(
    equals: object, fails: list[object], passes: list[object]
) -> None:
    mark = {"path": "meta.success", "equals": equals}

    for value in passes:
        assert read({"access_token": "a", "meta": {"success": value}}, failure=mark).access_token
    assert read({"access_token": "a"}, failure=mark).access_token
    for value in fails:
        with pytest.raises(TokenRequestFailed):
            read({"access_token": "a", "meta": {"success": value}}, failure=mark)


@pytest.mark.parametrize("code", [0, "0", "", None, False])
def test_a_code_that_says_success_is_no_error(code: object) -> None:
    assert read({"access_token": "a", "code": code}, errorPath="code").access_token == "a"


@pytest.mark.parametrize("code", [1, 40105, "E1", True])
def test_any_other_code_at_the_place_of_errors_is_one(code: object) -> None:
    with pytest.raises(TokenRequestFailed):
        read({"access_token": "a", "code": code}, errorPath="code")


@pytest.mark.parametrize("levels", [40, 200, 900])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"x":', b"}")])
def test_a_token_is_not_lost_for_what_is_nested_beside_it(
    levels: int, opening: bytes, closing: bytes
) -> None:
    nested = opening * levels + b"1" + closing * levels
    body = b'{"access_token":"a","refresh_token":"r","expires_in":60,"x":' + nested + b"}"

    tokens = token_set(a_client(), an_answer(body), FORMER)

    assert (tokens.access_token, tokens.refresh_token) == ("a", "r")
    assert tokens.expires_at == NOW + timedelta(minutes=1)
    assert (b"1" in json.dumps(tokens.response["x"]).encode()) is (levels <= 49)


@pytest.mark.parametrize("opening", [b"[", b'{"x":'])
def test_what_is_nested_thousands_of_levels_deep_is_on_record_as_unreadable(opening: bytes) -> None:
    body = b'{"access_token":"a","x":' + opening * 30_000

    with pytest.raises(TokenRequestFailed) as refused:
        token_set(a_client(), an_answer(body), FORMER)

    assert refused.value.failure.kind is FailureKind.UNKNOWN
