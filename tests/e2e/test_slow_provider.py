"""A provider that takes its time: ten seconds are its limit, and what it did then is not known."""

from concurrent.futures import ThreadPoolExecutor

from tests.answers import page_code, problem_code
from tests.e2e.begun import Begun
from tests.e2e.demo_crm import DemoCrm


def test_a_slow_answer_is_waited_for(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    crm.fault("token", "slow", seconds=0.5)

    assert connection.refresh().status_code == 200
    assert connection.read()["generation"] == 2


def test_who_reads_meanwhile_waits_for_the_same_refresh(crm: DemoCrm) -> None:
    client = {"extra_token_fields": {"expires_in": 0}}
    connection = crm.connection(client=client).connected()
    connection.change_client(extra_token_fields={})
    crm.fault("token", "slow", seconds=0.5)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: connection.credentials(), range(2)))

    assert [answer.json()["generation"] for answer in answers] == [2, 2]
    assert len(connection.refreshes()) == 1


def test_a_refresh_without_an_answer_in_ten_seconds_is_of_unknown_outcome(
    crm: DemoCrm, begun: Begun
) -> None:
    connection, refused = begun.refreshed, begun.refreshing.result()

    assert (refused.status_code, problem_code(refused)) == (503, "unavailable")
    assert 9 < refused.elapsed.total_seconds() < 20
    now = connection.read()
    assert (now["status"], now["reason"]) == ("degraded", "outcome-unknown")
    entry = connection.log()[0]
    assert (entry["event"], entry["httpStatus"]) == ("refresh.failed", None)
    assert "did not answer in time" in entry["detail"]
    assert connection.credentials().json()["generation"] == 1
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_an_exchange_without_an_answer_in_ten_seconds_has_failed(begun: Begun) -> None:
    connection, page = begun.exchanged, begun.connecting.result()

    assert page_code(page) == "exchange-failed"
    entry = connection.log()[0]
    assert (entry["event"], entry["httpStatus"]) == ("authorization.failed", None)
    assert "did not answer in time" in entry["detail"]
    assert connection.read()["status"] == "pending"
