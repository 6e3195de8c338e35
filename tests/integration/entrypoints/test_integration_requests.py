"""How little building integrations asks of the storage."""

from collections.abc import Callable

import pytest

from tests.integration.entrypoints.building import STEP, VARIABLE, Builder
from tests.integration.entrypoints.calls import Answer, Functions
from tests.integration.entrypoints.sent import Sent


def first_variable(builder: Builder) -> str:
    (page,) = builder.read()["draft"]["configPages"]
    return f"/config-variables/{page['elements'][0]['id']}"


ANOTHER = {**VARIABLE, "key": "Another", "stableKey": "another"}
FOUND, STORED, AUDIT = "BatchGetItem", "TransactWriteItems", "PutItem"
REQUESTS: dict[str, tuple[Callable[[Builder], Answer], list[str]]] = {
    # What changes is asked for whose it is, first; and stands in the audit, last.
    "create": (
        lambda builder: builder.functions.call("POST", "/integrations", json={"name": "B"}),
        [STORED, AUDIT],
    ),
    # What it refers to is read for which of its inputs are secret.
    "read": (lambda builder: builder.call("GET"), [FOUND, "GetItem"]),
    "list": (lambda builder: builder.functions.call("GET", "/integrations"), ["Query", FOUND]),
    "change": (
        lambda builder: builder.call("PATCH", "", {"name": "A"}),
        ["GetItem", FOUND, STORED, "GetItem", AUDIT],
    ),
    "add a step": (
        lambda builder: builder.call("POST", "/steps", {**STEP, "name": "B"}),
        ["GetItem", "GetItem", FOUND, STORED, AUDIT],
    ),
    "add a variable": (
        lambda builder: builder.call("POST", "/config-variables", ANOTHER),
        ["GetItem", FOUND, "GetItem", STORED, AUDIT],
    ),
    "change a variable": (
        lambda builder: builder.call("PATCH", first_variable(builder), {"level": "user"}),
        # The first two read its id.
        [FOUND, "GetItem", "GetItem", FOUND, "GetItem", STORED, AUDIT],
    ),
    "publish": (
        lambda builder: builder.call("POST", "/versions"),
        ["GetItem", FOUND, "GetItem", STORED, AUDIT],
    ),
    "export": (lambda builder: builder.call("GET", "/definition"), [FOUND, "GetItem"]),
    "list versions": (lambda builder: builder.call("GET", "/versions"), ["GetItem", "Query"]),
}  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), REQUESTS.values(), ids=REQUESTS)
def test_a_call_is_so_many_requests(
    functions: Functions,
    sent: Sent,
    builder: Builder,
    call: Callable[[Builder], Answer],
    expected: list[str],
) -> None:
    builder.add("config-variables", VARIABLE)
    builder.add("steps", STEP)
    sent.anew()

    assert call(builder).status < 300

    assert sent.operations == expected
