"""What every page keeps to itself."""

import base64
import hashlib
import re

from tests.integration.entrypoints.calls import Answer


def policy_of(page: Answer, form_action: str) -> str:
    style = re.search(r"<style>(.*?)</style>", page.body, re.DOTALL)
    assert style is not None
    hashed = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{hashed}'; form-action {form_action};"
        " frame-ancestors 'none'; base-uri 'none'"
    )


def assert_private(page: Answer, form_action: str = "'none'") -> None:
    assert page.headers == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "content-security-policy": policy_of(page, form_action),
    }
    assert "<script" not in page.body.lower()
