"""What moto's CloudFormation lacks: attributes of parameters, and names for what it refuses."""

from collections.abc import Mapping
from typing import Any

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.parsing import clean_json
from moto.ssm.models import Parameter

_PARAMETER_ATTRIBUTES = {"Value": "value", "Type": "parameter_type"}


def make_complete() -> None:
    """Let GetAtt give a parameter's value, as the real CloudFormation does."""
    has_attribute = classmethod(lambda _, attribute: attribute in _PARAMETER_ATTRIBUTES)
    # By setattr, because mypy knows one of these as a method and the other not at all.
    setattr(Parameter, "has_cfn_attr", has_attribute)  # noqa: B010
    setattr(Parameter, "get_cfn_attribute", _parameter_attribute)  # noqa: B010


def _parameter_attribute(self: Parameter, attribute_name: str) -> Any:
    if attribute_name not in _PARAMETER_ATTRIBUTES:
        raise UnformattedGetAttTemplateException
    return getattr(self, _PARAMETER_ATTRIBUTES[attribute_name])


def unresolvable(
    account: str, region: str, stack: str, wanted: Mapping[str, Mapping[str, Any]]
) -> str:
    """The first of what was wanted that moto cannot resolve, and why: it leaves out all of it."""
    stacks = cloudformation_backends[account][region].stacks.values()
    for resource_map in (found.resource_map for found in stacks if found.name == stack):
        for name, piece in (
            (name, piece) for all_ in wanted.values() for name, piece in all_.items()
        ):
            try:
                clean_json(piece, resource_map)
            except Exception as error:  # noqa: BLE001 - moto's own mistakes among them
                return f"{name}: {type(error).__name__} {error}"
    return "a reference"
