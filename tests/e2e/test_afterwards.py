"""What the whole run left behind: aged tokens, rights, double spends, secrets where none may be.

These tests come last. All but the first four judge what those before them did.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.e2e.begun import SETTLED_SECONDS, Begun
from tests.e2e.demo_crm import ALWAYS_DUE, DemoCrm
from tests.e2e.developer import developer
from tests.stack import RunningStack

SHORTEST_SECRET = 16
"""Characters: something shorter would be found by chance."""


def found(secrets: set[str], text: str) -> list[str]:
    """The beginnings of the secrets that the text contains."""
    return [secret[:4] for secret in secrets if secret in text]


def test_a_token_that_ends_within_min_ttl_is_refreshed_by_the_reading(
    provider: DemoCrm, begun: Begun
) -> None:
    begun.wait_until_aged()
    connection = begun.ageing

    generations = [connection.credentials(min_ttl).json()["generation"] for min_ttl in (60, 3600)]

    assert generations == [1, 2]
    assert len(connection.refreshes()) == 1
    assert provider.userinfo(connection.access_token()).status_code == 200


def test_a_token_that_was_revoked_behind_our_back_is_replaced_when_ten_executions_report_it(
    provider: DemoCrm, begun: Begun
) -> None:
    begun.wait_until_aged(SETTLED_SECONDS)
    connection = begun.settling
    credentials = connection.credentials().json()
    refused, generation = credentials["token"]["access_token"], credentials["generation"]
    provider.end_token(connection, refused)
    assert provider.userinfo(refused).status_code == 401
    assert connection.access_token() == refused

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: connection.report("unauthorized", generation=1), range(10)))
    provider.stack.tick()

    read = connection.credentials().json()
    assert read["generation"] == generation + 1
    assert provider.userinfo(read["token"]["access_token"]).status_code == 200
    connection.report("unauthorized", generation=generation)
    provider.stack.tick()
    assert len(connection.refreshes()) == 1
    assert connection.events().count("connection.unauthorized") == 1


def test_a_refresh_token_of_unknown_outcome_is_tried_when_its_access_token_is_refused(
    provider: DemoCrm, begun: Begun
) -> None:
    begun.wait_until_aged(SETTLED_SECONDS)
    connection = begun.doubtful
    assert connection.read()["reason"] == "outcome-unknown"

    connection.report("unauthorized", generation=1)
    provider.stack.tick()

    assert (connection.read()["status"], connection.read()["generation"]) == ("active", 2)


def test_tokens_that_find_no_storage_are_rescued(provider: DemoCrm) -> None:
    """Demanded, and by the schedule: storage refuses, and what was issued is there all the same."""
    demanded = provider.connection().connected()
    due = provider.connection(refreshBuffer=ALWAYS_DUE).connected()

    provider.stack.outage()
    assert demanded.refresh().status_code == 200
    provider.stack.tick()
    provider.stack.outage()
    provider.stack.tick()
    provider.stack.tick()

    for connection in (demanded, due):
        read = connection.credentials().json()
        assert read["generation"] == len(connection.refreshes()) + 1
        assert provider.userinfo(read["token"]["access_token"]).status_code == 200
    log = provider.stack.function_logs()
    assert log["CredentialsFunction"].count("token-set-rescued") == 1
    assert log["RefreshConnectionsFunction"].count("token-set-rescued") == 1


def test_nothing_was_denied(running_stack: RunningStack) -> None:
    denied = {name: told["denied"] for name, told in running_stack.permissions().items()}
    assert denied == {name: [] for name in denied}


def test_everything_that_is_allowed_was_used(provider: DemoCrm) -> None:
    unused = {
        name: sorted(set(told["allowed"]) - set(told["used"]))
        for name, told in provider.stack.permissions().items()
    }
    assert unused == {name: [] for name in unused}, "by the tests that ran"


def test_no_refresh_token_was_spent_twice(provider: DemoCrm) -> None:
    assert provider.ledger()["double_spends"] == 0


def test_there_are_secrets_to_look_for(provider: DemoCrm) -> None:
    secrets = provider.stack.evidence.hidden()
    assert len(secrets) > 10
    assert min(map(len, secrets)) >= SHORTEST_SECRET


def test_no_secret_is_in_a_functions_log(running_stack: RunningStack) -> None:
    secrets = running_stack.evidence.hidden() | running_stack.evidence.links
    logs = running_stack.function_logs()
    assert len(logs) == 9
    assert {name: found(secrets, log) for name, log in logs.items()} == {name: [] for name in logs}
    # A sweep that fails must raise, for its record among the failures, and the platform logs that.
    assert {name for name, log in logs.items() if "Traceback" in log} <= {
        "ScheduleRefreshesFunction"
    }


def test_no_secret_is_in_an_answer_of_the_api(running_stack: RunningStack) -> None:
    secrets = running_stack.evidence.hidden() | running_stack.evidence.links
    for answer in running_stack.evidence.answers:
        assert found(secrets, answer) == []
        assert "Traceback" not in answer
        assert "/entrypoints/" not in answer


def test_no_secret_is_in_a_page(running_stack: RunningStack) -> None:
    secrets = running_stack.evidence.hidden()
    ours = urlsplit(running_stack.url).netloc
    pages = [
        page
        for browser in running_stack.evidence.browsers
        for page in browser.visited
        if urlsplit(page.url).netloc == ours
    ]
    assert pages != []
    for page in pages:
        assert found(secrets, page.text) == []
        assert "Traceback" not in page.text
        assert "/entrypoints/" not in page.text


def test_no_secret_is_stored_as_it_is(provider: DemoCrm) -> None:
    secrets = provider.stack.evidence.hidden() | provider.stack.evidence.links
    dynamodb = developer(provider.stack, "dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
        items = [item for page in pages for item in page["Items"]]
        stored = json.dumps(items, default=lambda value: value.decode("latin-1"))
        assert items != []
        assert found(secrets, stored) == []
