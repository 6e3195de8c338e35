"""Connection templates as they are made, changed and deleted (B67-B85)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from connections.application.manage_templates import (
    ConnectionTemplates,
    NewTemplate,
    TemplateChange,
)
from connections.domain.connection_template import ConnectionTemplate
from connections.domain.errors import (
    Conflict,
    IdempotencyKeyReused,
    InUse,
    InvalidRequest,
    NameTaken,
    NotFound,
    TemplateLocked,
    Unavailable,
)
from connections.domain.identifiers import TemplateId, template_id, template_id_for
from connections.domain.referrer import Referrer, ReferrerKind
from connections.oauth.addresses import AllowedHosts
from connections_sdk.templates import HOST_FAULT
from tests.builders import HOUR, NOW, TEMPLATE, a_definition, a_template
from tests.doubles.clock import ManualClock
from tests.doubles.world import World
from tests.unit.application.creating import CUSTOM, VALUES, publish
from tests.unit.application.parts import same_bytes

OTHER = TemplateId("tpl_00000000000000000000000002")
INTEGRATION = "int_00000000000000000000000001"
DRAFT = Referrer(kind=ReferrerKind.DRAFT, id=INTEGRATION, name="Sync")
VERSION = Referrer(kind=ReferrerKind.VERSION, id=INTEGRATION, name="Sync", version=10)
MADE = a_template(id=template_id(NOW, same_bytes))
BY_KEY = a_template(id=template_id_for("key-1", "organization"))


@pytest.fixture
def world() -> World:
    world = World()
    tenant = {"tenant": {"type": "string"}, "tokenUrl": {"type": "template", "required": True}}
    templated = a_definition(key="templated")
    templated["inputs"] |= tenant
    publish(world, a_definition(), CUSTOM, templated)
    return world


@pytest.fixture
def templates(world: World, clock: ManualClock) -> ConnectionTemplates:
    return the_templates(world, clock)


def the_templates(world: World, clock: ManualClock) -> ConnectionTemplates:
    return ConnectionTemplates(
        templates=world.templates,
        book=world.templates,
        referrers=world.referrers_of,
        components=world.components,
        hosts=AllowedHosts.parse("localhost:8080"),
        clock=clock,
        randomness=same_bytes,
    )


def wanting(**changes: Any) -> NewTemplate:
    defaults: dict[str, Any] = {
        "name": "Acme app",
        "component": "acme",
        "key": "oauth2",
        "values": VALUES,
    }
    return NewTemplate(**{**defaults, **changes})


def stored(world: World) -> list[ConnectionTemplate]:
    return list(world.templates_by_id.values())


def problems(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        call()
    return [(each.pointer, each.detail) for each in refused.value.problems]


def test_a_new_template_is_stored_and_returned(
    templates: ConnectionTemplates, world: World
) -> None:
    assert templates.create(wanting()) == MADE

    assert stored(world) == [MADE]
    assert templates.read(MADE.id) == MADE


def test_a_template_fills_one_input_or_more(templates: ConnectionTemplates) -> None:
    made = templates.create(wanting(values={"scopes": "read"}, shared=True))

    assert (made.inputs, made.shared, made.locked, made.revision) == (("scopes",), True, False, 1)


def test_the_same_idempotency_key_returns_the_template_that_it_made(
    templates: ConnectionTemplates, world: World, clock: ManualClock
) -> None:
    assert templates.create(wanting(), "key-1") == BY_KEY
    clock.advance(HOUR)
    world.components_by_key.clear()

    assert templates.create(wanting(), "key-1") == BY_KEY

    assert stored(world) == [BY_KEY]


@pytest.mark.parametrize(
    "other",
    [{"name": "B"}, {"key": "custom"}, {"values": {"clientId": "b"}}, {"shared": True},
     {"component": "b"}],
)  # fmt: skip
def test_an_idempotency_key_that_made_another_template_is_refused(
    templates: ConnectionTemplates, world: World, other: dict[str, Any]
) -> None:
    templates.create(wanting(), "key-1")

    with pytest.raises(IdempotencyKeyReused):
        templates.create(wanting(**other), "key-1")

    assert stored(world) == [BY_KEY]


def test_of_two_requests_with_one_key_at_once_the_second_returns_the_first(
    templates: ConnectionTemplates, world: World
) -> None:
    world.meanwhile("templates.add", lambda: world.templates_by_id.update({BY_KEY.id: BY_KEY}))

    assert templates.create(wanting(), "key-1") == BY_KEY


@pytest.mark.parametrize("idempotency_key", [None, "key-1"])
def test_a_name_is_of_one_template(
    templates: ConnectionTemplates, world: World, idempotency_key: str | None
) -> None:
    world.templates.add(a_template())

    with pytest.raises(NameTaken):
        templates.create(wanting(), idempotency_key)

    assert stored(world) == [a_template()]


def test_a_template_is_of_a_published_components_connection(
    templates: ConnectionTemplates, world: World
) -> None:
    assert problems(lambda: templates.create(wanting(component="other"))) == [
        ("#/connection/component", "is not a published component")
    ]
    assert problems(lambda: templates.create(wanting(key="other"))) == [
        ("#/connection/key", "must be one of: oauth2, custom, templated")
    ]
    assert stored(world) == []


WRONG: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]]]] = {
    "none": ("oauth2", {}, [("", "must have at least one value")]),
    "unknown": ("oauth2", {"a/b": "x"}, [("/a~1b", "is not an input of this connection")]),
    "empty": ("oauth2", {"scopes": ""}, [("/scopes", "must not be empty: leave it out")]),
    "empty and required": (
        "oauth2",
        {"clientId": ""},
        [("/clientId", "is required and must not be empty")],
    ),
    "of another type": ("oauth2", {"clientId": True}, [("/clientId", "must be a string")]),
    "no URL to call": (
        "oauth2",
        {"tokenUrl": "http://acme.example"},
        [("/tokenUrl", "must be an https URL")],
    ),
    "a private address": (
        "oauth2",
        {"authorizeUrl": "https://10.0.0.1/a"},
        [("/authorizeUrl", "must not name a private address")],
    ),
    "no host to put in": (
        "templated",
        {"tenant": "a/b", "tokenUrl": "https://{{#tenant}}.acme.example/token"},
        [
            (
                "/tenant",
                HOST_FAULT,
            )
        ],
    ),
    "no template": (
        "templated",
        {"tokenUrl": "https://{{#other}}.acme.example/token"},
        [("/tokenUrl", "must name inputs of this connection: there is no other")],
    ),
    "too large": ("custom", {"scopes": "x" * 33_000}, [("", "must be at most 12 KB together")]),
}


@pytest.mark.parametrize(("key", "values", "told"), WRONG.values(), ids=WRONG)
def test_values_that_do_not_fit_are_told_at_their_places(
    templates: ConnectionTemplates,
    world: World,
    key: str,
    values: dict[str, Any],
    told: list[tuple[str, str]],
) -> None:
    found = problems(lambda: templates.create(wanting(key=key, values=values)))

    assert found == [(f"#/connection/values{place}", detail) for place, detail in told]
    assert stored(world) == []


def test_a_template_may_leave_open_what_its_urls_are_made_of(
    templates: ConnectionTemplates,
) -> None:
    values = {"tokenUrl": "https://{{#tenant}}.acme.example/token"}

    assert templates.create(wanting(key="templated", values=values)).values == values


def test_a_template_is_shown_with_its_definition_and_what_refers_to_it(
    templates: ConnectionTemplates, world: World
) -> None:
    world.templates.add(a_template())
    world.referrers_of.refer(TEMPLATE, DRAFT)

    shown = templates.shown(a_template())

    assert shown.definition == world.components_by_key["acme"].connection("oauth2")
    assert shown.used_by == [DRAFT]
    world.components_by_key.clear()
    assert templates.shown(a_template()).definition is None


def test_templates_are_listed_in_pages(templates: ConnectionTemplates, world: World) -> None:
    other = a_template(id=OTHER, name="Another")
    for each in (a_template(), other):
        world.templates.add(each)

    first, cursor = templates.page(limit=1, cursor=None)

    assert first == [other]
    assert templates.page(limit=1, cursor=cursor) == ([a_template()], None)


def changed(**changes: Any) -> ConnectionTemplate:
    return a_template(updated_at=NOW + HOUR, **changes)


CHANGES: dict[str, tuple[TemplateChange, ConnectionTemplate]] = {
    "a value": (
        TemplateChange(values={"clientId": "another"}),
        changed(values={**VALUES, "clientId": "another"}, revision=2),
    ),
    "a value more": (
        TemplateChange(values={"scopes": "read"}),
        changed(values={**VALUES, "scopes": "read"}, revision=2),
    ),
    "a value less": (
        TemplateChange(values={"clientSecret": None, "scopes": None}),
        changed(values={"clientId": "the-client"}, revision=2),
    ),
    "the name": (TemplateChange(name="Another"), changed(name="Another", revision=2)),
    "sharing": (TemplateChange(shared=True), changed(shared=True)),
    "all": (
        TemplateChange(name="Another", shared=True, values={"clientSecret": None}),
        changed(name="Another", shared=True, values={"clientId": "the-client"}, revision=2),
    ),
}


@pytest.fixture
def later(world: World, clock: ManualClock) -> ConnectionTemplates:
    """The templates an hour after one was made."""
    world.templates.add(a_template())
    world.calls.clear()
    clock.advance(HOUR)
    return the_templates(world, clock)


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_is_not_named_by_a_change_stays(
    later: ConnectionTemplates,
    world: World,
    change: TemplateChange,
    expected: ConnectionTemplate,
) -> None:
    assert later.change(TEMPLATE, change) == expected

    assert stored(world) == [expected]


@pytest.mark.parametrize(
    "nothing",
    [
        TemplateChange(),
        TemplateChange(name="Acme app", shared=False, values=VALUES),
        TemplateChange(values={"scopes": None}),
    ],
)
@pytest.mark.parametrize("locked", [False, True])
def test_a_change_of_nothing_writes_nothing(
    later: ConnectionTemplates, world: World, nothing: TemplateChange, locked: bool
) -> None:
    world.templates_by_id[TEMPLATE] = a_template(locked=locked)

    assert later.change(TEMPLATE, nothing) == a_template(locked=locked)

    assert "templates.changed" not in world.calls


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"clientId": None, "clientSecret": None}, [("", "must have at least one value")]),
        ({"other": "x"}, [("/other", "is not an input of this connection")]),
        ({"scopes": ""}, [("/scopes", "must not be empty: leave it out")]),
    ],
)
def test_a_change_to_what_does_not_fit_is_refused(
    later: ConnectionTemplates,
    world: World,
    values: dict[str, Any],
    told: list[tuple[str, str]],
) -> None:
    found = problems(lambda: later.change(TEMPLATE, TemplateChange(values=values)))

    assert found == [(f"#/connection/values{place}", detail) for place, detail in told]
    assert stored(world) == [a_template()]


@pytest.mark.parametrize("definitions", [[], [CUSTOM]], ids=["component", "connection"])
def test_of_what_is_not_published_any_more_values_are_only_taken_away(
    later: ConnectionTemplates, world: World, definitions: list[dict[str, Any]]
) -> None:
    world.components_by_key.clear()
    if definitions:
        publish(world, *definitions)

    assert problems(lambda: later.change(TEMPLATE, TemplateChange(values={"scopes": "x"}))) == [
        ("#/connection/values", "are of a connection that is not published any more")
    ]
    assert later.change(TEMPLATE, TemplateChange(values={"clientSecret": None})).inputs == (
        "clientId",
    )


def test_a_value_that_does_not_fit_any_more_hinders_no_change_of_another(
    later: ConnectionTemplates, world: World
) -> None:
    definition = a_definition()
    definition["inputs"]["clientId"] |= {"pattern": "[0-9]+"}
    publish(world, definition)

    assert later.change(TEMPLATE, TemplateChange(values={"scopes": "x"})).values["scopes"] == "x"


@pytest.mark.parametrize(
    "change",
    [TemplateChange(values={"clientId": "b"}), TemplateChange(values={"clientId": None}),
     TemplateChange(name="B")],
)  # fmt: skip
def test_values_and_name_stay_once_a_version_is_published(
    later: ConnectionTemplates, world: World, change: TemplateChange
) -> None:
    for referrer in (DRAFT, VERSION, replace(VERSION, version=11)):
        world.referrers_of.refer(TEMPLATE, referrer)
    world.templates_by_id[TEMPLATE] = a_template(locked=True)

    with pytest.raises(TemplateLocked) as refused:
        later.change(TEMPLATE, change)

    assert str(refused.value) == (
        f'It is used by version 11 of "Sync" ({INTEGRATION}), version 10 of "Sync" ({INTEGRATION}).'
        " Make another template, and refer to that."
    )
    assert stored(world) == [a_template(locked=True)]


def test_a_lock_stays_when_its_versions_are_gone(later: ConnectionTemplates, world: World) -> None:
    world.templates_by_id[TEMPLATE] = a_template(locked=True)

    with pytest.raises(TemplateLocked, match="It is used by a version that was published"):
        later.change(TEMPLATE, TemplateChange(name="B"))


def test_a_locked_template_may_be_shared(later: ConnectionTemplates, world: World) -> None:
    world.templates_by_id[TEMPLATE] = a_template(locked=True)

    assert later.change(TEMPLATE, TemplateChange(shared=True)) == changed(locked=True, shared=True)


def test_a_template_to_which_something_refers_is_changed_and_not_renamed(
    later: ConnectionTemplates, world: World
) -> None:
    world.referrers_of.refer(TEMPLATE, DRAFT)

    with pytest.raises(InUse) as refused:
        later.change(TEMPLATE, TemplateChange(name="B"))
    assert str(refused.value) == f'It is used by the draft of "Sync" ({INTEGRATION}).'
    assert later.change(TEMPLATE, TemplateChange(values={"clientId": "b"})).revision == 2


def test_a_template_is_not_given_anothers_name(later: ConnectionTemplates, world: World) -> None:
    world.templates.add(a_template(id=OTHER, name="B"))

    with pytest.raises(NameTaken):
        later.change(TEMPLATE, TemplateChange(name="B"))


def test_a_change_that_comes_second_is_made_to_what_the_first_left(
    later: ConnectionTemplates, world: World
) -> None:
    first = a_template(values={**VALUES, "scopes": "first"}, revision=2)
    world.meanwhile("templates.changed", lambda: world.templates_by_id.update({TEMPLATE: first}))

    result = later.change(TEMPLATE, TemplateChange(values={"clientId": "second"}))

    assert dict(result.values) == {**VALUES, "scopes": "first", "clientId": "second"}
    assert result.revision == 3


def test_a_template_that_is_published_while_it_is_changed_stays(
    later: ConnectionTemplates, world: World
) -> None:
    world.meanwhile(
        "templates.changed", lambda: world.referrers_of.refer(TEMPLATE, VERSION, publish_at=1)
    )

    with pytest.raises(TemplateLocked, match=r'version 10 of "Sync"'):
        later.change(TEMPLATE, TemplateChange(values={"clientId": "b"}))

    assert stored(world) == [a_template(locked=True)]


def test_a_template_to_which_a_draft_refers_while_it_is_renamed_keeps_its_name(
    later: ConnectionTemplates, world: World
) -> None:
    world.meanwhile("templates.changed", lambda: world.referrers_of.refer(TEMPLATE, DRAFT))

    with pytest.raises(InUse):
        later.change(TEMPLATE, TemplateChange(name="B"))

    assert stored(world) == [a_template()]


def test_a_change_that_loses_again_and_again_is_a_conflict(
    later: ConnectionTemplates, world: World
) -> None:
    for revision in range(2, 6):
        changing = a_template(values={"scopes": str(revision)}, revision=revision)
        world.meanwhile(
            "templates.changed",
            partial(world.templates_by_id.__setitem__, TEMPLATE, changing),
        )

    with pytest.raises(Conflict, match="at the same moment"):
        later.change(TEMPLATE, TemplateChange(values={"clientId": "b"}))

    assert world.calls.count("templates.changed") == 4


def test_a_template_is_deleted(later: ConnectionTemplates, world: World) -> None:
    later.delete(TEMPLATE)

    assert stored(world) == []
    assert world.calls == ["templates.get", "templates.removed"]


def test_a_template_in_use_is_not_deleted_and_it_is_told_by_what(
    later: ConnectionTemplates, world: World
) -> None:
    referrers = [
        Referrer(kind=ReferrerKind.CONNECTION, id=f"con_{number}", name="CRM")
        for number in range(6)
    ]
    for referrer in referrers:
        world.referrers_of.refer(TEMPLATE, referrer)

    with pytest.raises(InUse) as refused:
        later.delete(TEMPLATE)

    named = ", ".join(f'the connection "CRM" (con_{number})' for number in range(5))
    assert str(refused.value) == f"It is used by {named} and others."
    assert stored(world) == [a_template()]


def test_a_template_that_is_renamed_while_it_is_deleted_is_deleted(
    later: ConnectionTemplates, world: World
) -> None:
    renamed = a_template(name="B", revision=2)
    world.meanwhile("templates.removed", lambda: world.templates_by_id.update({TEMPLATE: renamed}))

    later.delete(TEMPLATE)

    assert stored(world) == []


def test_a_deletion_that_loses_again_and_again_is_a_conflict(
    later: ConnectionTemplates, world: World
) -> None:
    for number in range(4):
        renamed = a_template(name=f"B{number}", revision=2 + number)
        world.meanwhile(
            "templates.removed",
            partial(world.templates_by_id.__setitem__, TEMPLATE, renamed),
        )

    with pytest.raises(Conflict, match="at the same moment"):
        later.delete(TEMPLATE)


def test_a_template_that_is_not_there_is_not_found(templates: ConnectionTemplates) -> None:
    for call in (
        lambda: templates.read(TEMPLATE),
        lambda: templates.change(TEMPLATE, TemplateChange(shared=True)),
        lambda: templates.delete(TEMPLATE),
    ):
        with pytest.raises(NotFound):
            call()


USES: dict[str, Callable[[ConnectionTemplates], object]] = {
    "create": lambda templates: templates.create(wanting(name="New"), "key-1"),
    "create again": lambda templates: templates.create(wanting(), "key-2"),
    "read": lambda templates: templates.read(TEMPLATE),
    "show": lambda templates: templates.shown(a_template()),
    "list": lambda templates: templates.page(limit=5, cursor=None),
    "change": lambda templates: templates.change(
        TEMPLATE, TemplateChange(name="B", values={"scopes": "x"})
    ),
    "delete": lambda templates: templates.delete(TEMPLATE),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_call_of_storage_that_fails_leaves_what_there_was(
    later: ConnectionTemplates, world: World, use: Callable[[ConnectionTemplates], object]
) -> None:
    before = dict(world.templates_by_id)
    with suppress(NameTaken):
        use(later)
    calls, world.calls[:] = list(world.calls), []
    assert calls
    for place, name in enumerate(calls):
        world.templates_by_id.clear()
        world.templates_by_id.update(before)
        world.fail(name, after=calls[:place].count(name))
        with pytest.raises(Unavailable):
            use(later)
        assert world.templates_by_id == before
