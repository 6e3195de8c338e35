"""Identifiers of keys, customers and audit entries."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from connections.domain.audit import Action, ActorKind
from connections.domain.identifiers import (
    Randomness,
    api_key_id,
    audit_entry_id,
    connection_id_for,
    customer_id,
    customer_id_for,
    signing_key_id,
    well_formed,
)
from tests.builders import NOW
from tests.unit.domain.test_identifiers import EPOCH, number, ones, zeros

PREFIXES: dict[str, Callable[[datetime, Randomness], str]] = {
    "cus_": customer_id,
    "key_": api_key_id,
    "sig_": signing_key_id,
    "adt_": audit_entry_id,
}
each_kind = pytest.mark.parametrize(("prefix", "made"), PREFIXES.items(), ids=PREFIXES)


@each_kind
def test_an_id_says_of_what_it_is_and_has_80_bits_of_chance(
    prefix: str, made: Callable[[datetime, Randomness], str]
) -> None:
    assert made(EPOCH, ones) == prefix + "0" * 10 + "z" * 16
    assert well_formed(made(NOW, zeros))


@each_kind
def test_ids_are_in_the_order_of_their_making(
    prefix: str, made: Callable[[datetime, Randomness], str]
) -> None:
    assert made(NOW, ones) < made(NOW + timedelta(milliseconds=1), zeros)


def test_an_idempotency_key_determines_a_customers_id() -> None:
    digest = hashlib.sha256(b"the-owner\0the-key").digest()

    derived = customer_id_for("the-key", "the-owner")

    assert derived.startswith("cus_")
    assert len(derived) == 30
    assert number(derived[4:]) == int.from_bytes(digest[:16], "big")
    assert derived[4:] == connection_id_for("the-key", "the-owner")[4:]


def test_the_words_of_the_audit_are_stable() -> None:
    assert {action.value for action in Action} == {
        "component.published", "component.deleted", "connection-template.created",
        "connection-template.changed", "connection-template.deleted", "integration.created",
        "integration.changed", "integration.deleted", "integration.published", "instance.created",
        "instance.changed", "instance.configured", "instance.deployed", "instance.deleted",
        "connection.created", "connection.changed", "connection.deleted", "authorization.created",
        "connection.connected", "connection.refreshed", "connection.disconnected",
        "customer.created", "customer.changed", "customer.deleted", "api-key.created",
        "api-key.rotated", "api-key.deleted", "signing-key.created", "signing-key.deleted",
        "organization.changed",
    }  # fmt: skip
    assert [kind.value for kind in ActorKind] == [
        "api-key", "customer-user", "link", "operator",
    ]  # fmt: skip
