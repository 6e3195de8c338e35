"""The contract of `SigningKeys`."""

import pytest

from connections.domain.identifiers import SigningKeyId
from connections.domain.signing_key import SigningKey
from tests.builders import a_signing_key
from tests.integration.contracts.ports import Ports

OTHER = SigningKeyId("sig_00000000000000000000000002")
PUBLISHED = a_signing_key(
    jwk=None, jwks_url="https://acme.example/keys", issuer="https://acme.example"
)


@pytest.mark.parametrize("key", [a_signing_key(), PUBLISHED])
def test_a_key_is_read_back_as_it_was_stored(ports: Ports, key: SigningKey) -> None:
    ports.signing_keys.add(key)

    assert ports.signing_keys.all() == [key]


def test_where_none_was_stored_there_is_none(ports: Ports) -> None:
    assert ports.signing_keys.all() == []


def test_all_keys_are_read_oldest_first(ports: Ports) -> None:
    keys = [a_signing_key(id=SigningKeyId(f"sig_{number:026}")) for number in range(20)]
    for key in (*keys[7:], *keys[:7]):
        ports.signing_keys.add(key)

    assert ports.signing_keys.all() == keys


def test_a_removed_key_is_gone_and_no_other(ports: Ports) -> None:
    ports.signing_keys.add(a_signing_key())
    ports.signing_keys.add(a_signing_key(id=OTHER))

    assert ports.signing_keys.remove(a_signing_key().id)

    assert ports.signing_keys.all() == [a_signing_key(id=OTHER)]
    assert not ports.signing_keys.remove(a_signing_key().id)
