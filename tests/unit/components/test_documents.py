"""Every built-in component is one that anybody could publish, and says where its keys come from."""

import json
import re

import pytest

from connections.adapters.packaged_components import FOLDER, PackagedComponents, _component, _keys
from connections.application.publish_component import ComponentPublisher
from connections.oauth.addresses import AllowedHosts
from connections_sdk.definitions import ConnectionDefinition
from tests.doubles.world import World
from tests.unit.components.built_in import BUILT_IN, DEFINITIONS, entered, named

KEYS = [
    "airtable", "aws-s3", "dropbox", "generic-api-key", "generic-oauth2", "github", "google-drive",
    "hubspot", "jira", "microsoft-365", "notion", "openai", "postgresql", "quickbooks",
    "salesforce", "sftp", "shopify", "slack", "tableau", "zendesk",
]  # fmt: skip
each_component = pytest.mark.parametrize("key", KEYS)
each_definition = pytest.mark.parametrize(
    ("key", "definition"), DEFINITIONS, ids=[named(*each) for each in DEFINITIONS]
)


def test_these_components_are_built_in_in_the_order_of_their_keys() -> None:
    assert list(BUILT_IN) == KEYS
    assert len(BUILT_IN) == 20


def test_the_folder_holds_their_documents_and_nothing_else() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{key}.json" for key in KEYS]


@each_component
def test_a_document_is_a_component_under_its_own_key(key: str) -> None:
    written = json.loads((FOLDER / f"{key}.json").read_text())

    assert BUILT_IN[key].document() == written
    assert written["key"] == key


@each_component
def test_a_built_in_component_passes_what_a_published_one_must(key: str) -> None:
    world = World()
    publisher = ComponentPublisher(world.components, AllowedHosts.parse(""), world.referrers_of)

    publisher.publish(key, BUILT_IN[key])

    assert world.components_by_key == {key: BUILT_IN[key]}


@each_component
def test_a_built_in_component_says_what_it_is_and_where_its_keys_come_from(key: str) -> None:
    component = BUILT_IN[key]

    assert component.description
    assert re.fullmatch(r"[A-Z][A-Za-z]+", component.category or "")
    assert re.match(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+/", component.documentation_url or "")


@each_definition
def test_an_input_has_a_label_and_its_value_a_form(
    key: str, definition: ConnectionDefinition
) -> None:
    for name, value in entered(definition).items():
        field = definition.inputs[name]
        assert field.fault(value) is None
    assert all(field.label for field in definition.inputs.values())


# What is the public half of a pair, and what names a thing rather than opens it.
NO_SECRETS = {"accessKeyId", "tokenName", "tokenUrl"}


@each_definition
def test_what_opens_something_is_a_secret(key: str, definition: ConnectionDefinition) -> None:
    for name, field in definition.inputs.items():
        opens = re.search("secret|password|passphrase|token|key", name, re.IGNORECASE)
        assert field.secret == bool(opens and name not in NO_SECRETS), name


def test_amazon_s3_asks_for_an_access_key_id_and_a_secret_access_key() -> None:
    (definition,) = BUILT_IN["aws-s3"].connections

    assert list(definition.inputs) == ["accessKeyId", "secretAccessKey"]
    assert all(field.required for field in definition.inputs.values())


def test_tableau_asks_for_host_site_token_name_and_token() -> None:
    (definition,) = BUILT_IN["tableau"].connections

    assert list(definition.inputs) == ["host", "siteId", "tokenName", "token"]


@pytest.mark.parametrize("key", ["nobodys", "", "../components/slack", "slack.json", "Slack"])
def test_another_key_opens_no_file(key: str) -> None:
    assert key not in BUILT_IN
    assert BUILT_IN.get(key) is None


def test_a_document_is_read_when_it_is_asked_for_and_once() -> None:
    _keys.cache_clear()
    _component.cache_clear()

    built_in = PackagedComponents()
    assert (_keys.cache_info().currsize, _component.cache_info().currsize) == (0, 0)

    assert built_in["slack"] is built_in["slack"]
    assert _component.cache_info().misses == 1
