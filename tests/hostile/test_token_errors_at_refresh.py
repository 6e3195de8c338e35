"""Each token error of the plan, when tokens are refreshed: one request, no living token lost."""

import pytest

from tests.e2e.demo_crm import DemoCrm
from tests.hostile.answers import GONE, REFUSALS, Refusal
from tests.hostile.attack import EXCHANGE, REFRESH, last_entry, token_requests


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refresh_that_is_refused_is_sent_once_and_costs_no_living_token(
    crm: DemoCrm, refusal: Refusal
) -> None:
    connection = crm.connection(refresh="scripted", invalidGrantSynonyms=[GONE]).connected()
    token = connection.access_token()
    crm.wiretap.script(connection.client_id, refusal.script)

    assert connection.refresh().status_code in (502, 503)

    assert token_requests(connection) == [EXCHANGE, REFRESH]
    assert connection.refreshes() == []
    now = connection.read()
    status = "reconnect-required" if refusal.reason == "grant-revoked" else "degraded"
    assert (now["status"], now["reason"]) == (status, refusal.reason)
    assert last_entry(connection)[1] == refusal.error
    assert connection.access_token() == token
    assert crm.userinfo(token).status_code == 200
