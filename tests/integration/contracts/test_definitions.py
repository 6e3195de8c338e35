"""The contracts of `Components` and `ApiKeys`."""

from typing import Any

from connections_sdk.definitions import Component
from tests.builders import NOW, a_definition
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


def test_an_api_key_is_found_by_its_digest_alone(ports: Ports) -> None:
    ports.api_keys.add("a" * 64, "key_1", "production", NOW)
    ports.api_keys.add("b" * 64, "key_2", "production", NOW)

    assert ports.api_keys.find("a" * 64) == "key_1"
    assert ports.api_keys.find("b" * 64) == "key_2"
    assert ports.api_keys.find("c" * 64) is None
    assert ports.api_keys.find("key_1") is None


def test_components_and_api_keys_do_not_meet(ports: Ports) -> None:
    ports.components.put(a_component(key="a" * 64))

    assert ports.api_keys.find("a" * 64) is None
