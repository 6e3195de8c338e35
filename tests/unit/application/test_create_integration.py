"""Integrations as they are made, renamed and offered."""

from typing import Any

import pytest

from connections.domain.caller import ORGANIZATION, Owner
from connections.domain.errors import (
    Conflict,
    CustomerBeingDeleted,
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
)
from connections.domain.identifiers import CustomerId, IntegrationId, integration_id_for
from connections.domain.integration import Integration
from tests.builders import HOUR, NOW
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import with_template
from tests.unit.application.building import OF_ACME, Studio, places_of

NONE = IntegrationId("int_" + "9" * 26)
OFFERED = [("#/offered", "must be false: it is a customer's own integration")]


@pytest.fixture
def studio() -> Studio:
    return Studio()


def created(studio: Studio, key: str | None = None, **changes: Any) -> Integration:
    wanted: dict[str, Any] = {"owner": ORGANIZATION, "name": "Sync", "offered": False, **changes}
    owner, name = wanted.pop("owner"), wanted.pop("name")
    return studio.creator.create(owner, name, "Words", key, by="organization", **wanted)[0]


@pytest.mark.parametrize("owner", [ORGANIZATION, OF_ACME])
def test_a_new_integration_is_stored_with_an_empty_draft(studio: Studio, owner: Owner) -> None:
    made, draft = studio.creator.create(owner, "Sync", "Words")

    assert studio.editor.read(made.id) == (made, draft)
    assert (made.owner, made.name, made.description, made.offered) == (
        owner,
        "Sync",
        "Words",
        False,
    )
    assert (made.latest_version, made.revision, made.created_at) == (0, 1, NOW)
    expected = {"name": "Sync", "description": "Words", "configPages": [], "steps": []}
    assert (draft.document, draft.variables, draft.steps) == (expected, {}, {})


def test_the_same_idempotency_key_returns_the_same(studio: Studio) -> None:
    made = created(studio, "key-1")
    studio.clock.advance(HOUR)

    assert created(studio, "key-1") == made
    assert made.id == integration_id_for("key-1", "organization")
    assert list(studio.world.integrations_by_id) == [made.id]


@pytest.mark.parametrize("other", [{"name": "Another"}, {"owner": OF_ACME}])
def test_a_key_that_made_another_is_refused(studio: Studio, other: dict[str, Any]) -> None:
    created(studio, "key-1")

    with pytest.raises(IdempotencyKeyReused):
        created(studio, "key-1", **other)


def test_a_key_whose_integration_is_gone_at_once_is_refused(studio: Studio) -> None:
    made = created(studio, "key-1")
    studio.world.meanwhile(
        "integrations.with_draft", lambda: studio.world.deleted_integrations.removed(made.id)
    )

    with pytest.raises(IdempotencyKeyReused):
        created(studio, "key-1")


def test_only_the_organizations_own_is_offered(studio: Studio) -> None:
    assert created(studio, offered=True).offered
    assert places_of(lambda: created(studio, owner=OF_ACME, offered=True)) == OFFERED


def test_nothing_is_made_for_a_customer_who_is_not_there(studio: Studio) -> None:
    with pytest.raises(CustomerBeingDeleted):
        created(studio, owner=Owner(customer_id=CustomerId("cus_none")))


def test_name_description_and_offer_change_apart(studio: Studio) -> None:
    studio.begun()
    studio.clock.advance(HOUR)

    changed, draft = studio.editor.change(INTEGRATION, {"name": "New", "description": "Words"})
    assert (changed.name, changed.description, changed.offered) == ("New", "Words", False)
    assert (draft.document["name"], draft.document["description"]) == ("New", "Words")
    assert (changed.revision, changed.created_at, changed.updated_at) == (2, NOW, NOW + HOUR)

    changed, _ = studio.editor.change(INTEGRATION, {"offered": True})
    assert (changed.name, changed.offered) == ("New", True)

    changed, draft = studio.editor.change(INTEGRATION, {"description": None})
    assert (changed.description, changed.offered) == (None, True)
    assert "description" not in draft.document
    assert studio.editor.read(INTEGRATION) == (changed, draft)


def test_a_customers_own_is_not_offered(studio: Studio) -> None:
    studio.begun(OF_ACME)

    assert places_of(lambda: studio.editor.change(INTEGRATION, {"offered": True})) == OFFERED
    assert studio.world.integrations_by_id[INTEGRATION].revision == 1


def test_what_refers_is_told_under_the_new_name(studio: Studio) -> None:
    studio.begun().with_variable(with_template())

    studio.editor.change(INTEGRATION, {"name": "New"})

    names = {each.name for users in studio.world.referrers.values() for each in users.values()}
    assert names == {"New"}


def test_what_is_not_there_is_not_found(studio: Studio) -> None:
    for call in (
        lambda: studio.editor.read(NONE),
        lambda: studio.editor.change(NONE, {}),
        lambda: studio.publisher.publish(NONE),
        lambda: studio.publisher.read(NONE, 1),
        lambda: studio.publisher.page(NONE, limit=1, cursor=None),
        lambda: studio.deleter.delete(NONE),
    ):
        with pytest.raises(NotFound):
            call()


def test_an_edit_that_somebody_else_overtakes_is_made_again(studio: Studio) -> None:
    studio.begun()
    studio.world.meanwhile(
        "integrations.saved", lambda: studio.editor.change(INTEGRATION, {"offered": True})
    )

    changed, _ = studio.editor.change(INTEGRATION, {"name": "New"})

    assert (changed.name, changed.offered, changed.revision) == ("New", True, 3)


def test_an_integration_that_is_being_deleted_is_not_edited(studio: Studio) -> None:
    studio.begun()
    studio.world.closed_integrations.add(INTEGRATION)

    with pytest.raises(Conflict):
        studio.editor.change(INTEGRATION, {"name": "New"})

    assert studio.world.calls.count("integrations.saved") == 4


def test_a_definition_has_a_largest_size(studio: Studio) -> None:
    studio.begun()
    steps = [
        {"name": f"{number}" + "x" * 190, "component": "store", "action": "a" * 100}
        for number in range(400)
    ]

    with pytest.raises(InvalidRequest, match="at most 128 KB") as refused:
        studio.imported({"name": "Sync", "steps": steps})

    assert [each.pointer for each in refused.value.problems] == ["#"]
