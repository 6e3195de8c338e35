"""Identifiers: their form, their order, and what determines them."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connections.domain.identifiers import (
    authorization_id,
    authorization_link,
    authorization_of,
    connection_id,
    connection_id_for,
    grant_id,
    registration_id,
    well_formed,
)
from tests.builders import NOW

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(5000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def zeros(count: int) -> bytes:
    return bytes(count)


def ones(count: int) -> bytes:
    return b"\xff" * count


def counting(count: int) -> bytes:
    return bytes(range(count))


def number(digits: str) -> int:
    return sum(ALPHABET.index(digit) * 32**place for place, digit in enumerate(reversed(digits)))


def test_an_id_begins_with_what_it_is_of() -> None:
    assert connection_id(NOW, zeros).startswith("con_")
    assert grant_id(NOW, zeros).startswith("gra_")
    assert authorization_id(NOW, zeros).startswith("aut_")
    assert connection_id_for("key", "owner").startswith("con_")


def test_an_id_has_48_bits_of_time_and_80_of_chance() -> None:
    for identifier in (connection_id(EPOCH, ones), grant_id(EPOCH, ones)):
        assert identifier[4:] == "0" * 10 + "z" * 16


def test_a_link_has_160_bits_of_chance_behind_the_id_that_it_opens() -> None:
    authorization = authorization_id(EPOCH, ones)

    link = authorization_link(authorization, ones)

    assert link == "aut_" + "0" * 10 + "z" * 16 + "z" * 32
    assert authorization_of(link) == authorization
    assert well_formed(link)


def test_the_time_in_an_id_is_the_milliseconds_since_1970() -> None:
    moment = EPOCH + timedelta(days=20_000, milliseconds=125)

    assert number(connection_id(moment, zeros)[4:14]) == 20_000 * 86_400_000 + 125


def test_no_bit_of_the_chance_is_lost() -> None:
    assert number(connection_id(NOW, counting)[14:]) == int.from_bytes(counting(10), "big")
    assert number(authorization_id(NOW, counting)[14:]) == int.from_bytes(counting(10), "big")
    link = authorization_link(authorization_id(NOW, counting), counting)
    assert number(link[30:]) == int.from_bytes(counting(20), "big")


def test_digits_that_are_mistaken_for_others_are_left_out() -> None:
    everything = (int("".join(f"{digit:05b}" for digit in range(32)), 2)).to_bytes(20, "big")
    halves = [connection_id(NOW, lambda _, half=half: half)[14:] for half in  # type: ignore[misc]
              (everything[:10], everything[10:])]  # fmt: skip

    assert "".join(halves) == ALPHABET
    assert not set("ilou") & set(ALPHABET)


@given(MOMENTS, st.integers(2, 10**9), st.binary(min_size=10, max_size=10))
@settings(deadline=None)
def test_an_id_made_two_milliseconds_later_or_more_sorts_later(
    moment: datetime, later: int, chance: bytes
) -> None:
    first = connection_id(moment, ones)
    second = connection_id(moment + timedelta(milliseconds=later), lambda _: chance)

    assert first < second


@given(st.text(), st.text())
@settings(deadline=None)
def test_an_idempotency_key_always_determines_the_same_id(key: str, owner: str) -> None:
    assert connection_id_for(key, owner) == connection_id_for(key, owner)
    assert well_formed(connection_id_for(key, owner))


def test_the_derived_id_is_128_bits_of_a_digest_of_owner_and_key() -> None:
    digest = hashlib.sha256(b"the-owner\0the-key").digest()

    derived = connection_id_for("the-key", "the-owner")

    assert len(derived) == 30
    assert number(derived[4:]) == int.from_bytes(digest[:16], "big")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("key", "ada"), ("key", "bob")),
        (("key-1", "ada"), ("key-2", "ada")),
        (("bc", "a"), ("c", "ab")),
        (("ada", "key"), ("key", "ada")),
    ],
)
def test_another_owner_or_key_determines_another_id(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert connection_id_for(*one) != connection_id_for(*other)


def test_every_id_that_is_made_is_well_formed() -> None:
    assert well_formed(connection_id(NOW, ones))
    assert well_formed(grant_id(NOW, ones))
    assert well_formed(authorization_id(NOW, ones))


@pytest.mark.parametrize("length", [26, 60])
def test_26_to_60_digits_are_well_formed(length: int) -> None:
    assert well_formed("con_" + "0" * length)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "con_",
        "con_" + "0" * 25,
        "con_" + "0" * 61,
        "con" + "0" * 27,
        "con-" + "0" * 26,
        "Con_" + "0" * 26,
        "co_" + "0" * 26,
        "cone_" + "0" * 26,
        "c0n_" + "0" * 26,
        "con_" + "A" * 26,
        "con_" + "0" * 25 + "/",
        "con_" + "0" * 25 + "é",
        "con_" + "0" * 26 + "\n",
        " con_" + "0" * 26,
        "x con_" + "0" * 26,
    ],
)
def test_anything_else_is_not_well_formed(identifier: str) -> None:
    assert not well_formed(identifier)


def test_a_registration_is_known_again_by_its_host_and_client_id_alone() -> None:
    first = registration_id("acme.example", "the-client")

    assert first == registration_id("acme.example", "the-client")
    assert first.startswith("reg_")
    assert well_formed(first)
    assert first != registration_id("eu.acme.example", "the-client")
    assert first != registration_id("acme.example", "another")
    assert registration_id("a", "b") != registration_id("b", "a")
