"""Branch keys: made once, cached, and what happens when they cannot be had."""

from collections.abc import Callable

import pytest

from connections.adapters.purpose import Purpose
from connections.adapters.sealing import CACHED_FOR_SECONDS, READY_FOR_SECONDS
from connections.domain.errors import Unavailable
from tests.integration.aws import Aws
from tests.integration.sealing.conftest import Service, start

SECRET = {"access_token": "a-token"}


def purposes(aws: Aws) -> set[str]:
    """Return what there are branch keys for."""
    return {item["branch-key-id"]["S"] for item in aws.items("BranchKeys")}


def test_the_loser_of_a_race_to_make_the_key_uses_the_winners(aws: Aws) -> None:
    aws.clear("BranchKeys")
    loser, winner = start(aws), start(aws)
    sealed: list[bytes] = []
    # The winner makes the key while the loser, having found none, is about to write its own.
    loser.line.before(
        "TransactWriteItems",
        lambda: sealed.append(winner.sealer.seal(Purpose.TOKENS, "winner", SECRET)),
    )

    sealed.append(loser.sealer.seal(Purpose.TOKENS, "loser", SECRET))

    for function in (loser, winner, start(aws)):
        assert function.sealer.unseal(Purpose.TOKENS, "winner", sealed[0]) == SECRET
        assert function.sealer.unseal(Purpose.TOKENS, "loser", sealed[1]) == SECRET
    assert purposes(aws) == {"inputs", "tokens"}


def test_whoever_seals_first_makes_the_keys_of_all_purposes(service: Service) -> None:
    service.sealer.seal(Purpose.INPUTS, "record", SECRET)
    another = start(service.aws)

    made = another.line.since(lambda: another.sealer.seal(Purpose.TOKENS, "record", SECRET))

    assert made == {"GetItem": 1, "Decrypt": 1}


def test_the_key_of_the_inputs_is_made_last(service: Service) -> None:
    """Killed in between, it is made anew by whoever seals inputs, who alone makes keys."""
    found: list[set[str]] = []
    service.line.before("TransactWriteItems", lambda: None)
    service.line.before("TransactWriteItems", lambda: found.append(purposes(service.aws)))

    service.sealer.seal(Purpose.INPUTS, "record", SECRET)

    assert found == [{"tokens"}]
    assert purposes(service.aws) == {"inputs", "tokens"}


def test_steady_state_asks_neither_kms_nor_for_branch_keys(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    service.sealer.unseal(Purpose.TOKENS, "record", sealed)

    def work() -> None:
        for number in range(5):
            service.sealer.ready(Purpose.TOKENS)
            again = service.sealer.seal(Purpose.TOKENS, f"record {number}", SECRET)
            service.sealer.unseal(Purpose.TOKENS, f"record {number}", again)

    assert service.line.since(work) == {}


def test_a_new_function_asks_kms_once_to_seal_and_once_to_open(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    another = start(service.aws)

    sealing = another.line.since(lambda: another.sealer.seal(Purpose.TOKENS, "other", SECRET))
    opening = another.line.since(lambda: another.sealer.unseal(Purpose.TOKENS, "record", sealed))

    assert sealing == {"GetItem": 1, "Decrypt": 1}
    assert opening == {"GetItem": 1, "Decrypt": 1}


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ThrottlingException", "DisabledException"]
)
def test_a_kms_that_refuses_means_unavailable_and_passes(service: Service, code: str) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    another = start(service.aws)
    for action in (
        lambda: another.sealer.unseal(Purpose.TOKENS, "record", sealed),
        lambda: another.sealer.seal(Purpose.TOKENS, "record", SECRET),
        lambda: another.sealer.ready(Purpose.TOKENS),
    ):
        another.line.refuse("Decrypt", code)
        assert_unavailable(action)

    assert another.sealer.unseal(Purpose.TOKENS, "record", sealed) == SECRET
    another.sealer.ready(Purpose.TOKENS)


def test_a_kms_that_is_not_reached_means_unavailable(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    another = start(service.aws)
    another.line.break_down("Decrypt")

    assert_unavailable(lambda: another.sealer.unseal(Purpose.TOKENS, "record", sealed))


def test_a_table_that_is_throttled_means_unavailable_and_makes_no_key(service: Service) -> None:
    service.line.refuse("GetItem", "ProvisionedThroughputExceededException")

    assert_unavailable(lambda: service.sealer.seal(Purpose.TOKENS, "record", SECRET))

    assert service.aws.items("BranchKeys") == []


@pytest.mark.parametrize("operation", ["GenerateDataKeyWithoutPlaintext", "ReEncrypt"])
def test_a_key_that_cannot_be_made_means_unavailable(service: Service, operation: str) -> None:
    service.line.refuse(operation, "ThrottlingException")

    assert_unavailable(lambda: service.sealer.seal(Purpose.TOKENS, "record", SECRET))

    service.sealer.ready(Purpose.TOKENS)


def test_a_key_that_may_not_be_stored_means_unavailable(service: Service) -> None:
    service.line.refuse("TransactWriteItems", "AccessDeniedException")

    assert_unavailable(lambda: service.sealer.seal(Purpose.TOKENS, "record", SECRET))


def test_opening_without_a_branch_key_means_unavailable(service: Service) -> None:
    sealed = service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    service.aws.clear("BranchKeys")

    assert_unavailable(lambda: start(service.aws).sealer.unseal(Purpose.TOKENS, "record", sealed))


def test_unavailable_says_nothing_of_the_cause_but_keeps_it_for_the_log(service: Service) -> None:
    service.line.refuse("GetItem", "AccessDeniedException")

    with pytest.raises(Unavailable) as unavailable:
        service.sealer.ready(Purpose.TOKENS)

    assert str(unavailable.value) == "Sealing does not work for now; try again."
    assert unavailable.value.__cause__ is not None


def assert_unavailable(action: Callable[[], object]) -> None:
    with pytest.raises(Unavailable):
        action()


@pytest.fixture
def hour(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The sealer's clock, in seconds, for the test to set."""
    now = [0.0]
    monkeypatch.setattr(service.sealer, "_monotonic", lambda: now[0])
    return now


LAST_READY = float(CACHED_FOR_SECONDS - READY_FOR_SECONDS)
"""Up to here a key that was cached at 0 outlasts an invocation."""


def test_who_is_ready_stays_so_for_a_whole_invocation(service: Service, hour: list[float]) -> None:
    """Renewed when tokens have been issued, the key might not be had, and they would be lost."""
    service.sealer.ready(Purpose.TOKENS)
    hour[0] = LAST_READY - 1
    assert service.line.since(lambda: service.sealer.ready(Purpose.TOKENS)) == {}

    hour[0] = LAST_READY
    renewed = service.line.since(lambda: service.sealer.ready(Purpose.TOKENS))
    assert renewed == {"GetItem": 1, "Decrypt": 1}

    hour[0] = 2 * LAST_READY - 1
    assert service.line.since(lambda: service.sealer.ready(Purpose.TOKENS)) == {}


def test_a_key_that_only_seals_counts_from_when_it_was_cached(
    service: Service, hour: list[float]
) -> None:
    service.sealer.seal(Purpose.TOKENS, "record", SECRET)
    hour[0] = LAST_READY

    renewed = service.line.since(lambda: service.sealer.ready(Purpose.TOKENS))

    assert renewed == {"GetItem": 1, "Decrypt": 1}


def test_nobody_is_ready_while_the_key_cannot_be_had_and_the_old_one_goes_on(
    service: Service, hour: list[float]
) -> None:
    service.sealer.ready(Purpose.TOKENS)
    hour[0] = LAST_READY
    service.line.refuse("Decrypt", "KMSInternalException")

    with pytest.raises(Unavailable):
        service.sealer.ready(Purpose.TOKENS)

    assert service.line.since(lambda: service.sealer.seal(Purpose.TOKENS, "r", SECRET)) == {}
    service.sealer.ready(Purpose.TOKENS)
