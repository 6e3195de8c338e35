"""Malformed, empty, huge, HTML, gzip-bombed and redirecting answers, when tokens are refreshed."""

import pytest

from tests.e2e.demo_crm import DemoCrm
from tests.hostile.answers import MOST_TAKEN, REDIRECTS, UNREADABLE, Unreadable, redirect
from tests.hostile.attack import EXCHANGE, REFRESH, still_working, token_requests
from tests.hostile.canary import Canary


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_refresh_whose_answer_cannot_be_read_is_sent_once_and_costs_no_living_token(
    crm: DemoCrm, unreadable: Unreadable
) -> None:
    connection = crm.connection(refresh="scripted").connected()
    token = connection.access_token()
    crm.wiretap.script(connection.client_id, unreadable.script)

    # What may have been spent is not sent again at once, however often somebody asks.
    asked = 2 if unreadable.reason == "outcome-unknown" else 1
    assert {connection.refresh().status_code for _ in range(asked)} == {503}

    assert token_requests(connection) == [EXCHANGE, REFRESH]
    assert connection.read()["reason"] == unreadable.reason
    assert crm.wiretap.taken[connection.client_id] < MOST_TAKEN
    still_working(connection, token)


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_refresh_token_does_not_follow_the_token_endpoint_elsewhere(
    crm: DemoCrm, canary: Canary, status: int
) -> None:
    connection = crm.connection(refresh="scripted").connected()
    token = connection.access_token()
    crm.wiretap.script(connection.client_id, redirect(status, canary))

    assert connection.refresh().status_code == 503

    assert token_requests(connection) == [EXCHANGE, REFRESH]
    assert canary.connections == 0
    still_working(connection, token)
