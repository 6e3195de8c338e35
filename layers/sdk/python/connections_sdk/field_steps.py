"""Steps of flows in the form that files have elsewhere: one list is made of them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from connections_sdk.places import Place
from connections_sdk.tolerance import Source, Tolerance

_LONGEST_NAME = 200
_MOST = 500
"""Steps of an integration; one more is enough to see that there are too many."""
_MEMBERS = ("name", "action", "inputs", "steps", "branches")


class _Found(NamedTuple):
    flow: str
    place: Place
    source: Source


def steps_of(data: Source, components: Mapping[str, Any], tolerance: Tolerance) -> list[Source]:
    """Return the documents of all steps; `components` are those of the connection variables."""
    steps: list[Source] = []
    names: set[str] = set()
    tolerance.moved(("flows",), ("steps",))
    for flow, place, source in _steps_in_flows(data, tolerance):
        if len(steps) > _MOST:
            break
        action = source.get("action")
        if action is None:
            tolerance.note(place, "has no action and was left out")
            continue
        step = _step(source, tolerance.mapping(action, (*place, "action")), place, tolerance)
        variable = _variable(source, step.get("component"), components, place, tolerance)
        if variable is not None:
            step["configVariable"] = variable
        name = step.get("name")
        if isinstance(name, str):
            step["name"] = _name(name, flow, names)
            if step["name"] != name:
                tolerance.note((*place, "name"), "stands twice: its flow's name was put before it")
            names.add(step["name"])
        at = ("steps", len(steps))
        tolerance.moved(place, at)
        tolerance.moved((*place, "action", "component", "key"), (*at, "component"))
        tolerance.moved((*place, "action", "key"), (*at, "action"))
        steps.append(step)
    return steps


def _steps_in_flows(data: Source, tolerance: Tolerance) -> Iterator[_Found]:
    for number, each in enumerate(tolerance.sequence(data.get("flows"), ("flows",))):
        place = ("flows", number)
        flow = tolerance.mapping(each, place)
        tolerance.leave_out(flow, place, "name", "steps")
        yield from _steps_in(flow, str(flow.get("name")), place, tolerance)


def _steps_in(source: Source, flow: str, place: Place, tolerance: Tolerance) -> Iterator[_Found]:
    """Return the steps of a flow, a step or a branch, each before the steps within it."""
    at: Place = (*place, "steps")
    for index, each in enumerate(tolerance.sequence(source.get("steps"), at)):
        step = tolerance.mapping(each, (*at, index))
        yield _Found(flow, (*at, index), step)
        yield from _steps_in(step, flow, (*at, index), tolerance)
        branches: Place = (*at, index, "branches")
        for number, branch in enumerate(tolerance.sequence(step.get("branches"), branches)):
            within = tolerance.mapping(branch, (*branches, number))
            yield from _steps_in(within, flow, (*branches, number), tolerance)


def _step(source: Source, action: Source, place: Place, tolerance: Tolerance) -> Source:
    tolerance.leave_out(source, place, *_MEMBERS)
    at = (*place, "action")
    tolerance.leave_out(action, at, "component", "key")
    component = action.get("component")
    if isinstance(component, dict):
        tolerance.leave_out(component, (*at, "component"), "key")
        component = component.get("key")
    step = {"name": source.get("name"), "component": component, "action": action.get("key")}
    return {name: value for name, value in step.items() if value is not None}


def _variable(
    source: Source,
    component: Any,
    components: Mapping[str, Any],
    place: Place,
    tolerance: Tolerance,
) -> str | None:
    """Return the key of the connection variable that a step works with."""
    found: str | None = None
    at = (*place, "inputs")
    for name, each in tolerance.mapping(source.get("inputs"), at).items():
        reference = each if isinstance(each, dict) else {}
        key = reference.get("value")
        fits = (
            reference.get("type") == "configVar"
            and isinstance(key, str)
            and component is not None
            and components.get(key) == component
        )
        if found is None and fits:
            found = key
        else:
            tolerance.note((*at, name), "is no connection of the step and was left out")
    return found


def _name(name: str, flow: str, taken: set[str]) -> str:
    """Return a name that no step has yet."""
    if name not in taken:
        return name
    longer = f"{flow}: {name}"[:_LONGEST_NAME]
    number, unique = 1, longer
    while unique in taken:
        number += 1
        end = f" ({number})"
        unique = longer[: _LONGEST_NAME - len(end)] + end
    return unique
