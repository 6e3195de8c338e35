"""How little the use cases of building integrations ask of the storage, and when it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from connections.domain.errors import Unavailable
from connections_sdk.integrations import ConfigVariable, Integration
from tests.builders import CUSTOMER
from tests.builders_of_instances import INTEGRATION
from tests.builders_of_integrations import (
    STEP,
    VARIABLE,
    a_document,
    a_new_integration,
    with_template,
)
from tests.integration.storage.building import Studio
from tests.integration.storage.conftest import Adapters
from tests.unit.application.building import a_step

FOUND, STORED = "BatchGetItem", "TransactWriteItems"
RESOLVED = [FOUND, "GetItem", "GetItem", "GetItem", STORED]
"""A component; a template by its name, which is two."""
FILLED = ConfigVariable.model_validate(with_template() | {"key": "New"})
WHOLE = Integration.model_validate(a_document(with_template()))
CALLS: dict[str, tuple[Callable[[Studio], object], list[str]]] = {
    "create": (
        lambda studio: studio.creator.create(a_new_integration().owner, "New", None),
        [STORED],
    ),
    "read": (lambda studio: studio.editor.read(INTEGRATION), [FOUND]),
    "rename": (
        lambda studio: studio.editor.change(INTEGRATION, {"name": "New", "offered": True}),
        [FOUND, STORED],
    ),
    "import": (lambda studio: studio.editor.replace_definition(INTEGRATION, WHOLE), RESOLVED),
    "export": (
        lambda studio: studio.reader.draft(studio.editor.read(INTEGRATION)[1]),
        [FOUND, "GetItem"],
    ),
    "add a step": (
        lambda studio: studio.editor.add_step(INTEGRATION, a_step("New")),
        ["GetItem", FOUND, STORED],
    ),
    "change a step": (
        lambda studio: studio.editor.change_step(INTEGRATION, STEP, {"name": "New"}),
        [FOUND, STORED],
    ),
    "remove a step": (
        lambda studio: studio.editor.remove_step(INTEGRATION, STEP),
        [FOUND, STORED],
    ),
    "add a variable": (lambda studio: studio.editor.add_variable(INTEGRATION, FILLED), RESOLVED),
    "change a variable": (
        lambda studio: studio.editor.change_variable(INTEGRATION, VARIABLE, {"key": "New"}),
        [FOUND, "GetItem", STORED],
    ),
    "publish": (lambda studio: studio.publisher.publish(INTEGRATION), RESOLVED),
    "read a version": (
        lambda studio: studio.reader.version(studio.publisher.read(INTEGRATION, 1)),
        ["GetItem"],
    ),
    "list versions": (
        lambda studio: studio.publisher.page(INTEGRATION, limit=5, cursor=None),
        ["GetItem", "Query"],
    ),
    "list": (
        lambda studio: studio.reader.page(None, limit=5, cursor=None),
        ["Query", FOUND],
    ),
    "list a customer's": (
        lambda studio: studio.reader.page(CUSTOMER, limit=5, cursor=None),
        ["Query"],
    ),
    "list offered": (
        lambda studio: studio.reader.offered(limit=5, cursor=None),
        ["Query"],
    ),
    "delete": (
        lambda studio: studio.deleter.delete(INTEGRATION),
        # What refers: of the draft and of the version a transaction each; at last the head.
        ["GetItem", "UpdateItem", "Query", "Query", STORED, STORED, STORED],
    ),
}

FAILURES = [
    ClientError({"Error": {"Code": "ThrottlingException"}}, "Any"),
    EndpointConnectionError(endpoint_url="https://dynamodb"),
]


@pytest.fixture
def studio(adapters: Adapters) -> Studio:
    studio = Studio.of(adapters)
    studio.with_template()
    studio.publisher.publish(INTEGRATION)
    return studio


@pytest.mark.parametrize(("call", "expected"), CALLS.values(), ids=CALLS)
def test_a_use_case_is_so_many_requests(
    studio: Studio,
    requests: list[str],
    call: Callable[[Studio], object],
    expected: list[str],
) -> None:
    requests.clear()

    call(studio)

    assert requests == expected


@pytest.mark.parametrize("name", [name for name in CALLS if name != "delete"])
@pytest.mark.parametrize("failure", FAILURES, ids=["throttled", "unreachable"])
def test_what_aws_refuses_is_unavailable_at_every_request(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    failure: Exception,
) -> None:
    call, expected = CALLS[name]
    send = studio.aws.dynamodb._make_api_call  # type: ignore[attr-defined]
    for number in range(len(expected)):
        left = [number]

        def refuse(*request: object, left: list[int] = left) -> object:
            left[0] -= 1
            if left[0] == -1:
                raise failure
            return send(*request)

        with monkeypatch.context() as patched:
            patched.setattr(studio.aws.dynamodb, "_make_api_call", refuse)
            with pytest.raises(Unavailable):
                call(studio)


def test_what_decides_is_read_consistently(studio: Studio) -> None:
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        if model.name in ("GetItem", "Query"):
            asked.append(params)
        if model.name == "BatchGetItem":
            asked.extend(params["RequestItems"].values())

    studio.aws.dynamodb.meta.events.register("provide-client-params.dynamodb", note)
    for name in ("publish", "import", "read a version", "delete"):
        CALLS[name][0](studio)
    studio.aws.dynamodb.meta.events.unregister("provide-client-params.dynamodb", note)

    assert len(asked) >= 12
    assert all(each["ConsistentRead"] for each in asked)
