"""Integrations as they are kept: sealed, and deleted whole wherever it stops."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from connections.application.ports import SealBroken
from connections.domain.errors import Unavailable
from connections.domain.identifiers import IntegrationId
from tests.builders import TEMPLATE, a_template
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import (
    a_draft,
    a_new_integration,
)
from tests.integration.aws import Aws
from tests.integration.storage.building import Studio
from tests.integration.storage.conftest import Adapters

OTHER = IntegrationId("int_00000000000000000000000002")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://dynamodb")


class Killed(BaseException):
    """The function's process ends here."""


@pytest.fixture
def studio(adapters: Adapters) -> Studio:
    studio = Studio.of(adapters)
    studio.with_template()
    studio.publisher.publish(INTEGRATION)
    return studio


def items(aws: Aws, pk: str) -> dict[str, dict[str, Any]]:
    found = [each for each in aws.items("Definitions") if each["pk"]["S"] == pk]
    return {each["sk"]["S"]: each for each in found}


def uses(aws: Aws) -> str:
    return str(items(aws, TEMPLATE)["template"]["uses"]["N"])


def test_nothing_that_a_builder_entered_is_stored_open(studio: Studio) -> None:
    stored = repr(studio.aws.items("Definitions"))

    assert "the-secret" not in stored
    assert "the-client" not in stored
    assert "Fetch" not in stored


def test_an_integration_is_an_item_a_draft_and_versions(studio: Studio) -> None:
    found = items(studio.aws, INTEGRATION)

    assert sorted(found) == ["draft", "integration", "version/0000000001"]
    assert set(found["integration"]) == {
        "pk", "sk", "listed", "name", "offered", "latestVersion", "revision", "createdAt",
        "updatedAt",
    }  # fmt: skip
    assert found["integration"]["listed"] == {"S": "integration/organization"}
    for name in ("draft", "version/0000000001"):
        assert found[name]["templates"] == {"M": {"Acme app": {"S": TEMPLATE}}}
        assert found[name]["components"] == {"L": [{"S": "acme"}]}
    assert uses(studio.aws) == "2"


def test_lists_of_versions_read_nothing_that_is_sealed(studio: Studio) -> None:
    answers: list[dict[str, Any]] = []

    def note(parsed: dict[str, Any], **_: object) -> None:
        answers.append(parsed)

    studio.aws.dynamodb.meta.events.register("after-call.dynamodb.Query", note)
    studio.versions.page(INTEGRATION, limit=5, cursor=None)
    list(studio.deleted._items(INTEGRATION))
    studio.aws.dynamodb.meta.events.unregister("after-call.dynamodb.Query", note)

    assert len(answers) == 2
    assert not any("sealed" in item for answer in answers for item in answer["Items"])


def test_what_was_sealed_for_another_integration_does_not_open(studio: Studio) -> None:
    studio.integrations.add(a_new_integration(id=OTHER), a_draft())
    others = items(studio.aws, OTHER)["draft"]
    for name, found in items(studio.aws, INTEGRATION).items():
        if name != "integration":
            moved = {**found, "sealed": others["sealed"]}
            studio.aws.dynamodb.put_item(TableName=studio.table, Item=moved)

    with pytest.raises(SealBroken):
        studio.editor.read(INTEGRATION)
    with pytest.raises(SealBroken):
        studio.publisher.read(INTEGRATION, 1)


def test_a_page_is_read_in_as_many_batches_as_it_needs(studio: Studio, requests: list[str]) -> None:
    for number in range(101):
        new = a_new_integration(id=IntegrationId(f"int_{number + 10:026}"))
        studio.integrations.add(new, a_draft())
    requests.clear()

    found, _ = studio.integrations.page(None, limit=200, cursor=None)

    assert len(found) == 102
    assert requests == ["Query", "BatchGetItem", "BatchGetItem"]


def test_what_is_gone_between_the_list_and_the_reading_is_left_out(studio: Studio) -> None:
    studio.editor.change(INTEGRATION, {"offered": True})
    key: Any = {"pk": {"S": INTEGRATION}, "sk": {"S": "integration"}}

    def delete(**_: object) -> None:
        events.unregister("before-call.dynamodb.BatchGetItem", delete)
        studio.aws.dynamodb.delete_item(TableName=studio.table, Key=key)

    events = studio.aws.dynamodb.meta.events
    events.register("before-call.dynamodb.BatchGetItem", delete)

    assert studio.integrations.offered(limit=5, cursor=None) == ([], None)


def test_a_draft_that_is_gone_before_its_head_is_no_integration_to_edit(studio: Studio) -> None:
    key: Any = {"pk": {"S": INTEGRATION}, "sk": {"S": "draft"}}
    studio.aws.dynamodb.delete_item(TableName=studio.table, Key=key)

    assert studio.integrations.with_draft(INTEGRATION) is None
    assert studio.integrations.get(INTEGRATION) is not None


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize(
    ("is_done", "failure", "told"),
    [(False, Killed(), Killed), (True, Killed(), Killed), (False, UNREACHABLE, Unavailable)],
    ids=["killed before", "killed behind", "unreachable"],
)
def test_a_deletion_that_ends_anywhere_is_finished_by_the_next(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    is_done: bool,
    failure: BaseException,
    told: type[BaseException],
) -> None:
    send = studio.aws.dynamodb._make_api_call  # type: ignore[attr-defined]
    sent: list[object] = []

    def kill(*request: object) -> object:
        sent.append(request)
        if len(sent) != number:
            return send(*request)
        if is_done:
            send(*request)
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(studio.aws.dynamodb, "_make_api_call", kill)
        with pytest.raises(told):
            studio.deleter.delete(INTEGRATION)

    if studio.integrations.get(INTEGRATION) is not None:
        studio.deleter.delete(INTEGRATION)

    assert uses(studio.aws) == "0"
    assert studio.templates.removed(a_template())
    left = {each["pk"]["S"] for each in studio.aws.items("Definitions")}
    assert left == {"component"}
