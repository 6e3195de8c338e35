"""The alarms of the template: when one goes off, the terminal says so, and /_local/alarms.

They follow CloudWatch, but for one thing: periods end now and not with the minute, so that an alarm
goes off as soon as its metric says so.
"""

import operator
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.deployment import Deployment
from local.errors import StackError
from local.metrics import FUNCTIONS, OF_QUEUES, QUEUES, Metric, MetricFilter, Source
from local.resources import check_keys, of_type

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}
STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "SampleCount": len,
}
MISSING_BREACHES: Mapping[str, bool] = {"breaching": True, "notBreaching": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """When all of the last `periods`, of so many `seconds` each, breach the threshold."""

    name: str
    description: str
    parts: Sequence[tuple[Metric, str]]
    """Metrics and the statistic of each, which are added up."""
    seconds: int
    periods: int
    comparison: str
    threshold: float
    missing: str


def alarms(deployment: Deployment, filters: Sequence[MetricFilter]) -> list[Alarm]:
    """The template's alarms.

    Raises:
        StackError: one has what is not understood, or nothing here has its metric.
    """
    found = [
        _alarm(name, resource["Properties"])
        for name, resource in of_type("AWS::CloudWatch::Alarm", deployment.local).items()
    ]
    emitted = {(each.namespace, each.name, frozenset(each.dimensions)) for each in filters}
    emitted |= {(QUEUES, name, frozenset({"QueueName"})) for name in OF_QUEUES}
    emitted |= {(FUNCTIONS, "Errors", frozenset({"FunctionName"}))}
    for alarm in found:
        for metric, _ in alarm.parts:
            if (metric.namespace, metric.name, frozenset(dict(metric.dimensions))) not in emitted:
                raise StackError(f"{alarm.name}: nothing has the metric {metric.name}")
    return found


def _alarm(name: str, properties: Mapping[str, Any]) -> Alarm:
    if "Metrics" in properties:
        stats = _added(f"{name}.Metrics", properties["Metrics"])
    else:
        metric = {key: properties.get(key, []) for key in ("Namespace", "MetricName", "Dimensions")}
        stats = [
            {"Metric": metric, "Period": properties["Period"], "Stat": properties["Statistic"]}
        ]
    seconds = {int(stat["Period"]) for stat in stats}
    if len(seconds) > 1:
        raise StackError(f"{name}.Metrics: the local stack adds up metrics of one period only")
    _check_one_of(f"{name}.ComparisonOperator", properties["ComparisonOperator"], COMPARISONS)
    _check_one_of(f"{name}.TreatMissingData", properties.get("TreatMissingData"), MISSING_BREACHES)
    return Alarm(
        name=name,
        description=properties.get("AlarmDescription", ""),
        parts=[_part(name, stat) for stat in stats],
        seconds=seconds.pop(),
        periods=int(properties["EvaluationPeriods"]),
        comparison=properties["ComparisonOperator"],
        threshold=float(properties["Threshold"]),
        missing=properties["TreatMissingData"],
    )


def _added(where: str, queries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The metrics of a sum such as `a + b`, of which nothing is left out."""
    stats, expressions = {}, []
    for query in queries:
        check_keys(where, query, {"Id", "MetricStat", "Expression", "ReturnData", "Label"})
        if "Expression" in query:
            expressions.append(query["Expression"])
        else:
            check_keys(where, query["MetricStat"], {"Metric", "Period", "Stat"})
            stats[query["Id"]] = query["MetricStat"]
    if sorted(" + ".join(expressions).split(" + ")) != sorted(stats):
        raise StackError(f"{where}: the local stack knows sums of all metrics only, as a + b")
    return list(stats.values())


def _part(name: str, stat: Mapping[str, Any]) -> tuple[Metric, str]:
    _check_one_of(f"{name}.Statistic", stat["Stat"], STATISTICS)
    metric = stat["Metric"]
    dimensions = {(each["Name"], each["Value"]) for each in metric.get("Dimensions", [])}
    return Metric(
        namespace=metric["Namespace"],
        name=metric["MetricName"],
        dimensions=frozenset(dimensions),
    ), stat["Stat"]


def _check_one_of(where: str, found: str | None, known: Iterable[str]) -> None:
    if found not in set(known):
        raise StackError(f"{where}: {found} is not understood by the local stack")


class Alarms:
    """The alarms with what their sources have told so far; `clock` in seconds."""

    def __init__(
        self,
        alarms: Sequence[Alarm],
        sources: Sequence[Source],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._alarms = alarms
        self._sources = sources
        self._clock = clock
        self._began = clock()
        self._values: dict[Metric, list[tuple[float, float]]] = {
            metric: [] for alarm in alarms for metric, _ in alarm.parts
        }
        self._off: set[str] = set()
        self._lock = threading.Lock()

    def look(self) -> dict[str, dict[str, str]]:
        """Ask the sources, say which alarms have gone off since, and return all as they are."""
        with self._lock:
            now = self._clock()
            self._take(now)
            off = {alarm.name: alarm for alarm in self._alarms if self._is_off(alarm, now)}
            for name in off.keys() - self._off:
                print(f"ALARM {name}: {off[name].description}", flush=True)
            self._off = set(off)
        return {
            alarm.name: {
                "state": "ALARM" if alarm.name in off else "OK",
                "description": alarm.description,
            }
            for alarm in self._alarms
        }

    def _take(self, now: float) -> None:
        for source in self._sources:
            for metric, value in source():
                if metric in self._values:
                    self._values[metric].append((now, value))
        longest = max((alarm.seconds * alarm.periods for alarm in self._alarms), default=0)
        for metric, values in self._values.items():
            self._values[metric] = [each for each in values if each[0] > now - longest]

    def _is_off(self, alarm: Alarm, now: float) -> bool:
        ends = (now - number * alarm.seconds for number in range(alarm.periods))
        return all(self._breaches(alarm, end) for end in ends)

    def _breaches(self, alarm: Alarm, end: float) -> bool:
        begin, total = end - alarm.seconds, 0.0
        for metric, statistic in alarm.parts:
            values = [value for at, value in self._values[metric] if begin < at <= end]
            if not values:
                # Before the stack was there, nothing could be missed.
                return MISSING_BREACHES[alarm.missing] and begin >= self._began
            total += STATISTICS[statistic](values)
        return COMPARISONS[alarm.comparison](total, alarm.threshold)
