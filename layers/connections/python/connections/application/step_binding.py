"""Bind a step to a config variable of its component, and put variables and steps into documents."""

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from connections.application.merge_patch import invalid
from connections.domain.errors import InvalidRequest, Problem
from connections_sdk.definitions import Component
from connections_sdk.integrations import (
    ConfigPage,
    ConfigVariable,
    Integration,
    Step,
    VariableConnection,
)

FIRST_PAGE = "Configuration"
"""The name of the page on which a config variable stands when there is no page yet."""
_NO_NAME = re.compile(r"[\x00-\x20\x7f-\x9f]+")
"""What the key of a config variable has none of, or only between words."""
_LONGEST_LABEL = 80


def bound(
    document: Integration, step: Step, component: Component | None
) -> tuple[Integration, set[str]]:
    """Return the document with the step, and the key of a variable that was made for it.

    Raises:
        InvalidRequest: the document breaks a rule with it.
    """
    if step.config_variable is not None or component is None:
        return rebuilt(document, steps=[*document.steps, step]), set()
    of_component = document.variables_of(step.component)
    made: set[str] = set()
    if of_component:
        key = of_component[0].key
    else:
        key = _free_key(component, document)
        connection = VariableConnection(component=component.key, key=component.connections[0].key)
        document = placed(document, ConfigVariable(key=key, connection=connection))
        made = {key}
    bound = step.model_copy(update={"config_variable": key})
    return rebuilt(document, steps=[*document.steps, bound]), made


def check_bound(former: Step, step: Step) -> None:
    """Let a step that works with a connection change to another, and not be left without.

    Raises:
        InvalidRequest: it would be bound to no config variable any more.
    """
    if former.config_variable is not None and step.config_variable is None:
        detail = "must be the key of a config variable of its component: a step keeps one"
        problem = Problem("#/configVariable", detail)
        raise InvalidRequest("A step that works with a connection stays bound to one.", [problem])


def _free_key(component: Component, document: Integration) -> str:
    label = _NO_NAME.sub(" ", component.label).strip() or component.key
    wanted = key = f"{label[:_LONGEST_LABEL].rstrip()} Connection"
    number = 1
    while key in document.variables:
        number += 1
        key = f"{wanted} {number}"
    return key


def placed(document: Integration, variable: ConfigVariable) -> Integration:
    """Return the document with a config variable at the end of its last page."""
    pages = document.config_pages or [ConfigPage(name=FIRST_PAGE)]
    last = pages[-1].model_copy(update={"elements": [*pages[-1].elements, variable]})
    return rebuilt(document, config_pages=[*pages[:-1], last])


def places(document: Integration) -> dict[str, str]:
    """Return the JSON Pointer of each config variable of a document."""
    return {
        each.key: f"#/configPages/{number}/elements/{index}"
        for number, page in enumerate(document.config_pages)
        for index, each in enumerate(page.elements)
    }


def with_elements(
    document: Integration, change: Callable[[ConfigVariable], ConfigVariable | None]
) -> list[ConfigPage]:
    """Return the pages of a document with each config variable as it becomes, or without it."""
    return [
        page.model_copy(
            update={"elements": [new for each in page.elements if (new := change(each))]}
        )
        for page in document.config_pages
    ]


def rebuilt(document: Integration, **changes: Any) -> Integration:
    """Return the document with other members, validated as a whole.

    Raises:
        InvalidRequest: it breaks a rule; the places are those in the document.
    """
    members = {name: getattr(document, name) for name in type(document).model_fields}
    try:
        return Integration(**{**members, **changes})
    except ValidationError as error:
        raise invalid(error) from None
