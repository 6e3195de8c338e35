"""What the service says when it refuses: problem documents to programs, pages to people."""

import re

import httpx

from tests.page import Page


def problem_code(response: httpx.Response) -> str:
    """Return the code of a problem document, which must be one (RFC 9457)."""
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    return str(problem["code"])


def page_code(page: Page) -> str:
    """Return the code on the page that says that an authorization did not work."""
    assert (page.status, page.title) == (400, "Not connected")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    found = re.search(r"Code: ([a-z-]+)<", page.text)
    assert found is not None, page.text
    return found.group(1)
