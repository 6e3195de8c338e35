"""Metrics and the dashboard: what the code logs is counted, and what is counted is drawn."""

import json
import re
from typing import Any

import pytest

from tests.packaging.reachable import reachable
from tests.packaging.test_template import FUNCTIONS, RESOURCES


def of_type(kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == kind}


FILTERS = of_type("AWS::Logs::MetricFilter")
(DASHBOARD,) = of_type("AWS::CloudWatch::Dashboard").values()
OWN = {"Fn::Sub": "Connections/${AWS::StackName}"}
OF_QUEUES = {
    "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateAgeOfOldestMessage",
}
each_filter = pytest.mark.parametrize("name", FILTERS)


def the_function(name: str) -> str:
    """The function whose log a filter reads."""
    group = FILTERS[name]["LogGroupName"]["Ref"]
    (function,) = [
        function
        for function, properties in FUNCTIONS.items()
        if properties["LoggingConfig"]["LogGroup"] == {"Ref": group}
    ]
    return function


def the_event(name: str) -> str:
    (event,) = re.findall(r'\$\.message = "([^"]+)"', FILTERS[name]["FilterPattern"])
    return str(event)


def the_metric(name: str) -> str:
    (transformation,) = FILTERS[name]["MetricTransformations"]
    return str(transformation["MetricName"])


def dimensions(metric: str) -> set[str]:
    """The keys of the dimensions of a metric of ours."""
    (found,) = {
        frozenset(each["Key"] for each in transformation.get("Dimensions", []))
        for properties in FILTERS.values()
        for transformation in properties["MetricTransformations"]
        if transformation["MetricName"] == metric
    }
    return set(found)


@each_filter
def test_a_metric_filter_reads_what_its_function_can_log(name: str) -> None:
    code, pattern = reachable(the_function(name)), FILTERS[name]["FilterPattern"]
    assert repr(the_event(name)) in code
    for field in set(re.findall(r"\$\.(\w+)", pattern)) - {"message"}:
        assert repr(field) in code


@pytest.mark.parametrize("event", sorted({the_event(name) for name in FILTERS}))
def test_what_a_function_can_log_and_is_counted_is_counted_in_its_log(event: str) -> None:
    read = {the_function(name) for name in FILTERS if the_event(name) == event}
    assert read == {function for function in FUNCTIONS if repr(event) in reachable(function)}


@pytest.mark.parametrize("event", sorted({the_event(name) for name in FILTERS}))
def test_an_event_is_the_same_metrics_in_every_log(event: str) -> None:
    def told(function: str) -> list[str]:
        return sorted(
            json.dumps([FILTERS[name]["FilterPattern"], FILTERS[name]["MetricTransformations"]])
            for name in FILTERS
            if the_event(name) == event and the_function(name) == function
        )

    functions = [the_function(name) for name in FILTERS if the_event(name) == event]
    assert all(told(function) == told(functions[0]) for function in functions)


@each_filter
def test_a_metric_takes_only_what_its_pattern_names(name: str) -> None:
    (transformation,) = FILTERS[name]["MetricTransformations"]
    assert transformation["MetricNamespace"] == OWN
    paths = [each["Value"] for each in transformation.get("Dimensions", [])]
    for path in (*paths, transformation["MetricValue"]):
        assert path == "1" or f"({path} = " in FILTERS[name]["FilterPattern"]


def widgets() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD["DashboardBody"]["Fn::Sub"])["widgets"]
    return found


def drawn() -> set[tuple[str, ...]]:
    """What the dashboard draws: namespace, metric, then the keys and values of dimensions."""
    found = set()
    for widget in widgets():
        for line in widget["properties"].get("metrics", []):
            if isinstance(line[0], str):
                found.add(tuple(part for part in line if isinstance(part, str)))
                continue
            searched = re.fullmatch(
                r"""SEARCH\('\{"([^"]+)",(\w+)\} MetricName="(\w+)"', 'Sum', 300\)""",
                line[0]["expression"],
            )
            assert searched is not None
            found.add((searched[1], searched[3], searched[2]))
    return found


def test_the_dashboard_draws_what_there_is() -> None:
    for namespace, metric, *of in drawn():
        if namespace == "AWS/SQS":
            key, queue = of
            assert metric in OF_QUEUES
            assert key == "QueueName"
            name = queue.removeprefix("${").removesuffix(".QueueName}")
            assert RESOURCES[name]["Type"] == "AWS::SQS::Queue"
        else:
            assert namespace == OWN["Fn::Sub"]
            assert set(of) == dimensions(metric)


def test_the_dashboard_draws_every_metric_that_is_paid_for_and_every_queue() -> None:
    shown = drawn()
    paid = {the_metric(name) for name in FILTERS}
    assert {metric for namespace, metric, *_ in shown if namespace != "AWS/SQS"} == paid
    queues = {each[3] for each in shown if each[0] == "AWS/SQS"}
    assert queues == {f"${{{name}.QueueName}}" for name in of_type("AWS::SQS::Queue")}


def test_the_dashboard_shows_all_alarms() -> None:
    (shown,) = [each["properties"]["alarms"] for each in widgets() if each["type"] == "alarm"]
    assert sorted(shown) == sorted(f"${{{name}.Arn}}" for name in of_type("AWS::CloudWatch::Alarm"))


def test_the_widgets_of_the_dashboard_do_not_cover_each_other() -> None:
    cells = [
        (x, y)
        for each in widgets()
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
