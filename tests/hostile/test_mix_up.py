"""Mix-up: the code of an honest server is to be handed to another (RFC 9700 section 4.4)."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    altered,
    parameters,
    refused,
    request_of,
    response_of,
    still_pending,
    token_requests,
)

EVIL = "https://evil.example"


def to_the_attacker(crm: DemoCrm) -> CrmConnection:
    """A connection to the attacker's server, whose token endpoint is behind the wiretap."""
    return crm.connection(issuer=EVIL, exchange="scripted")


def test_a_flow_that_the_attackers_server_passes_on_sends_it_no_code(
    crm: DemoCrm, browser: Browser
) -> None:
    honest, attackers = crm.connection(), to_the_attacker(crm)
    passed_on = altered(request_of(attackers, browser), client_id=honest.client_id)
    response = response_of(attackers, browser, passed_on)
    assert parameters(response)["iss"] == crm.stack.provider_url

    refused(browser.get(response), "issuer-mismatch")

    assert (token_requests(attackers), token_requests(honest)) == ([], [])
    still_pending(honest)
    still_pending(attackers)


@pytest.mark.parametrize("way", ["the honest code", "the attacker's code"])
def test_responses_changed_round_between_two_servers_are_exchanged_at_neither(
    crm: DemoCrm, browser: Browser, way: str
) -> None:
    honest, attackers = crm.connection(), to_the_attacker(crm)
    responses = [response_of(each, browser) for each in (honest, attackers)]
    states = [parameters(each)["state"] for each in responses]
    if way == "the honest code":
        forged = altered(responses[0], state=states[1])
    else:
        forged = altered(responses[1], state=states[0], iss=EVIL)

    refused(browser.get(forged), "issuer-mismatch")

    assert (token_requests(attackers), token_requests(honest)) == ([], [])
    still_pending(honest)
    still_pending(attackers)


def test_a_server_that_describes_itself_as_another_is_not_asked_for_consent(
    crm: DemoCrm, browser: Browser
) -> None:
    url = f"{crm.stack.provider_url}/.well-known/oauth-authorization-server"
    connection = crm.connection(issuer=EVIL, metadataUrl=url)

    page = browser.get(connection.link())

    assert page.status >= 400
    assert page.forms == ()
    assert connection.requests("authorize") == []
    assert token_requests(connection) == []
    assert connection.events()[-1] == "authorization.failed"
