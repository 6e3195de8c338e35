"""template.yaml becomes plain CloudFormation: SAM's own translator does it, in process, offline."""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from samtranslator.model.exceptions import ExceptionWithMessage, InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.errors import StackError
from local.partition import partition

# The translator wants code in a bucket. The key keeps the folder, so that it can be found again.
CODE_BUCKET = "local"
CODE_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
# What the platform itself needs; none of it is for the code of a function.
PLATFORM_POLICIES = (
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaSQSQueueExecutionRole",
    "AWSXrayWriteOnlyAccess",
    "AWSXRayDaemonWriteAccess",  # the same in other partitions
)


def load(path: Path) -> dict[str, Any]:
    """The SAM template as it is written.

    Raises:
        StackError: there is no file, or it is not a template.
    """
    try:
        template = yaml_parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StackError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise StackError(f"{path} is not YAML: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise StackError(f"{path} has no Resources: is it a SAM template?")
    return template


def parameter_values(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """All parameters with what was given or their defaults, checked as CloudFormation does.

    Raises:
        StackError: one is unknown, missing or not allowed.
    """
    declared = template.get("Parameters", {})
    for name in given:
        if name not in declared:
            raise StackError(f"Parameters.{name}: the template has no such parameter")
    values = {}
    for name, rules in declared.items():
        value = given.get(name, rules.get("Default"))
        if value is None:
            raise StackError(f"Parameters.{name} has no default: give it a value")
        values[name] = _checked(name, rules, str(value))
    return values


def _checked(name: str, rules: Mapping[str, Any], value: str) -> str:
    pattern = rules.get("AllowedPattern")
    if pattern is not None and re.fullmatch(pattern, value) is None:
        raise StackError(f"Parameters.{name}: {value!r} does not match {pattern}")
    allowed = rules.get("AllowedValues")
    if allowed is not None and value not in map(str, allowed):
        raise StackError(f"Parameters.{name}: {value!r} is none of {allowed}")
    return value


def translate(
    template: Mapping[str, Any], parameters: Mapping[str, str], region: str
) -> dict[str, Any]:
    """The template in plain CloudFormation; the given one is not changed.

    Raises:
        StackError: the translator refuses it, with its reasons.
    """
    sam = copy.deepcopy(dict(template))
    for name, resource in sam["Resources"].items():
        _rewrite_code_location(name, resource)
    place = f"arn:{partition(region)}:iam::aws:policy/"
    known = {name: place + name for name in PLATFORM_POLICIES}
    translator = Translator(known, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        # The metadata says which layers are built.
        plain: dict[str, Any] = translator.translate(
            sam, dict(parameters), passthrough_metadata=True
        )
    except InvalidDocumentException as error:
        causes: list[ExceptionWithMessage] = list(error.causes)
        raise StackError("; ".join(str(cause.message) for cause in causes)) from error
    return plain


def _rewrite_code_location(name: str, resource: dict[str, Any]) -> None:
    location = CODE_PROPERTIES.get(resource.get("Type", ""))
    if location is None:
        return
    folder = resource.setdefault("Properties", {}).get(location)
    if not isinstance(folder, str) or "://" in folder:
        raise StackError(f"{name}.{location} must be a folder beside the template")
    resource["Properties"][location] = f"s3://{CODE_BUCKET}/{folder}"
