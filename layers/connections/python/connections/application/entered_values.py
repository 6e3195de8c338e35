"""Values that somebody enters for a connection's inputs: which of them fit, and what is missing."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from connections.domain.errors import Problem
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import ConnectionDefinition
from connections_sdk.places import pointer_step
from connections_sdk.templates import TemplateFault, rendered, slots

NEEDED_FOR_OAUTH = {
    "authorization_code": ("authorizeUrl", "tokenUrl", "clientId"),
    "client_credentials": ("tokenUrl", "clientId"),
    None: (),
}
LARGEST_LAYER = 12 * 1024
"""Bytes of the values that a builder, a template, the organization or the customer's side enters.

A grant's item holds all four, the definition and the token response: it must fit.
"""
_ANY_WORD = "slot"
_EMPTY = (None, "")


def value_problems(
    definition: ConnectionDefinition,
    values: Mapping[str, Any],
    hosts: AllowedHosts,
    *,
    at: str,
    of: Collection[str] | None = None,
) -> list[Problem]:
    """Return what is wrong with values; what is missing is not asked.

    `of` names those that are being entered, all by default: the others are what they meet there,
    and no problem is told of them. `at` is where in the request the values stand.
    """
    entered = values if of is None else of
    problems: dict[str, str] = {}
    for name in entered:
        fault = _value_fault(definition, name, values[name], hosts)
        if fault:
            problems[name] = fault
    resolved = definition.resolved(dict(values))
    for name in definition.templates:
        culprit, fault = _filled(definition, name, resolved, hosts)
        # What meets a value that was there before is wrong with the template that was entered.
        told = culprit if culprit in entered else name
        if fault and told in entered:
            problems.setdefault(told, fault)
    for url in definition.provider.urls.values():
        culprit, fault = _filled_fact(url, resolved)
        if fault and culprit in entered:
            problems.setdefault(culprit, fault)
    return [Problem(f"{at}/{pointer_step(name)}", fault) for name, fault in problems.items()]


def openness_problems(
    definition: ConnectionDefinition, values: Mapping[str, Any], *, at: str
) -> list[Problem]:
    """Return which templates among good values, written for others to fill, are too open."""
    faults = {
        name: definition.openness_fault(name, values[name])
        for name in definition.templates
        if values.get(name)
    }
    return [Problem(f"{at}/{pointer_step(name)}", fault) for name, fault in faults.items() if fault]


def size_problems(layer: Mapping[str, Any], *, at: str) -> list[Problem]:
    """Return what is wrong with the size of all that one of those has entered who enter values.

    What others have entered is not counted: how large it is, a refusal would tell.
    """
    if len(json.dumps(dict(layer))) > LARGEST_LAYER:
        return [Problem(at, "must be at most 12 KB together")]
    return []


def missing_inputs(definition: ConnectionDefinition, values: Mapping[str, Any]) -> list[str]:
    """Return the inputs without which the values make no connection, in the order of inputs."""
    resolved = definition.resolved(dict(values))
    needed = set(NEEDED_FOR_OAUTH[definition.oauth2_type])
    # An empty default is no value, unless nobody is shown the input to enter one.
    needed |= {name for name, field in definition.inputs.items() if field.required and field.shown}
    for name in definition.templates:
        try:
            definition.rendered(name, resolved)
        except TemplateFault as error:
            needed |= {error.culprit or name}
    return [name for name in definition.inputs if name in needed and resolved.get(name) in _EMPTY]


def _value_fault(
    definition: ConnectionDefinition, name: str, value: Any, hosts: AllowedHosts
) -> str | None:
    field = definition.inputs.get(name)
    if field is None:
        return "is not an input of this connection"
    fault = field.fault(value)
    if fault is None and value and definition.calls(name) and name not in definition.templates:
        return hosts.fault(value)
    return fault


def _filled_fact(url: str, resolved: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the input whose value does not fit a URL among the provider facts, and why."""
    unknown = {slot: _ANY_WORD for slot in slots(url) if resolved.get(slot) in _EMPTY}
    try:
        rendered(url, {**resolved, **unknown})
    except TemplateFault as error:
        return error.culprit or "", str(error)
    return "", None


def _filled(
    definition: ConnectionDefinition, name: str, resolved: Mapping[str, Any], hosts: AllowedHosts
) -> tuple[str, str | None]:
    """Return the input that has to change, and what is wrong with it."""
    text = resolved.get(name)
    if text in _EMPTY:
        return name, None
    fault = definition.template_fault(name, text)
    if fault is not None:
        return name, fault
    unknown = {slot: _ANY_WORD for slot in slots(str(text)) if resolved.get(slot) in _EMPTY}
    try:
        url = definition.rendered(name, {**resolved, **unknown})
    except TemplateFault as error:
        return error.culprit or name, str(error)
    return name, hosts.fault(url) if definition.calls(name) else None
