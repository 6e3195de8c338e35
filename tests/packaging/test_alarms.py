"""The alarms: each looks at what there is, says what to do, and goes off when it should."""

import re
from typing import Any

import pytest

from tests.packaging.test_metrics import OF_QUEUES, OWN, dimensions, of_type
from tests.packaging.test_template import FUNCTIONS, RESOURCES, ROOT

ALARMS = of_type("AWS::CloudWatch::Alarm")
each_alarm = pytest.mark.parametrize("name", ALARMS)


def test_every_queue_of_what_failed_has_an_alarm() -> None:
    failed = {
        properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for properties in of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in properties
    } | {
        properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"][
            "Fn::GetAtt"
        ][0]
        for properties in FUNCTIONS.values()
        if "EventInvokeConfig" in properties
    }
    alarms = [
        properties
        for properties in ALARMS.values()
        if properties.get("MetricName") == "ApproximateNumberOfMessagesVisible"
    ]
    assert len(failed) == 6
    assert failed == {
        properties["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for properties in alarms
    }
    for properties in alarms:
        assert (properties["Statistic"], properties["Threshold"]) == ("Maximum", 0)
        assert properties["EvaluationPeriods"] == 1
        assert properties["ComparisonOperator"] == "GreaterThanThreshold"


def looked_at(alarm: str) -> list[dict[str, Any]]:
    """The metrics of an alarm, as one of its queries has them."""
    properties = ALARMS[alarm]
    if "Metrics" not in properties:
        return [properties]
    return [each["MetricStat"]["Metric"] for each in properties["Metrics"] if "MetricStat" in each]


@each_alarm
def test_an_alarm_looks_at_what_there_is(name: str) -> None:
    for metric in looked_at(name):
        given = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
        if metric["Namespace"] == "AWS/SQS":
            assert metric["MetricName"] in OF_QUEUES
            (queue, attribute) = given.pop("QueueName")["Fn::GetAtt"]
            assert (RESOURCES[queue]["Type"], attribute) == ("AWS::SQS::Queue", "QueueName")
            assert given == {}
        elif metric["Namespace"] == "AWS/Lambda":
            assert metric["MetricName"] == "Errors"
            assert given.pop("FunctionName")["Ref"] in FUNCTIONS
            assert given == {}
        else:
            assert metric["Namespace"] == OWN
            assert set(given) == dimensions(metric["MetricName"])


@each_alarm
def test_an_alarm_says_what_to_do_and_tells_the_topic(name: str) -> None:
    properties = ALARMS[name]
    assert 80 < len(properties["AlarmDescription"]) < 1024
    topic = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert properties["AlarmActions"] == topic
    # Metrics of events are there only when there was one: silence is good, but of the schedule.
    assert properties["TreatMissingData"] == ("breaching" if name == "NoSweep" else "notBreaching")


def test_the_readme_says_what_each_alarm_means() -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("## What the operator sees")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(ALARMS)


def test_events_that_need_somebody_go_off_with_the_first() -> None:
    for name, metric in (
        ("GrantOrphaned", "GrantsOrphaned"),
        ("RegistrationRefused", "RegistrationsRefused"),
        ("BreakerOpened", "BreakersOpened"),
    ):
        properties = ALARMS[name]
        assert (properties["MetricName"], properties["Statistic"]) == (metric, "Sum")
        assert (properties["Threshold"], properties["EvaluationPeriods"]) == (0, 1)
        assert properties["ComparisonOperator"] == "GreaterThanThreshold"


def test_an_old_backlog_and_five_minutes_without_a_sweep_go_off() -> None:
    old, absent = ALARMS["BacklogOld"], ALARMS["NoSweep"]
    assert (old["MetricName"], old["Statistic"]) == ("BacklogSeconds", "Maximum")
    assert (old["ComparisonOperator"], old["Threshold"]) == ("GreaterThanThreshold", 15 * 60)
    assert (absent["MetricName"], absent["Statistic"]) == ("RefreshesQueued", "SampleCount")
    assert (absent["ComparisonOperator"], absent["Threshold"]) == ("LessThanThreshold", 1)
    assert absent["Period"] * absent["EvaluationPeriods"] == 5 * 60


def test_a_rescue_counts_while_it_is_tried_and_outlasts_a_claim_before_it_goes_off() -> None:
    properties = ALARMS["RescueWaits"]
    stats = {each["Id"]: each["MetricStat"] for each in properties["Metrics"][:2]}
    assert {stat["Metric"]["MetricName"] for stat in stats.values()} == {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesNotVisible",
    }
    for stat in stats.values():
        (queue,) = stat["Metric"]["Dimensions"]
        assert queue["Value"] == {"Fn::GetAtt": ["RescuesQueue", "QueueName"]}
    assert properties["Metrics"][2]["Expression"] == " + ".join(stats)
    (period,) = {stat["Period"] for stat in stats.values()}
    # It is tried again until the claim under which it was issued has ended.
    tries = RESOURCES["RescuesQueue"]["Properties"]["VisibilityTimeout"]
    claim = FUNCTIONS["RefreshConnectionsFunction"]["Timeout"] + 30
    assert period * properties["EvaluationPeriods"] >= -(-claim // tries) * tries
