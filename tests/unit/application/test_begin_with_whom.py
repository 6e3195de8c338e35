"""What a flow knows when it begins: whose consent there was, which server it is of, where it is."""

from dataclasses import replace

import pytest

from connections.application.begin_authorization import AuthorizationBeginner
from connections.domain.errors import Misconfigured
from connections.domain.flow import Flow
from connections.domain.grant import Account
from connections.domain.log_entry import Event
from connections.oauth.authorization import nonce
from connections.oauth.digests import digest
from tests.builders import LINK, a_connection
from tests.doubles.servers import ScriptedServer
from tests.doubles.world import World
from tests.unit.application.flows import VISIT, defined_as
from tests.unit.application.test_begin_authorization import STATE, sent_to
from tests.unit.oauth.answers import an_answer


def test_a_flow_knows_whose_consent_there_was_before(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    ada = Account(id="ada", name="Ada")
    offered.holding(a_connection(account=ada))

    beginner.begin(LINK, "the-browser", VISIT)

    flow = offered.flows_by_digest[digest(STATE)]
    assert isinstance(flow, Flow)
    assert (flow.account, flow.reconnects) == (ada, True)


def test_a_flow_comes_back_to_the_name_under_which_it_began(
    beginner: AuthorizationBeginner, offered: World
) -> None:
    other = replace(VISIT, redirect_uri="https://oauth2.acme.example/callback")

    _, parameters = sent_to(beginner.begin(LINK, "the-browser", other))

    flow = offered.flows_by_digest[digest(STATE)]
    assert isinstance(flow, Flow)
    assert flow.redirect_uri == parameters["redirect_uri"] == other.redirect_uri


def test_a_server_that_describes_itself_tells_where_to_go_and_who_it_is(
    beginner: AuthorizationBeginner, offered: World, server: ScriptedServer
) -> None:
    issuer = "https://acme.example"
    defined_as(
        offered,
        {"scopes": "openid"},
        provider={"metadataUrl": f"{issuer}/.well-known/openid-configuration"},
    )
    server.answers.append(an_answer({"issuer": issuer, "userinfo_endpoint": f"{issuer}/me"}))

    assert beginner.confirm(LINK, VISIT).authorize_url == f"{issuer}/authorize"
    _, parameters = sent_to(beginner.begin(LINK, "the-browser", VISIT))

    flow = offered.flows_by_digest[digest(STATE)]
    assert isinstance(flow, Flow)
    assert flow.issuer == issuer
    assert flow.issuance.metadata["userinfoUrl"] == f"{issuer}/me"
    assert parameters["nonce"] == nonce(STATE)
    assert server.deadlines == [VISIT.deadline]


def test_a_server_that_describes_another_is_said_in_the_log_and_no_flow_begins(
    beginner: AuthorizationBeginner, offered: World, server: ScriptedServer
) -> None:
    defined_as(
        offered, provider={"metadataUrl": "https://acme.example/.well-known/openid-configuration"}
    )
    server.answers.append(an_answer({"issuer": "https://evil.example"}))

    with pytest.raises(Misconfigured, match="another issuer"):
        beginner.begin(LINK, "the-browser", VISIT)

    assert offered.flows_by_digest == {}
    assert [each.event for each in offered.entries] == [Event.AUTHORIZATION_FAILED]
