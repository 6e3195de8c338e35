"""Each token error of the plan, when a code is exchanged: one request, and no grant."""

import pytest

from tests.browser import Browser
from tests.e2e.demo_crm import DemoCrm
from tests.hostile.answers import GONE, REFUSALS, Refusal
from tests.hostile.attack import EXCHANGE, last_entry, refused, still_pending, token_requests


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_code_that_is_refused_is_sent_once_and_brings_no_grant(
    crm: DemoCrm, browser: Browser, refusal: Refusal
) -> None:
    connection = crm.connection(exchange="scripted", invalidGrantSynonyms=[GONE])
    crm.wiretap.script(connection.client_id, refusal.script)

    refused(connection.connect(browser), "exchange-failed")

    assert token_requests(connection) == [EXCHANGE]
    assert connection.requests("token") == []
    event, error, words = last_entry(connection)
    assert (event, error) == ("authorization.failed", refusal.error)
    assert "press CONNECT again" in words
    still_pending(connection)
