"""Integrations in the form that such files have elsewhere.

Config variables stand in `requiredConfigVars`, apart from the pages that name them, and steps in
`flows`. What has no place in an integration here is left out, each time with a note.
"""

from connections_sdk.field_steps import steps_of
from connections_sdk.field_variables import variable_of
from connections_sdk.places import Place
from connections_sdk.tolerance import Source, Tolerance

_MARKS = ("requiredConfigVars", "flows", "definitionVersion")
_REST = "Connections"
"""The page of the variables that no page names."""
Found = dict[str, tuple[Place, Source]]
"""The connection variables by their keys: where each stood, and what was made of it."""


def has_field_form(data: Source) -> bool:
    """Tell whether an object is an integration in that form."""
    return any(name in data for name in _MARKS)


def from_field_form(data: Source, tolerance: Tolerance) -> Source:
    """Return the document of the integration."""
    tolerance.leave_out(data, (), "name", "description", "configPages", *_MARKS[:2])
    found, others = _variables(data, tolerance)
    levels: dict[str, str] = {}
    pages = _pages(data, found, others, levels, tolerance)
    components = {
        key: variable["connection"].get("component") for key, (_, variable) in found.items()
    }
    document = tolerance.kept(data, "name", "description")
    return {**document, "configPages": pages, "steps": steps_of(data, components, tolerance)}


def _variables(data: Source, tolerance: Tolerance) -> tuple[Found, set[str]]:
    """Return the connection variables, and the keys of the others."""
    found: Found = {}
    others: set[str] = set()
    place: Place = ("requiredConfigVars",)
    for index, each in enumerate(tolerance.sequence(data.get("requiredConfigVars"), place)):
        at = (*place, index)
        source = tolerance.mapping(each, at)
        key = source.get("key")
        if not isinstance(key, str):
            tolerance.refuse((*at, "key"), "must be a string")
        elif source.get("dataType") != "connection" and (
            "dataType" in source or "connection" not in source
        ):
            others.add(key)
            tolerance.note(at, "holds no connection and was left out")
        elif key in found:
            tolerance.refuse((*at, "key"), "is the key of another config variable too")
        else:
            found[key] = (at, variable_of(source, at, tolerance))
    return found, others


def _pages(
    data: Source, found: Found, others: set[str], levels: dict[str, str], tolerance: Tolerance
) -> list[Source]:
    pages: list[Source] = []
    place: Place = ("configPages",)
    for number, each in enumerate(tolerance.sequence(data.get("configPages"), place)):
        at = (*place, number)
        source = tolerance.mapping(each, at)
        level = "user" if source.get("userLevelConfigured") is True else "instance"
        tolerance.leave_out(source, at, "name", "tagline", "elements", "userLevelConfigured")
        page = tolerance.kept(source, "name", "tagline")
        elements: list[Source] = []
        listed = tolerance.sequence(source.get("elements"), (*at, "elements"))
        for index, element in enumerate(listed):
            where = (*at, "elements", index)
            key = _named(tolerance.mapping(element, where), where, found, others, tolerance)
            if key is None:
                continue
            if key in levels:
                tolerance.note(where, "stands on a page already and was left out")
                continue
            levels[key] = level
            _remember(found[key], (*at, "elements", len(elements)), tolerance)
            elements.append({**found[key][1], "level": level})
        pages.append({**page, "elements": elements})
    rest = [key for key in found if key not in levels]
    return [*pages, _page_of_the_rest(rest, found, len(pages), tolerance)] if rest else pages


def _named(
    element: Source, place: Place, found: Found, others: set[str], tolerance: Tolerance
) -> str | None:
    """Return the key of the connection variable that an element of a page names."""
    key = element.get("value")
    if element.get("type") != "configVar":
        tolerance.note(place, "is no config variable and was left out")
    elif not isinstance(key, str) or (key not in found and key not in others):
        tolerance.refuse((*place, "value"), "must be the key of one of the requiredConfigVars")
    elif key in others:
        tolerance.note(place, "holds no connection and was left out")
    else:
        return key
    return None


def _page_of_the_rest(keys: list[str], found: Found, number: int, tolerance: Tolerance) -> Source:
    for index, key in enumerate(keys):
        _remember(found[key], ("configPages", number, "elements", index), tolerance)
        tolerance.note(found[key][0], f"stands on no page and was put on one named {_REST}")
    return {"name": _REST, "elements": [found[key][1] for key in keys]}


def _remember(variable: tuple[Place, Source], place: Place, tolerance: Tolerance) -> None:
    """Say where the parts of a variable stood: its inputs stood beside its connection."""
    origin, document = variable
    tolerance.moved(origin, place)
    connection = (*place, "connection")
    tolerance.moved((*origin, "connection", "component", "key"), (*connection, "component"))
    tolerance.moved((*origin, "inputs"), (*connection, "values"))
    for name in document["connection"]["values"]:
        tolerance.moved((*origin, "inputs", name), (*connection, "values", name))
