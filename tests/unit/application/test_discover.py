"""What a definition leaves out, the server's metadata fills in: read once an hour."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connections.application.discover import MOST_REMEMBERED, Discoverer
from connections.application.ports import NoAnswer, NotSent
from connections.domain.errors import Misconfigured, Unavailable
from connections.domain.grant import Issuance
from connections.oauth.addresses import AllowedHosts
from connections.oauth.client import OAuthClient
from tests.builders import HOUR, NOW, a_definition, a_failure
from tests.doubles.clock import ManualClock
from tests.doubles.servers import Answer, ScriptedServer
from tests.unit.oauth.answers import an_answer

ISSUER = "https://acme.example"
OPENID = f"{ISSUER}/.well-known/openid-configuration"
OAUTH = f"{ISSUER}/.well-known/oauth-authorization-server"
TOLD = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/go",
    "token_endpoint": f"{ISSUER}/token",
    "revocation_endpoint": f"{ISSUER}/told-revoke",
}
INSTANT = timedelta(seconds=1)
NOWHERE = AllowedHosts(development=frozenset())


def left_out(**facts: Any) -> Issuance:
    """Return the issuance of a definition that leaves its endpoints to the server."""
    definition = a_definition(provider=facts)
    inputs = {
        name: field
        for name, field in definition["inputs"].items()
        if name not in ("authorizeUrl", "tokenUrl")
    }
    values = {"clientId": "the-client", "clientSecret": "the-secret"}
    return Issuance(definition={**definition, "inputs": inputs}, values=values)


def a_discoverer(*answers: Answer) -> tuple[Discoverer, ScriptedServer, ManualClock]:
    server, clock = ScriptedServer(*answers), ManualClock()
    return Discoverer(servers=server, hosts=NOWHERE, clock=clock), server, clock


def test_a_definition_with_its_endpoints_asks_nobody() -> None:
    discoverer, server, _ = a_discoverer()
    issuance = Issuance(
        definition=a_definition(provider={"issuer": ISSUER}), values={"clientId": "c"}
    )
    assert discoverer.completed(issuance, NOW + HOUR) is issuance
    assert server.requests == []


def test_what_is_left_out_is_filled_in_and_an_input_wins() -> None:
    discoverer, server, _ = a_discoverer(an_answer(TOLD))
    client = OAuthClient.of(discoverer.completed(left_out(issuer=ISSUER), NOW + HOUR))
    assert (client.authorize_url, client.token_url) == (f"{ISSUER}/go", f"{ISSUER}/token")
    assert client.revoke_url == f"{ISSUER}/revoke"
    assert client.issuer == ISSUER
    assert not client.iss_promised
    assert [each.url for each in server.requests] == [OPENID]
    assert server.deadlines == [NOW + HOUR]


def test_a_server_without_openid_is_asked_at_the_other_place() -> None:
    discoverer, server, _ = a_discoverer(an_answer({}, 404), an_answer(TOLD))
    found = discoverer.completed(left_out(issuer=ISSUER), NOW + HOUR)
    assert found.metadata["tokenUrl"] == f"{ISSUER}/token"
    assert [each.url for each in server.requests] == [OPENID, OAUTH]


def test_a_metadata_url_is_asked_also_where_endpoints_are_known() -> None:
    promise = {**TOLD, "authorization_response_iss_parameter_supported": True}
    discoverer, server, _ = a_discoverer(an_answer(promise))
    issuance = Issuance(
        definition=a_definition(provider={"metadataUrl": OPENID}), values={"clientId": "c"}
    )
    client = OAuthClient.of(discoverer.completed(issuance, NOW + HOUR))
    assert client.iss_promised
    assert client.token_url == "https://acme.example/token"
    assert [each.url for each in server.requests] == [OPENID]


def test_it_is_remembered_for_an_hour() -> None:
    changed = {**TOLD, "token_endpoint": f"{ISSUER}/new"}
    discoverer, server, clock = a_discoverer(an_answer(TOLD), an_answer(changed))
    wanted = left_out(issuer=ISSUER)
    first = discoverer.completed(wanted, NOW + HOUR)
    clock.advance(HOUR - INSTANT)
    assert discoverer.completed(wanted, NOW + HOUR) == first
    assert len(server.requests) == 1
    clock.advance(INSTANT)
    assert discoverer.completed(wanted, NOW + HOUR).metadata["tokenUrl"] == f"{ISSUER}/new"


def test_what_is_remembered_of_one_issuer_is_not_taken_for_another() -> None:
    discoverer, server, _ = a_discoverer(an_answer(TOLD))
    discoverer.completed(left_out(issuer=ISSUER, metadataUrl=OPENID), NOW + HOUR)
    server.answers.append(an_answer(TOLD))
    with pytest.raises(Misconfigured, match="another issuer"):
        discoverer.completed(
            left_out(issuer="https://other.example", metadataUrl=OPENID), NOW + HOUR
        )


@pytest.mark.parametrize(
    "answer",
    [
        NotSent(a_failure()),
        NoAnswer(a_failure()),
        *(an_answer({}, each) for each in (408, 429, 503)),
    ],
    ids=["not sent", "no answer", "too slow", "too many", "server error"],
)
def test_a_server_that_does_not_answer_is_waited_for_or_remembered(answer: Answer) -> None:
    discoverer, server, clock = a_discoverer(answer)
    wanted = left_out(issuer=ISSUER)
    with pytest.raises(Unavailable):
        discoverer.completed(wanted, NOW + HOUR)
    server.answers.extend([an_answer(TOLD), answer])
    first = discoverer.completed(wanted, NOW + HOUR)
    clock.advance(2 * HOUR)
    assert discoverer.completed(wanted, NOW + HOUR) == first


def test_a_server_that_is_another_one_is_refused_with_words() -> None:
    discoverer, _, _ = a_discoverer(an_answer({**TOLD, "issuer": "https://evil.example"}))
    with pytest.raises(Misconfigured) as caught:
        discoverer.completed(left_out(issuer=ISSUER), NOW + HOUR)
    assert "metadata is of another issuer" in str(caught.value)
    assert "Check the issuer" in (caught.value.failure.remedy or "")


def test_a_server_with_metadata_nowhere_is_refused() -> None:
    discoverer, _, _ = a_discoverer(an_answer({}, 404), an_answer({}, 404))
    with pytest.raises(Misconfigured, match="HTTP 404"):
        discoverer.completed(left_out(issuer=ISSUER), NOW + HOUR)


@pytest.mark.parametrize(
    ("name", "url", "why"),
    [
        ("authorizeUrl", "javascript:alert(1)", "must be an https URL"),
        ("authorizeUrl", "http://acme.example/go", "must be an https URL"),
        ("authorizeUrl", "https://127.0.0.1/go", "must not name a private address"),
        ("tokenUrl", "//acme.example/token", "must be an https URL"),
    ],
)
def test_an_address_that_must_not_be_called_is_taken_from_no_metadata(
    name: str, url: str, why: str
) -> None:
    theirs = {"authorizeUrl": "authorization_endpoint", "tokenUrl": "token_endpoint"}[name]
    discoverer, _, _ = a_discoverer(an_answer({**TOLD, theirs: url}))

    with pytest.raises(Misconfigured) as refused:
        discoverer.completed(left_out(issuer=ISSUER), NOW + HOUR)

    assert refused.value.failure.explanation == f"the server's metadata has a {name} that {why}"
    assert discoverer.memory == {}


def test_a_development_host_may_describe_itself() -> None:
    local = "http://localhost:3001"
    told = {"issuer": local, "authorization_endpoint": f"{local}/go"}
    server = ScriptedServer(an_answer(told))
    hosts = AllowedHosts.parse("localhost:3001")
    discoverer = Discoverer(servers=server, hosts=hosts, clock=ManualClock())

    completed = discoverer.completed(left_out(issuer=local), NOW + HOUR)

    assert completed.metadata["authorizeUrl"] == f"{local}/go"


def test_no_more_is_remembered_than_a_process_can_bear() -> None:
    discoverer, server, _ = a_discoverer()
    for number in range(MOST_REMEMBERED + 1):
        issuer = f"https://acme-{number}.example"
        server.answers.append(an_answer({**TOLD, "issuer": issuer}))
        discoverer.completed(left_out(issuer=issuer), NOW + HOUR)
    assert len(discoverer.memory) == 1


def test_a_grant_asks_for_the_endpoints_it_was_issued_under() -> None:
    issuance = replace(left_out(issuer=ISSUER), metadata={"tokenUrl": f"{ISSUER}/as-it-was"})
    assert OAuthClient.of(issuance).token_url == f"{ISSUER}/as-it-was"


@pytest.mark.parametrize("issuer", ["https://[", "acme.example", "http://acme.example"])
def test_an_issuer_that_cannot_be_called_is_the_operators_to_mend(issuer: str) -> None:
    discoverer, server, _ = a_discoverer()

    with pytest.raises(Misconfigured, match="the issuer"):
        discoverer.completed(left_out(issuer=issuer), NOW + HOUR)

    assert server.requests == []
