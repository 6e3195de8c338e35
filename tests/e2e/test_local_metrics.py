"""What alarms on one machine look at: which log lines count, and what is not understood."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.alarms import Alarm, alarms
from local.deployment import Deployment
from local.errors import StackError
from local.metrics import Metric, MetricFilter, filters, log_lines

WHEELS = Metric(namespace="Fixture", name="Broken", dimensions=frozenset({("kind", "wheel")}))
DOORS = Metric(namespace="Fixture", name="Broken", dimensions=frozenset({("kind", "door")}))

# --- Lines ---------------------------------------------------------------------------------------


def a_filter(**changes: Any) -> MetricFilter:
    usual: dict[str, Any] = {
        "function": "Echo",
        "terms": {"message": "broken", "kind": None},
        "namespace": "Fixture",
        "name": "Broken",
        "value": "1",
        "dimensions": {"kind": "$.kind"},
    }
    return MetricFilter(**{**usual, **changes})


def test_lines_are_read_once_and_when_they_are_whole(tmp_path: Path) -> None:
    log = tmp_path / "Echo.log"
    wheel, door = (json.dumps({"message": "broken", "kind": kind}) for kind in ("wheel", "door"))
    log.write_text(f"[INFO] printed\n[1]\n{{no JSON\n{wheel}\n{door[:9]}")
    source = log_lines([a_filter()], tmp_path)
    assert list(source()) == [(WHEELS, 1.0)]
    assert list(source()) == []

    with log.open("a") as more:
        more.write(f"{door[9:]}\n")

    assert list(source()) == [(DOORS, 1.0)]


@pytest.mark.parametrize(
    "line",
    [
        {"message": "mended", "kind": "wheel"},
        {"message": "broken"},
        {"message": "broken", "kind": None},
    ],
)
def test_a_line_that_lacks_a_term_is_none(line: dict[str, Any]) -> None:
    assert a_filter().read(line) is None


def test_a_value_of_nought_is_a_value() -> None:
    counted = a_filter(terms={"count": None}, value="$.count", dimensions={})
    assert counted.read({"count": 0}) == (Metric(namespace="Fixture", name="Broken"), 0.0)


def test_each_log_has_its_own_filters(tmp_path: Path) -> None:
    for name, kind in (("Echo", "wheel"), ("Other", "door")):
        line = json.dumps({"message": "broken", "kind": kind})
        (tmp_path / f"{name}.log").write_text(f"{line}\n")
    mine, others = a_filter(), a_filter(function="Other", name="Opened", dimensions={})
    opened = Metric(namespace="Fixture", name="Opened")
    assert list(log_lines([mine, others], tmp_path)()) == [(WHEELS, 1.0), (opened, 1.0)]


# --- What is not understood ----------------------------------------------------------------------


def deployed(**changed: Any) -> Deployment:
    """A function with a log, a filter on it and an alarm on that; `alarm_X` is its X."""
    transformation = {"MetricNamespace": "F", "MetricName": "Broken", "MetricValue": "1"}
    filter_ = {
        "LogGroupName": "EchoLogs",
        "FilterPattern": '{ $.message = "broken" }',
        "MetricTransformations": [transformation | changed.pop("transformation", {})],
    }
    alarm = {
        "Namespace": "F",
        "MetricName": "Broken",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
    }
    of_alarm = {key.removeprefix("alarm_"): changed.pop(key) for key in [*changed] if "_" in key}
    logging = {"LogGroup": "EchoLogs", "LogFormat": "JSON"} | changed.pop("logging", {})
    properties = {
        "AWS::Lambda::Function": {"LoggingConfig": logging},
        "AWS::Logs::MetricFilter": filter_ | changed,
        "AWS::CloudWatch::Alarm": alarm | of_alarm,
    }
    local = {
        kind.rpartition(":")[2]: {"Type": kind, "Properties": found}
        for kind, found in properties.items()
    }
    return Deployment(data_arns={}, data={}, local=local, outputs={})


def query(name: str, period: int = 60) -> dict[str, Any]:
    metric = {"Namespace": "F", "MetricName": "Broken"}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"}}


def sum_of(expression: str, *queries: dict[str, Any]) -> list[dict[str, Any]]:
    return [*queries, {"Id": "sum", "Expression": expression}]


def read(deployment: Deployment) -> list[Alarm]:
    return alarms(deployment, filters(deployment))


def test_what_is_understood_is_read() -> None:
    assert [each.name for each in read(deployed())] == ["Alarm"]
    (alarm,) = read(deployed(alarm_Metrics=sum_of("a + b", query("a"), query("b"))))
    assert alarm.parts == [(Metric(namespace="F", name="Broken"), "Sum")] * 2


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"LogGroupName": "Others"}, "MetricFilter.LogGroupName: no function writes to Others"),
        ({"FilterPattern": "broken"}, "MetricFilter.FilterPattern: broken"),
        ({"FilterPattern": '{ $.message != "a" }'}, "MetricFilter.FilterPattern"),
        ({"FilterPattern": '{ $.message = "a*" }'}, "MetricFilter.FilterPattern"),
        ({"FilterPattern": '{ ($.a = "a") || ($.b = "b") }'}, "MetricFilter.FilterPattern"),
        ({"logging": {"SystemLogLevel": "WARN"}}, "Function.LoggingConfig.SystemLogLevel"),
        ({"transformation": {"DefaultValue": 0}}, "MetricTransformations.DefaultValue"),
        ({"transformation": {"MetricValue": "$.count"}}, "$.count is not in the pattern"),
        (
            {"transformation": {"Dimensions": [{"Key": "kind", "Value": "$.kind"}]}},
            "$.kind is not in the pattern",
        ),
        ({"alarm_Statistic": "Average"}, "Alarm.Statistic: Average"),
        ({"alarm_TreatMissingData": "ignore"}, "Alarm.TreatMissingData: ignore"),
        ({"alarm_TreatMissingData": None}, "Alarm.TreatMissingData: None"),
        (
            {"alarm_ComparisonOperator": "LessThanOrEqualToThreshold"},
            "Alarm.ComparisonOperator: LessThanOrEqualToThreshold",
        ),
        ({"alarm_MetricName": "Mended"}, "Alarm: nothing has the metric Mended"),
        ({"alarm_Namespace": "G"}, "Alarm: nothing has the metric Broken"),
        (
            {"alarm_Dimensions": [{"Name": "kind", "Value": "wheel"}]},
            "Alarm: nothing has the metric Broken",
        ),
        ({"alarm_Namespace": "AWS/SQS"}, "Alarm: nothing has the metric Broken"),
        (
            {"alarm_Metrics": sum_of("a + b", query("a"), query("b", period=300))},
            "Alarm.Metrics: the local stack adds up metrics of one period only",
        ),
        ({"alarm_Metrics": sum_of("a * b", query("a"), query("b"))}, "knows sums of all metrics"),
        ({"alarm_Metrics": sum_of("a", query("a"), query("b"))}, "knows sums of all metrics"),
        ({"alarm_Metrics": [{**query("a"), "AccountId": "1"}]}, "Alarm.Metrics.AccountId"),
        ({"alarm_Metrics": [{"Id": "a", "MetricStat": {"Unit": "Count"}}]}, "Alarm.Metrics.Unit"),
    ],
)
def test_what_is_not_understood_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(StackError) as refused:
        read(deployed(**changes))
    assert named in str(refused.value)
