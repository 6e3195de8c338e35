"""Refreshes that work: by the schedule and its queue, by a reading, and on demand."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.answers import problem_code
from tests.e2e.demo_crm import ALWAYS_DUE, DemoCrm
from tests.e2e.developer import developer
from tests.stack import RunningStack

ENDED_AT_ONCE = {"extra_token_fields": {"expires_in": 0}}


@pytest.mark.parametrize("rotation", ["none", "rotates", "revokes-family"])
def test_b27_what_is_due_is_refreshed_through_the_queue(crm: DemoCrm, rotation: str) -> None:
    connection = crm.connection(
        client={"rotation": rotation, "access_token_lifetime": 3600},
        rotation=rotation,
        refreshBuffer=ALWAYS_DUE,
    ).connected()
    tokens = [connection.access_token()]

    for _ in range(2):
        ticked = crm.stack.tick()
        assert {each["failures"] for each in ticked["queues"]} == {0}
        tokens.append(connection.access_token())

    assert len(set(tokens)) == 3
    assert crm.userinfo(tokens[-1]).status_code == 200
    refreshes = connection.refreshes()
    assert connection.read()["generation"] == len(refreshes) + 1 >= 3
    assert {entry["status"] for entry in refreshes} == {200}
    presented = [entry["token"] for entry in refreshes]
    assert len(set(presented)) == (1 if rotation == "none" else len(refreshes))
    assert "refresh.failed" not in connection.events()


def test_what_is_not_due_is_left_alone(crm: DemoCrm) -> None:
    connection = crm.connection(client={"access_token_lifetime": 3600}).connected()
    crm.stack.tick()
    assert (connection.refreshes(), connection.read()["generation"]) == ([], 1)


def test_b27_a_token_that_has_ended_is_refreshed_by_the_reading(crm: DemoCrm) -> None:
    connection = crm.connection(client=ENDED_AT_ONCE).connected()
    connection.change_client(extra_token_fields={})

    content = connection.credentials().json()

    assert content["generation"] == 2
    assert crm.userinfo(content["token"]["access_token"]).status_code == 200
    assert connection.credentials().json() == content
    assert len(connection.refreshes()) == 1


def test_eight_readings_at_once_cause_one_refresh(crm: DemoCrm) -> None:
    connection = crm.connection(client=ENDED_AT_ONCE).connected()
    connection.change_client(extra_token_fields={})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: connection.credentials(), range(8)))

    assert [answer.status_code for answer in answers] == [200] * 8
    contents = [answer.json() for answer in answers]
    assert [content["generation"] for content in contents] == [2] * 8
    assert len({content["token"]["access_token"] for content in contents}) == 1
    assert len(connection.refreshes()) == 1
    assert crm.userinfo(contents[0]["token"]["access_token"]).status_code == 200


def test_a_refresh_on_demand_answers_the_connection(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    former = connection.access_token()

    answer = connection.refresh()

    assert answer.status_code == 200
    assert answer.json() == connection.read()
    assert (answer.json()["generation"], answer.json()["status"]) == (2, "active")
    assert answer.json()["lastRefreshedAt"] is not None
    assert connection.access_token() != former
    assert crm.userinfo(connection.access_token()).status_code == 200


def test_what_is_not_connected_cannot_be_refreshed(crm: DemoCrm) -> None:
    answer = crm.connection().refresh()
    assert (answer.status_code, problem_code(answer)) == (409, "not-connected")


def test_a_sweep_goes_on_where_the_one_before_had_to_end_and_then_starts_over(
    crm: DemoCrm,
) -> None:
    connection = crm.connection(refreshBuffer=ALWAYS_DUE).connected()
    dynamodb = developer(crm.stack, "dynamodb")
    [table] = [name for name in dynamodb.list_tables()["TableNames"] if "-Connections" in name]
    key = {"pk": {"S": "schedule"}, "sk": {"S": "cursor"}}
    reached = {"connectionId": {"S": connection.id}, "dueAt": {"N": f"{time.time():.6f}"}}
    dynamodb.put_item(TableName=table, Item={**key, **reached})

    crm.stack.tick()

    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == key
    crm.stack.tick()
    assert connection.read()["generation"] >= 2


def test_a_sweep_that_fails_is_kept_among_the_failures(running_stack: RunningStack) -> None:
    dynamodb, sqs = (developer(running_stack, service) for service in ("dynamodb", "sqs"))
    [table] = [name for name in dynamodb.list_tables()["TableNames"] if "-Connections" in name]
    [queue] = [url for url in sqs.list_queues()["QueueUrls"] if "ScheduleFailures" in url]
    described = dynamodb.describe_table(TableName=table)["Table"]
    [index] = [each for each in described["GlobalSecondaryIndexes"] if each["IndexName"] == "due"]
    kept = {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
    dynamodb.update_table(
        TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "due"}}]
    )
    try:
        assert running_stack.tick()["schedules"] == [
            {"function": "ScheduleRefreshesFunction", "ok": False}
        ]
    finally:
        dynamodb.update_table(
            TableName=table,
            AttributeDefinitions=described["AttributeDefinitions"],
            GlobalSecondaryIndexUpdates=[{"Create": kept}],
        )
    assert running_stack.tick()["schedules"][0]["ok"]
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert '"condition": "RetriesExhausted"' in message["Body"]
