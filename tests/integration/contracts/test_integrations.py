"""The contracts of `Integrations` and `IntegrationList`."""

from dataclasses import replace
from typing import Any

import pytest

from connections.application.integration_ports import References
from connections.domain.caller import Owner
from connections.domain.errors import CustomerBeingDeleted, InvalidRequest
from connections.domain.identifiers import CustomerId, IntegrationId, TemplateId
from connections.domain.integration import Integration
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.builders import CUSTOMER, HOUR, NOW, TEMPLATE, a_customer, a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import REFERENCES, a_document, a_draft, a_new_integration
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

NOTHING = References()
OTHER = TemplateId("tpl_00000000000000000000000002")
DRAFT = Referrer(kind=ReferrerKind.DRAFT, id=INTEGRATION, name="Sync")
OF_ACME = Owner(customer_id=CUSTOMER)


def numbered(number: int, **changes: Any) -> Integration:
    return a_new_integration(id=IntegrationId(f"int_{number:026}"), **changes)


def edited(**changes: Any) -> Integration:
    defaults = {"revision": 2, "updated_at": NOW + HOUR}
    return a_new_integration(**{**defaults, **changes})


def users(ports: Ports, template_id: TemplateId = TEMPLATE) -> list[Referrer]:
    return list(ports.referrers.of(Referred(template_id=template_id)))


def of_component(ports: Ports) -> list[Referrer]:
    return list(ports.referrers.of(Referred(component="acme")))


def pages_of(ports: Ports, customer_id: CustomerId | None = None) -> Page[Integration]:
    return lambda limit, cursor: ports.integration_list.page(
        customer_id, limit=limit, cursor=cursor
    )


def offered_of(ports: Ports) -> Page[Integration]:
    return lambda limit, cursor: ports.integration_list.offered(limit=limit, cursor=cursor)


@pytest.mark.parametrize(
    "integration",
    [
        a_new_integration(),
        a_new_integration(offered=True, description="Ünïcode ☃", latest_version=3, revision=7),
        a_new_integration(owner=OF_ACME),
    ],
    ids=["plain", "offered", "of a customer"],
)
def test_an_integration_is_read_back_as_it_was_stored(
    ports: Ports, integration: Integration
) -> None:
    ports.customers.add(a_customer())

    assert ports.integrations.add(integration, a_draft())

    assert ports.integrations.get(INTEGRATION) == integration
    assert ports.integrations.with_draft(INTEGRATION) == (integration, a_draft(), NOTHING)
    assert pages_of(ports, integration.owner.customer_id)(5, None) == ([integration], None)
    assert list(offered_of(ports)(5, None)[0]) == [integration] * integration.offered


def test_what_was_never_stored_is_not_there(ports: Ports) -> None:
    assert ports.integrations.get(INTEGRATION) is None
    assert ports.integrations.with_draft(INTEGRATION) is None
    assert not ports.integrations.saved(edited(), a_draft(), NOTHING, NOTHING)


def test_an_id_that_is_taken_is_refused_and_nothing_changes(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ports.integrations.add(a_new_integration(), a_draft())

    for other in (a_new_integration(name="B", offered=True), a_new_integration(owner=OF_ACME)):
        assert not ports.integrations.add(other, a_draft(document=a_document(name="B")))

    assert ports.integrations.with_draft(INTEGRATION) == (a_new_integration(), a_draft(), NOTHING)
    assert offered_of(ports)(5, None) == ([], None)


@pytest.mark.parametrize("deleted", [False, True])
def test_nothing_is_added_to_a_customer_who_is_gone(ports: Ports, deleted: bool) -> None:
    if deleted:
        ports.customers.add(a_customer())
        ports.customers.deleting(CUSTOMER, NOW)

    with pytest.raises(CustomerBeingDeleted):
        ports.integrations.add(a_new_integration(owner=OF_ACME), a_draft())

    assert ports.integrations.get(INTEGRATION) is None


def test_an_edit_is_read_back(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.integrations.add(a_new_integration(), a_draft())
    draft = a_draft(document=a_document(name="Another"))
    changed = edited(name="Another", description="Words", offered=True)

    assert ports.integrations.saved(changed, draft, NOTHING, REFERENCES)

    assert ports.integrations.with_draft(INTEGRATION) == (changed, draft, REFERENCES)
    assert offered_of(ports)(5, None) == ([changed], None)


def test_of_two_edits_at_once_the_second_is_refused(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.integrations.add(a_new_integration(), a_draft())
    assert ports.integrations.saved(edited(name="A"), a_draft(), NOTHING, NOTHING)

    assert not ports.integrations.saved(
        edited(name="B", offered=True), a_draft(variables={}), NOTHING, REFERENCES
    )

    assert ports.integrations.with_draft(INTEGRATION) == (edited(name="A"), a_draft(), NOTHING)
    assert users(ports) == of_component(ports) == []
    assert offered_of(ports)(5, None) == ([], None)


def test_what_is_offered_no_more_leaves_the_list(ports: Ports) -> None:
    ports.integrations.add(a_new_integration(offered=True), a_draft())

    ports.integrations.saved(edited(), a_draft(), NOTHING, NOTHING)

    assert offered_of(ports)(5, None) == ([], None)
    assert pages_of(ports)(5, None) == ([edited()], None)


def test_a_draft_begins_and_ceases_to_refer(ports: Ports) -> None:
    for template in (a_template(), a_template(id=OTHER, name="Another")):
        ports.template_book.add(template)
    ports.integrations.add(a_new_integration(), a_draft())

    ports.integrations.saved(edited(), a_draft(), NOTHING, REFERENCES)
    assert (users(ports), of_component(ports)) == ([DRAFT], [DRAFT])
    assert not ports.template_book.removed(a_template())

    second = References(templates={"Another": OTHER})
    ports.integrations.saved(edited(revision=3), a_draft(), REFERENCES, second)
    assert (users(ports), users(ports, OTHER), of_component(ports)) == ([], [DRAFT], [])
    assert ports.template_book.removed(a_template())


def test_what_a_draft_goes_on_referring_to_is_counted_once(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.integrations.add(a_new_integration(), a_draft())
    ports.integrations.saved(edited(), a_draft(), NOTHING, REFERENCES)
    renamed = edited(revision=3, name="New")

    ports.integrations.saved(renamed, a_draft(), REFERENCES, REFERENCES, renamed=True)

    assert users(ports) == of_component(ports) == [replace(DRAFT, name="New")]
    ports.integrations.saved(edited(revision=4), a_draft(), REFERENCES, NOTHING)
    assert users(ports) == of_component(ports) == []
    assert ports.template_book.removed(a_template())


def test_a_draft_does_not_begin_to_refer_to_what_is_gone(ports: Ports) -> None:
    ports.integrations.add(a_new_integration(), a_draft())

    assert not ports.integrations.saved(edited(), a_draft(), NOTHING, REFERENCES)

    assert ports.integrations.get(INTEGRATION) == a_new_integration()
    assert users(ports) == of_component(ports) == []


def test_a_draft_does_not_begin_to_refer_by_a_name_that_is_no_more(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.integrations.add(a_new_integration(), a_draft())
    renamed = References(templates={"Another name": a_template().id})

    assert not ports.integrations.saved(edited(), a_draft(), NOTHING, renamed)

    assert users(ports) == []


def test_what_does_not_fit_into_one_transaction_is_refused(ports: Ports) -> None:
    ports.integrations.add(a_new_integration(), a_draft())
    components = References(components=frozenset(map(str, range(98))))

    with pytest.raises(InvalidRequest):
        ports.integrations.saved(edited(), a_draft(), NOTHING, components)

    assert ports.integrations.get(INTEGRATION) == a_new_integration()


def test_lists_are_of_one_customer_or_the_organization(ports: Ports) -> None:
    ports.customers.add(a_customer())
    ours, theirs = numbered(1), numbered(2, owner=OF_ACME)
    for each in (ours, theirs):
        ports.integrations.add(each, a_draft())

    assert pages_of(ports)(5, None) == ([ours], None)
    assert pages_of(ports, CUSTOMER)(5, None) == ([theirs], None)
    assert pages_of(ports, CustomerId("cus_" + "9" * 26))(5, None) == ([], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_following_the_cursors_reads_every_integration_once_newest_first(
    ports: Ports, limit: int
) -> None:
    integrations = [numbered(number, offered=True) for number in range(7)]
    for each in (*integrations[3:], *integrations[:3]):
        ports.integrations.add(each, a_draft())

    assert followed(pages_of(ports), limit) == integrations[::-1]
    assert followed(offered_of(ports), limit) == integrations[::-1]


@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_of_these_lists_is_refused(ports: Ports, cursor: str) -> None:
    refuses(pages_of(ports), cursor)
    refuses(offered_of(ports), cursor)
