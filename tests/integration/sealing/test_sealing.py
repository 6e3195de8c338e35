"""What is sealed opens as the record it was sealed for, and as nothing else."""

import secrets
from typing import Any

import pytest

from connections.adapters.purpose import Purpose
from connections.adapters.sealing import Sealer
from connections.application.ports import SealBroken
from connections.domain.errors import Unavailable
from tests.integration.aws import Aws
from tests.integration.sealing.conftest import Service, start

SECRET = {"response": {"access_token": "a-token", "n": [1, None, True]}, "ü": "☃"}


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_sealed_opens_as_it_was(service: Service, purpose: Purpose) -> None:
    sealed = service.sealer.seal(purpose, "record", SECRET)

    assert service.sealer.unseal(purpose, "record", sealed) == SECRET


def test_an_empty_object_can_be_sealed(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", {})

    assert service.sealer.unseal(Purpose.TOKENS, "record", sealed) == {}


def test_another_function_opens_it_too(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)

    another = start(service.aws)

    assert another.sealer.unseal(Purpose.TOKENS, "record", sealed) == SECRET


def test_the_same_secret_is_never_sealed_to_the_same_bytes(service: Service) -> None:
    sealed = [service.sealer.seal(Purpose.TOKENS, "record", SECRET) for _ in range(3)]

    assert len(set(sealed)) == 3


def test_it_does_not_open_as_another_record(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "con_1/gra_1/1", SECRET)

    for record in ("con_1/gra_1/2", "con_1/gra_2/1", "con_2/gra_1/1", "con_1/gra_1/1 ", ""):
        with pytest.raises(SealBroken):
            service.sealer.unseal(Purpose.TOKENS, record, sealed)


@pytest.mark.parametrize(
    ("sealed_for", "opened_as"),
    [(Purpose.TOKENS, Purpose.INPUTS), (Purpose.INPUTS, Purpose.TOKENS)],
)
def test_it_does_not_open_for_another_purpose(
    service: Service, sealed_for: Purpose, opened_as: Purpose
) -> None:
    service.sealer.ready(opened_as)
    sealed = service.sealer.seal(sealed_for, "record", SECRET)

    with pytest.raises(SealBroken):
        service.sealer.unseal(opened_as, "record", sealed)


def test_no_truncation_opens(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)

    assert {_outcome(service.sealer, sealed[:length]) for length in range(len(sealed))} == {
        SealBroken
    }


def test_no_changed_byte_opens(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    changed = [
        sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        for place in range(len(sealed))
    ]

    opened = [each for each in changed if _outcome(service.sealer, each) not in _CLOSED]

    assert opened == []


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\0", b"{}", b"\x02", b"\x02\x05\x78", secrets.token_bytes(10), b"a" * 1000],
    ids=["nothing", "zero", "json", "version", "header", "chance", "long"],
)
def test_garbage_does_not_open(service: Service, garbage: bytes) -> None:
    service.sealer.ready(Purpose.TOKENS)

    with pytest.raises(SealBroken):
        service.sealer.unseal(Purpose.TOKENS, "record", garbage)


def test_what_does_not_open_names_its_record_and_no_secret(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "con_1", SECRET)

    with pytest.raises(SealBroken, match="tokens of con_2 does not open") as broken:
        service.sealer.unseal(Purpose.TOKENS, "con_2", sealed)

    assert "a-token" not in str(broken.value)
    assert broken.value.__suppress_context__


def test_what_was_sealed_under_another_stacks_keys_does_not_open(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    service.aws.clear("BranchKeys")
    another = start(service.aws)
    another.sealer.ready(Purpose.TOKENS)

    with pytest.raises(_CLOSED):
        another.sealer.unseal(Purpose.TOKENS, "record", sealed)


_CLOSED = (SealBroken, Unavailable)


def _outcome(sealer: Sealer, sealed: bytes) -> Any:
    try:
        return sealer.unseal(Purpose.TOKENS, "record", sealed)
    except _CLOSED as error:
        return type(error)


def test_the_branch_keys_table_holds_one_key_a_purpose(service: Service, aws: Aws) -> None:
    for purpose in Purpose:
        service.sealer.ready(purpose)
        start(aws).sealer.ready(purpose)

    keys = {item["branch-key-id"]["S"] for item in aws.items("BranchKeys")}

    assert keys == {"tokens", "inputs"}
