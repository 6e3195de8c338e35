"""A body's members have the names that the document says: Python's names are not taken for them."""

from typing import Any

import pytest

from tests.integration.entrypoints.calls import Functions


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("/customers", {"name": "Acme", "external_id": "acme"}, ["#/externalId", "#/external_id"]),
        ("/api-keys/some/rotate", {"overlap_seconds": 5}, ["#/overlap_seconds"]),
        ("/signing-keys", {"name": "Ours", "jwks_url": "https://a.example"}, ["#/jwks_url"]),
    ],
)
def test_a_member_by_its_name_in_python_is_refused(
    functions: Functions, path: str, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = functions.call("POST", path, json=body)

    assert answer.status == 400
    assert sorted(each["pointer"] for each in answer.json["errors"]) == pointers
