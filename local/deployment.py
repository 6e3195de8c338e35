"""The CloudFormation template is deployed to moto, and what the local stack runs is read from it.

There is no second resolver of Ref, GetAtt, Sub and If: what the local stack needs to know stands
in one more output of the deployed template, as JSON, and moto's CloudFormation resolves it.
References to what the local stack itself runs are replaced by their addresses before.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.exceptions

from local import resources
from local.cloudformation import unresolvable
from local.errors import StackError
from local.partition import partition
from local.resources import Maker

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


ACCOUNT = "123456789012"
_RESOLVED = "LocalStackResolved"
_LAMBDA = "AWS::Lambda::Function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What exists: the data resources with their ARNs, and the resources that are run here.

    Both are resolved, with the properties that are used.
    """

    data_arns: Mapping[str, str]
    data: Mapping[str, Mapping[str, Any]]
    local: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, str]


def deploy(
    cloudformation: "CloudFormationClient",
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    *,
    name: str,
    region: str,
    url: str,
) -> Deployment:
    """Create the data resources and resolve the others; `url` is where the HTTP API listens.

    Raises:
        StackError: something in the template is not understood, or moto refuses it.
    """
    existing = _existing(cloudformation, template, parameters, name)
    resources.check(existing)
    run_here = resources.made_by(Maker.LOCAL, existing)
    data = resources.made_by(Maker.MOTO, existing)
    unresolved = {
        "local": {name: _what_is_used(found) for name, found in run_here.items()},
        "data": {name: _what_is_used(found) for name, found in data.items()},
        "outputs": {name: output["Value"] for name, output in template.get("Outputs", {}).items()},
        "data_arns": {name: _arn(name, found, region) for name, found in data.items()},
    }
    others = {key: value for key, value in existing.items() if key not in data}
    addresses = _addresses(others, region, url, name)
    resolved = _create(
        cloudformation, template, parameters, name, *_localised((data, unresolved), addresses)
    )
    _check_resolved("template", unresolved, resolved)
    return Deployment(**resolved)


def _existing(
    cloudformation: "CloudFormationClient",
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    name: str,
) -> dict[str, Mapping[str, Any]]:
    """The resources whose condition is true, as moto's CloudFormation evaluates conditions."""
    conditions = template.get("Conditions", {})
    choices = {condition: {"Fn::If": [condition, True, False]} for condition in conditions}
    chosen = _create(cloudformation, template, parameters, f"{name}-conditions", {}, choices)
    return {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if "Condition" not in resource or chosen[resource["Condition"]]
    }


def _create(
    cloudformation: "CloudFormationClient",
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    name: str,
    data: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> dict[str, Any]:
    body = {
        "Resources": data,
        "Outputs": {_RESOLVED: {"Value": {"Fn::ToJsonString": wanted}}},
        **{key: template.get(key, {}) for key in ("Parameters", "Conditions", "Mappings")},
    }
    try:
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(body),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    except botocore.exceptions.ClientError as error:
        message = error.response["Error"].get("Message", "")
        if not message.startswith("moto: "):
            raise StackError(f"moto's CloudFormation refuses the template: {message}") from error
        outputs = []
    # Where one reference cannot be resolved, moto leaves out the whole output, or breaks.
    for output in outputs:
        if output["OutputKey"] == _RESOLVED:
            resolved: dict[str, Any] = json.loads(output["OutputValue"])
            return resolved
    culprit = unresolvable(ACCOUNT, cloudformation.meta.region_name, name, wanted)
    raise StackError(f"moto's CloudFormation cannot resolve {culprit}")


def _what_is_used(resource: Mapping[str, Any]) -> dict[str, Any]:
    used = resources.KINDS[resource["Type"]].used
    properties = resource.get("Properties", {})
    return {
        "Type": resource["Type"],
        "Metadata": resource.get("Metadata", {}),
        "Properties": {key: properties[key] for key in properties if key in used},
    }


def _arn(name: str, resource: Mapping[str, Any], region: str) -> Any:
    if resource["Type"] == "AWS::SSM::Parameter":
        # A parameter's ARN is no attribute of its resource.
        return {
            "Fn::Join": [
                "",
                [f"arn:{partition(region)}:ssm:{region}:{ACCOUNT}:parameter", {"Ref": name}],
            ]
        }
    return {"Fn::GetAtt": [name, "Arn"]}


def _addresses(
    others: Mapping[str, Mapping[str, Any]], region: str, url: str, stack: str
) -> dict[str, dict[str, str]]:
    """What Ref and GetAtt mean for resources that moto does not create."""
    arn = f"arn:{partition(region)}"
    places = {
        _LAMBDA: f"{arn}:lambda:{region}:{ACCOUNT}:function:{{}}",
        "AWS::Lambda::LayerVersion": f"{arn}:lambda:{region}:{ACCOUNT}:layer:{{}}:1",
        # The end is random in AWS.
        "AWS::IAM::Role": f"{arn}:iam::{ACCOUNT}:role/{stack}-{{}}-LOCAL",
        "AWS::Events::Rule": f"{arn}:events:{region}:{ACCOUNT}:rule/{stack}-{{}}",
        "AWS::Logs::LogGroup": f"{arn}:logs:{region}:{ACCOUNT}:log-group:{stack}-{{}}:*",
    }
    # moto's CloudFormation says "aws" in every region.
    addresses = {"AWS::Partition": {"Ref": partition(region)}}
    for name, resource in others.items():
        kind = resource["Type"]
        known = {"Ref": name}
        if kind in places:
            known["Arn"] = places[kind].format(name)
        if kind == "AWS::Lambda::LayerVersion":
            known["Ref"] = known.pop("Arn")
        if kind == "AWS::ApiGatewayV2::Api":
            known |= {"ApiEndpoint": url, "ApiId": name}
        addresses[name] = known
    return addresses


def _localised(node: Any, addresses: Mapping[str, Mapping[str, str]]) -> Any:
    """The node with every reference to what runs here replaced by its address."""
    match node:
        case {"Ref": str(name)} if name in addresses:
            return addresses[name]["Ref"]
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in addresses:
            return _address(addresses, name, attribute)
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _localised_text(text, addresses)}
        case {"Fn::Sub": [str(text), dict(values)]}:
            return {"Fn::Sub": [_localised_text(text, addresses), _localised(values, addresses)]}
        case dict():
            return {key: _localised(value, addresses) for key, value in node.items()}
        case list() | tuple():
            return [_localised(value, addresses) for value in node]
        case _:
            return node


def _localised_text(text: str, addresses: Mapping[str, Mapping[str, str]]) -> str:
    def replaced(match: re.Match[str]) -> str:
        name, _, attribute = match[1].partition(".")
        return _address(addresses, name, attribute or "Ref") if name in addresses else match[0]

    return re.sub(r"\$\{([A-Za-z0-9.:]+)\}", replaced, text)


def _address(addresses: Mapping[str, Mapping[str, str]], name: str, attribute: str) -> str:
    try:
        return addresses[name][attribute]
    except KeyError:
        raise StackError(f"{name}.{attribute} has no value on one machine") from None


def _check_resolved(where: str, unresolved: Any, resolved: Any) -> None:
    """Nothing got lost: moto leaves out, with a warning in its log, what it cannot resolve."""
    if isinstance(resolved, str) and re.search(r"\$\{[A-Za-z]", resolved):
        raise StackError(f"{where}: moto does not resolve {resolved}")
    if not isinstance(unresolved, dict) or not isinstance(resolved, dict):
        return
    if any(key == "Ref" or key.startswith("Fn::") for key in unresolved):
        return
    for key, value in unresolved.items():
        if value == {"Ref": "AWS::NoValue"}:
            continue
        if key not in resolved:
            raise StackError(f"{where}.{key}: moto does not resolve {json.dumps(value)}")
        _check_resolved(f"{where}.{key}", value, resolved[key])
