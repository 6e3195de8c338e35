"""A customer is deleted with all it has; its grants end at the provider, and nothing stays."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.calls import Context
from tests.integration.entrypoints.deleting import Deletion, a_minute_ago, to_delete
from tests.integration.entrypoints.demo import Customer, fingerprint
from tests.integration.entrypoints.events import event
from tests.integration.entrypoints.logged import Logged


@pytest.fixture(scope="module")
def world(_running_aws: Aws, running_provider: str) -> Iterator[Deletion]:
    with to_delete(_running_aws, running_provider) as world:
        yield world


@pytest.fixture
def deletion(world: Deletion) -> Deletion:
    """A customer that was asked to be deleted, and whose message was not delivered yet."""
    world.begin(world.marked)
    return world


@pytest.fixture
def not_marked(world: Deletion) -> Deletion:
    """A customer that nobody asked to be deleted."""
    world.begin(world.before)
    return world


def access_token(connection: Customer) -> str:
    return str(connection.credentials()["token"]["access_token"])


def test_a_deletion_ends_every_grant_and_leaves_nothing(
    not_marked: Deletion, logged: Logged
) -> None:
    deletion = not_marked
    for each in deletion.connected:
        each.connected()
    deletion.demo.http.delete("/_ledger")
    deletion.mark()
    tokens = [access_token(each) for each in deletion.connected]
    kept = access_token(deletion.untouched)
    assert deletion.queued() == (1, 0)
    assert all(deletion.demo.active(token) for token in [*tokens, kept])
    assert len(deletion.remains(deletion.present())) > 20

    assert deletion.finish() == 0
    revoked = deletion.revoke()

    assert {fingerprint(token) for token in tokens} < revoked
    assert len(revoked) == 4
    assert not any(deletion.demo.active(token) for token in tokens)
    assert deletion.remains(deletion.present()) == []
    (line,) = logged.of("customer-deleted")
    assert line["customerId"] == deletion.tenants.acme


def test_a_deletion_touches_nothing_of_others(deletion: Deletion) -> None:
    token = access_token(deletion.untouched)

    deletion.finish()
    deletion.revoke()

    assert deletion.others(deletion.present()) == deletion.others(deletion.marked)
    assert deletion.demo.active(token)
    assert access_token(deletion.untouched) == token


def test_a_deleted_customer_and_its_connections_are_not_found(deletion: Deletion) -> None:
    deletion.finish()

    functions, tenants = deletion.demo.functions, deletion.tenants
    assert functions.call("GET", f"/customers/{tenants.acme}").status == 404
    for connection in deletion.ids[1:]:
        for step in ("", "/logs", "/credentials"):
            assert functions.call("GET", f"/connections/{connection}{step}").status == 404
    listed = functions.call("GET", "/connections", query={"customerId": tenants.acme}).json
    assert listed == {"items": [], "nextCursor": None}


def test_the_audit_keeps_what_was_done_to_a_deleted_customer(deletion: Deletion) -> None:
    deletion.finish()

    query = {"customerId": deletion.tenants.acme, "limit": "200"}
    entries = deletion.demo.functions.call("GET", "/audit", query=query).json["items"]
    assert entries[0]["action"] == "customer.deleted"
    assert entries[-1]["action"] == "customer.created"
    assert {each["connectionId"] for each in entries} == {None, *deletion.ids[1:]}


def test_users_of_a_deleted_customer_are_unknown(deletion: Deletion) -> None:
    deletion.finish()

    token = deletion.tenants.token("carol")
    assert deletion.tenants.call(token, "GET", "/connections").status == 401


def test_an_external_id_is_free_again_and_leads_to_nothing_old(deletion: Deletion) -> None:
    deletion.finish()
    wanted = {"name": "Acme", "externalId": "acme"}

    made = deletion.demo.functions.call("POST", "/customers", json=wanted)

    assert made.status == 201
    assert made.json["id"] != deletion.tenants.acme
    token = deletion.tenants.token("carol", role="admin")
    assert deletion.tenants.call(token, "GET", "/connections").json["items"] == []


def test_who_comes_back_from_a_consent_finds_nothing(deletion: Deletion) -> None:
    query = deletion.waiting.answered()
    link = deletion.waiting.link()
    deletion.finish()

    back = deletion.waiting.returns(query)
    opened = deletion.waiting.open(link)

    assert (back.status, opened.status) == (400, 404)
    assert deletion.remains(deletion.present()) == []


def test_a_pass_that_found_something_is_followed_by_one_that_looks_again(
    deletion: Deletion,
) -> None:
    assert deletion.deliver()
    assert deletion.queued() == (0, 1)
    read = deletion.demo.functions.call("GET", f"/customers/{deletion.tenants.acme}")
    assert read.json["deletingSince"] is not None
    deletion.empty()
    assert deletion.deliver()

    assert deletion.queued() == (0, 0)
    assert deletion.remains(deletion.present()) == []


def test_a_customer_with_nothing_goes_in_one_pass(deletion: Deletion) -> None:
    functions = deletion.demo.functions
    wanted = {"name": "Initech", "externalId": "initech"}
    made = functions.call("POST", "/customers", json=wanted).json["id"]
    functions.call("DELETE", f"/customers/{made}")
    deletion.empty()

    # Its index may not show yet what was added just before.
    assert deletion.deliver(f'{{"customerId": "{made}"}}')
    assert deletion.queued() == (0, 1)
    assert functions.call("GET", f"/customers/{made}").json["deletingSince"] is not None
    deletion.empty()
    a_minute_ago(deletion.aws, made)

    assert deletion.deliver(f'{{"customerId": "{made}"}}')

    assert deletion.queued() == (0, 0)
    assert functions.call("GET", f"/customers/{made}").status == 404


def test_a_message_for_a_customer_that_is_not_marked_deletes_nothing(not_marked: Deletion) -> None:
    deletion = not_marked
    for body in (deletion.message, f'{{"customerId": "{deletion.tenants.globex}"}}'):
        assert deletion.deliver(body)

    assert deletion.before.changed == []
    assert deletion.queued() == deletion.queued("RevocationsQueue") == (0, 0)


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", "not JSON", '{"customerId": null}', '{"customerId": ["a"]}']
)
def test_a_message_that_is_none_deletes_nothing(deletion: Deletion, body: str) -> None:
    deletion.deliver(body or "{")

    assert deletion.marked.changed == []


def test_a_message_for_nobody_is_done(deletion: Deletion) -> None:
    assert deletion.deliver('{"customerId": "cus_nobody"}')

    assert deletion.marked.changed == []
    assert deletion.queued() == (0, 0)


class Dwindling(Context):
    """An invocation whose time is nearly over when its work begins.

    Powertools' class declares the remaining time without `self`.
    """

    times: tuple[float, ...] = (30.0, 9.0)

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]
        left, self.times = self.times[0], self.times[1:] or self.times
        return int(left * 1000)


def test_what_time_does_not_suffice_for_is_left_to_the_next(deletion: Deletion) -> None:
    handler = deletion.demo.functions.start("DeleteConnectionsFunction")
    wanted: dict[str, Any] = event("delete_connections.customer")
    wanted["Records"][0]["body"] = deletion.message

    assert handler(wanted, Dwindling("DeleteConnectionsFunction", 0)) == {"batchItemFailures": []}

    assert deletion.queued() == (1, 0)
    assert len(deletion.aws.items("Tokens")) == len(deletion.marked.tables["Tokens"])
    assert deletion.finish() == 0
    assert deletion.remains(deletion.present()) == []
