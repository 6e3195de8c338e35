"""`iss`: wrong, missing where it is promised, and taken away on the way (RFC 9207)."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    altered,
    parameters,
    refused,
    response_of,
    still_pending,
    still_working,
    token_requests,
)

METADATA = "/.well-known/oauth-authorization-server"


def promised(crm: DemoCrm) -> CrmConnection:
    """A connection to a server that promises to say who it is, always."""
    return crm.connection(metadataUrl=f"{crm.stack.provider_url}{METADATA}")


@pytest.mark.parametrize(
    "change",
    [
        "https://evil.example",
        "{}/",
        "{}/evil",
        "{}.evil.example",
        "{} ",
        "{}#",
        "{}?",
        "{}\x00",
        "",
    ],
)
def test_another_issuer_than_the_flows_exchanges_nothing(
    crm: DemoCrm, browser: Browser, change: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    forged = altered(response, iss=change.format(parameters(response)["iss"]))
    refused(browser.get(forged), "issuer-mismatch")

    assert token_requests(connection) == []
    assert connection.events()[-1] == "callback.rejected"
    still_pending(connection)


def test_an_issuer_in_other_letters_is_another(crm: DemoCrm, browser: Browser) -> None:
    connection = crm.connection()
    response = response_of(connection, browser)

    issuer = parameters(response)["iss"].replace("http", "HTTP")
    refused(browser.get(altered(response, iss=issuer)), "issuer-mismatch")

    assert token_requests(connection) == []
    still_pending(connection)


@pytest.mark.parametrize("decision", ["Allow", "Deny"])
def test_an_issuer_that_was_promised_and_is_missing_exchanges_nothing(
    crm: DemoCrm, browser: Browser, decision: str
) -> None:
    connection = promised(crm)
    response = response_of(connection, browser, decision=decision)

    refused(browser.get(altered(response, iss=None)), "issuer-missing")

    assert token_requests(connection) == []
    still_pending(connection)


def test_a_refusal_of_another_server_is_not_taken_for_the_customers(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser, decision="Deny")

    refused(browser.get(altered(response, iss="https://evil.example")), "issuer-mismatch")

    assert token_requests(connection) == []
    assert connection.events()[-1] == "callback.rejected"


def test_a_downgraded_response_leaves_the_grant_that_there_is(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = promised(crm).connected()
    token = connection.access_token()

    refused(browser.get(altered(response_of(connection, browser), iss=None)), "issuer-missing")

    assert token_requests(connection) == [EXCHANGE]
    still_working(connection, token)
