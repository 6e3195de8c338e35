"""What a callback brings beside the protocol: kept for code, as far as it is wanted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.flow import Flow
from connections.oauth.authorization import AuthorizationResponse, callback_context
from tests.builders import a_flow, an_issuance

PROTOCOL = {
    "code": "the-code", "state": "the-state", "iss": "https://acme.example",
    "error": "access_denied", "error_description": "words", "error_uri": "https://acme.example/e",
    "scope": "read", "session_state": "s",
}  # fmt: skip
BESIDE = {"realmId": "9", "accounts-server": "https://accounts.acme.example", "empty": ""}


def wanting(names: list[str] | None) -> Flow:
    """Return a flow whose definition wants these parameters."""
    return a_flow(issuance=an_issuance(provider={"contextParameters": names}))


def context(flow: Flow, **parameters: str) -> dict[str, str]:
    return callback_context(AuthorizationResponse(state="the-state", parameters=parameters), flow)


def test_all_but_the_protocols_own_is_kept() -> None:
    assert context(a_flow(), **PROTOCOL, **BESIDE) == BESIDE
    assert context(wanting(None), **PROTOCOL, **BESIDE) == BESIDE


@pytest.mark.parametrize("name", PROTOCOL)
def test_nothing_of_the_protocols_own_is_kept_though_it_be_wanted(name: str) -> None:
    assert context(a_flow(), **{name: "x"}) == {}
    assert context(wanting([name, "realmId"]), **{name: "x", "realmId": "9"}) == {"realmId": "9"}


def test_a_name_is_the_protocols_only_as_the_protocol_spells_it() -> None:
    assert context(a_flow(), Code="x", STATE="y") == {"Code": "x", "STATE": "y"}


def test_only_what_is_wanted_is_kept_if_the_definition_says_so() -> None:
    assert context(wanting(["realmId"]), **PROTOCOL, **BESIDE) == {"realmId": "9"}
    assert context(wanting(["realmid", "location"]), **BESIDE) == {}


def test_a_definition_may_want_nothing() -> None:
    assert context(wanting([]), **PROTOCOL, **BESIDE) == {}


@given(st.dictionaries(st.text(), st.text(), max_size=8))
@settings(deadline=None)
def test_what_is_kept_came_as_it_is(parameters: dict[str, str]) -> None:
    response = AuthorizationResponse(state="the-state", parameters=parameters)

    kept = callback_context(response, a_flow())

    assert kept == {name: parameters[name] for name in parameters if name not in PROTOCOL}
