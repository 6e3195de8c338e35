"""Config variables of connections in the form that files have elsewhere."""

import re
from typing import Any

from connections_sdk.places import Place
from connections_sdk.tolerance import Source, Tolerance, as_text
from connections_sdk.visibility_names import NAMES, visibility_by_other_names

_MEMBERS = (
    "key",
    "stableKey",
    "description",
    "visibility",
    "dataType",
    "connection",
    "inputs",
    "meta",
)
_STABLE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_BEFORE = "v-"
"""Stands before a stable key that begins with a digit, as every other UUID does."""


def variable_of(source: Source, place: Place, tolerance: Tolerance) -> Source:
    """Return the document of a config variable."""
    visibility = _visibility(source, place, tolerance)
    tolerance.leave_out(source, place, *_MEMBERS, *NAMES)
    at = (*place, "inputs")
    inputs = tolerance.mapping(source.get("inputs"), at)
    values = {name: _value(value, (*at, name), tolerance) for name, value in inputs.items()}
    kept = tolerance.kept(source, "key", "description")
    connection = _connection(source.get("connection"), (*place, "connection"), tolerance)
    return {
        **kept,
        **_stable_key(source.get("stableKey"), (*place, "stableKey"), tolerance),
        **visibility,
        "connection": {**connection, "values": values},
    }


def _stable_key(key: Any, place: Place, tolerance: Tolerance) -> Source:
    if isinstance(key, str) and not _STABLE_KEY.fullmatch(key):
        if _STABLE_KEY.fullmatch(_BEFORE + key):
            tolerance.note(place, f"must begin with a letter: it was read with {_BEFORE} before it")
            return {"stableKey": _BEFORE + key}
        tolerance.note(place, "has characters that a stable key cannot have and was left out")
        return {}
    return {} if key is None else {"stableKey": key}


def _connection(source: Any, place: Place, tolerance: Tolerance) -> Source:
    connection = tolerance.mapping(source, place)
    tolerance.leave_out(connection, place, "component", "key", "template")
    kept = {
        name: connection[name] for name in ("key", "template") if connection.get(name) is not None
    }
    return {**kept, **_component(connection.get("component"), (*place, "component"), tolerance)}


def _component(source: Any, place: Place, tolerance: Tolerance) -> Source:
    if isinstance(source, str):
        return {"component": source}
    component = tolerance.mapping(source, place)
    tolerance.leave_out(component, place, "key")
    return {"component": component["key"]} if "key" in component else {}


def _visibility(source: Source, place: Place, tolerance: Tolerance) -> Source:
    stated = visibility_by_other_names(source, place, tolerance)
    visibility = source.get("visibility") or stated
    return {"visibility": visibility} if visibility else {}


def _value(source: Any, place: Place, tolerance: Tolerance) -> Source:
    if not isinstance(source, dict):
        tolerance.note(place, "was read as the input's value")
        source = {"value": source}
    visibility = _visibility(source, place, tolerance)
    tolerance.leave_out(source, place, "type", "value", "visibility", "set", "meta", *NAMES)
    meta = source.get("meta")
    if isinstance(meta, dict):
        tolerance.leave_out(meta, (*place, "meta"), *NAMES)
    value = {"value": _plain(source, place, tolerance), **visibility}
    return {**value, "set": source["set"]} if "set" in source else value


def _plain(source: Source, place: Place, tolerance: Tolerance) -> Any:
    """Return a value without the types that stand around it; None is left to be entered."""
    value = source.get("value")
    at = (*place, "value")
    if value is None:
        if "set" not in source:
            tolerance.note(place, "has no value: it is left to be entered")
        return None
    if source.get("type") not in (None, "value", "complex", "template"):
        tolerance.note(place, "has a value of another type, which was left out")
        return None
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        tolerance.note(at, "was read as a list of strings or of pairs")
        return _entries(value, at, tolerance)
    return as_text(value, at, tolerance)


def _entries(values: list[Any], place: Place, tolerance: Tolerance) -> list[Any]:
    entries = [tolerance.mapping(each, (*place, index)) for index, each in enumerate(values)]
    if any("name" in each for each in entries):
        return [{"key": _text(each.get("name")), "value": each.get("value")} for each in entries]
    if any("key" in each for each in entries):
        return values
    return [each.get("value") for each in entries]


def _text(name: Any) -> Any:
    return name.get("value") if isinstance(name, dict) else name
