"""What components there are: the built-in ones among the organization's own, page by page."""

import pytest

from connections.application.offered_components import OfferedComponents, Sought
from connections.domain.errors import BuiltInComponent, InvalidRequest
from connections_sdk.definitions import Component
from tests.builders import a_definition
from tests.doubles.world import World
from tests.integration.contracts.lists import followed

ANY = Sought()


def a_component(key: str, **changes: object) -> Component:
    document = {"key": key, "label": f"The {key}", "connections": [a_definition()], **changes}
    return Component.model_validate(document)


BUILT_IN = {
    key: a_component(key, **changes)
    for key, changes in {
        "bread": {"category": "Food", "description": "Made of flour"},
        "fork": {"category": "Cutlery"},
        "tea": {"label": "Darjeeling", "category": "Drinks"},
    }.items()
}


@pytest.fixture
def offered(world: World) -> OfferedComponents:
    return OfferedComponents(own=world.components, own_list=world.components, built_in=BUILT_IN)


def publish(offered: OfferedComponents, *keys: str) -> None:
    for key in keys:
        offered.put(a_component(key))


def keys(offered: OfferedComponents, sought: Sought = ANY, limit: int = 50) -> list[str]:
    found, following = offered.page(sought, limit=limit, cursor=None)
    assert following is None
    return [each.component.key for each in found]


def test_a_built_in_component_is_there_without_a_request(
    offered: OfferedComponents, world: World
) -> None:
    assert offered.get("bread") == BUILT_IN["bread"]
    assert world.calls == []


def test_a_component_of_the_organization_is_there_once_it_is_published(
    offered: OfferedComponents,
) -> None:
    assert offered.get("acme") is None

    publish(offered, "acme")

    assert offered.get("acme") == a_component("acme")


def test_a_built_in_component_cannot_be_replaced(offered: OfferedComponents, world: World) -> None:
    with pytest.raises(BuiltInComponent):
        offered.put(a_component("bread"))

    assert world.components_by_key == {}
    assert offered.get("bread") == BUILT_IN["bread"]


def test_a_list_holds_both_in_the_order_of_keys_and_says_which_are_built_in(
    offered: OfferedComponents, world: World
) -> None:
    publish(offered, "zebra", "cat", "Ant")
    world.calls.clear()

    found, following = offered.page(ANY, limit=50, cursor=None)

    assert [(each.component.key, each.built_in) for each in found] == [
        ("Ant", False),
        ("bread", True),
        ("cat", False),
        ("fork", True),
        ("tea", True),
        ("zebra", False),
    ]
    assert following is None
    assert world.calls == ["components.page"]


@pytest.mark.parametrize("own", ["", "a", "z", "az", "ceg", "abcdefghijk", "uvwxyz", "gh"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 50])
def test_following_the_cursors_reads_every_component_once(
    offered: OfferedComponents, own: str, limit: int
) -> None:
    publish(offered, *own)

    read = followed(lambda size, cursor: offered.page(ANY, limit=size, cursor=cursor), limit)

    assert [each.component.key for each in read] == sorted([*own, *BUILT_IN])


class CutShort:
    """Implements `ComponentList`: of so many components it reads one, as if they were large."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def page(self, *, limit: int, after: str | None) -> tuple[list[Component], bool]:
        rest = [key for key in self.keys if key > (after or "")]
        return [a_component(key) for key in rest[:1]], len(rest) > 1


def test_nothing_built_in_overtakes_what_the_storage_has_not_told_yet(world: World) -> None:
    own = CutShort("cat", "gnu", "zebra")
    offered = OfferedComponents(own=world.components, own_list=own, built_in=BUILT_IN)

    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor is not None:
        found, cursor = offered.page(ANY, limit=50, cursor=cursor)
        pages.append([each.component.key for each in found])

    assert pages == [["bread", "cat"], ["fork", "gnu"], ["tea", "zebra"]]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_what_had_the_key_before_it_was_built_in_is_not_shown_any_more(
    offered: OfferedComponents, world: World, limit: int
) -> None:
    world.components.put(a_component("bread", label="Mine"))
    world.components.put(a_component("water"))

    read = followed(lambda size, cursor: offered.page(ANY, limit=size, cursor=cursor), limit)

    assert [(each.component.key, each.built_in) for each in read] == [
        ("bread", True),
        ("fork", True),
        ("tea", True),
        ("water", False),
    ]
    assert offered.get("bread") == BUILT_IN["bread"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", ["bread", "fork", "ork", "tea"]),
        ("ORK", ["fork", "ork"]),
        ("darj", ["tea"]),
        ("flour", ["bread"]),
        ("cutl", ["fork"]),
        ("the", ["bread", "fork", "ork"]),
        ("none", []),
    ],
)
def test_what_is_searched_is_part_of_what_a_component_says_of_itself(
    offered: OfferedComponents, search: str, expected: list[str]
) -> None:
    publish(offered, "ork")

    assert keys(offered, Sought(search=search)) == expected


@pytest.mark.parametrize(
    ("category", "expected"), [("Food", ["bread"]), ("fOOD", ["bread"]), ("Foo", []), ("", ["ork"])]
)
def test_a_category_is_met_as_a_whole_in_any_case(
    offered: OfferedComponents, category: str, expected: list[str]
) -> None:
    publish(offered, "ork")

    assert keys(offered, Sought(category=category)) == expected


def test_search_and_category_must_both_be_met(offered: OfferedComponents) -> None:
    assert keys(offered, Sought(search="r", category="food")) == ["bread"]
    assert keys(offered, Sought(search="f", category="drinks")) == []


def test_a_page_is_cut_before_it_is_filtered(offered: OfferedComponents) -> None:
    found, following = offered.page(Sought(search="darjeeling"), limit=2, cursor=None)
    assert (found, following) == ([], "fork")

    found, following = offered.page(Sought(search="darjeeling"), limit=2, cursor=following)
    assert ([each.component.key for each in found], following) == (["tea"], None)


@pytest.mark.parametrize("cursor", ["", "1", "a b", "tea\n", "é", "a" * 101])
def test_what_is_no_key_is_no_cursor(offered: OfferedComponents, world: World, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        offered.page(ANY, limit=2, cursor=cursor)

    assert [each.pointer for each in refused.value.problems] == ["#/query/cursor"]
    assert world.calls == []
