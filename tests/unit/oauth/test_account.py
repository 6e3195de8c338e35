"""Whose consent it is, as an answer tells it."""

import pytest

from connections.domain.grant import Account
from connections.oauth.account import told_account, userinfo_request
from connections_sdk.composite_facts import AccountFrom


def test_an_account_has_an_id_and_perhaps_a_name() -> None:
    told = {"authed_user": {"id": "U1"}, "team": {"name": "Acme"}}
    named = AccountFrom(id="authed_user.id", name="team.name")
    assert told_account(named, told) == Account(id="U1", name="Acme")
    assert told_account(AccountFrom(id="authed_user.id"), told) == Account(id="U1")
    assert told_account(AccountFrom(id="authed_user.id", name="x"), told) == Account(id="U1")


def test_a_number_is_an_id_as_well() -> None:
    assert told_account(AccountFrom(id="hub_id"), {"hub_id": 1234}) == Account(id="1234")


@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, "", "  ", "a\nb", "x" * 201, ["a"], {"a": "b"}, 10**5000],
    ids=["nothing", "true", "float", "empty", "blank", "lines", "long", "list", "map", "digits"],
)
def test_what_cannot_be_shown_is_no_account(value: object) -> None:
    assert told_account(AccountFrom(id="id"), {"id": value}) is None


def test_a_name_that_cannot_be_shown_is_left_out() -> None:
    wanted = AccountFrom(id="id", name="name")
    assert told_account(wanted, {"id": "1", "name": "a\u202eb"}) == Account(id="1")


def test_the_account_is_asked_for_with_the_access_token_alone() -> None:
    request = userinfo_request("https://acme.example/me", "access-1")
    assert request.method == "GET"
    assert request.url == "https://acme.example/me"
    assert request.headers == {"accept": "application/json", "authorization": "Bearer access-1"}
    assert request.content == ({}, None)
