"""Where metrics come from: the functions' log lines, the queues, the functions' errors.

A source is asked again and again, and answers with what there is since it was asked last.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.deployment import Deployment
from local.errors import StackError
from local.functions import Function
from local.resources import check_keys, of_type

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

QUEUES = "AWS/SQS"
FUNCTIONS = "AWS/Lambda"
OF_QUEUES: Mapping[str, "QueueAttributeNameType"] = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
}
# A field with these words, or with any value: $.message = "words", $.field = "*", $.number = *
_TERM = r'\$\.(\w+) = (?:"([^"*]+)"|"\*"|\*)'
_PATTERN = re.compile(rf"\{{ (?:{_TERM}|\({_TERM}\)(?: && \({_TERM}\))+) \}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric by its whole name; with other dimensions it is another one."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()


Source = Callable[[], Iterable[tuple[Metric, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFilter:
    """Which lines of a function's log are values of a metric."""

    function: str
    terms: Mapping[str, str | None]
    """Fields with the words that they must have, or None where any value will do."""
    namespace: str
    name: str
    value: str
    dimensions: Mapping[str, str]

    def read(self, line: Mapping[str, Any]) -> tuple[Metric, float] | None:
        """The value in this line, if it is one of those."""
        for field, words in self.terms.items():
            if line.get(field) is None or words not in (None, line[field]):
                return None
        dimensions = {(key, str(_said(line, path))) for key, path in self.dimensions.items()}
        metric = Metric(namespace=self.namespace, name=self.name, dimensions=frozenset(dimensions))
        return metric, float(_said(line, self.value))


def _said(line: Mapping[str, Any], path: str) -> Any:
    """What the line has at `$.field`; a value that is no path stands for itself."""
    return line[path.removeprefix("$.")] if path.startswith("$.") else path


def filters(deployment: Deployment) -> list[MetricFilter]:
    """The template's metric filters.

    Raises:
        StackError: one has what is not understood, or reads a log group that no function writes.
    """
    writers = {}
    for function, resource in of_type("AWS::Lambda::Function", deployment.local).items():
        logging = resource["Properties"].get("LoggingConfig", {})
        check_keys(f"{function}.LoggingConfig", logging, {"LogGroup", "LogFormat"})
        writers[logging.get("LogGroup")] = function
    return [
        _filter(name, resource["Properties"], writers)
        for name, resource in of_type("AWS::Logs::MetricFilter", deployment.local).items()
    ]


def _filter(name: str, properties: Mapping[str, Any], writers: Mapping[str, str]) -> MetricFilter:
    group, pattern = properties["LogGroupName"], properties["FilterPattern"]
    if group not in writers:
        raise StackError(f"{name}.LogGroupName: no function writes to {group}")
    if _PATTERN.fullmatch(pattern) is None:
        raise StackError(f"{name}.FilterPattern: {pattern} is not understood by the local stack")
    terms = {found[1]: found[2] for found in re.finditer(_TERM, pattern)}
    (transformation,) = properties["MetricTransformations"]
    known = {"MetricNamespace", "MetricName", "MetricValue", "Dimensions"}
    check_keys(f"{name}.MetricTransformations", transformation, known)
    dimensions = {each["Key"]: each["Value"] for each in transformation.get("Dimensions", [])}
    for path in (transformation["MetricValue"], *dimensions.values()):
        # CloudWatch gives nothing for a field that the pattern does not name.
        if path.startswith("$.") and path.removeprefix("$.") not in terms:
            raise StackError(f"{name}.MetricTransformations: {path} is not in the pattern")
    return MetricFilter(
        function=writers[group],
        terms=terms,
        namespace=transformation["MetricNamespace"],
        name=transformation["MetricName"],
        value=transformation["MetricValue"],
        dimensions=dimensions,
    )


def log_lines(filters: Sequence[MetricFilter], logs: Path) -> Source:
    """What the filters find in lines that functions have written since."""
    read_to = {each.function: 0 for each in filters}

    def new_lines(function: str) -> Iterator[Mapping[str, Any]]:
        with (logs / f"{function}.log").open("rb") as log:
            log.seek(read_to[function])
            whole = log.read().rpartition(b"\n")[0]
        read_to[function] += len(whole)
        yield from filter(None, map(_parsed, whole.splitlines()))

    def source() -> Iterator[tuple[Metric, float]]:
        for function in read_to:
            for line in new_lines(function):
                for each in filters:
                    if each.function == function and (found := each.read(line)) is not None:
                        yield found

    return source


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The line as JSON; Python's own words and what is printed are none, and no filter's."""
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def queue_depths(metrics: Iterable[Metric], sqs: "SQSClient") -> Source:
    """How many messages these metrics count now."""
    urls = {
        metric: sqs.get_queue_url(QueueName=dict(metric.dimensions)["QueueName"])["QueueUrl"]
        for metric in metrics
    }

    def source() -> Iterator[tuple[Metric, float]]:
        for metric, url in urls.items():
            attribute = OF_QUEUES[metric.name]
            answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])
            yield metric, float(answer["Attributes"][attribute])

    return source


def function_errors(metrics: Iterable[Metric], functions: Mapping[str, Function]) -> Source:
    """How many more invocations of these metrics' functions have failed."""
    counted = dict.fromkeys(metrics, 0)

    def source() -> Iterator[tuple[Metric, float]]:
        for metric, before in counted.items():
            counted[metric] = functions[dict(metric.dimensions)["FunctionName"]].errors
            yield metric, float(counted[metric] - before)

    return source
