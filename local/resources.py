"""Every kind of resource that the stack on one machine knows, and every property of each.

What is not listed here is an error, never skipped: a property that has no effect here has its
reason beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from local.errors import StackError


class Maker(StrEnum):
    """Who makes a resource exist on one machine."""

    MOTO = "moto's CloudFormation creates it"
    LOCAL = "the local stack runs it"
    NOBODY = "there is nothing to make"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One type of resource: who makes it, what is used of it, and what has no effect and why."""

    maker: Maker
    used: frozenset[str] = frozenset()
    without_effect: Mapping[str, str] = field(default_factory=dict)


def _kind(maker: Maker, used: str = "", **without_effect: str) -> Kind:
    return Kind(maker=maker, used=frozenset(used.split()), without_effect=without_effect)


_MEMORY = "the state is in memory and ends with the stack"
_LABEL = "a label for people and bills"

KINDS: Mapping[str, Kind] = {
    "AWS::DynamoDB::Table": _kind(
        Maker.MOTO,
        "TableName AttributeDefinitions KeySchema GlobalSecondaryIndexes BillingMode"
        " DeletionProtectionEnabled SSESpecification Tags",
        PointInTimeRecoverySpecification=_MEMORY,
        TimeToLiveSpecification="the real one is days late: code checks expiry itself",
    ),
    "AWS::KMS::Key": _kind(
        Maker.MOTO,
        "Description KeyPolicy EnableKeyRotation Tags",
        PendingWindowInDays=_MEMORY,
    ),
    "AWS::SQS::Queue": _kind(
        Maker.MOTO,
        "QueueName VisibilityTimeout MessageRetentionPeriod DelaySeconds MaximumMessageSize"
        " RedrivePolicy SqsManagedSseEnabled Tags",
    ),
    "AWS::SSM::Parameter": _kind(Maker.MOTO, "Name Type Value Description Tags"),
    "AWS::Lambda::Function": _kind(
        Maker.LOCAL,
        "Code Handler Timeout MemorySize Environment Layers Role ReservedConcurrentExecutions"
        " LoggingConfig",
        Runtime="functions run on the Python of the virtualenv",
        Architectures="functions run on this machine's processor",
        Description=_LABEL,
        Tags=_LABEL,
        TracingConfig="there is no X-Ray",
        SnapStart="environments are started, not restored",
    ),
    "AWS::Lambda::EventSourceMapping": _kind(
        Maker.LOCAL,
        "BatchSize MaximumBatchingWindowInSeconds EventSourceArn FunctionName"
        " FunctionResponseTypes",
        Tags=_LABEL,
        ScalingConfig="each queue has one poller, which is the least that can be configured",
    ),
    "AWS::Lambda::EventInvokeConfig": _kind(
        Maker.LOCAL,
        "FunctionName DestinationConfig MaximumRetryAttempts",
        Qualifier="every function has one version",
        MaximumEventAgeInSeconds="retries come at once, so no event grows old",
    ),
    "AWS::Events::Rule": _kind(
        Maker.LOCAL, "ScheduleExpression Targets", Description=_LABEL, Tags=_LABEL
    ),
    "AWS::ApiGatewayV2::Api": _kind(Maker.LOCAL, "Body", Description=_LABEL, Tags=_LABEL),
    "AWS::ApiGatewayV2::Stage": _kind(
        Maker.LOCAL,
        "ApiId StageName",
        AutoDeploy="there is one deployment",
        AccessLogSettings="functions log to files; requests are not logged",
        DefaultRouteSettings="nobody is throttled on one machine",
        RouteSettings="nobody is throttled on one machine",
        Tags=_LABEL,
    ),
    "AWS::IAM::Role": _kind(
        Maker.LOCAL,
        "Policies ManagedPolicyArns",
        AssumeRolePolicyDocument="only its function takes the role",
        Description=_LABEL,
        Tags=_LABEL,
    ),
    "AWS::Lambda::LayerVersion": _kind(
        Maker.LOCAL,
        "Content",
        CompatibleRuntimes="functions run on the Python of the virtualenv",
        CompatibleArchitectures="functions run on this machine's processor",
        Description=_LABEL,
        LayerName=_LABEL,
        LicenseInfo=_LABEL,
    ),
    "AWS::Lambda::Permission": _kind(
        Maker.NOBODY,
        Action="the translator writes permissions together with the events that need them",
        FunctionName="see Action",
        Principal="see Action",
        SourceArn="see Action",
        SourceAccount="see Action",
    ),
    "AWS::Logs::LogGroup": _kind(
        Maker.NOBODY,
        LogGroupName="each function has a log file",
        RetentionInDays="log files begin anew with each start",
        Tags=_LABEL,
    ),
    "AWS::Logs::MetricFilter": _kind(
        Maker.LOCAL, "LogGroupName FilterPattern MetricTransformations", FilterName=_LABEL
    ),
    "AWS::CloudWatch::Alarm": _kind(
        Maker.LOCAL,
        "AlarmDescription Namespace MetricName Dimensions Statistic Period EvaluationPeriods"
        " ComparisonOperator Threshold TreatMissingData Metrics",
        AlarmName=_LABEL,
        AlarmActions="the terminal is told, and whoever asks /_local/alarms",
        OKActions="see AlarmActions",
        Tags=_LABEL,
    ),
    "AWS::CloudWatch::Dashboard": _kind(
        Maker.NOBODY,
        DashboardName=_LABEL,
        DashboardBody="there is no console to draw it",
    ),
}


def check(resources: Mapping[str, Mapping[str, Any]]) -> None:
    """All of these resources, and all of their properties, are known.

    Raises:
        StackError: one is not, named with its resource.
    """
    for name, resource in resources.items():
        kind = KINDS.get(resource["Type"])
        if kind is None:
            raise StackError(
                f"{name} is an {resource['Type']}, which the local stack does not know:"
                " add it to local/resources.py, or give it a condition that is false here"
            )
        known = kind.used | kind.without_effect.keys()
        check_keys(name, resource.get("Properties", {}), known)


def check_keys(where: str, found: Iterable[str], known: Iterable[str]) -> None:
    """Nothing was found but what is known.

    Raises:
        StackError: the first that is not known, named with its place.
    """
    for key in found:
        if key not in set(known):
            raise StackError(f"{where}.{key} is not understood by the local stack")


def made_by(
    maker: Maker, resources: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Those of the (checked) resources that this maker makes."""
    return {
        name: resource
        for name, resource in resources.items()
        if KINDS[resource["Type"]].maker is maker
    }


def of_type(
    resource_type: str, resources: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """The resources of one type."""
    return {name: found for name, found in resources.items() if found["Type"] == resource_type}
