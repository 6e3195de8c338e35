"""Servers that repeat what they were sent: no secret of it comes out anywhere."""

from collections.abc import Callable

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.hostile.attack import (
    EXCHANGE,
    REFRESH,
    altered,
    parameters,
    refused,
    response_of,
    token_requests,
)
from tests.scripted import Script, answer, refusal, tokens

Echo = Callable[[str], Script]
ECHOES: dict[str, Echo] = {
    "error": refusal,
    "error-description": lambda secret: refusal("invalid_request", error_description=secret),
    "error-uri": lambda secret: refusal("invalid_grant", error_uri=f"https://x.example/{secret}"),
    "error-object": lambda secret: refusal("invalid_request", details={"sent": [secret]}),
    "page": lambda secret: answer(400, f"<p>{secret}</p>", {"Content-Type": "text/html"}),
    "text": lambda secret: answer(500, secret, {"Content-Type": "text/plain"}),
    "location": lambda secret: answer(302, headers={"Location": f"https://x.example/{secret}"}),
    "header": lambda secret: answer(429, headers={"Retry-After": secret, "X-Sent": secret}),
    "no-http": lambda secret: Script(head=f"{secret}\r\n".encode()),
}


def nowhere(connection: CrmConnection, secrets: list[str], *shown: str) -> None:
    """See that secrets are in nothing that anybody can read, and are looked for at the end too."""
    stack = connection.crm.stack
    assert set(secrets) <= stack.evidence.hidden()
    outputs = [
        *shown,
        str(connection.log()),
        str(connection.read()),
        connection.refresh().text,
        stack.api.get("/connections").text,
        *stack.function_logs().values(),
    ]
    assert [each[:4] for each in secrets for output in outputs if each in output] == []


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_what_is_repeated_of_an_exchange_comes_out_nowhere(
    crm: DemoCrm, browser: Browser, echo: Echo
) -> None:
    connection = crm.connection(exchange="scripted")
    response = response_of(connection, browser)
    told = parameters(response)
    secrets = [told["code"], told["state"], connection.client["client_secret"]]
    crm.wiretap.script(connection.client_id, echo(" ".join(secrets)))

    page = browser.get(response)

    refused(page, "exchange-failed")
    assert token_requests(connection) == [EXCHANGE]
    nowhere(connection, secrets, page.text)


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_what_is_repeated_of_a_refresh_comes_out_nowhere(
    crm: DemoCrm, browser: Browser, echo: Echo
) -> None:
    connection = crm.connection(exchange="scripted", refresh="scripted")
    brought = tokens()
    secrets = [brought["refresh_token"], connection.client["client_secret"]]
    crm.wiretap.script(connection.client_id, answer(200, brought), echo(" ".join(secrets)))
    assert connection.connect(browser).title == "Authorization complete"

    answered = connection.refresh()

    assert answered.status_code in (502, 503)
    assert token_requests(connection) == [EXCHANGE, REFRESH]
    nowhere(connection, [*secrets, brought["access_token"]], answered.text)


@pytest.mark.parametrize("name", ["error", "error_description", "error_uri"])
def test_what_an_authorization_response_repeats_comes_out_nowhere(
    crm: DemoCrm, browser: Browser, name: str
) -> None:
    connection = crm.connection()
    response = response_of(connection, browser, decision="Deny")
    secrets = [parameters(response)["state"], connection.client["client_secret"]]

    page = browser.get(altered(response, **{name: " ".join(secrets)}))

    assert page.status == 400
    assert token_requests(connection) == []
    nowhere(connection, secrets, page.text)


def test_a_refresh_token_is_told_to_nobody_however_often_it_stands_in_an_answer(
    crm: DemoCrm, browser: Browser
) -> None:
    connection = crm.connection(exchange="scripted")
    brought = tokens()
    refresh_token = brought["refresh_token"]
    copies = {"data": {"refresh_token": refresh_token}, "again": [refresh_token]}
    crm.wiretap.script(connection.client_id, answer(200, {**brought, **copies}))
    assert connection.connect(browser).title == "Authorization complete"

    answered = connection.credentials()

    assert answered.json()["token"]["access_token"] == brought["access_token"]
    assert refresh_token not in answered.text
    assert token_requests(connection) == [EXCHANGE]
