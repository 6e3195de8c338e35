"""Who consented: from the token response, the ID token, or the userinfo endpoint."""

from typing import Any

import pytest

from connections.application.identify_account import AccountReader
from connections.application.ports import NoAnswer, NotSent
from connections.domain.grant import Account
from connections.oauth.authorization import nonce
from connections.oauth.client import OAuthClient
from connections.oauth.id_token import IdTokenRejected
from tests.builders import a_failure, a_token_set, an_issuance
from tests.doubles.clock import ManualClock
from tests.doubles.servers import Answer, ScriptedServer
from tests.unit.application.parts import RUN
from tests.unit.oauth.answers import an_answer
from tests.unit.oauth.test_id_token import an_id_token

ISSUER = "https://acme.example"
ME = "https://acme.example/me"


def account(
    response: dict[str, Any],
    *answers: Answer,
    scopes: str = "openid",
    pkce: str = "S256",
    **facts: Any,
) -> tuple[Account | None, ScriptedServer]:
    server = ScriptedServer(*answers)
    issuance = an_issuance({"scopes": scopes}, provider=facts, oauth2PkceMethod=pkce)
    tokens = a_token_set(response={"access_token": "access-1", **response})
    reader = AccountReader(servers=server, clock=ManualClock())
    return reader.account(OAuthClient.of(issuance), tokens, nonce("the-state"), RUN), server


def test_without_facts_about_it_nobody_is_known() -> None:
    found, server = account({"user": "ada"}, scopes="read")
    assert found is None
    assert server.requests == []


def test_the_token_response_tells_it() -> None:
    found, _ = account({"team": {"id": "T1"}}, scopes="read", accountFrom={"id": "team.id"})
    assert found == Account(id="T1")


def test_the_id_token_tells_it() -> None:
    token = an_id_token(email="ada@acme.example")
    facts = {"source": "id_token", "id": "sub", "name": "email"}
    found, _ = account({"id_token": token}, issuer=ISSUER, accountFrom=facts)
    assert found == Account(id="ada", name="ada@acme.example")


def test_an_id_token_may_be_where_the_token_is() -> None:
    facts: dict[str, Any] = {"accountFrom": {"source": "id_token", "id": "sub"}}
    answer = {"data": {"id_token": an_id_token()}}
    found, _ = account(answer, tokenResponse={"root": "data"}, **facts)
    assert found == Account(id="ada")


def test_an_id_token_is_checked_also_where_no_account_is_wanted() -> None:
    with pytest.raises(IdTokenRejected):
        account({"id_token": an_id_token(nonce="another")})


def test_an_id_token_that_was_not_asked_for_is_not_looked_at() -> None:
    facts = {"source": "id_token", "id": "sub"}
    found, _ = account({"id_token": an_id_token()}, scopes="read", accountFrom=facts)
    assert found is None


def test_a_missing_id_token_is_borne_where_pkce_ties_the_code_to_the_browser() -> None:
    assert account({})[0] is None
    with pytest.raises(IdTokenRejected, match="cannot be read"):
        account({}, pkce="none")


def test_the_userinfo_endpoint_tells_it() -> None:
    facts = {"source": "userinfo", "id": "sub", "name": "name"}
    told = an_answer({"sub": "ada", "name": "Ada"})
    found, server = account(
        {"id_token": an_id_token()}, told, userinfoUrl=ME, accountFrom=facts, issuer=ISSUER
    )
    assert found == Account(id="ada", name="Ada")
    assert [each.url for each in server.requests] == [ME]
    assert server.deadlines == [RUN.deadline]


def test_the_userinfo_of_somebody_else_is_refused() -> None:
    facts = {"source": "userinfo", "id": "sub"}
    with pytest.raises(IdTokenRejected, match="another account"):
        account(
            {"id_token": an_id_token()},
            an_answer({"sub": "eve"}),
            userinfoUrl=ME,
            accountFrom=facts,
        )


@pytest.mark.parametrize(
    "answer",
    [
        NotSent(a_failure()),
        NoAnswer(a_failure()),
        an_answer({"sub": "ada"}, 500),
        an_answer(b"<"),
        an_answer({"ok": False, "sub": "ada"}),
    ],
    ids=["not sent", "no answer", "refused", "a page", "a failure by its own word"],
)
def test_a_userinfo_endpoint_that_fails_costs_no_consent(answer: Answer) -> None:
    facts = {"source": "userinfo", "id": "sub"}
    found, _ = account({"id_token": an_id_token()}, answer, userinfoUrl=ME, accountFrom=facts)
    assert found is None


def test_a_userinfo_endpoint_that_the_metadata_does_not_name_is_not_asked() -> None:
    facts = {"source": "userinfo", "id": "sub"}
    found, server = account({}, metadataUrl=f"{ISSUER}/m", accountFrom=facts, scopes="read")
    assert found is None
    assert server.requests == []
