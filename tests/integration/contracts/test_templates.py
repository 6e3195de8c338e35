"""The contracts of `Templates`, `TemplateBook` and `Referrers`."""

from dataclasses import replace
from typing import Any

import pytest

from connections.domain.connection_template import ConnectionTemplate
from connections.domain.errors import NameTaken
from connections.domain.identifiers import TemplateId
from connections.domain.referrer import Referred, Referrer, ReferrerKind
from tests.builders import HOUR, NOW, TEMPLATE, a_template
from tests.integration.contracts.lists import NO_CURSORS, Page, followed, refuses
from tests.integration.contracts.ports import Ports

OTHER = TemplateId("tpl_00000000000000000000000002")
INTEGRATION = "int_00000000000000000000000001"
DRAFT = Referrer(kind=ReferrerKind.DRAFT, id=INTEGRATION, name="Sync")
VERSION = Referrer(kind=ReferrerKind.VERSION, id=INTEGRATION, name="Sync", version=10)
CONNECTION = Referrer(kind=ReferrerKind.CONNECTION, id="con_" + "1" * 26, name="CRM")
CHANGES: dict[str, dict[str, Any]] = {
    "values": {"values": {"clientId": "another"}, "revision": 2},
    "name": {"name": "Another", "revision": 2},
    "sharing": {"shared": True},
}


def later(template: ConnectionTemplate, **changes: Any) -> ConnectionTemplate:
    return replace(template, updated_at=NOW + HOUR, **changes)


def referrer(template: ConnectionTemplate) -> Referrer:
    return Referrer(kind=ReferrerKind.TEMPLATE, id=template.id, name=template.name)


def a_numbered(number: int) -> ConnectionTemplate:
    return a_template(id=TemplateId(f"tpl_{number:026}"), name=f"Template {number}")


def pages_of(ports: Ports) -> Page[ConnectionTemplate]:
    return lambda limit, cursor: ports.template_book.page(limit=limit, cursor=cursor)


def test_a_template_is_read_back_as_it_was_stored(ports: Ports) -> None:
    values = {"flag": True, "list": ["a", "b"], "pairs": [{"key": "k", "value": "ü"}]}
    template = a_template(name="Ünïcode ☃", values=values, shared=True)

    assert ports.template_book.add(template)

    assert ports.templates.get(TEMPLATE) == template
    assert ports.templates.named("Ünïcode ☃") == template
    assert ports.template_book.page(limit=10, cursor=None) == ([template], None)


def test_what_was_never_stored_is_not_there(ports: Ports) -> None:
    ports.template_book.add(a_template())

    assert ports.templates.get(OTHER) is None
    assert ports.templates.named("acme app") is None
    assert ports.templates.named(TEMPLATE) is None


@pytest.mark.parametrize("taken", [{"id": OTHER}, {"name": "Another"}], ids=["name", "id"])
def test_an_id_or_a_name_that_is_taken_is_refused_and_nothing_changes(
    ports: Ports, taken: dict[str, Any]
) -> None:
    ports.template_book.add(a_template())

    assert not ports.template_book.add(a_template(**taken, shared=True))

    assert ports.template_book.page(limit=10, cursor=None) == ([a_template()], None)
    assert ports.templates.named("Acme app") == a_template()
    assert ports.templates.named("Another") is None


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_template_is_read_back(ports: Ports, change: dict[str, Any]) -> None:
    ports.template_book.add(a_template())
    changed = later(a_template(), **change)

    assert ports.template_book.changed(a_template(), changed)

    assert ports.templates.get(TEMPLATE) == changed
    assert ports.templates.named(changed.name) == changed


def test_a_renamed_template_leaves_its_name_to_others(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.template_book.changed(a_template(), a_template(name="Another", revision=2))

    assert ports.templates.named("Acme app") is None
    assert not ports.template_book.add(a_template(id=OTHER, name="Another"))
    assert ports.template_book.add(a_template(id=OTHER))


def test_a_name_that_another_has_is_refused_and_nothing_changes(ports: Ports) -> None:
    other = a_template(id=OTHER, name="Another")
    ports.template_book.add(a_template())
    ports.template_book.add(other)

    with pytest.raises(NameTaken):
        ports.template_book.changed(a_template(), a_template(name="Another", revision=2))

    assert ports.templates.get(TEMPLATE) == ports.templates.named("Acme app") == a_template()
    assert ports.templates.named("Another") == other


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("first", CHANGES.values(), ids=CHANGES)
def test_of_two_changes_of_the_same_template_one_is_refused(
    ports: Ports, first: dict[str, Any], change: dict[str, Any]
) -> None:
    ports.template_book.add(a_template())
    won = later(a_template(), **first)
    assert ports.template_book.changed(a_template(), won)

    assert not ports.template_book.changed(a_template(), a_template(**change))

    assert ports.templates.get(TEMPLATE) == won


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_template_that_was_published_is_another_than_before(
    ports: Ports, change: dict[str, Any]
) -> None:
    ports.template_book.add(a_template())
    assert ports.refer(TEMPLATE, VERSION, 1)

    assert not ports.template_book.changed(a_template(), later(a_template(), **change))

    assert ports.templates.get(TEMPLATE) == a_template(locked=True)
    assert ports.referrers.of(Referred(template_id=TEMPLATE)) == [VERSION]


def test_a_locked_template_is_shared_and_stays_locked(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.refer(TEMPLATE, VERSION, 1)
    locked = a_template(locked=True)

    assert ports.template_book.changed(locked, later(locked, shared=True))

    assert ports.templates.get(TEMPLATE) == later(locked, shared=True)


def test_a_template_that_was_changed_is_not_published_as_it_was(ports: Ports) -> None:
    ports.template_book.add(a_template())
    changed = later(a_template(), **CHANGES["values"])
    ports.template_book.changed(a_template(), changed)

    assert not ports.refer(TEMPLATE, VERSION, 1)

    assert ports.templates.get(TEMPLATE) == changed
    assert ports.referrers.of(Referred(template_id=TEMPLATE)) == []
    assert ports.refer(TEMPLATE, VERSION, 2)


def test_a_template_to_which_something_refers_is_changed_and_not_renamed(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.refer(TEMPLATE, DRAFT, None)

    assert not ports.template_book.changed(a_template(), a_template(name="Another", revision=2))
    assert ports.template_book.changed(a_template(), later(a_template(), **CHANGES["values"]))

    assert ports.templates.named("Another") is None
    assert ports.referrers.of(Referred(template_id=TEMPLATE)) == [DRAFT]


def test_a_template_is_removed_when_nothing_refers_to_it(ports: Ports) -> None:
    ports.template_book.add(a_template())
    for referrer in (DRAFT, CONNECTION):
        ports.refer(TEMPLATE, referrer, None)

    for referrer in (CONNECTION, DRAFT):
        assert not ports.template_book.removed(a_template())
        assert ports.templates.named("Acme app") == a_template()
        ports.release(TEMPLATE, referrer)
    assert ports.template_book.removed(a_template())

    assert ports.templates.get(TEMPLATE) is None
    assert ports.templates.named("Acme app") is None
    assert ports.template_book.page(limit=10, cursor=None) == ([], None)
    assert ports.template_book.add(a_template(id=OTHER))


def test_a_change_does_not_forget_what_refers(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.refer(TEMPLATE, DRAFT, None)
    changed = later(a_template(), **CHANGES["values"])
    ports.template_book.changed(a_template(), changed)

    assert not ports.template_book.removed(changed)


def test_a_template_that_was_renamed_meanwhile_is_not_removed(ports: Ports) -> None:
    ports.template_book.add(a_template())
    renamed = a_template(name="Another", revision=2)
    ports.template_book.changed(a_template(), renamed)

    assert not ports.template_book.removed(a_template())

    assert ports.templates.named("Another") == renamed


def test_what_is_gone_is_neither_changed_nor_removed_nor_referred_to(ports: Ports) -> None:
    assert not ports.template_book.changed(a_template(), a_template(revision=2))
    assert not ports.template_book.removed(a_template())
    assert not ports.refer(TEMPLATE, DRAFT, None)
    assert not ports.refer(TEMPLATE, VERSION, 1)

    assert ports.templates.get(TEMPLATE) is None
    assert ports.referrers.of(Referred(template_id=TEMPLATE)) == []


def test_what_refers_is_told_of_each_template_in_an_order(ports: Ports) -> None:
    ports.template_book.add(a_template())
    ports.template_book.add(a_template(id=OTHER, name="Another"))
    for referrer in (DRAFT, VERSION, replace(VERSION, version=9), CONNECTION):
        ports.refer(TEMPLATE, referrer, None)

    assert ports.referrers.of(Referred(template_id=TEMPLATE)) == [
        CONNECTION,
        replace(VERSION, version=9),
        VERSION,
        DRAFT,
    ]
    assert ports.referrers.of(Referred(template_id=OTHER)) == []
    assert ports.referrers.of(Referred(component="acme")) == []


def test_an_own_component_knows_its_templates_by_their_names_until_they_are_gone(
    ports: Ports,
) -> None:
    component = Referred(component="acme")
    renamed = a_template(name="Another", revision=2)
    ports.template_book.add(a_template(id=OTHER, name="Of a built-in one"))

    assert ports.template_book.add(a_template(), own_component=True)
    assert ports.referrers.of(component) == [referrer(a_template())]
    assert not ports.template_book.add(a_template(shared=True), own_component=True)
    assert ports.template_book.changed(a_template(), renamed, own_component=True)
    assert ports.referrers.of(component) == [referrer(renamed)]

    assert ports.template_book.removed(renamed)
    assert ports.referrers.of(component) == []
    assert ports.template_book.removed(a_template(id=OTHER, name="Of a built-in one"))


def test_a_template_of_a_built_in_component_is_no_referrer_under_a_new_name_either(
    ports: Ports,
) -> None:
    ports.template_book.add(a_template())
    ports.template_book.changed(a_template(), a_template(name="Another", revision=2))

    assert ports.referrers.of(Referred(component="acme")) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_following_the_cursors_reads_every_template_once_newest_first(
    ports: Ports, limit: int
) -> None:
    templates = [a_numbered(number) for number in range(7)]
    for template in (*templates[3:], *templates[:3]):
        ports.template_book.add(template)

    assert followed(pages_of(ports), limit) == templates[::-1]


@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_of_this_list_is_refused(ports: Ports, cursor: str) -> None:
    refuses(pages_of(ports), cursor)
