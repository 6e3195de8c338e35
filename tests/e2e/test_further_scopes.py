"""Scopes beside a connection's own: asked for by one authorization, for its grant alone."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.answers import problem_code
from tests.e2e.demo_crm import CrmConnection, DemoCrm
from tests.live_connection import content_of
from tests.page import Page

OWN = "contacts.read offline_access"


def authorized(crm: DemoCrm, connection: CrmConnection, **wanted: Any) -> str:
    """Connect under an authorization of these options; return the scopes that were asked for."""
    path = f"/connections/{connection.id}/authorizations"
    link = content_of(connection.api.post(path, json=wanted))["url"]
    browser = crm.stack.browser()
    consent: Page = browser.submit(browser.get(str(link)).form)
    assert browser.submit(consent.form, "Allow").title == "Authorization complete"
    return str(parse_qs(urlsplit(consent.url).query)["scope"][0])


def scopes(connection: CrmConnection) -> tuple[str, str]:
    """Return what the connection says was asked for, and granted."""
    told = connection.read()["scopes"]
    return told["requested"], told["granted"]


def test_further_scopes_are_asked_for_by_one_authorization_and_shown(crm: DemoCrm) -> None:
    connection = crm.connection().connected()
    identifier = connection.id

    asked = authorized(crm, connection, scopes=["contacts.write", "contacts.read"])

    assert asked == f"{OWN} contacts.write"
    assert scopes(connection) == (f"{OWN} contacts.write",) * 2
    now = connection.read()
    assert (now["id"], now["status"], now["reason"]) == (identifier, "active", None)


def test_a_plain_authorization_asks_for_the_connections_own_again(crm: DemoCrm) -> None:
    connection = crm.connection()
    authorized(crm, connection, scopes=["contacts.write"])

    assert authorized(crm, connection) == OWN
    assert scopes(connection) == (OWN, OWN)


def test_what_was_asked_for_before_is_kept_if_the_caller_says_so(crm: DemoCrm) -> None:
    connection = crm.connection()
    authorized(crm, connection, scopes=["contacts.write"])

    asked = authorized(crm, connection, scopes=["deals.read"], keepScopes=True)

    assert asked == f"{OWN} contacts.write deals.read"


def test_a_refresh_keeps_the_scopes_of_the_grant(crm: DemoCrm) -> None:
    connection = crm.connection()
    authorized(crm, connection, scopes=["contacts.write"])

    assert connection.refresh().status_code == 200

    assert scopes(connection) == (f"{OWN} contacts.write",) * 2


@pytest.mark.parametrize(
    "wanted", [["a b"], [""], ['"'], ["\\"], ["ü"], ["x" * 201], ["x"] * 51, "contacts.write", [1]]
)
def test_what_is_no_scope_is_refused(crm: DemoCrm, wanted: object) -> None:
    connection = crm.connection()

    refused = connection.api.post(
        f"/connections/{connection.id}/authorizations", json={"scopes": wanted}
    )

    assert (refused.status_code, problem_code(refused)) == (400, "invalid-request")
    assert all(each["pointer"].startswith("#/scopes") for each in refused.json()["errors"])
