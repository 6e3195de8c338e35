"""The contracts of `Versions` and `DeletedIntegrations`."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.integration_ports import References
from connections.domain.caller import Owner
from connections.domain.identifiers import IntegrationId
from connections.domain.integration import ListedVersion, Version
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.builders import CUSTOMER, HOUR, NOW, TEMPLATE, a_customer, a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import (
    REFERENCES,
    a_draft,
    a_new_integration,
    a_published_version,
    a_reference,
)
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

NOTHING = References()
VERSION = Referrer(kind=ReferrerKind.VERSION, id=INTEGRATION, name="Sync", version=1)
DRAFT = Referrer(kind=ReferrerKind.DRAFT, id=INTEGRATION, name="Sync")
TEMPLATED = a_published_version(template=a_reference())
OTHER = IntegrationId("int_00000000000000000000000002")


@pytest.fixture
def built(ports: Ports) -> Ports:
    """The ports with an integration whose draft refers to a template."""
    ports.template_book.add(a_template())
    ports.integrations.add(a_new_integration(revision=0), a_draft())
    assert ports.integrations.saved(a_new_integration(), a_draft(), NOTHING, REFERENCES)
    return ports


def users(ports: Ports) -> list[Referrer]:
    return list(ports.referrers.of(Referred(template_id=TEMPLATE)))


def pages_of(ports: Ports) -> Page[ListedVersion]:
    return lambda limit, cursor: ports.versions.page(INTEGRATION, limit=limit, cursor=cursor)


@pytest.mark.parametrize("version", [TEMPLATED, a_published_version()], ids=["templated", "plain"])
def test_a_version_is_read_back_as_it_was_published(built: Ports, version: Version) -> None:
    assert built.versions.publish(a_new_integration(), version, REFERENCES)

    assert built.versions.get(INTEGRATION, 1) == version
    assert built.integrations.get(INTEGRATION) == a_new_integration(latest_version=1, revision=2)
    listed = ListedVersion(number=1, published_at=NOW)
    assert built.versions.page(INTEGRATION, limit=5, cursor=None) == ([listed], None)


def test_publishing_locks_the_template_and_counts_the_version(built: Ports) -> None:
    built.versions.publish(a_new_integration(), TEMPLATED, REFERENCES)

    assert built.templates.get(TEMPLATE) == a_template(locked=True)
    assert users(built) == [VERSION, DRAFT]
    assert built.referrers.of(Referred(component="acme")) == [VERSION, DRAFT]
    changed = a_new_integration(latest_version=1, revision=3)
    assert built.integrations.saved(changed, a_draft(), REFERENCES, NOTHING)
    assert users(built) == [VERSION]
    assert not built.template_book.removed(a_template(locked=True))


@pytest.mark.parametrize("revision", [0, 2])
def test_a_draft_that_changed_is_not_published_as_it_was(built: Ports, revision: int) -> None:
    former = a_new_integration(revision=revision)

    assert not built.versions.publish(former, TEMPLATED, REFERENCES)

    assert built.versions.get(INTEGRATION, 1) is None
    assert built.templates.get(TEMPLATE) == a_template()
    assert users(built) == [DRAFT]


def test_a_template_that_changed_is_not_published_as_it_was(built: Ports) -> None:
    changed = replace(a_template(), values={"clientId": "b"}, revision=2, updated_at=NOW + HOUR)
    built.template_book.changed(a_template(), changed)

    assert not built.versions.publish(a_new_integration(), TEMPLATED, REFERENCES)

    assert built.versions.get(INTEGRATION, 1) is None
    assert built.integrations.get(INTEGRATION) == a_new_integration()
    assert built.templates.get(TEMPLATE) == changed


def test_what_a_customer_builds_is_published_only_with_what_is_shared(ports: Ports) -> None:
    customers = Owner(customer_id=CUSTOMER)
    former = a_new_integration(owner=customers)
    ports.customers.add(a_customer())
    ports.template_book.add(a_template(shared=True))
    assert ports.integrations.add(former, a_draft())
    unshared = a_template(updated_at=NOW + HOUR)
    assert ports.template_book.changed(a_template(shared=True), unshared)

    assert not ports.versions.publish(former, TEMPLATED, REFERENCES)

    assert ports.versions.get(INTEGRATION, 1) is None
    assert ports.templates.get(TEMPLATE) == unshared
    assert ports.template_book.changed(unshared, a_template(shared=True))
    assert ports.versions.publish(former, TEMPLATED, REFERENCES)
    assert ports.templates.get(TEMPLATE) == a_template(shared=True, locked=True)


def test_a_number_is_published_once(built: Ports) -> None:
    built.versions.publish(a_new_integration(), TEMPLATED, REFERENCES)
    published = a_new_integration(latest_version=1, revision=2)

    assert not built.versions.publish(published, a_published_version(), NOTHING)

    assert built.versions.get(INTEGRATION, 1) == TEMPLATED


def test_what_was_never_published_is_not_there(built: Ports) -> None:
    assert built.versions.get(INTEGRATION, 1) is None
    assert built.versions.page(OTHER, limit=5, cursor=None) == ([], None)
    built.versions.publish(a_new_integration(), TEMPLATED, REFERENCES)
    assert built.versions.get(OTHER, 1) is None
    assert built.versions.get(INTEGRATION, 2) is None


@pytest.mark.parametrize("limit", [1, 5, 11, 12, 13])
def test_following_the_cursors_reads_every_version_once_newest_first(
    built: Ports, limit: int
) -> None:
    for number in range(1, 13):
        former = a_new_integration(latest_version=number - 1, revision=number)
        assert built.versions.publish(former, a_published_version(number=number), NOTHING)

    read = [each.number for each in followed(pages_of(built), limit)]

    assert read == list(range(12, 0, -1))


@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_of_this_list_is_refused(ports: Ports, cursor: str) -> None:
    refuses(pages_of(ports), cursor)


def test_a_closed_integration_is_neither_edited_nor_published(built: Ports) -> None:
    assert built.deleted_integrations.closed(a_new_integration())

    for revision in (1, 2):
        former: Any = a_new_integration(revision=revision)
        edited = a_new_integration(revision=revision + 1)
        assert not built.integrations.saved(edited, a_draft(), REFERENCES, REFERENCES)
        assert not built.versions.publish(former, TEMPLATED, REFERENCES)


def test_what_changed_meanwhile_is_not_closed(built: Ports) -> None:
    assert not built.deleted_integrations.closed(a_new_integration(revision=7))
    assert not built.deleted_integrations.closed(a_new_integration(id=OTHER))

    assert built.versions.publish(a_new_integration(), TEMPLATED, REFERENCES)


def test_what_was_closed_is_opened_again(built: Ports) -> None:
    built.deleted_integrations.closed(a_new_integration())

    built.deleted_integrations.opened(a_new_integration())

    assert built.versions.publish(a_new_integration(revision=2), TEMPLATED, REFERENCES)


def test_of_two_who_close_it_neither_opens_it_for_the_other(built: Ports) -> None:
    assert built.deleted_integrations.closed(a_new_integration())
    assert not built.deleted_integrations.closed(a_new_integration())
    assert built.deleted_integrations.closed(a_new_integration(revision=2))

    built.deleted_integrations.opened(a_new_integration())

    third = a_new_integration(revision=3)
    assert not built.versions.publish(third, TEMPLATED, REFERENCES)
    built.deleted_integrations.opened(a_new_integration(id=OTHER))
    assert built.integrations.get(OTHER) is None


def test_an_instance_is_seen(built: Ports) -> None:
    assert not built.deleted_integrations.has_instances(INTEGRATION)
    built.versions.publish(a_new_integration(), TEMPLATED, REFERENCES)
    assert not built.deleted_integrations.has_instances(INTEGRATION)

    built.instantiate(INTEGRATION)

    assert built.deleted_integrations.has_instances(INTEGRATION)
    assert not built.deleted_integrations.has_instances(OTHER)


def test_a_removed_integration_leaves_nothing_and_refers_to_nothing(built: Ports) -> None:
    offered = a_new_integration(revision=2, offered=True)
    built.integrations.saved(offered, a_draft(), REFERENCES, REFERENCES)
    for number in (1, 2):
        former = a_new_integration(latest_version=number - 1, revision=number + 1, offered=True)
        version = a_published_version(template=a_reference(), number=number)
        assert built.versions.publish(former, version, REFERENCES)
    last = a_new_integration(latest_version=2, revision=4, offered=True)
    assert built.deleted_integrations.closed(last)

    for _ in range(2):
        built.deleted_integrations.removed(INTEGRATION)

    assert built.integrations.get(INTEGRATION) is None
    assert built.integrations.with_draft(INTEGRATION) is None
    assert built.versions.get(INTEGRATION, 1) is None
    assert built.versions.page(INTEGRATION, limit=5, cursor=None) == ([], None)
    assert built.integration_list.page(None, limit=5, cursor=None) == ([], None)
    assert built.integration_list.offered(limit=5, cursor=None) == ([], None)
    assert users(built) == built.referrers.of(Referred(component="acme")) == []
    assert built.template_book.removed(a_template(locked=True))
