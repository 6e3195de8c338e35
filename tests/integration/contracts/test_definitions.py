"""The contracts of `Components` and `ComponentList`."""

from collections.abc import Sequence
from typing import Any

import pytest

from connections_sdk.definitions import Component
from tests.builders import a_customer, a_definition
from tests.integration.contracts.ports import Ports


def a_component(**changes: Any) -> Component:
    document = {"key": "acme", "label": "Acme", "connections": [a_definition()], **changes}
    return Component.model_validate(document)


def test_a_component_is_read_back_as_the_document_that_was_put(ports: Ports) -> None:
    ports.components.put(a_component())

    found = ports.components.get("acme")

    assert found == a_component()
    assert found.document() == a_component().document()


def test_a_component_replaces_the_one_of_its_key_alone(ports: Ports) -> None:
    ports.components.put(a_component(key="other"))
    ports.components.put(a_component())
    ports.components.put(a_component(label="Acme 2"))

    assert ports.components.get("acme") == a_component(label="Acme 2")
    assert ports.components.get("other") == a_component(key="other")


def test_a_component_that_was_never_put_is_not_there(ports: Ports) -> None:
    ports.components.put(a_component())

    assert ports.components.get("Acme") is None


def keys(page: tuple[Sequence[Component], bool]) -> list[str]:
    return [component.key for component in page[0]]


def test_a_page_holds_components_as_they_were_put(ports: Ports) -> None:
    ports.components.put(a_component(category="CRM"))

    assert ports.component_list.page(limit=10, after=None) == ([a_component(category="CRM")], False)


def test_without_components_a_page_is_empty(ports: Ports) -> None:
    assert ports.component_list.page(limit=10, after=None) == ([], False)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_pages_hold_every_component_once_in_the_order_of_keys(ports: Ports, limit: int) -> None:
    published = ["B", "Z", "a", "a-b", "a_b", "ab"]
    for key in reversed(published):
        ports.components.put(a_component(key=key))
    read: list[str] = []
    more = True
    while more:
        found, more = ports.component_list.page(limit=limit, after=read[-1] if read else None)
        assert len(found) <= limit
        assert found or not more
        read += [component.key for component in found]

    assert read == published


@pytest.mark.parametrize(
    ("after", "expected"), [("A", ["b", "d"]), ("b", ["d"]), ("c", ["d"]), ("d", [])]
)
def test_a_page_begins_behind_a_key_that_need_not_be_there(
    ports: Ports, after: str, expected: list[str]
) -> None:
    for key in ("b", "d"):
        ports.components.put(a_component(key=key))

    assert keys(ports.component_list.page(limit=10, after=after)) == expected


def test_a_page_holds_nothing_but_components(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.components.put(a_component())

    assert keys(ports.component_list.page(limit=10, after=None)) == ["acme"]
