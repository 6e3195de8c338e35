"""A body has at most 256 kilobytes, whoever sends it."""

import pytest

from connections.entrypoints.http import LARGEST_BODY
from tests.integration.entrypoints.calls import Functions


def test_a_body_of_just_256_kilobytes_is_looked_at(functions: Functions) -> None:
    body = '"' + "x" * (LARGEST_BODY - 2) + '"'

    answer = functions.call("POST", "/connections", body=body, content_type="application/json")

    assert answer.json["code"] == "invalid-request"


@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_larger_body_is_refused_by_its_bytes(functions: Functions, letter: str) -> None:
    body = '"' + letter * ((LARGEST_BODY - 2) // len(letter.encode())) + ' "'

    answer = functions.call("POST", "/connections", body=body, content_type="application/json")

    assert (answer.status, answer.json) == (
        413,
        {
            "type": "/problems/payload-too-large",
            "code": "payload-too-large",
            "title": "The request's body is too large",
            "status": 413,
            "detail": "The body is larger than 256 KB.",
        },
    )
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_large_body_is_refused_before_anybody_asks_whose_it_is(functions: Functions) -> None:
    functions.key = ""
    body = "x" * (LARGEST_BODY + 1)

    answer = functions.call("POST", "/connections", body=body, content_type="text/plain")

    assert answer.status == 413
