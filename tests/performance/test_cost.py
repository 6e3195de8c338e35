"""The bill of a month, for a steady state and times that are given."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.integration.aws import TEMPLATE
from tests.performance import cost
from tests.performance.capacity import Units
from tests.performance.cost import Cost
from tests.performance.handler_times import Times
from tests.performance.refreshing import Steady

STEADY = Steady(
    token_bytes=1024,
    requests=Counter({"dynamodb UpdateItem": 20, "dynamodb GetItem": 10, "dynamodb PutItem": 10}),
    units=Units(70, 10),
    log_lines=["x" * 300] * 20,
    message_bytes=1600,
    stored_bytes=2.0**30 / 1e5,
    due_entry_bytes=4096,
)
TIMES = Times(
    refresh_cpu=0.01,
    refresh_cpu_of_all=0.01,
    answers_waited=1.0,
    reading=0.001,
    reading_cpu=0.001,
    reading_waited=0.001,
)
TEMPLATE_OF_ONE = {
    "Globals": {"Function": {"MemorySize": 1769}},
    "Resources": {
        "RefreshConnectionsFunction": {"Type": "F", "Properties": {"MemorySize": 1024}},
        "ScheduleRefreshesFunction": {"Type": "F", "Properties": {}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm"},
        "Plain": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {"MetricTransformations": [{}]},
        },
        "ByResult": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {"MetricTransformations": [{"Dimensions": [{}]}]},
        },
    },
}


def part(name: str, steady: Steady = STEADY, times: Times = TIMES) -> Cost:
    (found,) = [
        each for each in cost.bill(steady, times, TEMPLATE_OF_ONE) if each.name.startswith(name)
    ]
    return found


@pytest.mark.parametrize(
    ("name", "amount", "dollars"),
    [
        # 73 million batches of ten.
        ("DynamoDB writes", 73e6 * 70, 3193.75),
        # Ten units a batch, and half a unit for each index entry of 4 KB.
        ("DynamoDB reads", 73e6 * 10 + 730e6 / 2, 136.875),
        ("DynamoDB storage", 10, 2.5),
        ("point-in-time recovery", 10, 2),
        ("SQS requests", 3 * 73e6, 87.6),
        ("Lambda requests", 73e6 + 43_800, 14.60876),
        ("KMS key", 1, 1),
        ("alarms", 1, 0.1),
        ("metrics", 9, 2.7),
        ("dashboards", 0, 0),
        ("traces", 73_043_800 * 0.05 + 2_628_000, 31.40095),
        ("logs taken in", 73e6 * 6700 / 2**30, 227.7546),
        ("logs kept for 90 days", 3 * 73e6 * 6700 / 2**30, 40.9958),
        ("data to providers", 730e6 * 2500 / 2**30, 152.97),
    ],
)
def test_a_part_of_the_bill_is_its_amount_times_its_price(
    name: str, amount: float, dollars: float
) -> None:
    found = part(name)

    assert found.amount == pytest.approx(amount)
    assert found.dollars == pytest.approx(dollars, rel=1e-4)


def test_a_batch_takes_an_answer_of_the_provider_and_our_time_by_the_share_of_a_processor() -> None:
    assert cost.batch_seconds(TIMES, 1769) == pytest.approx(0.3 + 0.02 + 10 * 0.01)
    assert cost.batch_seconds(TIMES, 3538) == cost.batch_seconds(TIMES, 1769)
    assert cost.batch_seconds(TIMES, 1024) == pytest.approx(0.32 + 0.1 * 1769 / 1024)


def test_answers_that_are_waited_for_one_after_the_other_take_longer() -> None:
    in_turn = replace(TIMES, answers_waited=10.0)

    assert cost.batch_seconds(in_turn, 1769) == pytest.approx(10 * 0.32 + 0.1)
    # What was measured is never less than one answer.
    assert cost.batch_seconds(replace(TIMES, answers_waited=0.9), 1769) == pytest.approx(0.42)


def test_memory_is_the_functions_own_or_that_of_all() -> None:
    assert cost.memory_of("RefreshConnectionsFunction", TEMPLATE_OF_ONE) == 1024
    assert cost.memory_of("ScheduleRefreshesFunction", TEMPLATE_OF_ONE) == 1769
    assert cost.memory_of("ScheduleRefreshesFunction", TEMPLATE) > 0


def test_compute_is_the_batches_and_the_schedules_sending() -> None:
    worker = 73e6 * cost.batch_seconds(TIMES, 1024)
    schedule = 73e6 * cost.QUEUE_SECONDS * 1769 / 1024

    found = part("Lambda, ")

    assert found.amount == pytest.approx(worker + schedule)
    assert found.name == "Lambda, 14 workers at once, 0.49 s a batch"
    assert part("KMS requests").amount == 14 * 730 * 2


def test_a_batch_of_more_than_64_kilobytes_is_two_requests_of_the_queue() -> None:
    large = replace(STEADY, message_bytes=64 * 1024 + 1)

    assert part("SQS requests", large).amount == 2 * 3 * 73e6


def test_the_dearest_part_comes_first_and_the_total_is_in_cents_a_connection() -> None:
    parts = cost.bill(STEADY, TIMES, TEMPLATE_OF_ONE)

    figure = cost.total(parts)

    assert [each.dollars for each in parts] == sorted((p.dollars for p in parts), reverse=True)
    assert parts[0].name == "DynamoDB writes"
    assert figure.value == pytest.approx(sum(each.dollars for each in parts) / 10_000)
    assert figure.budget == 1
