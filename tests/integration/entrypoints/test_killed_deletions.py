"""A deletion that is killed anywhere, or meets others anywhere, ends as one that is not."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from tests.integration.aws import Aws
from tests.integration.entrypoints.deleting import Deletion, to_delete
from tests.integration.entrypoints.demo import fields

MOST_CALLS = 100


@pytest.fixture(scope="module")
def deletion(_running_aws: Aws, running_provider: str) -> Iterator[Deletion]:
    with to_delete(_running_aws, running_provider) as deletion:
        yield deletion


def tokens_of(deletion: Deletion) -> set[str]:
    """Return the fingerprints of all that an undisturbed deletion revokes."""
    deletion.begin(deletion.marked)
    assert deletion.finish() == 0
    return deletion.revoke()


def test_whichever_call_is_not_answered_any_more_the_end_is_the_same(deletion: Deletion) -> None:
    tokens, others = tokens_of(deletion), deletion.others(deletion.marked)
    assert len(tokens) == 4

    for number in range(1, MOST_CALLS):
        deletion.begin(deletion.marked)
        # In turns storage does not answer and the function ends.
        deletion.sent.failing_at(number, killed=number % 2 == 0)
        failed = deletion.finish()
        deletion.sent.failing_at(0)

        assert deletion.revoke() == tokens, f"call {number}"
        present = deletion.present()
        assert deletion.remains(present) == [], f"call {number}"
        assert deletion.others(present) == others, f"call {number}"
        if not failed:
            break
        assert failed == 1

    assert 30 < number < MOST_CALLS - 1


def active(deletion: Deletion) -> list[str]:
    """Return those of the tokens issued since the beginning that the provider still takes."""
    issued = [each["issued"] or {} for each in deletion.demo.requests("token")]
    tokens = {token for each in issued for token in each.values()}
    told = {each: deletion.demo.http.get(f"/_tokens/{each}").json() for each in tokens}
    return [each for each, state in told.items() if state["active"]]


def test_a_refresh_in_between_leaves_no_token(deletion: Deletion) -> None:
    deletion.begin(deletion.before)
    first = deletion.connected[0].connected()
    deletion.demo.http.delete("/_ledger")
    deletion.mark()
    answers = []
    deletion.sent.anew().meanwhile["DeleteItem"] = lambda: answers.append(
        first.call("POST", "/refresh").status
    )

    assert deletion.finish() == 0
    deletion.revoke()

    assert len(answers) == 1
    assert active(deletion) == deletion.remains(deletion.present()) == []


@pytest.mark.parametrize("moment", [3, 4])
def test_a_consent_that_comes_back_in_between_leaves_no_token(
    deletion: Deletion, moment: int
) -> None:
    deletion.begin(deletion.before)
    query = deletion.waiting.answered()
    deletion.mark()
    answers = []
    deletion.sent.anew().meanwhile[moment] = lambda: answers.append(
        deletion.waiting.returns(query).status
    )

    assert deletion.finish() == 0
    deletion.revoke()

    assert answers == [303 if moment < 4 else 400]
    assert active(deletion) == deletion.remains(deletion.present()) == []


def consent(deletion: Deletion) -> Callable[[], object]:
    query = deletion.waiting.answered()
    return lambda: deletion.waiting.returns(query)


def press(deletion: Deletion) -> Callable[[], object]:
    page = deletion.waiting.open(deletion.waiting.link())
    content = urlencode(fields(page.body))
    return lambda: deletion.demo.functions.call(
        "POST", "/authorize", form=content, cookies=deletion.waiting.cookies
    )


def refresh(deletion: Deletion) -> Callable[[], object]:
    deletion.connected[0].connected()
    # In haste: it waits for what was deleted meanwhile as long as it may.
    return lambda: deletion.connected[0].call("POST", "/refresh", seconds=3)


def disconnect(deletion: Deletion) -> Callable[[], object]:
    deletion.connected[0].connected()
    return lambda: deletion.connected[0].call("POST", "/disconnect")


def offer(deletion: Deletion) -> Callable[[], object]:
    return lambda: deletion.waiting.call("POST", "/authorizations")


@pytest.mark.parametrize("begun", [consent, press, refresh, disconnect, offer])
def test_what_a_deletion_overtakes_leaves_nothing_either(
    deletion: Deletion, begun: Callable[[Deletion], Callable[[], object]]
) -> None:
    """A pass of the deletion comes before each of somebody's calls to AWS."""
    others = deletion.others(deletion.marked)
    for number in range(1, MOST_CALLS):
        deletion.begin(deletion.before)
        act = begun(deletion)
        deletion.mark()
        deletion.sent.anew().meanwhile[number] = deletion.deliver
        act()
        if deletion.sent.meanwhile.pop(number, None):
            break
        assert deletion.finish() == 0
        deletion.revoke()

        present = deletion.present()
        assert active(deletion) == [], f"call {number}"
        assert deletion.remains(present) == [], f"call {number}"
        assert deletion.others(present) == others, f"call {number}"
    assert 1 < number < MOST_CALLS - 1
