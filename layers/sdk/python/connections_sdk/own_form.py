"""Integrations in the form of `Integration.document()`, with what is tolerated in it."""

from typing import Any

from connections_sdk.places import Place
from connections_sdk.tolerance import Source, Tolerance, as_text
from connections_sdk.visibility_names import NAMES, visibility_by_other_names


def from_own_form(data: Source, tolerance: Tolerance) -> Source:
    """Return the document, with plain values and other names for visibility put right.

    Anything else stays as it is: the document itself says what is wrong with it.
    """
    pages = data.get("configPages")
    if not isinstance(pages, list):
        return data
    return {
        **data,
        "configPages": [
            _page(page, ("configPages", number), tolerance) for number, page in enumerate(pages)
        ],
    }


def _page(page: Any, place: Place, tolerance: Tolerance) -> Any:
    if not isinstance(page, dict) or not isinstance(page.get("elements"), list):
        return page
    elements = [
        _variable(element, (*place, "elements", index), tolerance)
        for index, element in enumerate(page["elements"])
    ]
    return {**page, "elements": elements}


def _variable(variable: Any, place: Place, tolerance: Tolerance) -> Any:
    if not isinstance(variable, dict) or not isinstance(variable.get("connection"), dict):
        return variable
    connection = dict(variable["connection"])
    at = (*place, "connection")
    component = connection.get("component")
    if isinstance(component, dict) and "key" in component:
        tolerance.note((*at, "component"), "was read as the component of its key")
        tolerance.leave_out(component, (*at, "component"), "key")
        connection["component"] = component["key"]
    values = connection.get("values", {})
    if values is None:
        tolerance.note((*at, "values"), "was read as no values")
        connection["values"] = {}
    elif isinstance(values, dict):
        connection["values"] = {
            name: _value(value, (*at, "values", name), tolerance) for name, value in values.items()
        }
    return {**_with_visibility(variable, place, tolerance), "connection": connection}


def _value(value: Any, place: Place, tolerance: Tolerance) -> Any:
    if not isinstance(value, dict):
        tolerance.note(place, "was read as the input's value")
        tolerance.moved(place, (*place, "value"))
        value = {"value": value}
    kept = _with_visibility(value, place, tolerance)
    if "value" in kept:
        kept["value"] = as_text(kept["value"], (*place, "value"), tolerance)
    return kept


def _with_visibility(data: Source, place: Place, tolerance: Tolerance) -> Source:
    """Return an object with the visibility that it states by other names, if it states no other."""
    stated = visibility_by_other_names(data, place, tolerance)
    kept = _without_names(data)
    if stated is not None and kept.get("visibility") is None:
        kept["visibility"] = stated
    return kept


def _without_names(data: Source) -> Source:
    """Return an object without the other names; a `meta` of more than these stays."""
    kept = {name: value for name, value in data.items() if name not in NAMES}
    meta = kept.get("meta")
    if isinstance(meta, dict) and set(meta) <= set(NAMES):
        del kept["meta"]
    return kept
