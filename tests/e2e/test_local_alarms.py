"""Alarms on one machine: what functions log and what queues hold makes them go off."""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.alarms import Alarm, Alarms
from local.events import Events
from local.metrics import Metric, Source, function_errors, queue_depths
from local.stack import Stack
from tests.e2e.test_local_template import refusal, with_property

FIXTURE = Path(__file__).parent / "fixture_stack"
WHEELS = Metric(namespace="Fixture", name="Broken", dimensions=frozenset({("kind", "wheel")}))
DOORS = Metric(namespace="Fixture", name="Broken", dimensions=frozenset({("kind", "door")}))
SCHEDULED = Metric(
    namespace="AWS/Lambda",
    name="Errors",
    dimensions=frozenset({("FunctionName", "ScheduledFunction")}),
)

# --- The stack -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    logs = tmp_path_factory.mktemp("logs")
    with Stack(template_path=FIXTURE / "template.yaml", root=FIXTURE, logs=logs) as running:
        yield running


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client


def off(http: httpx.Client) -> set[str]:
    """The alarms that have gone off, by the stack's own door."""
    report = http.get("/_local/alarms").raise_for_status().json()
    assert set(report) == {"WheelsBroken", "SomethingDead", "ScheduleFails"}
    assert {each["state"] for each in report.values()} <= {"OK", "ALARM"}
    return {name for name, each in report.items() if each["state"] == "ALARM"}


def log(http: httpx.Client, **line: Any) -> None:
    http.get("/echo", params={"do": "log", "line": json.dumps(line)}).raise_for_status()


def test_what_a_function_logs_makes_an_alarm_go_off_and_the_terminal_says_so(
    http: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    log(http, message="parts-broken", kind="wheel", count=2)
    log(http, message="parts-broken", kind="door", count=2)
    log(http, message="parts-mended", kind="wheel", count=2)
    assert "WheelsBroken" not in off(http)

    log(http, message="parts-broken", kind="wheel", count=1)

    assert "WheelsBroken" in off(http)
    assert "WheelsBroken" in off(http)
    said = "ALARM WheelsBroken: More than two wheels are broken."
    assert capsys.readouterr().out.splitlines().count(said) == 1
    assert http.get("/_local/alarms").json()["WheelsBroken"] == {
        "state": "ALARM",
        "description": "More than two wheels are broken.",
    }


def test_what_a_queue_holds_counts_while_it_is_hidden_too(stack: Stack, http: httpx.Client) -> None:
    sqs, url = stack.client("sqs"), stack.outputs["DeadLetters"]
    queue = frozenset({("QueueName", url.rpartition("/")[2])})
    visible, hidden = (
        Metric(namespace="AWS/SQS", name=f"ApproximateNumberOfMessages{kind}", dimensions=queue)
        for kind in ("Visible", "NotVisible")
    )
    depths = queue_depths([visible, hidden], sqs)
    sqs.send_message(QueueUrl=url, MessageBody="1")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=300)
    assert "SomethingDead" not in off(http)
    assert dict(depths()) == {visible: 0.0, hidden: 1.0}

    for body in ("2", "3"):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    assert "SomethingDead" in off(http)
    assert dict(depths()) == {visible: 2.0, hidden: 1.0}


def test_invocations_that_fail_are_errors_of_the_function(stack: Stack, http: httpx.Client) -> None:
    assert "ScheduleFails" not in off(http)
    key = {"pk": {"S": "schedule-fails"}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["Items"], Item=key)
    # It is tried twice.
    http.post("/_local/tick").raise_for_status()
    errors = function_errors([SCHEDULED], stack.functions)
    stack.client("dynamodb").delete_item(TableName=stack.outputs["Items"], Key=key)

    assert "ScheduleFails" in off(http)
    assert list(errors()) == [(SCHEDULED, 2.0)]
    assert list(errors()) == [(SCHEDULED, 0.0)]


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("WheelsBroken.Properties.DatapointsToAlarm", 1, "WheelsBroken.DatapointsToAlarm"),
        ("WheelsBroken.Properties.MetricName", "Absent", "WheelsBroken: nothing has the metric"),
    ],
)
def test_the_stack_does_not_start_with_what_it_does_not_understand(
    tmp_path: Path, path: str, value: Any, named: str
) -> None:
    assert named in refusal(tmp_path, with_property(path, value))


# --- Periods, statistics, silence ----------------------------------------------------------------


class Minutes:
    """A clock of minutes, and a source that tells what was put into it."""

    def __init__(self) -> None:
        self.now = 0
        self.told: list[tuple[Metric, float]] = []

    def clock(self) -> float:
        return self.now * 60.0

    def source(self) -> Sequence[tuple[Metric, float]]:
        told, self.told = self.told, []
        return told


def an_alarm(**changes: Any) -> Alarm:
    usual: dict[str, Any] = {
        "name": "Alarm",
        "description": "",
        "parts": [(WHEELS, "Sum")],
        "seconds": 60,
        "periods": 1,
        "comparison": "GreaterThanThreshold",
        "threshold": 2.0,
        "missing": "notBreaching",
    }
    return Alarm(**{**usual, **changes})


def goes_off(alarm: Alarm, *values: Sequence[float]) -> list[bool]:
    """Whether the alarm is off after each minute, with the values that come in it."""
    minutes, states = Minutes(), []
    source: Source = minutes.source
    watched = Alarms([alarm], [source], minutes.clock)
    for each in values:
        minutes.now += 1
        minutes.told = [(WHEELS, value) for value in each] + [(DOORS, 100.0)]
        states.append(watched.look()["Alarm"]["state"] == "ALARM")
    return states


def test_a_sum_goes_off_and_comes_back() -> None:
    assert goes_off(an_alarm(), [1, 1], [2, 1], [], [3]) == [False, True, False, True]


def test_an_alarm_that_goes_off_again_is_told_of_again(capsys: pytest.CaptureFixture[str]) -> None:
    goes_off(an_alarm(description="Again."), [3], [3], [], [3])
    assert capsys.readouterr().out == "ALARM Alarm: Again.\n" * 2


def test_a_maximum_is_of_the_largest() -> None:
    assert goes_off(an_alarm(parts=[(WHEELS, "Maximum")]), [2, 2], [1, 3]) == [False, True]


def test_all_periods_must_breach() -> None:
    alarm = an_alarm(periods=3)
    values = [[3], [3], [3], [2], [3], [3], [3]]
    assert goes_off(alarm, *values) == [False, False, True, False, False, False, True]


def test_a_longer_period_takes_its_values_together() -> None:
    assert goes_off(an_alarm(seconds=120), [1], [2], [0], [2]) == [False, True, False, False]


def test_silence_breaches_where_it_should_and_only_since_the_stack_is_there() -> None:
    changes: dict[str, Any] = {
        "parts": [(WHEELS, "SampleCount")],
        "comparison": "LessThanThreshold",
        "threshold": 1.0,
    }
    silent = an_alarm(**changes, missing="breaching", seconds=120)
    assert goes_off(silent, [], [], [0], [], []) == [False, True, False, False, True]
    assert goes_off(an_alarm(**changes), [], []) == [False, False]


def test_a_sum_of_metrics_goes_off_by_what_they_are_together() -> None:
    alarm = an_alarm(parts=[(WHEELS, "Maximum"), (DOORS, "Maximum")], threshold=102.0)
    assert goes_off(alarm, [2], [3]) == [False, True]


def test_alarms_are_watched_without_anybody_asking(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.events._LOOK", 0.01)
    told = threading.Event()

    def source() -> Sequence[tuple[Metric, float]]:
        told.set()
        return [(WHEELS, 3.0)]

    events = Events([], [], Alarms([an_alarm(description="Broken.")], [source]))
    events.start()
    assert told.wait(10)
    events.stop()
    events.join()
    assert capsys.readouterr().out == "ALARM Alarm: Broken.\n"
